import Directory
import Foundation
import LDAP
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
  /// What is approved is that one, octet by octet. When the other was made, and of which set of files, is alone no reason
  /// to ask anew; neither is that what ends by absence would end at another second.
  func isSame(as later: Plan) -> Bool { Intent(plan) == Intent(later) }

  /// What a plan would do.
  private struct Intent: Equatable {
    var changes: [String]
    var roles: [String]
    var guards: [String]

    init(_ plan: Plan) {
      let stamp = GeneralizedTime(secondsSince1970: Int64(plan.instant.timeIntervalSince1970)).description
      changes = plan.changes.map { Intent.words($0, stamp) }.sorted()
      roles = (plan.roles?.changes ?? []).map {
        "\($0.target) \($0.direction) \($0.person.normalForm) \($0.value) \($0.isEnding)"
      }.sorted()
      guards = plan.tripped.map { "\($0.name)" }.sorted()
    }

    private static func words(_ change: Change, _ stamp: String) -> String {
      func words(_ values: [Value]) -> String {
        values.map { $0.text == stamp ? "now" : "\($0.bytes)" }.sorted().joined(separator: " ")
      }
      let differences = change.differences.map { "\($0.attribute) \(words($0.removed)) \(words($0.added))" }
      return "\(change.action) \(change.kind) \(change.identity.normalForm) \(change.dn) "
        + "\(change.newDN?.description ?? "") \(differences.sorted()) \(change.isEnding)"
    }
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
