import Foundation

/// How hard targets are tried.
package struct RolePushSettings: Hashable, Sendable {
  /// After so many refusals a target gets no more changes; at least 1. Of losses so many in a row are meant.
  package var errors = 10
  /// How long losses are tried again in one run.
  package var deadline = Duration.seconds(30)
  /// How long to wait before the first new attempt; it doubles with each.
  package var firstDelay = Duration.milliseconds(500)
  package var longestDelay = Duration.seconds(10)
  package init() {}

  /// How long to wait before a new attempt, counted from 0: between half of what it is by then and all of it, so
  /// that several agents do not knock at once.
  ///
  /// - Parameters:
  ///   - jitter: at random, from 0 to below 1.
  ///   - retryAfter: the seconds that the target asked for.
  func delay(_ attempt: Int, jitter: Double, retryAfter: Double?) -> Duration {
    let doubled = firstDelay * (1 << min(attempt, 16))
    let delay = min(doubled, longestDelay) * (0.5 + jitter / 2)
    guard let retryAfter, retryAfter.isFinite, retryAfter > 0 else { return delay }
    return max(delay, .seconds(min(retryAfter, 86_400)))
  }
}

/// The time and the chance by which a push goes, so that a test need not wait.
package struct RolePushClock: Sendable {
  /// The time of day, which entitlements are judged by.
  package var now: @Sendable () -> Date
  /// How long this process has run, which nobody sets.
  package var elapsed: @Sendable () -> Duration
  package var sleep: @Sendable (Duration) async throws -> Void
  /// From 0 to below 1.
  package var jitter: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Date, elapsed: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void, jitter: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.elapsed = elapsed
    self.sleep = sleep
    self.jitter = jitter
  }

  package static var system: RolePushClock {
    let start = ContinuousClock.now
    return RolePushClock(
      now: { Date() }, elapsed: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) },
      jitter: { Double.random(in: 0..<1) })
  }
}
