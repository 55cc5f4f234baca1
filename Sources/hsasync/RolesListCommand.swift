import ArgumentParser
import Directory
import Foundation
import Reconciler

/// What the commands have in common that look at roles without asking the targets.
struct RolesOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions

  @Option(help: ArgumentHelp("Look at an LDIF export in place of the directory.", valueName: "file"))
  var observed: String?

  @Option(help: ArgumentHelp("Look at another moment than now.", valueName: "date"))
  var asOf: Moment?

  @Flag(help: "Try the proposed rules (roles: {proposed: …}) in place of those in force.")
  var proposed = false

  @Option(help: "How it is written.")
  var format = Format.text

  /// Who holds what, by the entries as they are.
  func derivation() async throws -> (derivation: RoleDerivation, configuration: Configuration) {
    let configuration = try source.load(bind, bindsAsAgent: observed == nil)
    let line = ProgressLine()
    defer { line.clear() }
    let run = Run(configuration, logger: source.logger) { line.report($0) }
    let instant = asOf?.date ?? Date()
    let derivation = try await run.deriveRoles(
      asOf: instant, observed: observed, history: try run.history(at: instant), proposed: proposed)
    return (derivation, configuration)
  }

  func write(_ text: String) throws {
    var out = StandardStream.output
    out.write(text)
    try out.finish()
  }
}

/// `hsasync roles list`: who holds what?
struct RolesListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists who holds which roles by the entries as they are. Writes nothing.",
    discussion: """
      Each assignment with its rule and line, commission, care unit, care provider and period: what follows from the \
      entries, whether or not targets hold it already (`hsasync roles plan`).

      EXAMPLES
        hsasync roles list --person SE2321000016-31B0
        hsasync roles list --role 'Webcert;*' --as-of 2027-01-01
        hsasync roles list --unit SE2321000016-1B01 --format json

      \(Manual.exitCodes)
      """)

  @OptionGroup var options: RolesOptions

  @Option(help: ArgumentHelp("Only what this person holds.", valueName: "hsaid"))
  var person: String?

  @Option(help: ArgumentHelp("Only what is tied to this care unit or care provider.", valueName: "hsaid"))
  var unit: String?

  @Option(help: ArgumentHelp("Only these roles; a star stands for any characters.", valueName: "role"))
  var role: String?

  func run() async throws {
    let (derivation, _) = try await options.derivation()
    let listed = RoleList(
      derivation,
      RoleSelection(
        person: person.map { HSAIdentity($0) }, unit: unit.map { HSAIdentity($0) },
        role: role.map { RolePattern($0) }))
    switch options.format {
    case .text: try options.write(RoleListText(listed, style: options.display.style).text)
    case .json: try options.write(RoleListJSON(listed).text)
    }
  }
}

/// `hsasync roles explain`: why does a person hold a role, and why not?
struct RolesExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tells why a person holds a role, or why not and what would have to change. Writes nothing.",
    discussion: """
      Of each role that the person holds: the rule and its line, each condition with the value that met it, the \
      period. Of each that the person does not hold: the first and every other condition that fails.

      EXAMPLES
        hsasync roles explain SE2321000016-31B0
        hsasync roles explain SE2321000016-31B0 'Webcert;Läkare' --as-of 2027-01-01

      \(Manual.exitCodes)
      """)

  @OptionGroup var options: RolesOptions

  @Argument(help: ArgumentHelp("The person's HSA-id.", valueName: "hsaid"))
  var person: String

  @Argument(help: "One role; without it all.")
  var role: String?

  func run() async throws {
    let (derivation, configuration) = try await options.derivation()
    let explanation = derivation.explain(HSAIdentity(person), role: role)
    switch options.format {
    case .text:
      try options.write(
        RoleExplanationText(
          explanation, person: derivation.person(HSAIdentity(person)), rules: derivation.rules,
          profile: configuration.profile, style: options.display.style
        ).text)
    case .json: try options.write(RoleExplanationJSON(explanation, profile: configuration.profile).text)
    }
  }
}

/// `hsasync roles coverage`: what do the rules reach?
struct RolesCoverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Tells which rules match nobody, who holds nothing, and what overlaps. Writes nothing.",
    discussion: """
      Of each rule how many people have something by it; people who hold nothing; roles that several rules give; what \
      constraints refuse; commissions that are withheld, with how many people that takes rights from.

      EXAMPLES
        hsasync roles coverage
        hsasync roles coverage --proposed --as-of 2027-01-01

      \(Manual.exitCodes)
      """)

  @OptionGroup var options: RolesOptions

  func run() async throws {
    let (derivation, _) = try await options.derivation()
    let coverage = derivation.coverage()
    switch options.format {
    case .text: try options.write(RoleCoverageText(coverage, style: options.display.style).text)
    case .json: try options.write(RoleCoverageJSON(coverage).text)
    }
  }
}
