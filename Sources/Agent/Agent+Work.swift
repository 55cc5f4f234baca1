import Directory
import Foundation
import LDAP
import Reconciler

// The worker: one thing after the other, so that there is one writer.
extension Agent {
  func work() async throws {
    let calls = calls()
    wake()
    for await _ in calls {
      try Task.checkCancellation()
      while try await strands.during(.reconciling, patience: configuration.patience, turn) {
        try Task.checkCancellation()
      }
      try setAlarm()
    }
  }

  /// Does what is most urgent.
  ///
  /// - Returns: whether there was something to do.
  private func turn() async throws -> Bool {
    guard let world, let books, let proof = world.proof else { return false }
    if !jobs.isEmpty, try mayPlan(world) {
      let job = jobs.removeFirst()
      do {
        job.answer(try await perform(job.order, job.caller, world, books))
      } catch {
        job.refuse(error)
      }
      return true
    }
    if day.areFilesDue {
      try await readFilesAgain(world, books)
      return true
    }
    if day.isComparisonDue {
      try await compareAll(world, books)
      return true
    }
    guard try mayPlan(world) else { return false }
    if try await retryDebts(world, proof, books) { return true }
    guard let due = try due(world) else { return false }
    try await reconcile(due, world, proof, books)
    return true
  }

  /// Whether the index tells of each entry where it is. When not, it is being looked up; should that come to nothing,
  /// everything is compared.
  private func mayPlan(_ world: World) throws -> Bool {
    if try world.index.isSettled || world.proof?.isComplete != true {
      day.unsettledSince = nil
      return true
    }
    let since = day.unsettledSince ?? .now
    day.unsettledSince = since
    if ContinuousClock.now - since > .seconds(60) { (day.isComparisonDue, day.unsettledSince) = (true, .now) }
    return false
  }

  /// What is touched and may be looked at now; `nil`: nothing.
  private func due(_ world: World) throws -> Due? {
    let (all, mark, oldest) = try world.index.touched()
    (day.queue, day.oldestTouch) = (all.identities.count + (all.isWhole || all.hasStructure ? 1 : 0), oldest)
    guard !all.isEmpty else {
      agreed()
      return nil
    }
    let now = ContinuousClock.now
    let isWaiting = postponement.waiting(of: all.identities, at: now)
    let isDueAgain = postponement.isDue(anyOf: all.identities, at: now)
    guard mark > day.quietMark || isDueAgain else { return nil }
    if all.isWhole || all.hasStructure, let ended = day.wholeEnded, now < ended + day.wholeTook * 2 {
      return nil
    }
    var touched = all
    touched.identities.subtract(isWaiting)
    guard !touched.isEmpty else {
      day.quietMark = mark
      return nil
    }
    touched.identities.formUnion(day.obstructed.subtracting(isWaiting))
    postponement.begin(touched.identities)
    return Due(touched: touched, postponed: isWaiting, mark: mark)
  }

  private func reconcile(
    _ due: Due, _ world: World, _ proof: ReadProof, _ books: Books
  ) async throws {
    if let held, try await reconcileBesides(held, due, world, proof, books) { return }
    if held == nil { become(.reconciling) }
    let instant = Date()
    let planned: PartPlanning.Planned
    do {
      planned = try await plan(due.touched, world, proof, books, asOf: instant)
    } catch let refusal as Refusal where refusal.exitCode == .desiredStateWrong {
      return try refused(refusal, due, world)
    }
    noteObstructed(planned)
    if planned.extent == nil { wholeLooked(planned, since: instant) }
    try await settle(planned, due, world, books)
  }

  /// Applies a plan, unless it is one that is held already, and keeps what is not done touched.
  private func settle(
    _ planned: PartPlanning.Planned, _ due: Due, _ world: World, _ books: Books
  ) async throws {
    let isHeld = held?.isSame(as: planned.plan) ?? false
    var rest = Unsettled()
    if isHeld {
      rest.again = due.touched
      try noteTargets(planned.plan, [], world, books)
    } else {
      let applied = try await apply(planned, ApplyOrder(by: actor), world, books)
      rest = Unsettled(applied)
      try noteTargets(planned.plan, applied, world, books)
      try conclude(rest)
      try take(rest, due.touched, planned.extent)
      // What was refused as a whole is not done by halves: the whole stays touched.
      if rest.isRefused { rest.again.formUnion(due.touched) }
    }
    rest.again.identities.formUnion(due.postponed)
    // What came in meanwhile is beyond the mark, and looked at next.
    let (_, latest, _) = try world.index.touched()
    try world.index.settle(upTo: due.mark)
    if !rest.again.isEmpty { try world.index.touch(rest.again) }
    if isHeld || !rest.mayGoOn, latest <= due.mark { day.quietMark = try world.index.touched().mark }
  }

  /// Draws the conclusions from what became of a plan.
  func conclude(_ rest: Unsettled) throws {
    if let stop = rest.stop { throw stop }
    let quarrels = postponement.wrote(rest.written, at: .now)
    if !quarrels.isEmpty {
      logger.warning(
        "entries are changed back again and again", metadata: ["count": "\(quarrels.count)"])
    }
    postponement.failed(rest.failed, at: .now)
  }

  /// Remembers the plan that guards hold now, in the place of the one before.
  private func take(_ rest: Unsettled, _ touched: Touched, _ extent: Part.Extent?) throws {
    if let held, held.digest.hex != rest.held?.digest.hex {
      // What waited is no longer what would be done.
      if let kept = try books?.store.pending(code: held.digest.code) { try books?.store.drop(kept) }
    }
    if rest.held == nil, !rest.failed.isEmpty {
      become(
        .reconciling,
        "\(rest.failed.count.counting("identity")) could not be made to agree; they are tried again")
    }
    guard let refused = rest.held else {
      held = nil
      return
    }
    held = HeldPlan(refused, touched, extent, at: Date())
    let guards = refused.tripped.count
    become(.quarantined, "\(guards) \(guards == 1 ? "guard has" : "guards have") tripped")
    broadcast.send(
      .refused, "guards hold a plan", ["guards": guards, "changes": refused.changes.count],
      code: refused.digest.code)
  }

  /// The desired state does not fit the directory: nothing of this plan is written, and it is tried again later.
  private func refused(_ refusal: Refusal, _ due: Due, _ world: World) throws {
    let faults = refusal.findings.count { $0.severity == .error }
    broadcast.send(.refused, refusal.message, ["faults": faults])
    postponement.failed(due.touched.identities, at: .now)
    become(.quarantined, refusal.message)
    day.quietMark = due.mark
  }

  /// What the queue led to has been done with the files that are in force: a start need not look at the whole.
  private func noteAgreement() {
    guard let world, world.baseline != nil, let digest = files?.set.summary.digest, digest != day.settled
    else { return }
    do {
      try world.index.set(IndexNote.settled, digest)
      day.settled = digest
    } catch {
      logger.error("the index could not note that all agrees", metadata: ["reason": "\(error)"])
    }
  }

  /// Nothing is touched: directory, desired state and roles agree.
  private func agreed() {
    postponement.expire(at: .now)
    guard held == nil else { return }
    noteAgreement()
    guard owing.isEmpty else {
      let count = owing.count
      let (persons, have) = (count.counting("person"), count == 1 ? "has" : "have")
      return become(
        .reconciling, "\(persons) \(have) roles that a target has not taken away yet; it is tried again")
    }
    day.lastAgreement = Date()
    become(.inSync, doubt)
  }

  /// What is to be told of the desired files although everything agrees with what is in force.
  private var doubt: String? {
    if let fault = files?.set.rejected.first(where: { $0.severity == .error }) {
      return "the files that lie there have faults: \(fault.message)"
    }
    return day.replayed.map {
      "the desired files are a set that was in force before, until \($0.formatted(.iso8601))"
    }
  }

  /// So many are looked at again with every change at most; more wait for the next look at everything.
  private static let mostObstructed = 500

  func noteObstructed(_ planned: PartPlanning.Planned) {
    let found = planned.plan.obstructed
    if let extent = planned.extent {
      day.obstructed = day.obstructed.subtracting(extent.focus).union(found)
    } else {
      day.obstructed = found
    }
    guard day.obstructed.count > Agent.mostObstructed else { return }
    logger.warning(
      "too many entries are in each other's way to look at all of them with every change",
      metadata: ["count": "\(day.obstructed.count)"])
    day.obstructed = Set(day.obstructed.sorted().prefix(Agent.mostObstructed))
  }

  private func wholeLooked(_ planned: PartPlanning.Planned, since instant: Date) {
    day.wholeTook = .seconds(max(0, Date().timeIntervalSince(instant)))
    day.wholeEnded = .now
    let baseline = Baseline(of: planned.plan)
    world?.baseline = baseline
    do { try books?.store.keep(baseline) } catch {
      logger.error("the baseline could not be kept", metadata: ["reason": "\(error.message)"])
    }
  }
}

/// What the worker looks at now.
struct Due: Sendable {
  let touched: Touched
  /// What is touched too, and left alone for a while.
  let postponed: Set<HSAIdentity>
  let mark: Int64
}
