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
  /// Who has approved it so far, each once.
  var approvals: [String] = []

  init(_ plan: Plan, _ touched: Touched, at time: Date) {
    self.plan = plan
    digest = plan.digest
    since = time
    self.touched = touched
  }

  /// Whether a plan that was made later would do the same: then the one that waits goes on waiting, under its code.
  ///
  /// The digest has the instant in it, which alone is no reason to ask anew.
  func isSame(as later: Plan) -> Bool {
    var copy = later
    copy.instant = plan.instant
    return copy.digest.hex == digest.hex
  }
}
