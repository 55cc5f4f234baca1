import Directory
import Foundation

extension Run {
  /// A plan that is kept until somebody approves it, looked at anew: is it still ours, what would guards say now?
  ///
  /// - Throws: ``Refusal`` when it goes beyond what the configuration owns; `LDAPError`.
  package func kept(
    _ kept: PendingPlan, in books: Books, by actor: Actor
  ) async throws -> (plan: Plan, forecast: RoleForecast?, saved: SavedPlan) {
    do {
      let read = try PlanFile.read(kept.text, path: "plan \(kept.code)")
      let history = try books.store.history(at: Date())
      let (plan, forecast) = try await examine(read.plan, history: history)
      return (plan, forecast, SavedPlan(bytes: kept.text, sha256: read.sha256))
    } catch let findings as Findings {
      throw Refusal(
        .planAltered, .desiredStateWrong, "the plan that was kept cannot be read", advice: "plan again",
        findings: findings.all)
    } catch let refusal as Refusal {
      try books.audit.append([.refused(refusal, by: actor)])
      throw refusal
    }
  }
}
