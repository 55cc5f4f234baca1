import Directory
import Foundation

/// What became of role changes that were pushed.
package struct RolePushResult: Sendable {
  package var changes: [RoleChange]
  /// One for each change, in the same order.
  package var outcomes: [RoleOutcome]
  /// Why targets could not be read or written, by their name.
  package var faults: [String: RoleTargetFault]
  /// All losses that no target has confirmed, of this push and of earlier ones, the oldest first.
  package var overdue: [OverdueLoss]
  /// Why changes that could have been sent were not.
  package var stop: ApplyResult.Stop?

  package init(
    changes: [RoleChange] = [], outcomes: [RoleOutcome] = [], faults: [String: RoleTargetFault] = [:],
    overdue: [OverdueLoss] = [], stop: ApplyResult.Stop? = nil
  ) {
    self.changes = changes
    self.outcomes = outcomes
    self.faults = faults
    self.overdue = overdue
    self.stop = stop
  }

  package func count(_ isCounted: (RoleOutcome.Verdict) -> Bool) -> Int {
    outcomes.count { isCounted($0.verdict) }
  }

  /// The changes that are not as they should be, to be tried again.
  package var open: [RoleChange] {
    zip(changes, outcomes).filter { !$1.isSettled }.map(\.0)
  }

  /// Takes the result of a later push in the same run: what was tried again counts as it ended last.
  package mutating func take(_ later: RolePushResult) {
    var places: [RoleChangeKey: Int] = [:]
    for (index, change) in changes.enumerated() { places[RoleChangeKey(change)] = index }
    for (change, outcome) in zip(later.changes, later.outcomes) {
      if let index = places[RoleChangeKey(change)] {
        outcomes[index] = outcome
      } else {
        changes.append(change)
        outcomes.append(outcome)
      }
    }
    // A target that could be reached later is not away any longer.
    let met = Set(later.changes.map(\.target))
    faults = faults.filter { !met.contains($0.key) }.merging(later.faults) { $1 }
    overdue = later.overdue
    stop = later.stop ?? stop
  }

  /// What the command ends with: what may yet come by itself weighs most, as for plans of entries.
  package var exitCode: ExitCode {
    if !faults.isEmpty || outcomes.contains(where: { $0.verdict == .unknown }) { return .tryAgain }
    switch stop {
    case .directoryUnavailable, .cancelled, .journalUnavailable, .lockLost: return .tryAgain
    case .tooManyFailures: return .someFailed
    case nil: break
    }
    let unsent = outcomes.filter { $0.verdict == .notSent && !$0.isSettled }
    if unsent.contains(where: { !$0.waits && !$0.isGivenUp }) { return .tryAgain }
    if outcomes.contains(where: { $0.verdict == .failed || $0.verdict == .refused }) { return .someFailed }
    if !unsent.isEmpty { return .tryAgain }
    return outcomes.contains { $0.verdict == .stale } ? .stalePlan : .done
  }
}

// Why a change was not sent, as the detail of its outcome.
extension RoleOutcome {
  /// The person is no longer entitled to the role: there is nothing to be done.
  package static let ended = "ended"
  /// A loss of the same person in the same target is not confirmed.
  package static let lossUnconfirmed = "lossUnconfirmed"
  /// A loss of a role that excludes this one is not confirmed, in any target.
  package static let exclusiveUnconfirmed = "exclusiveUnconfirmed"
  /// A target that may hold a role which excludes this one could not be read.
  package static let exclusiveUnread = "exclusiveUnread"
  /// The target refused so many changes that it gets no more of them.
  package static let tooManyRefusals = "tooManyRefusals"
  /// The configuration has no such target.
  package static let noSuchTarget = "noSuchTarget"
  /// The target gave no sure answer, and was read afterwards.
  package static let readBack = "readBack"

  /// Whether it is held back until a loss is confirmed.
  package var waits: Bool {
    let reasons = [
      RoleOutcome.lossUnconfirmed, RoleOutcome.exclusiveUnconfirmed, RoleOutcome.exclusiveUnread,
    ]
    return verdict == .notSent && detail.map { reasons.contains($0) } == true
  }

  /// Whether it was not sent because the target had refused too much before.
  fileprivate var isGivenUp: Bool {
    detail == RoleOutcome.tooManyRefusals || detail == ApplyResult.Stop.tooManyFailures(0).name
  }

  /// Whether nothing remains to be done about the change.
  package var isSettled: Bool { isApplied || verdict == .notSent && detail == RoleOutcome.ended }
}
