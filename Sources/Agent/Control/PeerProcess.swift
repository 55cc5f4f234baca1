import Glibc
import Reconciler

/// The process at the other end of a Unix socket, as the kernel noted it when it connected (`SO_PEERCRED`, unix(7)).
struct PeerCredentials: Hashable, Sendable {
  // As `struct ucred`: its size and order are what the kernel writes.
  var pid: Int32
  var uid: UInt32
  var gid: UInt32
}

/// What `/proc` tells of the process with a number, which may be another by now than the one that connected.
struct PeerProcess {
  private let folder: String

  /// - Parameter root: where proc(5) is mounted.
  init(_ pid: Int32, root: String = "/proc") { folder = "\(root)/\(pid)" }

  /// The user who logged in, in whose name the process acts, where that is beyond doubt.
  ///
  /// - Parameters:
  ///   - user: as which it connected.
  ///   - accepted: when its connection was taken, in ticks since the machine was started.
  ///   - isSame: whether it is certain by now that the process has not ended since.
  /// - Returns: `nil` for a service, where the kernel does not keep it, when `/proc` is hidden, and when the number may
  ///   have gone to a process that is younger than the connection.
  func loginUser(connectedAs user: UInt32, acceptedAt accepted: UInt64, isSame: () -> Bool) -> UInt32? {
    guard let start, start <= accepted, users?.contains(user) == true else { return nil }
    let login = Actor.loginUser(processFolder: folder)
    return self.start == start && isSame() ? login : nil
  }

  /// In ticks since the machine was started: the 22nd field of `stat`, the second of which may hold anything.
  private var start: UInt64? {
    guard let text = text("stat"), let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }

  /// Real, effective, saved and file system user.
  private var users: [UInt32]? {
    text("status")?.split(separator: "\n").first { $0.hasPrefix("Uid:") }
      .map { $0.dropFirst(4).split(separator: "\t").compactMap { UInt32($0) } }
  }

  private func text(_ name: String) -> String? {
    let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = read(descriptor, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }

  /// Now, in ticks since the machine was started.
  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    let ticks = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    return UInt64(time.tv_sec) * ticks + UInt64(time.tv_nsec) * ticks / 1_000_000_000
  }
}
