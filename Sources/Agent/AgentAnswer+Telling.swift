import Directory
import Foundation
import LDAP
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
  ///   - applying: how long applying it took.
  package init(
    _ plan: Plan, isFresh: Bool = true, of run: Run, history: History?, applied: [AppliedPlan]? = nil,
    to order: AgentOrder, planning: Duration? = nil, applying: Duration = .zero, at now: Date
  ) {
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

  /// What is told of an order that nothing came of.
  package init(_ error: any Error) {
    let messages: [String] =
      switch error {
      case let refusal as Refusal: refusal.lines
      case let error as LDAPError: error.lines()
      case is CancellationError: ["hsasync: interrupted"]
      default: ["hsasync: error: the order could not be carried out"]
      }
    self.init(exitCode: ExitCode(error), messages: messages)
  }
}
