import Directory
import Foundation
import LDAP

extension Run {
  /// Makes a plan so: of a fresh one the endings by positive evidence first, whatever guards say to the rest.
  ///
  /// - Parameters:
  ///   - saved: what the plan was read from; such a plan is applied as it is.
  ///   - forecast: what a fresh plan's roles were told by; of any other they are told anew.
  ///   - look: how entries and targets are looked at again; `nil`: all of them are read.
  /// - Throws: `LDAPError` when the directory cannot be reached; ``Refusal`` when the books cannot be kept.
  package func apply(
    _ plan: Plan, _ order: ApplyOrder, in books: Books, saved: SavedPlan? = nil,
    forecast: RoleForecast? = nil, look: RoleLook? = nil
  ) async throws -> [AppliedPlan] {
    let isFresh = saved == nil && plan.undoneRun == nil
    let plan = isFresh && order.scope == nil ? try await leavingOutside(plan, forecast, books) : plan
    var (endings, rest) = isFresh ? plan.split() : (nil, plan)
    var applied: [AppliedPlan] = []
    if endings != nil, !plan.findings.haveErrors {
      let history = try books.store.history(at: plan.instant)
      rest = guarded(rest, history)
      endings = endings.map { guarded($0, history) }
    }
    for part in [endings, rest].compactMap({ $0 }) where !part.isEmpty || endings == nil {
      // What stopped one part, such as a lost directory or a signal, stops the next.
      if let stop = applied.last?.result?.stop ?? (Task.isCancelled ? .cancelled : nil) {
        applied.append(AppliedPlan(plan: part, result: .nothing(of: part, stop)))
        continue
      }
      applied.append(
        try await applyWhole(part, order, in: books, saved: saved, forecast: forecast, look: look))
    }
    let isPassed = rest.tripped.isEmpty || order.approval == rest.digest.code
    let isWhole = plan.part == nil || plan.part == Run.rolesAlone
    if isWhole, !plan.isOfEndings, isPassed, try isPresent(plan, order, books, saved),
      applied.allSatisfy({ $0.refusal == nil && $0.result?.stop == nil })
    {
      try rememberRoles(plan, books, forecast)
      if plan.part == nil { try remember(plan, run: applied.last?.run, books) }
    }
    return applied
  }

  /// In the order in which nothing can go wrong unseen: may it be applied, has it been approved, can it still be made;
  /// then intents, writes and outcomes.
  private func applyWhole(
    _ plan: Plan, _ order: ApplyOrder, in books: Books, saved: SavedPlan?, forecast: RoleForecast?,
    look: RoleLook?
  ) async throws -> AppliedPlan {
    var applied = AppliedPlan(plan: plan)
    let digest = plan.digest
    do {
      try refuseUsed(digest, books, rolesAlone: plan.changes.isEmpty && !plan.isEmpty)
      let approval = try approval(of: plan, digest, order, books, saved)
      try PlanApproval.check(plan, approved: approval != nil)
      guard !plan.isEmpty else {
        applied.result = ApplyResult(outcomes: [])
        return applied
      }
      try await refuseOutside(plan, order)
      try books.store.reserve(changes: plan.changes.count)
      if order.isAllOrNothing { try await refuseStale(plan) }
      try await write(&applied, digest, order, books, approval, forecast, look)
    } catch let refusal as Refusal where applied.run == nil {
      let told = try keep(plan, digest, refusal, order, books, saved)
      try books.audit.append([.refused(told, plan: digest.hex, by: order.actor)])
      applied.refusal = told
    }
    return applied
  }

  private func write(
    _ applied: inout AppliedPlan, _ digest: PlanDigest, _ order: ApplyOrder, _ books: Books,
    _ approval: Approval?, _ forecast: RoleForecast?, _ look: RoleLook?
  ) async throws {
    guard var course = try RoleCourse(self, applied.plan, digest, order, books, look) else {
      return try await writeEntries(&applied, digest, order, books, approval)
    }
    do {
      if applied.plan.changes.isEmpty {
        applied.run = course.number
        if let approval { try books.store.use(approval, run: course.number) }
      }
      let history = try books.store.history(at: Date(), known: look?.persons)
      try await course.takeAway(forecast, history)
      applied.roles = course.result
      if !applied.plan.changes.isEmpty { try await writeEntries(&applied, digest, order, books, approval) }
      if applied.result?.stop == nil, !Task.isCancelled { try await course.give(history) }
      applied.roles = course.result
    } catch {
      applied.roles = course.result
      try await course.end(error)
      // What was written before must be told, whatever stopped the rest.
      guard applied.run != nil || !course.result.changes.isEmpty || error is Refusal else { throw error }
      applied.refusal =
        error as? Refusal
        ?? Refusal(
          .incompleteRead, .tryAgain, "the directory was lost before all roles could be pushed",
          advice: "try again: hsasync roles push")
      return
    }
    try await course.end()
  }

  private func writeEntries(
    _ applied: inout AppliedPlan, _ digest: PlanDigest, _ order: ApplyOrder, _ books: Books,
    _ approval: Approval?
  ) async throws {
    let plan = applied.plan
    let undone = plan.undoneRun
    let new = NewRun(
      undone == nil ? .apply : .undo, of: plan, digest: digest.hex, by: order.actor, at: Date(),
      reason: order.reason, undoes: undone)
    let journal = try Journal.begin(
      new, of: plan, store: books.store, audit: books.audit,
      members: configuration.guards.memberAttributes, isDeferred: approval == nil && undone == nil)
    applied.run = journal.run.run
    do {
      if let approval { try books.store.use(approval, run: journal.run.run) }
      if let undone { try hold(plan, after: undone, books) }
      applied.result = try await applier.apply(plan, journal: journal, approved: approval != nil)
    } catch  where Task.isCancelled && !(error is Refusal) {
      // Before anything was sent: afterwards the applier waits, and tells what became of it.
      applied.result = ApplyResult.nothing(of: plan, .cancelled)
    } catch {
      try await journal.end(refused: error)
      throw error
    }
    // Where this fails the run has no end, and the next one looks after it.
    let result = applied.result ?? .nothing(of: plan, .cancelled)
    try await journal.end(result)
    if let undone, result.outcomes.contains(where: { $0.verdict == .applied }) {
      try books.audit.append([.undone(undone, by: journal.run, unrestorable: plan.findings.count)])
    }
  }

  /// Before the first write: were an undo to end in its midst, the next plan must not do it all again.
  private func hold(_ plan: Plan, after run: Int, _ books: Books) throws(Refusal) {
    let identities = Set(plan.changes.map(\.identity)).sorted()
    try books.store.hold(identities, run: run, desired: plan.desired.identifier, at: Date())
  }

  /// Whether a plan is of today: an old one that was saved must not put back what later ones are measured against.
  private func isPresent(
    _ plan: Plan, _ order: ApplyOrder, _ books: Books, _ saved: SavedPlan?
  ) throws(Refusal) -> Bool {
    guard saved != nil else { return true }
    guard order.approval != nil, plan.instant <= Date() else { return false }
    let accepted = try books.store.history(at: Date()).accepted
    return accepted.map { $0.instant <= plan.instant } ?? true
  }

  /// What plans are measured against from now on; only the whole of what is desired, from a read of all there is.
  private func remember(_ plan: Plan, run: Int?, _ books: Books) throws(Refusal) {
    guard plan.proof.isComplete else { return }
    try books.store.remember(absentees: plan.absentees, at: plan.instant)
    _ = try books.store.endHolds(notOf: plan.desired.identifier)
    try books.store.accept(plan, run: run)
  }

  /// Forgets losses that are no longer due, and remembers who had a part in roles: from the first run on, also where
  /// there was nothing to push, so that who comes in another's place is seen.
  private func rememberRoles(_ plan: Plan, _ books: Books, _ forecast: RoleForecast?) throws(Refusal) {
    guard plan.proof.isComplete, let roles = plan.roles, !roles.isProposed else { return }
    let read = roles.targets.filter { $0.fault == nil }.map(\.name)
    try books.store.forgetOverdue(notIn: roles.changes, at: read)
    if let forecast { try books.store.remember(known: forecast.derivation.participants, at: Date()) }
  }

  /// Settles what runs that died left in doubt; to be called before anything is planned.
  package func recover(_ books: Books, by actor: Actor) async throws -> Recovery.Report {
    try await Recovery(store: books.store, audit: books.audit, by: actor, open: openConnection)
      .settle(at: Date())
  }

  @Sendable func openConnection() async throws -> LDAPConnection {
    try await configuration.openConnection(logger: logger)
  }

  /// The plan with what the guards will find in its parts when it is applied: endings by positive evidence go first, and
  /// are held by less.
  package func guardedInParts(_ plan: Plan, _ history: History?) -> Plan {
    let (endings, rest) = plan.split()
    guard let endings else { return plan }
    var told = plan
    told.guards = ([endings, rest].filter { !$0.isEmpty }.map { guarded($0, history).guards }).flatMap { $0 }
    return told
  }

  /// The plan with what the guards find in it.
  package func guarded(_ plan: Plan, _ history: History?) -> Plan {
    plan.guarded(by: configuration.guards, history: history)
  }
}

// What a plan must pass before anything is written.
extension Run {
  /// Records the approval that an order gives to what the guards hold; `nil` when none is given or none is needed.
  private func approval(
    of plan: Plan, _ digest: PlanDigest, _ order: ApplyOrder, _ books: Books, _ saved: SavedPlan?
  ) throws -> Approval? {
    guard let code = order.approval else { return nil }
    guard code == digest.code else {
      throw Refusal(
        .approvalOfAnother, .refused,
        "the approval is for the plan \(code), and this one is \(digest.code)",
        advice: "look at this plan; its code is another because it, or what the guards find in it, is")
    }
    guard !plan.tripped.isEmpty else { return nil }
    let octets = saved?.sha256 ?? PlanFile(plan, profile: configuration.profile).saved().sha256
    // A code is short: what is approved is the plan that was refused, kept and looked at, octet by octet.
    if saved != nil {
      let kept = try books.store.pending(code: code)
      guard let kept, kept.digest == digest.hex, kept.sha256 == octets else {
        throw Refusal(
          kept == nil ? .guardTripped : .planAltered, kept == nil ? .refused : .desiredStateWrong,
          "no plan with these octets has been kept under the code \(code)",
          advice: "apply it without --approve, look at what is refused, and approve that")
      }
    }
    let asked = try books.store.pending(code: code)?.actor
    try ApprovalStanding(configuration).refuse(plan, asked: asked, by: order)
    let now = Date()
    try books.audit.append([
      .approved(digest: digest.hex, sha256: octets, reason: order.reason, by: order.actor)
    ])
    try books.store.approve(
      digest: digest.hex, sha256: octets, by: order.actor, at: now, reason: order.reason)
    try refuseAlone(digest, octets, books)
    return try books.store.approval(digest: digest.hex, sha256: octets)
  }

  /// Where the configuration wants it, one person's word is not enough: another one has to say the same of this plan.
  private func refuseAlone(_ digest: PlanDigest, _ octets: String, _ books: Books) throws(Refusal) {
    let needed = configuration.daemon.control.approvals
    guard needed > 1 else { return }
    let approvers = try books.store.approvers(digest: digest.hex, sha256: octets)
    let persons = Set(approvers.map { configuration.ombud?.key(of: $0) ?? $0.key })
    guard persons.count < needed else { return }
    throw Refusal(
      .secondPersonNeeded, .refused,
      "\(persons.count) of \(needed) persons have approved the plan; nothing was written",
      advice: "another person approves it: hsasync approve \(digest.code)")
  }

  /// A plan is applied once: what it found may have been changed back since, by somebody who meant it.
  private func refuseUsed(_ digest: PlanDigest, _ books: Books, rolesAlone: Bool) throws {
    guard let run = try books.store.appliedRun(ofDigest: digest.hex, rolesAlone: rolesAlone) else { return }
    throw Refusal(
      .planUsed, .stalePlan, "run \(run) has applied this plan; nothing was written", advice: "plan again")
  }

  /// A plan of the agent's own without what an ombud's file may not have written, by the directory as it is now: what is
  /// the region's does not wait for that.
  private func leavingOutside(_ plan: Plan, _ forecast: RoleForecast?, _ books: Books) async throws -> Plan {
    guard configuration.ombud != nil else { return plan }
    let scope = { (change: Change) in change.source.flatMap(configuration.scope(ofFile:)) }
    let outside = Set(try await applier.outside(plan, scope: scope).compactMap(\.subject))
    guard !outside.isEmpty else { return plan }
    var rest = plan.subset(excluding: plan.part ?? "") {
      outside.contains($0.identity) && scope($0) != nil
    }
    rest.part = plan.part
    return guarded(with(forecast, rest), try books.store.history(at: plan.instant))
  }

  /// The last of three looks at what is a delegated administrator's to have written.
  private func refuseOutside(_ plan: Plan, _ order: ApplyOrder) async throws {
    guard configuration.ombud != nil || order.scope != nil else { return }
    let findings = try await applier.outside(plan) { change in
      order.scope ?? change.source.flatMap(configuration.scope(ofFile:))
    }
    guard !findings.isEmpty else { return }
    throw Refusal(
      .outsideScope, .notPermitted, "the plan would write what is not the delegated administrator's",
      advice: "plan again", findings: findings)
  }

  private func refuseStale(_ plan: Plan) async throws {
    let stale = try await applier.preflight(plan).filter { !$0.isApplied }
    guard !stale.isEmpty else { return }
    let findings = stale.map { outcome -> Finding in
      let change = plan.changes[outcome.change]
      let reason =
        if case .stale(let reason) = outcome.verdict { reason.message } else { "it would be refused" }
      return Finding(
        "stale", subject: change.identity, "change \(change.id + 1) can no longer be made: \(reason)")
    }
    throw Refusal(
      .planStale, .stalePlan,
      "\(stale.count.counting("change")) can no longer be made, so none was (--all-or-nothing)",
      advice: "plan again", findings: findings)
  }

  private func made(_ plan: Plan) -> SavedPlan {
    let file = PlanFile(plan, profile: configuration.profile).saved()
    return SavedPlan(bytes: file.bytes, sha256: file.sha256)
  }

  /// Keeps a plan that guards hold, for somebody to look at and approve; the refusal then says how.
  private func keep(
    _ plan: Plan, _ digest: PlanDigest, _ refusal: Refusal, _ order: ApplyOrder, _ books: Books,
    _ saved: SavedPlan?
  ) throws -> Refusal {
    guard refusal.code == .guardTripped || refusal.code == .approvalOfAnother else { return refusal }
    let file = saved ?? made(plan)
    try books.store.keepPending(
      code: digest.code, digest: digest.hex, sha256: file.sha256, text: file.bytes,
      by: order.actor, at: Date())
    var told = refusal
    told.advice = "look at the plan, and if it is as it should be: hsasync apply --approve \(digest.code)"
    return told
  }
}
