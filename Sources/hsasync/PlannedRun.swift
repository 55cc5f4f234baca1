import Directory
import Foundation
import Logging
import Reconciler

/// A plan and how it was come by: made afresh, read from a file, or made to undo a run.
struct PlannedRun {
  let run: Run
  private(set) var plan: Plan
  /// How long the plan took.
  let duration: Duration?
  /// What the plan was read from, while it is all of it.
  private(set) var saved: SavedPlan?
  /// What tells the roles that follow from any part of the plan; `nil` without role rules.
  let forecast: RoleForecast?
  /// What is remembered, for the guards.
  private let history: History?

  var profile: Profile { run.configuration.profile }

  init(
    _ run: Run, _ plan: Plan, forecast: RoleForecast? = nil, history: History?, duration: Duration? = nil,
    saved: SavedPlan? = nil
  ) {
    self.run = run
    self.plan = plan
    self.forecast = forecast
    self.duration = duration
    self.saved = saved
    self.history = history
  }

  /// A fresh plan.
  init(
    _ configuration: Configuration, logger: Logger, instant: Date, scope: Comparison.Scope?,
    observed: String? = nil, horizon: Double? = nil, proposed: Bool = false
  ) async throws {
    let line = ProgressLine()
    let run = Run(configuration, logger: logger) { line.report($0) }
    let clock = ContinuousClock()
    let started = clock.now
    defer { line.clear() }
    let history = try run.history(at: instant)
    let (plan, forecast) = try await run.foresee(
      asOf: instant, scope: scope, observed: observed, history: history, horizon: horizon, proposed: proposed)
    self.init(run, plan, forecast: forecast, history: history, duration: clock.now - started)
  }

  /// A fresh plan of roles alone.
  init(
    rolesOf configuration: Configuration, logger: Logger, instant: Date, proposed: Bool = false
  ) async throws {
    let line = ProgressLine()
    let run = Run(configuration, logger: logger) { line.report($0) }
    let clock = ContinuousClock()
    let started = clock.now
    defer { line.clear() }
    let history = try run.history(at: instant)
    let (plan, forecast) = try await run.planRoles(asOf: instant, history: history, proposed: proposed)
    self.init(run, plan, forecast: forecast, history: history, duration: clock.now - started)
  }

  /// Keeps a part of the plan; guards look at it again, as at any plan.
  mutating func choose(_ selection: SelectionOptions) throws {
    let chosen = try selection.choose(from: plan)
    guard chosen.part != plan.part || chosen.changes.count != plan.changes.count else { return }
    plan = run.guarded(run.with(forecast, chosen, and: selection.persons), history)
    saved = nil
  }

  /// Leaves the deletions out, and what stands on them; guards look at what is left, as at any plan.
  mutating func leaveOutDeletions() {
    plan = run.guarded(run.with(forecast, plan.withoutDeletions), history)
    saved = nil
  }

  /// Whether nothing of it would be written, so that there is nothing to ask.
  var isHeld: Bool {
    let (endings, rest) = parts
    return [endings, rest].compactMap { $0 }.filter { !$0.isEmpty }.allSatisfy { $0.obstacle != nil }
  }

  func show(_ style: PlanText.Style) throws {
    var out = StandardStream.output
    text(style).write(to: &out)
    try out.finish()
  }

  func text(_ style: PlanText.Style) -> PlanText {
    run.text(of: plan, isFresh: saved == nil, history: history, style: style, duration: duration)
  }

  func markdown(_ style: PlanText.Style) -> PlanMarkdown {
    let (endings, rest) = parts
    return PlanMarkdown(
      rest, endings: endings, profile: profile, detail: style.detail, language: style.language)
  }

  private var parts: (endings: Plan?, rest: Plan) {
    run.parts(of: plan, isFresh: saved == nil, history: history)
  }

  func summary(_ language: Language) -> String {
    PlanSummary(plan, code: plan.digest.code, duration: duration, language: language).line
  }

  var exitCode: ExitCode? { plan.exitCode }
}
