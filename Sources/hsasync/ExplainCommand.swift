import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync explain`: why is an entry as it is, and what would become of it?
struct ExplainCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tells why an entry is as it is, and what the next plan would do to it. Writes nothing.",
    discussion: """
      Tells of one entry, or of one of its attributes: what is desired and which line says so, what the directory \
      has, who owns it, whether the two agree under the server's matching rule, what the next plan would change and \
      what keeps it from doing so, and what earlier runs did.

      OWNERS
        own         the values are exactly those desired
        create      written when the entry is created, never after
        merge       our values among others'
        never ours  made by the server or by SITHS
        untouched   not the agent's: neither compared nor written

      SIGNS
        =  agrees       ~  differs       !  stands in the way

      Personal numbers are masked. Of a protected person only the HSA-id and the names of attributes are shown.

      EXAMPLES
        hsasync explain SE2321000016-7X3K
        hsasync explain SE2321000016-7X3K title
        hsasync explain SE2321000016-7X3K 'Webcert;Läkare'
        hsasync explain SE2321000016-7X3K --as-of 2027-01-01 --format json

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions

  @Argument(help: ArgumentHelp("The entry's HSA-id.", valueName: "hsaid"))
  var identity: String

  @Argument(help: "One attribute, by any of its names; or one role, as in 'NPÖ;Läsare'.")
  var attribute: String?

  @Option(help: ArgumentHelp("Look at an LDIF export in place of the directory.", valueName: "file"))
  var observed: String?

  @Option(help: "How the explanation is written.")
  var format = Format.text

  @Option(help: ArgumentHelp("Explain for another moment than now.", valueName: "date"))
  var asOf: Moment?

  func run() async throws {
    let configuration = try source.load(bind, bindsAsAgent: observed == nil)
    let run = Run(configuration, logger: source.logger)
    if let attribute, configuration.givesRole(attribute) { return try await explain(role: attribute, run) }
    let explanation = try await run.explain(
      HSAIdentity(identity), attribute: attribute, asOf: asOf?.date ?? Date(), observed: observed)
    var out = StandardStream.output
    switch format {
    case .text:
      let text = ExplanationText(
        explanation, isOfOne: attribute != nil, profile: configuration.profile, style: display.style)
      out.write(text.text)
    case .json: out.write(ExplanationJSON(explanation, profile: configuration.profile).text)
    }
    try out.finish()
  }

  private func explain(role: String, _ run: Run) async throws {
    let instant = asOf?.date ?? Date()
    let derivation = try await run.deriveRoles(
      asOf: instant, observed: observed, history: try run.history(at: instant))
    let explanation = derivation.explain(HSAIdentity(identity), role: role)
    var out = StandardStream.output
    switch format {
    case .text:
      out.write(
        RoleExplanationText(
          explanation, person: derivation.person(HSAIdentity(identity)), rules: derivation.rules,
          profile: run.configuration.profile, style: display.style
        ).text)
    case .json: out.write(RoleExplanationJSON(explanation, profile: run.configuration.profile).text)
    }
    try out.finish()
  }
}

extension Configuration {
  /// Whether a text is a role that a rule of this configuration may give, and not an attribute with an option
  /// (`title;lang-sv`).
  fileprivate func givesRole(_ text: String) -> Bool {
    let system = RoleName.normalForm(String(text.prefix { $0 != ";" }))
    return text.contains(";")
      && roles?.rules.rules.contains { rule in
        RoleName.normalForm(String(rule.role.text.prefix { $0 != ";" })) == system
      } == true
  }
}
