import Directory

/// Which plans may be applied at all; judged before the first write.
enum PlanApproval {
  static func check(_ plan: Plan) throws(Refusal) {
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
    try checkAbsence(plan)
  }

  private static func isOrdered(_ plan: Plan) -> Bool {
    plan.changes.enumerated().allSatisfy { index, change in
      change.id == index && change.after.allSatisfy { (0..<index).contains($0) }
    }
  }

  private static func checkAbsence(_ plan: Plan) throws(Refusal) {
    let count = plan.changes.count { $0.isByAbsence }
    guard count > 0 else { return }
    if !plan.proof.isComplete {
      throw Refusal(
        .incompleteRead, .refused,
        "\(count) changes are for entries that were not seen, and the read did not see everything",
        advice: "remove the cause of the incomplete read and plan again")
    }
    throw Refusal(
      .changesByAbsence, .refused,
      "\(count) changes are for entries that a complete source no longer has; such changes are only shown",
      advice: "give the rows an endDate, or declare the source without `complete`, and plan again")
  }
}
