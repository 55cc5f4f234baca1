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
    guard files != nil else {
      // All agreed with the files that lie there, and nothing has happened since.
      if try mayPlan(world), try world.index.touched().touched.isEmpty { agreed() }
      try await readFilesLate(world, books)
      return true
    }
    // Before what somebody asks for: who has just written a file means what it says now.
    if day.areFilesDue {
      try await readFilesAgain(world, books)
      return true
    }
    // Between two of what people ask for one look at what is due: who asks much holds up nobody's losses.
    if !jobs.isEmpty, !day.hasJustServed, try mayPlan(world) {
      day.hasJustServed = true
      await jobs.removeFirst().perform(self, world, books)
      return true
    }
    day.hasJustServed = false
    if day.isComparisonDue {
      try await compareAll(world, books)
      return true
    }
    guard try mayPlan(world) else { return false }
    let mustGoOn = !jobs.isEmpty
    if try await retryDebts(world, proof, books) { return true }
    if let due = try due(world) {
      try await reconcile(due, world, proof, books)
      return true
    }
    // After what the directory tells: while one file after the other is put in place, losses do not wait for the last.
    guard day.haveFilesArrived else { return mustGoOn }
    try await readFilesAgain(world, books)
    return true
  }

  /// Whether the index tells of each entry where it is. When not, it is being looked up; should that come to nothing,
  /// everything is compared.
  func mayPlan(_ world: World) throws -> Bool {
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
    postponement.forgetEchoes(but: all.identities, at: now)
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
    // The directory has gone on meanwhile, and it is not known where all of it is: what was planned may be of the past.
    guard try mayPlan(world) else { return }
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
    try settle(due, rest, planned.plan, world, isHeld: isHeld)
  }

  /// Takes out of the queue what is done.
  private func settle(
    _ due: Due, _ rest: Unsettled, _ plan: Plan, _ world: World, isHeld: Bool
  ) throws {
    var again = rest.again
    again.identities.formUnion(due.postponed)
    // What is not seen was not taken away, and is to be looked at again once all can be seen.
    if !plan.proof.isComplete { again.formUnion(due.touched) }
    // What came in meanwhile is beyond the mark, and looked at next.
    let (_, latest, _) = try world.index.touched()
    try world.index.settle(upTo: due.mark, keeping: again)
    guard isHeld || !rest.mayGoOn || !plan.proof.isComplete, latest <= due.mark else { return }
    day.quietMark = try world.index.touched().mark
    if !plan.proof.isComplete, held == nil {
      become(.reconciling, "not all of the directory can be seen: nothing is taken away until it can")
    }
  }

  /// Draws the conclusions from what became of a plan.
  func conclude(_ rest: Unsettled) throws {
    if let stop = rest.stop { throw stop }
    let quarrels = noteWritten(rest)
    if !quarrels.isEmpty {
      logger.warning(
        "entries are changed back again and again", metadata: ["count": "\(quarrels.count)"])
    }
    postponement.failed(rest.failed, isOne: rest.isRefused, at: .now)
  }

  /// Notes who was written to, and looks at them again after a while.
  ///
  /// - Returns: those that are written to again and again.
  func noteWritten(_ rest: Unsettled) -> Set<HSAIdentity> {
    guard !rest.written.isEmpty else { return [] }
    let quarrels = postponement.wrote(rest.written, at: .now)
    Task { [weak self] in
      // A little later than they may be looked at, never earlier.
      try? await Task.sleep(for: Postponement.echo + .milliseconds(5))
      self?.wake()
    }
    return quarrels
  }

  /// Remembers the plan that guards hold now, in the place of the one before.
  private func take(_ rest: Unsettled, _ touched: Touched, _ extent: Part.Extent?) throws {
    // Refused for something else: what waits for an approval goes on waiting.
    if rest.isRefused, rest.held.isEmpty, held != nil { return }
    let before = [held].compactMap { $0 } + day.heldToo
    let now = try rest.held.map { refused in
      guard let same = before.first(where: { $0.isSame(as: refused) }) else {
        return HeldPlan(refused, touched, extent, at: Date())
      }
      // It waits under its first code, and not under this one too.
      if same.digest.hex != refused.digest.hex { try forget(refused.digest) }
      return same
    }
    // What waited and would not be done any longer.
    for one in before where !now.contains(where: { $0.digest.hex == one.digest.hex }) {
      try forget(one.digest)
    }
    let isNew = now.contains { one in !before.contains { $0.digest.hex == one.digest.hex } }
    (held, day.heldToo) = (now.last, Array(now.dropLast()))
    if held == nil, !rest.failed.isEmpty {
      become(
        .reconciling,
        "\(rest.failed.count.counting("identity")) could not be made to agree; they are tried again")
    }
    guard isNew, let refused = held?.plan else { return }
    let guards = refused.tripped.count
    become(.quarantined, "\(guards) \(guards == 1 ? "guard has" : "guards have") tripped")
    broadcast.send(
      .refused, "guards hold a plan", ["guards": guards, "changes": refused.changes.count],
      code: refused.digest.code)
  }

  private func forget(_ digest: PlanDigest) throws {
    if let kept = try books?.store.pending(code: digest.code) { try books?.store.drop(kept) }
  }

  /// The desired state does not fit the directory: nothing of this plan is written, and it is tried again later.
  private func refused(_ refusal: Refusal, _ due: Due, _ world: World) throws {
    let faults = refusal.findings.count { $0.severity == .error }
    broadcast.send(.refused, refusal.message, ["faults": faults])
    postponement.failed(due.touched.identities, isOne: true, at: .now)
    become(.quarantined, refusal.message)
    day.quietMark = due.mark
  }

  /// What the queue led to has been done with the files that are in force: a start need not look at the whole.
  private func noteAgreement() {
    guard let world, world.baseline != nil, let set = files?.set, let wanted else { return }
    // Who is in somebody's way is known here alone, and to be found again.
    let isAll = day.obstructed.isEmpty
    let digest = isAll ? wanted : ""
    guard digest != day.settled || set.looks != day.settledLook else { return }
    let stamps = isAll ? set.stamps.map { Agent.stamped($0, world.run.configuration) } ?? "" : ""
    do {
      // First how the files lie, for that alone is looked at by a start.
      if try world.index.text(IndexNote.stamps) != stamps { try world.index.set(IndexNote.stamps, stamps) }
      if digest != day.settled { try world.index.set(IndexNote.settled, digest) }
      (day.settled, day.settledLook) = (digest, set.looks)
    } catch {
      logger.error("the index could not note that all agrees", metadata: ["reason": "\(error)"])
    }
  }

  /// What all follows from beside the entries: the desired state, and how the configuration has it.
  var wanted: String? {
    guard let world, let files else { return nil }
    return "\(Agent.version) \(world.run.configuration.digest) \(files.set.summary.digest)"
  }

  /// How the files of a configuration lie, and by what and under which configuration they were taken.
  static func stamped(_ stamps: String, _ configuration: Configuration) -> String {
    "\(version) \(configuration.digest) \(stamps)"
  }

  /// Nothing is touched: directory, desired state and roles agree.
  private func agreed() {
    postponement.forgetEchoes(but: [], at: .now)
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
    if let time = day.replayed {
      return "the desired files are a set that was in force before, until \(time.formatted(.iso8601))"
    }
    guard !day.faulty.isEmpty else { return nil }
    return "rows of \(day.faulty.count.counting("entry")) do not fit the directory and are left aside; "
      + "`hsasync plan` tells them"
  }

  /// So many are looked at again with every change at most; more wait for the next look at everything.
  private static let mostObstructed = 500

  func noteObstructed(_ planned: PartPlanning.Planned) {
    let found = planned.plan.obstructed.union(planned.faulty)
    if let extent = planned.extent {
      day.obstructed = day.obstructed.subtracting(extent.focus).union(found)
      day.faulty = day.faulty.subtracting(extent.focus).union(planned.faulty)
    } else {
      (day.obstructed, day.faulty) = (found, planned.faulty)
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
    Heap.giveBack()
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
