import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync check`: is what is desired sound, and can the directory be relied on?
struct CheckCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks the configuration, the desired state and, with --server, the directory.",
    discussion: """
      Reads the configuration, every file of the desired state and the rules of roles, runs the rules' examples, and \
      tells everything that is wrong with them at once: file, line and column, the rule, the HSA-id, and what to do. No \
      server is asked and nothing is written.

      With --server it also connects to the directory and tells what the agent can rely on there: how it may read \
      and write, whether the schema has what the profile names, and whether the agent may write what it owns. \
      Nothing is changed at the server.

      EXAMPLES
        hsasync check
        hsasync check --config test.yaml --format json
        hsasync check --server

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions
  @OptionGroup var spoken: LanguageOptions

  @Flag(help: "Also check the live directory.")
  var server = false

  @Option(help: "How the result is written.")
  var format = Format.text

  @Option(help: ArgumentHelp("Check for another day than today.", valueName: "date"))
  var asOf: Moment?

  func run() async throws {
    let run = Run(try source.load(bind, bindsAsAgent: server), logger: source.logger)
    let check = try run.check(asOf: asOf?.date ?? Date())
    let live = server && !check.findings.haveErrors ? try await run.checkServer() : nil
    var out = StandardStream.output
    switch format {
    case .text: CheckCommand.write(check, live, spoken.language, to: &out)
    case .json: out.write(CheckCommand.json(check, live))
    }
    try out.finish()
    if check.findings.haveErrors { throw Ended(code: .desiredStateWrong) }
    if let live, live.items.contains(where: { $0.verdict == .bad }) {
      throw Ended(code: .directoryUnavailable)
    }
  }

  private static func write(
    _ check: Check, _ live: ServerCheck?, _ language: Language, to out: inout some TextOutputStream
  ) {
    FindingsText(check.findings, language: language).write(to: &out)
    let (rows, files) = (language.count(check.rows, .row), language.count(check.files, .file))
    out.write(
      (check.findings.haveErrors
        ? language.say(
          "The desired state has errors: \(rows) in \(files).",
          "Det önskade läget har fel: \(rows) i \(files).")
        : language.say(
          "The desired state is in order: \(rows) in \(files).",
          "Det önskade läget är i sin ordning: \(rows) i \(files)."))
        + "\n")
    if check.rules > 0, !check.findings.haveErrors {
      out.write(
        language.say(
          "The rules of roles are in order: \(check.rules.counting("rule")), \(check.examples.counting("example")) came true.",
          "Rollreglerna är i sin ordning: \(check.rules.grouped) regler, \(check.examples.grouped) exempel stämde."
        )
          + "\n")
    }
    if let live {
      out.write("\n")
      ServerCheckText(check: live, language: language).write(to: &out)
    }
  }

  private static func json(_ check: Check, _ live: ServerCheck?) -> String {
    CanonicalJSON(present: [
      "formatVersion": 1, "rows": .number(check.rows), "files": .number(check.files),
      "rules": .number(check.rules), "examples": .number(check.examples),
      "findings": .array(check.findings.map(\.json)), "server": live.map(ServerCheckText.object),
    ]).text + "\n"
  }
}
