import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync runs`: what was written when, by whom and why.
struct RunsCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Shows the runs that wrote to the directory or pushed roles.",
    discussion: """
      Reads the store, which remembers each run: who, when, why, which plan, what became of each change, of entries \
      and of roles. Neither the directory nor a password is needed.

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
    @OptionGroup(title: "Display options") var display: DisplayOptions
    @Option(help: "How many at most, 1 to 10000.") var limit = 20
    @Option(help: "How the runs are written.") var format = Format.text

    func validate() throws {
      guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10000.") }
    }

    func run() async throws {
      let runs = try RunsCommand.store(source)?.runs(limit: limit) ?? []
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
    @OptionGroup(title: "Display options") var display: DisplayOptions
    @Option(help: "How the run is written.") var format = Format.text

    func run() async throws {
      guard let store = try RunsCommand.store(source), let run = try store.run(number) else {
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

  private static func store(_ source: ConfigurationOptions) throws -> Store? {
    try Store.reading(source.load(bindsAsAgent: false).store)
  }

  private static func print(_ text: String) throws {
    var out = StandardStream.output
    out.write(text)
    try out.finish()
  }
}
