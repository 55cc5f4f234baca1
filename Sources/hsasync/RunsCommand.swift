import Agent
import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync runs`: what was written when, by whom and why.
struct RunsCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json

    /// As the agent is asked for it.
    func form(_ language: Language) -> ControlForm { self == .json ? .json : .text(language) }
  }

  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Shows the runs that wrote to the directory or pushed roles.",
    discussion: """
      Reads the store, which remembers each run: who, when, why, which plan, what became of each change, of entries \
      and of roles. Neither the directory nor a password is needed. Who may not read the store is told by the agent, \
      where one runs.

      EXAMPLES
        hsasync runs
        hsasync runs show 12
        hsasync runs show 12 --format json

      \(Manual.exitCodes)
      """,
    subcommands: [List.self, Show.self], defaultSubcommand: List.self)

  /// `hsasync runs list`, which `hsasync runs` means.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists the latest runs, newest first.")

    @OptionGroup var source: ConfigurationOptions
    @OptionGroup(title: "Agent") var control: ControlOptions
    @OptionGroup(title: "Display options") var display: DisplayOptions
    @Option(help: "How many at most, 1 to 10000.") var limit = 20
    @Option(help: "How the runs are written.") var format = Format.text

    func validate() throws {
      guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10000.") }
    }

    func run() async throws {
      let store = try RunsCommand.store(source, control)
      if store == nil, let agent = control.agentIfRunning(source) {
        return try RunsCommand.print(
          try await agent.client.runs(last: limit, as: format.form(display.language)))
      }
      let runs = try store?.runs(limit: limit) ?? []
      try RunsCommand.print(
        format == .json
          ? RunsJSON.list(runs) : RunsText(language: display.language).list(runs))
    }
  }

  /// `hsasync runs show N`.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows one run with what became of each of its changes.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run")) var number: Int
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup(title: "Agent") var control: ControlOptions
    @OptionGroup(title: "Display options") var display: DisplayOptions
    @Option(help: "How the run is written.") var format = Format.text

    func run() async throws {
      let store = try RunsCommand.store(source, control)
      if store == nil, let agent = control.agentIfRunning(source) {
        return try RunsCommand.print(
          try await agent.client.run(number, as: format.form(display.language)))
      }
      guard let store, let run = try store.run(number) else {
        throw ValidationError("There is no run \(number); `hsasync runs` lists those there are.")
      }
      let operations = try store.operations(run: number)
      let roles = try store.rolePushes(run: number)
      try RunsCommand.print(
        format == .json
          ? RunsJSON.show(run, operations, roles)
          : RunsText(language: display.language).show(run, operations, roles))
    }
  }

  /// The store; `nil` when there is none, or it is the agent that is to be asked.
  private static func store(_ source: ConfigurationOptions, _ control: ControlOptions) throws -> Store? {
    if control.socket != nil { return nil }
    do {
      return try Store.reading(source.load(bindsAsAgent: false).store)
    } catch {
      // Who may not read the configuration may be let to ask the agent.
      guard control.agentIfRunning(source) != nil else { throw error }
      return nil
    }
  }

  private static func print(_ text: String) throws {
    var out = StandardStream.output
    out.write(text)
    try out.finish()
  }
}
