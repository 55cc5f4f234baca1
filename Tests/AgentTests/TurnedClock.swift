import Synchronization

@testable import Agent

/// A clock that somebody turns.
final class TurnedClock: Sendable {
  private let start = SuspendingClock.now
  private let seconds = Mutex(0)

  var now: Strands.Instant { start.advanced(by: .seconds(seconds.withLock { $0 })) }

  /// To so many seconds after it was made.
  func turn(to second: Int) { seconds.withLock { $0 = second } }
}
