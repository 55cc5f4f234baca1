import Directory

/// HSA-ids that are left alone for a while: what was to be done to them failed, or is done again and again.
///
/// One entry that the directory refuses, or that another program keeps changing back, must neither stop the others nor
/// be hammered.
struct Postponement: Sendable {
  fileprivate struct Effort {
    var backoff: Backoff
    var due: ContinuousClock.Instant?
    /// Until when what the directory tells is most likely what was written to it.
    var echo: ContinuousClock.Instant?
    /// When it was written to, of late.
    var writes: [ContinuousClock.Instant] = []
  }

  /// So many writes within ``window`` are a quarrel with another writer.
  private static let quarrel = 5
  private static let window = Duration.seconds(600)
  /// For so long who was written to is looked at again only after all others: to see that it was done, and whether
  /// somebody else has written too.
  static let echo = Duration.milliseconds(200)
  private let longest: Duration
  private var efforts: [HSAIdentity: Effort] = [:]

  init(longest: Duration) { self.longest = longest }

  /// Those of some that may not be touched yet.
  func waiting(of identities: Set<HSAIdentity>, at now: ContinuousClock.Instant) -> Set<HSAIdentity> {
    guard !efforts.isEmpty else { return [] }
    return identities.filter { identity in efforts[identity]?.isWaiting(at: now) ?? false }
  }

  /// When the next one may be touched again.
  var nextDue: ContinuousClock.Instant? {
    efforts.values.lazy.compactMap(\.last).min()
  }

  /// Whether one of some was left alone and may be touched again.
  func isDue(anyOf identities: Set<HSAIdentity>, at now: ContinuousClock.Instant) -> Bool {
    !efforts.isEmpty && identities.contains { identity in efforts[identity]?.isDue(at: now) ?? false }
  }

  var count: Int { efforts.values.count { $0.due != nil } }

  /// What was tried failed.
  ///
  /// - Parameter isOne: whether it was one plan that was refused as a whole: then all of it comes again at once, for in
  ///   small parts it might pass guards that it does not pass as a whole.
  mutating func failed(
    _ identities: some Collection<HSAIdentity>, isOne: Bool = false, at now: ContinuousClock.Instant
  ) {
    var latest = now
    for identity in identities {
      var effort = efforts[identity] ?? Effort(backoff: Backoff(first: .seconds(2), longest: longest))
      let due = now + effort.backoff.pause()
      effort.due = due
      latest = max(latest, due)
      efforts[identity] = effort
    }
    guard isOne else { return }
    for identity in identities { efforts[identity]?.due = latest }
  }

  /// Something was written. Those that have been written to again and again are put off; gives them.
  mutating func wrote(
    _ identities: some Sequence<HSAIdentity>, at now: ContinuousClock.Instant
  ) -> Set<HSAIdentity> {
    var quarrels: Set<HSAIdentity> = []
    for identity in identities {
      var effort = efforts[identity] ?? Effort(backoff: Backoff(first: .seconds(10), longest: longest))
      effort.writes = effort.writes.filter { now - $0 < Postponement.window } + [now]
      (effort.due, effort.echo) = (nil, now + Postponement.echo)
      if effort.writes.count >= Postponement.quarrel {
        effort.due = now + effort.backoff.pause()
        quarrels.insert(identity)
      }
      efforts[identity] = effort
    }
    return quarrels
  }

  /// What was due is tried now: until it fails again it waits for nothing.
  mutating func begin(_ identities: Set<HSAIdentity>) {
    for identity in identities where efforts[identity] != nil {
      efforts[identity]?.due = nil
      efforts[identity]?.echo = nil
    }
  }

  /// Forgets of those who are not touched that they were written to just now: there is nothing to look at again.
  mutating func forgetEchoes(but touched: Set<HSAIdentity>, at now: ContinuousClock.Instant) {
    for (identity, effort) in efforts where !touched.contains(identity) {
      if let echo = effort.echo, echo <= now { efforts[identity]?.echo = nil }
    }
  }

  /// Forgets those that have not been written to for long and wait for nothing.
  mutating func expire(at now: ContinuousClock.Instant) {
    efforts = efforts.filter { _, effort in
      effort.due.map { now < $0 } ?? false || effort.writes.contains { now - $0 < Postponement.window }
    }
  }

  /// What is wanted of some has become another: they may be tried at once, and what was written before is no quarrel.
  mutating func wish(for identities: Set<HSAIdentity>) {
    guard !efforts.isEmpty else { return }
    for identity in identities { efforts[identity] = nil }
  }

  /// What has become another may be tried again at once; but not what two writers quarrel about.
  mutating func forgive(_ identities: Set<HSAIdentity>) {
    guard !efforts.isEmpty else { return }
    for identity in identities where (efforts[identity]?.writes.count ?? 0) < Postponement.quarrel {
      efforts[identity]?.due = nil
    }
  }
}

extension Postponement.Effort {
  /// Until when it waits; `nil`: for nothing.
  var last: ContinuousClock.Instant? {
    guard let due, let echo else { return due ?? echo }
    return max(due, echo)
  }

  func isWaiting(at now: ContinuousClock.Instant) -> Bool { last.map { now < $0 } ?? false }

  func isDue(at now: ContinuousClock.Instant) -> Bool { last.map { $0 <= now } ?? false }
}
