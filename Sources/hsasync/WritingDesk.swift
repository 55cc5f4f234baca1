import Directory
import Foundation
import Logging
import Reconciler

/// Where a command that writes stands: the books are open, the lock is taken, what a dead run left behind is settled.
struct WritingDesk {
  let run: Run
  let books: Books
  let actor: Actor
  let progress: ProgressLine

  /// - Parameter teesAudit: whether the lines of the audit log also go to standard output.
  init(
    _ configuration: Configuration, logger: Logger, verb: String, language: Language,
    teesAudit: Bool = false
  ) async throws {
    let line = ProgressLine()
    progress = line
    actor = Actor.current()
    run = Run(configuration, logger: logger) { line.report($0) }
    books = try Books.open(configuration, for: verb, by: actor, tee: teesAudit ? WritingDesk.print : nil)
    if let broken = books.store.rebuilt {
      StandardStream.say(
        "hsasync: warning: the store was broken and has been made anew; what it was lies at \(VisibleText(broken).text)"
      )
    }
    let recovered = try await run.recover(books, by: actor)
    for line in recovered.lines(language) { StandardStream.say(line) }
  }

  private static let print: @Sendable ([UInt8]) -> Void = { line in
    _ = StandardStream.write(line, to: 1)
  }

  // MARK: Plans

  /// A fresh plan.
  func planned(asOf instant: Date, scope: Comparison.Scope?) async throws -> PlannedRun {
    let clock = ContinuousClock()
    let started = clock.now
    defer { progress.clear() }
    let history = try books.store.history(at: instant)
    let (plan, forecast) = try await run.foresee(asOf: instant, scope: scope, history: history)
    try books.audit.append([.planned(plan, digest: plan.digest.hex, by: actor)])
    return PlannedRun(run, plan, forecast: forecast, history: history, duration: clock.now - started)
  }

  /// A fresh plan of roles alone.
  func plannedRoles(asOf instant: Date) async throws -> PlannedRun {
    let clock = ContinuousClock()
    let started = clock.now
    defer { progress.clear() }
    let history = try books.store.history(at: instant)
    let (plan, forecast) = try await run.planRoles(asOf: instant, history: history)
    try books.audit.append([.planned(plan, digest: plan.digest.hex, by: actor)])
    return PlannedRun(run, plan, forecast: forecast, history: history, duration: clock.now - started)
  }

  /// The plan that takes back what a run wrote.
  func planned(undoing number: Int) async throws -> PlannedRun {
    defer { progress.clear() }
    let now = Date()
    let plan = try await run.undo(number, store: books.store, asOf: now)
    try books.audit.append([.planned(plan, digest: plan.digest.hex, by: actor)])
    return PlannedRun(run, plan, history: try books.store.history(at: now))
  }

  /// The plan that a file holds.
  func planned(savedIn path: String) async throws -> PlannedRun {
    let bytes: [UInt8]
    do {
      bytes = try RegularFile.contents(of: path, limit: 1 << 30)
    } catch {
      throw WrongFiles(error, .desiredStateWrong)
    }
    let planned = try await planned(saved: bytes, from: path)
    guard !planned.plan.changes.contains(where: \.isUndo) else {
      throw Refusal(
        .planTrespasses, .desiredStateWrong, "the file says that it takes back a run, which only `undo` does",
        advice: "use hsasync undo RUN")
    }
    return planned
  }

  /// The plan that was kept under a code when a guard held it.
  func planned(keptAs typed: String) async throws -> PlannedRun {
    let code = PlanDigest.code(parsing: typed) ?? typed
    guard let pending = try books.store.pending(code: code) else {
      throw Refusal(
        .planUnknown, .stalePlan, "no plan is kept under the code \(VisibleText(code).text)",
        advice: "plan again; the code is in what apply said when it refused")
    }
    return try await planned(saved: pending.text, from: "plan \(code)")
  }

  private func planned(saved bytes: [UInt8], from path: String) async throws -> PlannedRun {
    do {
      let saved = try PlanFile.read(bytes, path: path)
      let history = try books.store.history(at: Date())
      let (plan, forecast) = try await run.examine(saved.plan, history: history)
      return PlannedRun(
        run, plan, forecast: forecast, history: history, saved: SavedPlan(bytes: bytes, sha256: saved.sha256))
    } catch let findings as Findings {
      throw WrongFiles(findings, .desiredStateWrong)
    } catch let refusal as Refusal {
      try books.audit.append([.refused(refusal, by: actor)])
      throw refusal
    }
  }

  // MARK: Applying

  /// Asks where there is somebody to ask, applies, and shows what became of it.
  ///
  /// - Throws: ``Ended`` unless all is done.
  func carryOut(
    _ planned: inout PlannedRun, _ writing: WritingOptions, as format: ApplyCommand.Format,
    _ style: PlanText.Style
  ) async throws {
    guard try writing.isWanted(&planned, style) else {
      StandardStream.say(style.language.say("Nothing was written.", "Inget skrevs."))
      throw Ended(code: .changesWaiting)
    }
    let clock = ContinuousClock()
    let started = clock.now
    let applied = try await apply(planned, writing.order(by: actor))
    try show(applied, of: planned, as: format, style: style, duration: clock.now - started)
    let code = applied.exitCode
    if code != .done { throw Ended(code: code) }
  }

  /// Applies a plan: of a fresh one the endings first, which nothing else holds back.
  private func apply(_ planned: PlannedRun, _ order: ApplyOrder) async throws -> [AppliedPlan] {
    let task = Task {
      try await run.apply(planned.plan, order, in: books, saved: planned.saved, forecast: planned.forecast)
    }
    let interruption = Interruption {
      progress.clear()
      StandardStream.say("Stopping: nothing more is sent; waiting for what has been sent.")
      task.cancel()
    }
    defer {
      withExtendedLifetime(interruption) {}
      progress.clear()
    }
    return try await task.value
  }

  /// Shows what became of it.
  private func show(
    _ applied: [AppliedPlan], of planned: PlannedRun, as format: ApplyCommand.Format, style: PlanText.Style,
    duration: Duration
  ) throws {
    let text = ResultText(applied, style: style, duration: duration, at: Date())
    var out = StandardStream.output
    switch format {
    case .text: text.write(to: &out)
    case .json: out.write(ApplyJSON(applied, profile: planned.profile).text)
    case .ndjson: break
    }
    try out.finish()
    for line in text.refusals(tellsGuards: format != .text) { StandardStream.say(line) }
  }
}
