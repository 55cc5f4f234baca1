import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync export`: the live directory as a desired state.
struct ExportCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case yaml, ldif }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the live directory as a desired state.",
    discussion: """
      Reads the directory and writes what it has of the attributes that are managed, as a desired state with which \
      the plan is empty: a beginning for a new installation, or a copy to compare with. Nothing is written to the \
      directory. A read that did not see everything is no export, and ends with 69.

      The result holds the values of protected persons and personal numbers. With --output it is written to a file \
      that nobody else may read (mode 0600), and that is there whole or not at all.

      Every kind that is managed is in it, and nothing that is not: see `manage` in the configuration.

      EXAMPLES
        hsasync export --output desired/all.yaml
        hsasync export --format ldif --output all.ldif
        hsasync export | less

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions

  @Option(help: "YAML for people, LDIF for bulk.")
  var format = Format.yaml

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"))
  var output: String?

  func run() async throws {
    let progress = ProgressLine()
    let run = Run(try source.load(bind), logger: source.logger) { progress.report($0) }
    let export: Export
    do {
      defer { progress.clear() }
      export = try await run.export().export
    }
    let bytes = format == .yaml ? export.yaml() : export.ldif()
    if let output {
      try OutputFile.write(bytes, to: output)
    } else {
      var out = StandardStream.output
      out.write(bytes)
      try out.finish()
    }
    guard export.withoutIdentity > 0 else { return }
    StandardStream.say(
      "hsasync: warning: \(export.withoutIdentity.counting("entry")) without HSA-id cannot be rows and were left out"
    )
  }
}
