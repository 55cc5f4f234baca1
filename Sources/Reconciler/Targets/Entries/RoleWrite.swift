import Directory
import LDAP

/// One write to the directory, with the role changes that it makes.
struct RoleWrite: Sendable {
  var operation: WriteOperation
  var action: Change.Action
  var precondition: Change.Precondition
  /// The role changes that are made when it is applied, by index.
  var covers: [Int]
  /// Role changes that can only be made when it has been, by index: they share its failure, not its success.
  var enables: [Int] = []
}

extension RoleWrite {
  /// The write as the one writer takes it.
  ///
  /// - Parameter first: the first of the role changes, for its person.
  func change(id: Int, _ first: RoleChange) -> Change {
    var change = Change(
      id: id, action: action, kind: .person, identity: first.person, label: nil,
      isProtected: first.isProtected, cause: .desired(SourcePosition(file: "", line: 1)), dn: operation.dn,
      differences: [], operation: operation, precondition: precondition)
    change.place = first.place
    change.isEnding = first.isEnding
    return change
  }
}

/// What became of one write.
struct RoleWritten: Sendable {
  var verdict: Outcome.Verdict
  /// Why nothing was sent, where the verdict does not say.
  var detail: String?

  var outcome: RoleOutcome {
    let outcome = RoleOutcome(of: verdict)
    return RoleOutcome(outcome.verdict, outcome.detail ?? detail)
  }
}

extension RoleOutcome {
  init(of verdict: Outcome.Verdict) {
    switch verdict {
    case .applied: self.init(.applied)
    case .appliedAlready: self.init(.appliedAlready)
    case .stale(let staleness): self.init(.stale, staleness.rawValue)
    case .failed(let code):
      self.init(code.mayPass ? .failed : .refused, "\(code.name) (\(code.rawValue))")
    case .refused(let reason): self.init(.refused, reason.rawValue)
    case .skipped, .notSent: self.init(.notSent)
    case .unknown: self.init(.unknown)
    }
  }
}

extension ResultCode {
  /// Whether the same write may succeed later with nothing but time between.
  var mayPass: Bool {
    switch self {
    case .busy, .unavailable, .unwillingToPerform, .operationsError, .other, .timeLimitExceeded,
      .adminLimitExceeded, .canceled, .serverDown, .localError, .timeout, .connectError:
      true
    default: false
    }
  }

  /// Whether looking at the entry again would show no other way: what is wrong is the server, or our rights there.
  var concernsNoEntry: Bool { mayPass || self == .insufficientAccessRights }
}

/// The journal that the one writer asks, in terms of the role changes behind its writes.
struct RoleWriteJournal: WriteJournal {
  /// The role changes of each write, by its ``Change/id``.
  let changes: [[RoleChange]]
  let journal: any RoleJournal

  func intend(_ intents: [Intent]) async throws(Refusal) {
    let intended = intents.flatMap { changes[$0.change.id] }
    if !intended.isEmpty { try await journal.intend(intended) }
  }

  func settled(_ settlement: Settlement) async {
    let settled = changes[settlement.change.id]
    let outcome = RoleOutcome(of: settlement.outcome.verdict)
    await journal.settled(settled, Array(repeating: outcome, count: settled.count))
  }

  func flush() async throws(Refusal) {}
}
