import Directory
import Foundation
import LDAP
import Reconciler

// What to do, and doing it.
extension Agent {
  /// A plan of what has been touched: of a part where that will do, else of the whole, from the index.
  func plan(
    _ touched: Touched, _ world: World, _ proof: ReadProof, _ books: Books, asOf instant: Date,
    scope: HSAIdentity? = nil
  ) async throws -> PartPlanning.Planned {
    guard let desired = files?.set else { throw CancellationError() }
    // "Not read" is not "nothing is wanted": without a sound set all that is owned would be absent.
    guard desired.isInForce else {
      throw Refusal(
        .desiredStateWrong, .desiredStateWrong, "no sound set of desired files has been read yet",
        advice: "correct the files; what they say is taken as soon as they are sound",
        findings: desired.rejected)
    }
    var proof = proof
    // Whether dates count is judged by the clocks as they are now, and whether time has gone backwards by the CSNs.
    async let skew = world.observer.clockSkew()
    async let context = world.observer.contextState()
    (proof.clockSkew, proof.contextAfter) = (try await skew, try await context)
    proof.readAt = instant
    // Not on the actor: what happens meanwhile is to be noted.
    let planned = try await world.planning.plan(
      touched, desired, proof: proof, baseline: world.baseline, counted: world.counted, asOf: instant,
      store: books.store, scope: scope)
    if let counted = planned.counted { self.world?.counted = counted }
    if !planned.plan.isEmpty {
      try books.audit.append([.planned(planned.plan, digest: planned.plan.digest.hex, by: actor)])
      let figures = [
        "changes": planned.plan.changes.count, "roles": planned.plan.roles?.changes.count ?? 0,
        "findings": planned.plan.findings.count,
      ]
      broadcast.send(.planned, "a plan was made", figures, code: planned.plan.digest.code)
    }
    return planned
  }

  /// Applies a plan as the command line would; of a part what roles follow from is read back entry by entry.
  func apply(
    _ planned: PartPlanning.Planned, _ order: ApplyOrder, _ world: World, _ books: Books,
    saved: SavedPlan? = nil
  ) async throws -> [AppliedPlan] {
    try await confirm(world)
    let applied = try await push(planned) {
      try await Agent.apply(planned, order, world, books, saved)
    }
    for part in applied {
      grow(part)
      if let run = part.run {
        day.lastRun = AgentStatus.LastRun(number: run, ended: Date(), exitCode: part.exitCode.rawValue)
        broadcast.send(
          .applied, "a plan was applied",
          ["run": run, "changes": part.plan.changes.count, "exitCode": Int(part.exitCode.rawValue)])
      }
    }
    return applied
  }

  /// Does what pushes roles where a plan has some, watched as that.
  private func push<Result>(
    _ planned: PartPlanning.Planned, _ body: () async throws -> Result
  ) async throws -> Result {
    guard planned.plan.roles?.changes.isEmpty == false else { return try await body() }
    return try await strands.during(.pushing, patience: configuration.patience, body)
  }

  /// Keeps the figures of the whole current with what was applied.
  private func grow(_ applied: AppliedPlan) {
    guard let baseline = world?.baseline else { return }
    let done = Set(applied.result?.outcomes.filter { $0.verdict == .applied }.map(\.change) ?? [])
    let roles = applied.roles.map { zip($0.changes, $0.outcomes).filter { $1.verdict == .applied }.map(\.0) }
    world?.baseline = baseline.taking(
      applied.plan.changes.filter { done.contains($0.id) }, roles: roles ?? [])
  }

  private nonisolated static func apply(
    _ planned: PartPlanning.Planned, _ order: ApplyOrder, _ world: World, _ books: Books, _ saved: SavedPlan?
  ) async throws -> [AppliedPlan] {
    guard let extent = planned.extent, let proof = world.proof else {
      return try await world.run.apply(
        planned.plan, order, in: books, saved: saved, forecast: planned.forecast)
    }
    let look = RoleLook.part(world.run.targets, of: extent.known.union(extent.persons)) { _ in
      try await readBack(planned.plan, world)
      return try await world.planning.look(
        extent, after: planned.plan, proof: proof, asOf: Date(), store: books.store)
    }
    return try await world.run.apply(
      planned.plan, order, in: books, saved: saved, forecast: planned.forecast, look: look)
  }

  /// Puts what a plan has written into the index, as the directory has it now: gains follow from what is there.
  private nonisolated static func readBack(_ plan: Plan, _ world: World) async throws {
    let attributes = world.run.followed.attributes
    var builder = EntryTableBuilder()
    let read = try world.index.beginRead()
    for change in plan.changes where change.action != .delete {
      if let entry = try await world.observer.connection.entry(
        change.newDN ?? change.dn, attributes: attributes)
      {
        builder.append(entry)
      }
    }
    // What that touches is in the queue with it.
    _ = try world.index.put(builder.take(), read)
  }

  /// Reads the whole directory, holds it against the index and against what is desired, and makes both agree.
  func compareAll(_ world: World, _ books: Books) async throws {
    if held == nil { become(.reconciling, "everything is being compared") }
    let started = Date()
    // What is doubted while everything is read is doubted still when it has been.
    day.isComparisonDue = false
    let (drift, proof): (Int, ReadProof)
    do {
      (drift, proof) = try await strands.during(.comparing, patience: configuration.patience) {
        try await Agent.compareIndex(world)
      }
    } catch {
      day.isComparisonDue = true
      throw error
    }
    day.areFilesDue = true
    day.lookedForMissing = .now
    self.world?.proof = proof
    try world.index.touch(.whole)
    try world.index.set(IndexNote.comparison, started)
    (day.lastComparison, day.quietMark) = (started, -1)
    day.wholeEnded = nil
    day.nextComparison = configuration.daemon.nextComparison(after: Date())
    logger.notice("comparison", metadata: ["event": "comparison", "drift": "\(drift)"])
    broadcast.send(.comparison, "everything was compared", ["drift": drift])
  }

  private nonisolated static func compareIndex(_ world: World) async throws -> (drift: Int, ReadProof) {
    let question = world.run.followed
    var check = try IndexCheck(world.index)
    let (read, proof) = try await world.observer.read(question, progress: world.run.progress) {
      check
    } take: {
      try $0.take($1)
    }
    check = read
    let drift = try check.end(isComplete: proof.isComplete)
    return (drift.missing + drift.surplus + drift.different, proof)
  }
}
