import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync plan`: what would change, and why?
struct PlanCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown, ldif }

  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what differs between the directory and the desired state. Writes nothing.",
    discussion: """
      Reads the directory and the desired state and shows what apply would do: each change with its entry, the \
      values that go and come, and the line that wants it. Personal numbers are masked, and of a protected person \
      only the HSA-id is shown.

      SIGNS
        +  created      ~  updated      >  moved or renamed      ^  reactivated
        v  deactivated  #  archived     -  deleted               !  cannot be applied

      Changes by absence (marked !) are for entries that a source which says it has them all no longer has.

      Guards (marked !) that have tripped are shown with what they counted and their limits; --verbose shows all.

      With --observed the directory is not asked: an LDIF export is read in its place, so that someone without \
      rights in the directory can review. The export needs operational attributes:

        ldapsearch -LLL -o ldif_wrap=no -b 'o=Region Exempel,c=SE' '*' +

      FORMATS
        text      for people
        json      for machines; schemas/plan.schema.json describes it
        markdown  for a ticket; always redacted
        ldif      change records for ldapmodify, with the conditions as assertions

      The LDIF holds the values of protected persons and personal numbers too: keep it like the directory itself. It \
      is refused while a guard is tripped. Modifications of unique attributes have their old values as \
      the condition, because slapd misjudges an assertion there.

      EXAMPLES
        hsasync plan --detailed-exitcode || notify
        hsasync plan --scope SE2321000016-1A2B --verbose
        hsasync plan --as-of 2027-01-01 --summary
        hsasync plan --format ldif > plan.ldif

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup var part: ScopeOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions

  @Option(help: ArgumentHelp("Read an LDIF export in place of the directory.", valueName: "file"))
  var observed: String?

  @Flag(name: .customLong("detailed-exitcode"), help: "End with 2 when changes are waiting.")
  var tellsByExitCode = false

  @Option(help: "How the plan is written.")
  var format = Format.text

  @Option(
    help: ArgumentHelp(
      "Plan for another moment than now: 2027-01-01 (its beginning in Sweden) or 2027-01-01T08:00:00+01:00.",
      valueName: "date"))
  var asOf: Moment?

  func run() async throws {
    let configuration = try source.load(bind, bindsAsAgent: observed == nil)
    let planned = try await PlannedRun(
      configuration, logger: source.logger, instant: asOf?.date ?? Date(), scope: part.parsed(),
      observed: observed)
    try write(planned)
    if let code = planned.exitCode { throw Ended(code: code) }
    if tellsByExitCode, !planned.plan.changes.isEmpty { throw Ended(code: .changesWaiting) }
  }

  private func write(_ planned: PlannedRun) throws {
    var out = StandardStream.output
    switch format {
    case .text: planned.text(display.style).write(to: &out)
    case .json: PlanFile(planned.plan, profile: planned.profile).write(to: &out, redacted: true)
    case .markdown:
      PlanMarkdown(
        planned.plan, profile: planned.profile, detail: display.style.detail, language: display.language
      ).write(to: &out)
    case .ldif: out.write(try PlanLDIF(planned.plan, profile: planned.profile).bytes)
    }
    try out.finish()
  }
}
