import Reconciler

/// How many requests each person has made in the last minute.
struct RequestRate {
  private var recent: [String: [ContinuousClock.Instant]] = [:]

  /// Counts one more.
  ///
  /// - Parameter most: how many are let through in a minute; 1 or more.
  /// - Throws: ``ControlFault`` 429 with the time until there is room again.
  mutating func take(_ person: String, most: Int, at now: ContinuousClock.Instant) throws(ControlFault) {
    let minute = Duration.seconds(60)
    recent = recent.compactMapValues { times in
      let kept = times.filter { now - $0 < minute }
      return kept.isEmpty ? nil : kept
    }
    let times = recent[person] ?? []
    guard times.count >= max(1, most), let oldest = times.first else {
      recent[person, default: []].append(now)
      return
    }
    throw ControlFault(
      Refusal(
        .tooManyRequests, .tryAgain, "more than \(most) requests were made within a minute",
        advice: "wait a moment; `control.perMinute` in the configuration sets how many are let through"),
      retryAfter: Int((minute - (now - oldest)).components.seconds) + 1)
  }
}
