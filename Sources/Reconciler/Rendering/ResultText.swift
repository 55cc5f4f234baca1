import Directory
import Foundation

/// What became of plans, as lines: the same whether a command applied them or the agent did.
package struct ResultText {
  private let applied: [AppliedPlan]
  private let style: PlanText.Style
  private let duration: Duration
  private let now: Date

  /// - Parameters:
  ///   - duration: how long applying them took.
  ///   - now: what ages are counted to.
  package init(_ applied: [AppliedPlan], style: PlanText.Style, duration: Duration, at now: Date) {
    self.applied = applied
    self.style = style
    self.duration = duration
    self.now = now
  }

  /// For standard output.
  package func write(to out: inout some TextOutputStream) {
    for part in applied {
      if let result = part.result, !part.plan.changes.isEmpty {
        ApplyText(
          plan: part.plan, result: result, duration: duration, isVerbose: style.detail >= .verbose,
          language: style.language
        ).write(to: &out)
      }
      if let roles = part.roles {
        RolePushText(result: roles, detail: style.detail, language: style.language, now: now).write(to: &out)
      }
    }
  }

  package var lines: [String] {
    var text = ""
    write(to: &text)
    return text.splitLines
  }

  /// For standard error: why parts were refused.
  ///
  /// - Parameter tellsGuards: whether what the guards found is told too; where the plan was shown it stands there.
  package func refusals(tellsGuards: Bool = false) -> [String] {
    applied.compactMap(\.refusal).flatMap { refusal -> [String] in
      var refusal = refusal
      if !tellsGuards, refusal.code == .guardTripped { refusal.findings = [] }
      return refusal.lines
    }
  }
}

extension Run {
  /// A plan as people read it.
  ///
  /// - Parameter isFresh: whether it was made just now. Of a fresh plan the endings are applied by themselves, which
  ///   nothing but their own ceiling holds back, and shown so; one that was kept or saved is applied as it is.
  package func text(
    of plan: Plan, isFresh: Bool, history: History?, style: PlanText.Style, duration: Duration? = nil
  ) -> PlanText {
    let (endings, rest) = parts(of: plan, isFresh: isFresh, history: history)
    return PlanText(
      rest, endings: endings, profile: configuration.profile, style: style, duration: duration)
  }

  /// A plan as apply takes it.
  package func parts(of plan: Plan, isFresh: Bool, history: History?) -> (endings: Plan?, rest: Plan) {
    guard isFresh, plan.undoneRun == nil, !plan.findings.haveErrors else { return (nil, plan) }
    let (endings, rest) = plan.split()
    guard let endings else { return (nil, plan) }
    return (guarded(endings, history), guarded(rest, history))
  }
}

extension Plan {
  /// What the plan by itself means for the end of whoever made it: `nil` when it is sound, whether or not changes are
  /// waiting.
  ///
  /// A read that did not see everything hides what is waiting: it is never "in agreement".
  package var exitCode: ExitCode? {
    if findings.haveErrors { return .desiredStateWrong }
    return proof.isComplete ? nil : .directoryUnavailable
  }
}
