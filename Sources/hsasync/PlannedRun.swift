import Directory
import Foundation
import Logging
import Reconciler

/// A run with its plan, and how long the plan took.
struct PlannedRun {
  let run: Run
  let plan: Plan
  let duration: Duration
  let progress: ProgressLine

  var profile: Profile { run.configuration.profile }

  init(
    _ configuration: Configuration, logger: Logger, instant: Date, scope: Comparison.Scope?,
    observed: String? = nil
  ) async throws {
    let line = ProgressLine()
    progress = line
    run = Run(configuration, logger: logger) { line.report($0) }
    let clock = ContinuousClock()
    let started = clock.now
    defer { line.clear() }
    plan = try await run.plan(asOf: instant, scope: scope, observed: observed)
    duration = clock.now - started
  }

  func text(_ style: PlanText.Style) -> PlanText {
    PlanText(plan, profile: profile, style: style, duration: duration)
  }

  /// What the plan by itself means for the program's end: `nil` when it is sound, whether or not changes are waiting.
  ///
  /// A read that did not see everything hides what is waiting: it is never "in agreement".
  var exitCode: ExitCode? {
    if plan.findings.haveErrors { return .desiredStateWrong }
    return plan.proof.isComplete ? nil : .directoryUnavailable
  }
}
