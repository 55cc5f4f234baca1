import Agent
import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync apply`: makes the directory agree with the desired state.
struct ApplyCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, ndjson }

  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Makes the directory agree with the desired state.",
    discussion: """
      Makes a fresh plan, shows it, and applies it; or applies a plan that was saved by `plan --output plan.json`, that \
      and nothing else. On a terminal it asks first, unless --yes is given; elsewhere, as from a timer, it does not \
      ask: apply is the word for it.

      Each write carries the condition under which it was planned. Where somebody has changed the same values in \
      the meantime nothing is overwritten: the change is reported as stale, and the next plan has it again. A change \
      that fails does not stop the others, but those that stand on it are skipped. With --all-or-nothing every \
      condition is looked at first, and nothing is written when one no longer holds. After as many failures as the \
      configuration allows (apply: errors) the rest is not sent.

      A plan that a guard holds is refused as a whole (exit code 3), kept, and told with a code. Whoever has looked at \
      it applies exactly that plan, once, with --approve CODE. Endings by positive evidence (a row says that somebody \
      has ended) are a plan of their own, applied first: no guard but their ceiling and the clocks holds them.

      While the agent runs (`hsasync run`) nobody else writes: apply then goes over its socket, with the same result and \
      exit codes, and needs no password. What cannot be asked of the agent (a saved plan, a part) is refused.

      A part of a plan (--only, --except, --kind, --scope, --endings, --no-deletions) is a plan of its own with a code \
      of its own; what its changes come after is taken along.

      What is about to be written is journalled in the store and written to the audit log before it is sent. \
      Interrupted (SIGINT, SIGTERM), it sends nothing more, waits for what has been sent, and tells what was done. \
      A second signal ends it at once; the next run looks after what was under way.

      EXAMPLES
        hsasync apply
        hsasync apply --yes --summary --reason 'CHG-4711'
        hsasync apply plan.json --all-or-nothing
        hsasync apply --approve 7F3A-91C2 --reason 'VC Syd was closed'
        hsasync apply --scope SE2321000016-1A2B --no-deletions

      \(Manual.exitCodes)
      """)

  @Argument(help: ArgumentHelp("A plan that was saved as JSON.", valueName: "plan"))
  var file: String?

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Selection") var part: ScopeOptions
  @OptionGroup(title: "Selection") var selection: SelectionOptions
  @OptionGroup(title: "Writing") var writing: WritingOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions
  @OptionGroup(title: "Agent") var control: ControlOptions

  @Option(help: "How plan and result are written; ndjson: the lines of the audit log as they come.")
  var format = Format.text

  func validate() throws {
    if file != nil || writing.approve != nil, part.scope != nil {
      throw ValidationError("--scope is for a fresh plan; a saved one is what it is.")
    }
  }

  func run() async throws {
    if let agent = control.agentIfRunning(source) { return try await ask(agent) }
    let configuration = try source.load(bind)
    let desk = try await WritingDesk(
      configuration, logger: source.logger, verb: "apply",
      language: display.language, teesAudit: format == .ndjson)
    var planned = try await plan(desk)
    try planned.choose(selection)
    if format == .text { try planned.show(display.style) }
    try await desk.carryOut(&planned, writing, as: format, display.style)
    if let code = planned.exitCode { throw Ended(code: code) }
  }

  /// Has the running agent do it.
  private func ask(_ agent: RunningAgent) async throws {
    try RunningAgent.refuse(part, savedPlan: file)
    try RunningAgent.refuse(selection)
    try RunningAgent.refuse(bind, display, format)
    try writing.confirm(
      "Have the agent apply what differs now?", "Låta agenten genomföra det som skiljer nu?", display.language
    )
    try await agent.carryOut(writing.order(.apply(code: nil), display), as: format)
  }

  /// A fresh plan, the one of a file, or the one that was kept under the code that is approved.
  private func plan(_ desk: WritingDesk) async throws -> PlannedRun {
    if let file { return try await desk.planned(savedIn: file) }
    if let code = writing.approve { return try await desk.planned(keptAs: code) }
    return try await desk.planned(asOf: Date(), scope: part.parsed())
  }
}
