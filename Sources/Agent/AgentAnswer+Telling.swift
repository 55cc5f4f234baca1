import Directory
import Foundation
import Reconciler

// The same lines, exit codes and JSON as the command line's own.
extension AgentAnswer {
  /// What is told of a plan, and of what became of it where it was applied.
  ///
  /// - Parameters:
  ///   - isFresh: whether it was made just now, and its endings are applied by themselves; not one that was kept.
  ///   - history: what guards were asked with.
  ///   - applied: what ``Run/apply(_:_:in:saved:forecast:)`` returned; `nil` where only the plan was asked for.
  ///   - planning: how long the plan took to make.
  ///   - caller: who asked; one with a mandate is told nothing of the server.
  ///   - applying: how long applying it took.
  package init(
    _ plan: Plan, isFresh: Bool = true, of run: Run, history: History?, applied: [AppliedPlan]? = nil,
    to order: AgentOrder, by caller: Caller, planning: Duration? = nil, applying: Duration = .zero,
    at now: Date
  ) {
    let isOutsider = caller.mandate != nil
    let plan = isOutsider ? plan.withoutServers : plan
    let applied = isOutsider ? applied?.map(\.withoutServers) : applied
    let style = PlanText.Style(detail: order.detail, language: order.language)
    var text = ""
    run.text(of: plan, isFresh: isFresh, history: history, style: style, duration: planning).write(to: &text)
    self.init(exitCode: plan.exitCode ?? .done, lines: text.splitLines, code: plan.digest.code)
    let profile = run.configuration.profile
    guard let applied else {
      var json = ""
      PlanFile(plan, profile: profile).write(to: &json, redacted: true)
      self.plan = json
      return
    }
    let result = ResultText(applied, style: style, duration: applying, at: now)
    lines += result.lines
    messages = result.refusals()
    runs = applied.compactMap(\.run)
    // Of a plan that was done in two parts, the one that waits has a code of its own.
    if let held = applied.last(where: { $0.refusal?.code == .guardTripped }) { code = held.plan.digest.code }
    self.result = ApplyJSON(applied, profile: profile).text
    if applied.exitCode != .done { exitCode = applied.exitCode.rawValue }
  }
}

extension AppliedPlan {
  /// The same for whoever is to know nothing of the region's servers and accounts.
  fileprivate var withoutServers: AppliedPlan {
    var applied = self
    applied.plan = plan.withoutServers
    applied.roles?.faults =
      roles?.faults.mapValues { fault in
        RoleTargetFault(
          fault.code, "it could not be reached or read; the region's administrators see why",
          retryAfter: fault.retryAfter)
      } ?? [:]
    return applied
  }
}
