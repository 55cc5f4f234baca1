import Directory
import LDAP
import Reconciler

/// What an applied plan leaves to be done.
struct Unsettled: Sendable {
  /// To be looked at again: what failed or was changed by somebody else meanwhile, and what is held.
  var again = Touched()
  /// What the directory or a target did not take: not before a while, unless it becomes another.
  private(set) var failed: Set<HSAIdentity> = []
  private(set) var written: Set<HSAIdentity> = []
  /// The plans that guards hold: what ends by itself, what is left, or both.
  private(set) var held: [Plan] = []
  /// Whether a plan was refused, for whatever reason.
  private(set) var isRefused = false
  /// What ends the attendance: the directory was lost, or the books cannot be kept.
  private(set) var stop: Refusal?

  init() {}

  init(_ applied: [AppliedPlan]) {
    for part in applied {
      take(part)
      if let result = part.result { take(result, part.plan) }
      if let roles = part.roles { take(roles) }
    }
    again.identities.formUnion(failed)
  }

  /// Whether what is to be looked at again may be looked at at once.
  var mayGoOn: Bool { failed.isEmpty && !isRefused }

  private mutating func take(_ part: AppliedPlan) {
    guard let refusal = part.refusal else { return }
    isRefused = true
    again.identities.formUnion(part.plan.changes.map(\.identity))
    again.identities.formUnion(part.plan.roles?.changes.map(\.person) ?? [])
    switch refusal.code {
    case .guardTripped, .approvalOfAnother: held.append(part.plan)
    case .planHasErrors, .planTrespasses, .planBroken, .planUsed, .outsideScope, .mandateMissing, .ownRequest:
      failed.formUnion(part.plan.changes.map(\.identity))
      failed.formUnion(refusal.findings.compactMap(\.subject))
      failed.formUnion(part.plan.roles?.changes.map(\.person) ?? [])
    default: stop = refusal
    }
  }

  private mutating func take(_ result: ApplyResult, _ plan: Plan) {
    for outcome in result.outcomes {
      let identity = plan.changes[outcome.change].identity
      switch outcome.verdict {
      case .applied: written.insert(identity)
      case .appliedAlready: break
      // What is stale comes by itself, as changed; the pause is for when it does not.
      case .stale, .failed, .refused, .skipped, .unknown, .notSent: failed.insert(identity)
      }
    }
    switch result.stop {
    case .directoryUnavailable?:
      stop = Refusal(
        .incompleteRead, .directoryUnavailable, "the directory was lost while a plan was applied")
    case .journalUnavailable?:
      stop = Refusal(.storeUnavailable, .tryAgain, "the journal could not be written, so nothing more was")
    case .lockLost?: stop = .lockLost
    case .cancelled?, .tooManyFailures?, nil: break
    }
  }

  /// What a target did not take is tried again with its person. Not so what is overdue, which is asked for by itself, and
  /// what waits for that.
  private mutating func take(_ roles: RolePushResult) {
    let owed = Set(roles.overdue.map { [$0.target, $0.person.normalForm, $0.value] })
    let owing = Set(roles.overdue.map(\.person))
    // Two who quarrel about a role are told apart like two who quarrel about an entry.
    written.formUnion(zip(roles.changes, roles.outcomes).filter { $1.verdict == .applied }.map(\.0.person))
    for (change, outcome) in zip(roles.changes, roles.outcomes) where !outcome.isSettled {
      let isOverdue =
        change.direction == .loss
        ? owed.contains([change.target, change.person.normalForm, change.value])
        : outcome.waits && owing.contains(change.person)
      if !isOverdue { failed.insert(change.person) }
    }
  }
}
