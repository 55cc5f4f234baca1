import Directory

/// Which plans may be applied at all; judged before the first write.
enum PlanApproval {
  /// How many guards a refusal tells one by one.
  private static let told = 20

  /// - Parameter isApproved: whether somebody has lifted the guards of this very plan. Nothing else is ever lifted.
  static func check(_ plan: Plan, approved isApproved: Bool = false) throws(Refusal) {
    let errors = plan.findings.filter { $0.severity == .error }
    if !errors.isEmpty {
      throw Refusal(
        .planHasErrors, .desiredStateWrong, "the plan has \(errors.count) findings that are errors",
        advice: "correct what they name and plan again", findings: errors)
    }
    guard isOrdered(plan) else {
      throw Refusal(
        .planBroken, .desiredStateWrong, "the plan's order refers to changes that do not come before",
        advice: "plan again")
    }
    if plan.proof.method == .file {
      throw Refusal(
        .observedFromFile, .refused, "the plan was made from a file, which says nothing of the directory now",
        advice: "plan again from the directory")
    }
    if !isApproved { try checkGuards(plan) }
  }

  private static func isOrdered(_ plan: Plan) -> Bool {
    plan.changes.enumerated().allSatisfy { index, change in
      change.id == index && (change.after + change.following).allSatisfy { (0..<index).contains($0) }
    }
  }

  private static func checkGuards(_ plan: Plan) throws(Refusal) {
    let tripped = plan.tripped
    // Where nothing would be written there is nothing to hold back.
    guard !tripped.isEmpty, !plan.isEmpty else { return }
    let text = GuardText(.english, plan: plan)
    let findings = tripped.prefix(told).map { verdict in
      Finding("guard-\(verdict.name.rawValue)", .error, text.line(verdict), advice: text.cause(verdict))
    }
    let more = tripped.count - findings.count
    throw Refusal(
      .guardTripped, .refused,
      "\(tripped.count.counting("guard")) tripped\(more > 0 ? ", \(more) of them not told here" : ""); nothing was written",
      advice: "look at the plan; what is as it should be is approved for this one plan", findings: findings)
  }
}
