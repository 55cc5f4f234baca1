import Logging

/// An entry of the systemd journal in its native protocol: fields, one a line, or with their length where a value has
/// line feeds (systemd.journal-fields(7), "Native Journal Protocol").
struct JournalEntry: Hashable, Sendable {
  private(set) var octets: [UInt8] = []

  /// Adds a field.
  ///
  /// - Parameter name: capital letters, digits and underscores, not an underscore first, at most 64 octets.
  mutating func add(_ name: String, _ value: String) {
    let value = Array(value.utf8)
    octets += name.utf8
    if value.contains(10) {
      octets.append(10)
      withUnsafeBytes(of: UInt64(value.count).littleEndian) { octets += $0 }
    } else {
      octets.append(UInt8(ascii: "="))
    }
    octets += value
    octets.append(10)
  }

  /// Adds a field of our own: `HSASYNC_` and the key in capital letters, whatever the key was.
  mutating func add(own key: String, _ value: String) { add(JournalEntry.fieldName(key), value) }

  static func fieldName(_ key: String) -> String {
    let word = key.utf8.map { octet -> UInt8 in
      switch octet {
      case 97...122: octet - 32
      case 65...90, 48...57: octet
      default: UInt8(ascii: "_")
      }
    }
    return String(decoding: ("HSASYNC_".utf8 + word).prefix(64), as: UTF8.self)
  }
}

extension Logger.Level {
  /// As syslog(3) counts.
  var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}

/// What kind of event an entry tells, by numbers that never change: `journalctl MESSAGE_ID=...` finds all of a kind,
/// whatever the wording and the language (sd-id128(3)). The key is what a log line has under `event`.
enum JournalMessageID {
  static let byEvent: [String: String] = [
    "state": "2101e4b31ccc4d02bea855d38110a3c3",
    "changed": "9c15e199ab6f411d98c8b5c312b7d85b",
    "planned": "51be59b6edea4905bfa709a3286b70fa",
    "refused": "b9b4db7ead944ccdac90917a1145490f",
    "applied": "9a28e286e9ec40a4927e24aadceb07dd",
    "pushed": "3dc06f6fac0241ac9f47723db33ebade",
    "approved": "cbef4d534559409ab8733b7be63bbbb8",
    "desiredLoaded": "b3f52099fb1a4ad5a83774e1a36d4010",
    "desiredRefused": "27908af1b3fd4d67a01c64254881c4c9",
    "comparison": "bc9eb85971b54a5fad21eef9bc105faf",
    "connected": "095553c56c0143cea96fa1db8438dc46",
    "disconnected": "90d0adcc45794842a77a9970cd87b071",
    "overdue": "77199eb63a6649648eb6859279e92cd4",
    "stuck": "2bcb908de59e42409a2c80c75177e58b",
    "reloaded": "f05c6c8769ec49e0961a69a363cc0884",
    "reloadRefused": "502621949e4644e39fc9a4f3d8ace291",
  ]
}
