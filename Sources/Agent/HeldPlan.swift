import Directory
import Foundation
import Reconciler

/// A plan that guards hold: nothing but endings is written until somebody approves it, or its cause is gone.
struct HeldPlan: Sendable {
  let plan: Plan
  let digest: PlanDigest
  let since: Date
  /// What it was made of: as long as it is held, this stays touched.
  let touched: Touched
  /// Who has to do with it.
  let reach: Set<HSAIdentity>
  /// Who has approved it so far, each once.
  var approvals: [String] = []

  /// - Parameter extent: what was looked at; `nil`: the whole.
  init(_ plan: Plan, _ touched: Touched, _ extent: Part.Extent?, at time: Date) {
    self.plan = plan
    digest = plan.digest
    since = time
    self.touched = touched
    let changed = plan.changes.map(\.identity) + (plan.roles?.changes.map(\.person) ?? [])
    reach = Set(changed).union(extent.map { $0.focus.union($0.persons) } ?? [])
  }

  /// Whether a plan that was made later would do the same: then the one that waits goes on waiting, under its code.
  ///
  /// The digest has the instant and the set of desired files in it. That they are others is alone no reason to ask anew.
  func isSame(as later: Plan) -> Bool {
    var copy = later
    copy.instant = plan.instant
    copy.desired = plan.desired
    return copy.digest.hex == digest.hex
  }

  /// What is touched besides what it was made of; `nil` when that is nothing, or all.
  ///
  /// - Parameter always: who is looked at with every change; they alone are no reason to look.
  func besides(_ all: Touched, but always: Set<HSAIdentity>) -> Touched? {
    guard all.isWhole == touched.isWhole, all.hasStructure == touched.hasStructure else { return nil }
    let fresh = all.identities.subtracting(touched.identities)
    return fresh.isSubset(of: always) ? nil : Touched(fresh)
  }

  /// Whether what would be looked at has nothing to do with it.
  func isApart(from extent: Part.Extent) -> Bool {
    reach.isDisjoint(with: extent.focus) && reach.isDisjoint(with: extent.known)
      && reach.isDisjoint(with: extent.persons)
  }
}
