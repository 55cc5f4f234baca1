import Directory
import Foundation
import LDAP
import Reconciler

// While guards hold a plan.
extension Agent {
  /// Plans what has come besides the plan that is held by itself, and applies it: what waits keeps its code, and who has
  /// nothing to do with it does not wait for it.
  ///
  /// - Returns: `false` where both have to be planned together: they have to do with each other, it is not known whether
  ///   they do, or guards would hold this one too.
  func reconcileBesides(
    _ held: HeldPlan, _ due: Due, _ world: World, _ proof: ReadProof, _ books: Books
  ) async throws -> Bool {
    guard let fresh = held.besides(due.touched, but: day.obstructed),
      let planned = try await planBesides(held, fresh, world, proof, books)
    else { return false }
    guard try mayPlan(world) else { return true }
    noteObstructed(planned)
    let applied = try await apply(planned, ApplyOrder(by: actor), world, books)
    var rest = Unsettled(applied)
    try noteTargets(planned.plan, applied, world, books)
    try conclude(rest)
    if rest.isRefused { rest.again.formUnion(fresh) }
    rest.again.formUnion(held.touched)
    rest.again.identities.formUnion(due.postponed)
    if !planned.plan.proof.isComplete { rest.again.formUnion(fresh) }
    let (_, latest, _) = try world.index.touched()
    try world.index.settle(upTo: due.mark, keeping: rest.again)
    // A part that is held is looked at once more, for it may have changed too; all of it every minute only.
    if held.touched.isWhole || !rest.mayGoOn, latest <= due.mark {
      day.quietMark = try world.index.touched().mark
    }
    return true
  }

  private func planBesides(
    _ held: HeldPlan, _ fresh: Touched, _ world: World, _ proof: ReadProof, _ books: Books
  ) async throws -> PartPlanning.Planned? {
    guard let desired = files?.set, world.baseline != nil,
      let extent = try world.planning.extent(of: fresh, desired), held.isApart(from: extent)
    else { return nil }
    do {
      let planned = try await plan(fresh, world, proof, books, asOf: Date())
      return planned.extent != nil && planned.plan.tripped.isEmpty && !planned.plan.findings.haveErrors
        ? planned : nil
    } catch let refusal as Refusal where refusal.exitCode == .desiredStateWrong {
      return nil
    }
  }
}
