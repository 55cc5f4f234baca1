/// Pauses between attempts: each twice the one before, up to a longest, and never the same for two agents.
package struct Backoff: Sendable {
  private let first: Duration
  private let longest: Duration
  private var next: Duration
  /// How many pauses there have been since the last success.
  package private(set) var attempts = 0

  package init(first: Duration = .seconds(1), longest: Duration) {
    self.first = first
    self.longest = max(first, longest)
    next = first
  }

  /// The next pause: between half of what it may be and all of it.
  package mutating func pause() -> Duration {
    attempts += 1
    defer { next = min(next * 2, longest) }
    return next * Double.random(in: 0.5...1)
  }

  package mutating func reset() {
    next = first
    attempts = 0
  }
}
