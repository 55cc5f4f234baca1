import Foundation
import LDAP

/// What stands in the lock entry: who writes, and that he still does.
///
/// One value of `description`, which a person can read too:
///
///     hsasync-lock holder=ek1.example.org process=4711 token=5d0c…e1 counter=17
///     hsasync-lock free counter=18
struct LockValue: Hashable, Sendable {
  /// Who holds the lock.
  struct Holder: Hashable, Sendable {
    /// The machine's name: letters, digits, `.` and `-`.
    var host: String
    /// The process's number on it.
    var process: Int
    /// Random: two agents never have the same, whatever their machines are called.
    var token: String

    /// This process.
    static func current() -> Holder {
      let name = ProcessInfo.processInfo.hostName.unicodeScalars.filter {
        $0.isASCII
          && ($0.properties.isAlphabetic || $0.properties.numericType != nil || ".-".contains(Character($0)))
      }
      return Holder(
        host: String(String.UnicodeScalarView(name.prefix(64))),
        process: Int(ProcessInfo.processInfo.processIdentifier),
        token: (0..<4).map { _ in String(UInt32.random(in: 0...UInt32.max) | 1 << 31, radix: 16) }.joined())
    }

    /// For people.
    var text: String { "\(host), process \(process)" }
  }

  /// `nil`: nobody.
  var holder: Holder?
  /// Grows with each value that is written.
  var counter: Int

  static let mark = "hsasync-lock"

  var text: String {
    guard let holder else { return "\(Self.mark) free counter=\(counter)" }
    return
      "\(Self.mark) holder=\(holder.host) process=\(holder.process) token=\(holder.token) counter=\(counter)"
  }

  init(_ holder: Holder?, counter: Int) {
    self.holder = holder
    self.counter = counter
  }

  /// Reads a value; `nil` when it is not a lock's.
  init?(parsing text: String) {
    let parts = text.split(separator: " ")
    guard parts.first == Self.mark[...] else { return nil }
    func field(_ name: String) -> String? {
      parts.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
    guard let counter = field("counter").flatMap({ Int($0) }), counter < Int.max else { return nil }
    self.counter = counter
    if parts.dropFirst().first == "free" { return }
    guard let host = field("holder"), let process = field("process").flatMap({ Int($0) }),
      let token = field("token")
    else { return nil }
    holder = Holder(host: host, process: process, token: token)
  }
}
