import Directory
import Foundation
import LDAP

extension OverdueRetry {
  /// What became of one attempt.
  package struct Tried: Sendable {
    /// Why the target could not be read or written; `nil`: it could.
    package var fault: RoleTargetFault?
    /// The run, and what it pushed; `nil`: nothing had to be sent.
    package var pushed: (run: Int, result: RolePushResult)?
    /// Whether it takes a look at everything to know what still follows.
    package var needsWhole = false
  }
}

// What was planned, judged and begun once is taken away without a new plan: no guard is asked a second time.
extension PartPlanning {
  /// Tries once more to take away what one target has not confirmed to be gone, as far as it still follows: who is
  /// entitled again keeps the role, and what is no longer held is owed no more.
  ///
  /// Of a target that was away nothing is sent: it is read, to know whether it is back.
  /// - Parameter proof: what the index is worth; of one that has not seen everything nothing is concluded.
  /// - Throws: ``Refusal`` when the books cannot be kept; `LDAPError` from the directory.
  package func retry(
    _ attempt: OverdueRetry.Attempt, _ desired: DesiredSet, proof: ReadProof, in books: Books, by actor: Actor
  ) async throws -> OverdueRetry.Tried {
    guard let target = run.targets.targets.first(where: { $0.form.name == attempt.target }) else {
      return OverdueRetry.Tried()
    }
    let fault = await OverdueRetry.fault(of: target, attempt)
    try books.store.note(target: attempt.target, fault: fault?.code, at: Date())
    guard fault == nil, !attempt.isWhole, proof.isComplete else {
      return OverdueRetry.Tried(fault: fault, needsWhole: fault == nil && attempt.isWhole)
    }
    guard let extent = try extent(of: Touched(attempt.persons), desired) else {
      return OverdueRetry.Tried(needsWhole: true)
    }
    let plan = nothing(at: Date(), proof)
    let found = try await look(extent, after: plan, proof: proof, asOf: plan.instant, store: books.store)
    // Where holders are counted, whether one is too many is known only of all.
    guard let seen = found else { return OverdueRetry.Tried() }
    guard !seen.countsHolders(after: []) else { return OverdueRetry.Tried(needsWhole: true) }
    guard let held = seen.held[attempt.target] else { return OverdueRetry.Tried() }
    return try await push(attempt, plan, seen, held, books, actor)
  }

  private func push(
    _ attempt: OverdueRetry.Attempt, _ plan: Plan, _ forecast: RoleForecast, _ held: HeldRoles,
    _ books: Books, _ actor: Actor
  ) async throws -> OverdueRetry.Tried {
    let owed = try books.store.overdue().filter {
      $0.target == attempt.target && attempt.persons.contains($0.person)
    }
    let losses = OverdueRetry.changes(owed, by: forecast)
    let due = forecast.roles(for: []).changes.filter { $0.direction == .loss }
    guard !losses.isEmpty else {
      try books.store.forgetOverdue(notHeldIn: held)
      try books.store.forgetOverdue(notIn: due, at: [attempt.target], of: held.persons)
      return OverdueRetry.Tried()
    }
    var plan = plan
    let roles = RolePlan(rules: forecast.derivation.rules.digest, changes: losses)
    plan.roles = roles
    let journal = try RoleRun.begin(
      NewRun(.roles, of: plan, digest: plan.digest.hex, by: actor, at: plan.instant, reason: nil), of: roles,
      store: books.store, audit: books.audit, isDeferred: true, permit: run.permit)
    do {
      let pusher = RolePusher(
        run.targets.targets, store: books.store, journal: journal, logger: run.logger,
        progress: { [progress = run.progress] in progress(.roles($0)) })
      let result = try await pusher.push(
        losses, held: [attempt.target: held], patience: OverdueRetry.patience, wanted: due, isLast: true
      ) { _, _ in false }
      try await journal.end(result)
      return OverdueRetry.Tried(
        fault: result.faults[attempt.target], pushed: (journal.run.run, result))
    } catch {
      try await journal.end(refused: error)
      throw error
    }
  }

  private func nothing(at instant: Date, _ proof: ReadProof) -> Plan {
    var plan = Plan(
      instant: instant, base: run.configuration.base, changes: [], findings: [], unchanged: 0, observed: [:],
      proof: proof)
    plan.part = "what is overdue"
    return plan
  }
}

extension OverdueRetry {
  /// How long everything else waits for a target that is slow to take roles away.
  fileprivate static let patience = Duration.seconds(15)

  /// Why a target cannot be read, at least of whom the attempt is about.
  fileprivate static func fault(of target: any RoleTarget, _ attempt: Attempt) async -> RoleTargetFault? {
    do throws(RoleTargetFault) {
      _ = try await attempt.isWhole ? target.held() : target.held(of: attempt.persons)
      return nil
    } catch {
      return error
    }
  }
}
