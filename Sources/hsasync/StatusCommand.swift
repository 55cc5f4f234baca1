import Agent
import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync status`: what is the agent doing, and what waits for somebody?
struct StatusCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows what the running agent is doing, and what waits for somebody.",
    discussion: """
      Its state, since when and why; the directory it follows; how many entries there are; the desired state in force; \
      the last change, and how long the oldest one has waited; the next date by which something starts or ends; \
      plans that guards hold, with their codes; targets of roles, what they owe; the last run.

      STATES
        starting      the whole of the directory has not been seen yet
        in sync       directory, desired state and roles agree
        reconciling   something has changed and is being made good
        quarantined   a guard has tripped: only endings somebody has said are written
        waiting       a plan that has been approved once needs a second person
        degraded      the directory is away, or its answers cannot be relied on
        standing by   another agent holds this catalogue's lock

      Where no agent answers it says so (exit code 69), with what the store remembers. With --follow it goes on: on a \
      terminal the screen is kept up to date, elsewhere each event is a line, in JSON each event a status.

      EXAMPLES
        hsasync status
        hsasync status --follow
        hsasync status --format json | jq .state

      \(Manual.exitCodes)
      """)

  @Flag(name: .shortAndLong, help: "Go on, and show what happens.")
  var follow = false

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Agent") var control: ControlOptions
  @OptionGroup var spoken: LanguageOptions

  @Option(help: "When to colour; auto: on a terminal, unless NO_COLOR is set.")
  var colour = DisplayOptions.Colour.auto

  @Option(help: "How it is written.")
  var format = Format.text

  func run() async throws {
    let path = try control.path(source)
    guard ControlReach(at: path) != .absent else { return try tellAbsence(at: path) }
    let agent = RunningAgent(ControlClient(socketPath: path))
    if follow {
      try await StatusFollowing(agent, self).run()
    } else {
      try write(try await agent.client.status())
    }
  }

  func write(_ status: AgentStatus, before: String = "") throws {
    var out = StandardStream.output
    out.write(before)
    switch format {
    case .json: out.write(StatusJSON.text(of: status))
    case .text: for line in text.lines(of: status) { out.write(line + "\n") }
    }
    try out.finish()
  }

  private var text: StatusText {
    let isColoured = colour == .auto ? Terminal.isColoured(Terminal.showsOutput) : colour == .always
    return StatusText(at: Date(), language: spoken.language, colour: isColoured)
  }

  /// What the store remembers of an agent that does not run.
  private func tellAbsence(at path: String) throws {
    let configuration = try? source.load(bindsAsAgent: false)
    let remembered = try configuration.flatMap { configuration in
      try Store.reading(configuration.store).map { try RememberedStatus($0, of: configuration) }
        ?? RememberedStatus(base: configuration.base.description)
    }
    var out = StandardStream.output
    switch format {
    case .json: out.write(StatusJSON.text(of: remembered))
    case .text: for line in text.lines(of: remembered) { out.write(line + "\n") }
    }
    try out.finish()
    throw Refusal(
      .agentUnavailable, .directoryUnavailable, "no agent answers at \(VisibleText(path).text)",
      advice: "start it: systemctl start hsasync, or hsasync run; --socket names another")
  }
}
