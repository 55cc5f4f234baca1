import Glibc
import Synchronization

/// Tells the service manager how the service is: the protocol of sd_notify(3), assignments in a datagram to
/// `$NOTIFY_SOCKET`, by ourselves, so that no libsystemd is needed.
package final class ServiceNotifier: Sendable {
  /// Something to tell.
  package enum Notice: Hashable, Sendable {
    /// The configuration is in force, what was under way has been settled: the service does its work. Also the end
    /// of a reload.
    case ready
    /// The configuration is being read again.
    case reloading
    case stopping
    /// All that must turn has turned.
    case watchdog
    /// One line for `systemctl status`; tells nobody's data.
    case status(String)
    /// Starting, reloading or stopping takes so much longer, counted from now.
    case extendTimeout(Duration)

    /// As assignments, one a line.
    var text: String {
      switch self {
      case .ready: "READY=1"
      case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(ServiceNotifier.monotonicMicroseconds)"
      case .stopping: "STOPPING=1"
      case .watchdog: "WATCHDOG=1"
      case .status(let line): "STATUS=\(ServiceNotifier.oneLine(line))"
      case .extendTimeout(let time): "EXTEND_TIMEOUT_USEC=\(ServiceNotifier.microseconds(time))"
      }
    }
  }

  private let socket: DatagramSocket
  private let lastStatus = Mutex<String?>(nil)

  /// - Parameter environment: that of the process.
  /// - Returns: `nil` when no service manager listens, or at an address that is not a Unix socket's.
  package init?(_ environment: [String: String]) {
    guard let address = environment["NOTIFY_SOCKET"].flatMap({ DatagramAddress($0) }),
      let socket = DatagramSocket(to: address)
    else { return nil }
    self.socket = socket
  }

  /// Sends what there is to tell, all in one datagram.
  ///
  /// What cannot be sent is not sent again: a service manager that is gone cannot be helped, and the next ping or
  /// line comes soon enough.
  ///
  /// - Returns: whether it went out.
  @discardableResult
  package func send(_ notices: Notice...) -> Bool {
    socket.send(Array(notices.map(\.text).joined(separator: "\n").utf8)) == 0
  }

  /// Sends the line for `systemctl status`, unless it is the one that is shown already.
  package func show(_ line: String) {
    let isNew = lastStatus.withLock { last in
      defer { last = line }
      return last != line
    }
    if isNew, !send(.status(line)) { lastStatus.withLock { $0 = nil } }
  }

  /// CLOCK_MONOTONIC, by which the manager tells a reload's beginning from older readiness (sd_notify(3)).
  private static var monotonicMicroseconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
  }

  /// At least 1.
  private static func microseconds(_ time: Duration) -> Int64 {
    let (seconds, attoseconds) = time.components
    return max(1, min(seconds, 1_000_000_000) * 1_000_000 + attoseconds / 1_000_000_000_000)
  }

  /// A line feed in a value would begin another assignment.
  private static func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    line.append(contentsOf: text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 })
    return String(line)
  }
}
