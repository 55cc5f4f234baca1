import Glibc
import Logging

/// Pings the service manager's watchdog (`WatchdogSec=`, sd_watchdog_enabled(3)) from the main loop's own turn, and only
/// while every strand of the work gets somewhere.
///
/// There is no thread and no timer in it: a loop that hangs pings no more, and neither does one that turns while the
/// work behind it stands still. The manager then ends the process, and the next one begins where it was.
package struct Watchdog {
  package typealias Instant = Strands.Instant

  /// At least so often the loop must turn: a quarter of the manager's time.
  package let turn: Duration
  /// A ping goes out when so much time has passed since the last: half of the manager's time.
  let interval: Duration
  private let notifier: ServiceNotifier
  private let strands: Strands
  private let logger: Logger
  private var lastPing: Instant?
  /// Those that were told to be stuck, so that each is told once.
  private var told: Set<Strands.Strand> = []

  /// - Parameter environment: that of the process.
  /// - Returns: `nil` when the manager watches nothing, or another process.
  package init?(
    _ environment: [String: String], process: Int32 = getpid(), notifier: ServiceNotifier?, strands: Strands,
    logger: Logger
  ) {
    guard let notifier, let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int($0) }), microseconds > 0
    else { return nil }
    if let watched = environment["WATCHDOG_PID"], watched != String(process) { return nil }
    interval = .microseconds(microseconds) / 2
    turn = .microseconds(microseconds) / 4
    self.notifier = notifier
    self.strands = strands
    self.logger = logger
  }

  /// The main loop has turned, having done what there was to do: to be called at least every ``turn``.
  ///
  /// - Returns: whether a ping went out.
  @discardableResult
  package mutating func hasTurned(at now: Instant = SuspendingClock.now) -> Bool {
    let stuck = strands.stuck(at: now)
    tell(stuck)
    guard stuck.isEmpty, isDue(now), notifier.send(.watchdog) else { return false }
    lastPing = now
    return true
  }

  private func isDue(_ now: Instant) -> Bool {
    // A turn early rather than one late.
    lastPing.map { $0.duration(to: now) + turn / 2 >= interval } ?? true
  }

  private mutating func tell(_ stuck: [Strands.Strand]) {
    for strand in stuck where !told.contains(strand) {
      logger.critical(
        "nothing has come of \(strand.rawValue) for too long; the service manager is not told that all is well",
        metadata: ["event": "stuck", "strand": "\(strand.rawValue)"])
    }
    told = Set(stuck)
  }
}
