import Agent
import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync undo RUN`: makes the opposite of what a run wrote.
struct UndoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Takes back what a run wrote.",
    discussion: """
      Makes a plan of the opposite of everything that the run wrote, in the opposite order, shows it, and applies it. It \
      is a plan like any other: guards look at it, each write carries its condition, and what somebody has changed \
      since then is not overwritten but reported as stale.

      What was deleted comes back as a new entry: the server gives it a new entryUUID and new time stamps, and what the \
      server makes or SITHS publishes (certificates, cards) cannot be written again. What cannot be restored is listed.

      The entries are then on hold: the next plan would only do the same again. A hold ends when the desired state's \
      serial changes (without a manifest: its content), or with `hsasync release HSAID`.

      Runs are undone from the journal; what they changed is remembered as long as the configuration says (journal: \
      preimages), and a run that is older cannot be undone.

      While the agent runs (`hsasync run`) undo goes over its socket, and needs no password.

      EXAMPLES
        hsasync runs
        hsasync undo 12 --dry-run
        hsasync undo 12 --reason 'CHG-4711 was wrong'

      \(Manual.exitCodes)
      """)

  @Argument(help: ArgumentHelp("The run's number, as `hsasync runs` shows it.", valueName: "run"))
  var number: Int

  @Flag(help: "Show the plan and write nothing.")
  var dryRun = false

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Selection") var selection: SelectionOptions
  @OptionGroup(title: "Writing") var writing: WritingOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions
  @OptionGroup(title: "Agent") var control: ControlOptions

  @Option(help: "How plan and result are written; ndjson: the lines of the audit log as they come.")
  var format = ApplyCommand.Format.text

  func run() async throws {
    if let agent = control.agentIfRunning(source) { return try await ask(agent) }
    let configuration = try source.load(bind)
    let desk = try await WritingDesk(
      configuration, logger: source.logger, verb: "undo",
      language: display.language, teesAudit: format == .ndjson)
    var planned = try await plan(desk)
    try planned.choose(selection)
    if format == .text { try planned.show(display.style) }
    if dryRun {
      if !planned.plan.isEmpty { throw Ended(code: .changesWaiting) }
      return
    }
    try await desk.carryOut(&planned, writing, as: format, display.style)
  }
}

extension UndoCommand {
  /// Has the running agent do it.
  private func ask(_ agent: RunningAgent) async throws {
    try RunningAgent.refuse([
      (dryRun, "--dry-run", "See what the run did by hsasync runs show \(number)")
    ])
    try RunningAgent.refuse(selection, instead: "Take back all of the run")
    try RunningAgent.refuse(bind, display, format)
    try writing.confirm(
      "Have the agent take back run \(number)?", "Låta agenten ångra körning \(number)?", display.language)
    try await agent.carryOut(writing.order(.undo(run: number), display), as: format)
  }

  /// The opposite of the run as it is now, or the plan of it that was kept and is approved.
  private func plan(_ desk: WritingDesk) async throws -> PlannedRun {
    guard let code = writing.approve else { return try await desk.planned(undoing: number) }
    let kept = try await desk.planned(keptAs: code)
    guard kept.plan.undoneRun == number else {
      throw ValidationError("The plan \(code) does not take back run \(number).")
    }
    return kept
  }
}

/// `hsasync release HSAID`: ends the hold that an undo put an entry on.
struct ReleaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Ends the hold that an undo put an entry on.",
    discussion: """
      After an undo its entries stay as they are until the desired state changes. With release the next plan has them \
      again.

      While the agent runs (`hsasync run`) it goes over its socket.

      EXAMPLES
        hsasync release SE2321000016-7X3K

      \(Manual.exitCodes)
      """)

  @Argument(help: ArgumentHelp("Whose hold ends.", valueName: "hsaid"))
  var identities: [String]

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Agent") var control: ControlOptions

  func run() async throws {
    if let agent = control.agentIfRunning(source) { return try await ask(agent) }
    let configuration = try source.load(bindsAsAgent: false)
    let actor = Actor.current()
    let books = try Books.open(configuration, for: "release", by: actor)
    var missing: [String] = []
    for text in identities {
      let identity = HSAIdentity(text)
      if try books.release(identity, by: actor) {
        StandardStream.say("\(VisibleText(text).text) is released; the next plan has it again.")
      } else {
        missing.append(VisibleText(text).text)
      }
    }
    guard !missing.isEmpty else { return }
    throw ValidationError("Not on hold: \(missing.joined(separator: ", ")).")
  }

  /// Has the running agent do it; all of them, whatever becomes of one.
  private func ask(_ agent: RunningAgent) async throws {
    var worst: AgentAnswer?
    for text in identities {
      let answer = try await agent.ask(AgentOrder(.release(HSAIdentity(text))))
      if answer.exitCode != 0 { worst = answer }
    }
    try worst.map(agent.end)
  }
}
