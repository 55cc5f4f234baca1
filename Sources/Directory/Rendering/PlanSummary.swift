/// The plan in one line, and the reading that it rests on in another.
package struct PlanSummary {
  let plan: Plan
  let duration: Duration?

  package init(_ plan: Plan, duration: Duration? = nil) {
    self.plan = plan
    self.duration = duration
  }

  /// The line that people look for first: what would happen, or that nothing would.
  package var line: String {
    let errors = plan.findings.count { $0.severity == .error }
    if errors > 0 { return "No plan: \(errors.counting("error")) must be corrected first\(time)" }
    if plan.changes.isEmpty { return agreement }
    let absent = plan.changes.count(where: \.isByAbsence)
    let note = absent == 0 ? "" : "; \(absent.grouped) of them by absence"
    let tripped = plan.tripped.isEmpty ? "" : "; refused by \(plan.tripped.count.counting("guard"))"
    return
      "Plan: \(actions.joined(separator: ", ")); \(plan.unchanged.grouped) unchanged\(note)\(tripped)\(time)"
  }

  /// How the directory was read, and whether all of it was.
  package var proof: String {
    let proof = plan.proof
    let entries = "Read: " + (proof.entries == 1 ? "1 entry" : "\(proof.entries.grouped) entries")
    let origin = VisibleText(proof.origin).text
    guard proof.method != .file else {
      return "\(entries) from the file \(origin)\(verdict); a file proves nothing about the live directory"
    }
    let identity = VisibleText(proof.authorizationIdentity).text
    return "\(entries) by \(method) from \(origin) as \(identity.isEmpty ? "anonymous" : identity)\(verdict)"
  }

  private var agreement: String {
    let unchanged = "\(plan.unchanged.counting("entry")) unchanged\(time)"
    return plan.proof.isComplete
      ? "The directory agrees with the desired state: nothing to change; \(unchanged)"
      : "Nothing to change in what was read, which was not everything; \(unchanged)"
  }

  private var actions: [String] {
    let always = [
      "\(plan.count(.create).grouped) to add",
      "\((plan.count(.update)).grouped) to change",
      "\((plan.count(.move) + plan.count(.rename)).grouped) to move",
    ]
    let sometimes = [(plan.count(.reactivate), "to reactivate"), (plan.count(.archive), "to archive")]
      .filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }
    return always + sometimes
      + ["\(plan.count(.deactivate).grouped) to deactivate", "\(plan.count(.delete).grouped) to delete"]
  }

  private var method: String {
    switch plan.proof.method {
    case .contentSync: "content sync"
    case .search: "one search"
    case .pagedSearch: "one search in pages"
    case .file: "file"
    }
  }

  private var verdict: String {
    let proof = plan.proof
    guard !proof.isComplete else { return "; complete" }
    var reasons = proof.faults.map { VisibleText($0.text).text }
    if proof.referrals > 0 { reasons.append(proof.referrals.counting("referral")) }
    if !proof.finished { reasons.append("the read did not end with success") }
    return "; NOT complete: \(reasons.joined(separator: ", "))"
  }

  private var time: String { duration.map(PlanSummary.time) ?? "" }

  /// A duration as it ends a summary line: ` (0.84 s)`.
  package static func time(_ duration: Duration) -> String {
    let parts = duration.components
    let hundredths = (parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000 + 5) / 10
    let fraction = hundredths % 100
    return " (\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) s)"
  }
}
