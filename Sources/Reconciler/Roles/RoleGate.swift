import Directory
import Foundation

/// What one target writes down its changes through: each is looked at once more just before it is sent.
actor RoleGate: RoleJournal {
  private let journal: any RoleJournal
  private let permit: RolePermit
  private let now: @Sendable () -> Date
  private let limit: Int
  /// How many more refusals are put up with.
  private(set) var patience: Int
  /// Those that were found to be ended when they were about to be sent.
  private(set) var ended: Set<RoleChangeKey> = []
  /// Those of which the journal knows what became.
  private(set) var settled: Set<RoleChangeKey> = []
  /// Why the journal could not be written.
  private(set) var refusal: Refusal?
  var isOutOfPatience: Bool { patience <= 0 }

  /// - Parameters:
  ///   - limit: how many refusals are put up with in all.
  ///   - patience: how many of them are left.
  init(
    _ journal: any RoleJournal, _ permit: RolePermit, limit: Int, patience: Int,
    now: @escaping @Sendable () -> Date
  ) {
    self.journal = journal
    self.permit = permit
    self.limit = limit
    self.patience = patience
    self.now = now
  }

  func intend(_ changes: [RoleChange]) async throws(Refusal) {
    guard !Task.isCancelled, !isOutOfPatience, refusal == nil else { throw RoleGate.closed }
    let time = now()
    let over = changes.filter { permit.hindrance(of: $0, at: time) != nil }
    ended.formUnion(over.map { RoleChangeKey($0) })
    guard over.isEmpty else { throw RoleGate.closed }
    do {
      try await journal.intend(changes)
    } catch {
      refusal = error
      throw error
    }
  }

  func settled(_ changes: [RoleChange], _ outcomes: [RoleOutcome]) async {
    for (change, outcome) in zip(changes, outcomes) {
      if outcome.verdict == .refused { patience -= 1 }
      // Some who cannot be written must not keep others from losing what they are to lose.
      if outcome.verdict == .applied, change.direction == .loss { patience = limit }
    }
    settled.formUnion(changes.map { RoleChangeKey($0) })
    await journal.settled(changes, outcomes)
  }

  private static var closed: Refusal {
    Refusal(.targetStopped, .tryAgain, "nothing more is sent to this target now", advice: "try again")
  }
}
