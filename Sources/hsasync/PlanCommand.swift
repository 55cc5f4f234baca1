import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync plan`: what would change, and why?
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract:
      "Shows what differs between the directory and the desired state. Writes nothing to the directory.",
    discussion: """
      Reads the directory and the desired state and shows what apply would do: each change with its entry, the \
      values that go and come, and the line that wants it. Personal numbers are masked unless --reveal is given, and \
      of a protected person only the HSA-id is ever shown.

      SIGNS
        +  created      ~  updated      >  moved or renamed      ^  reactivated
        v  deactivated  #  archived     -  deleted               !  held by a guard

      Guards hold back a plan that does more than it should: too many endings, moves or changes for the size of what \
      they concern, a unit emptied, a read that did not see everything. What they found is in every plan; --verbose \
      shows those that passed too, with their figures. apply refuses a plan that a guard holds (exit code 3) until \
      somebody approves exactly that plan by its code.

      With --observed the directory is not asked: an LDIF export is read in its place, so that someone without \
      rights in the directory can review. The export needs operational attributes:

        ldapsearch -LLL -o ldif_wrap=no -b 'o=Region Exempel,c=SE' '*' +

      FORMATS
        text      for people
        markdown  for a ticket; personal numbers and protected persons are never in it
        json      for machines, and the form in which a plan is saved; schemas/plan.schema.json describes it
        ldif      change records for ldapmodify, with the conditions as assertions

      A plan that is saved (--output plan.json) holds all values and can be applied: `hsasync apply plan.json`. With \
      --redact, or on standard output, personal numbers and protected persons are left out, and it cannot be applied. \
      LDIF holds all values too, and is refused while a guard holds the plan. Files are written whole or not at all, \
      and nobody else may read them (mode 0600). Without --format the name tells it: .json, .ldif, .md, else text.

      EXAMPLES
        hsasync plan --detailed-exitcode || notify
        hsasync plan --scope SE2321000016-1A2B --verbose
        hsasync plan --output plan.json
        hsasync plan --as-of 2027-01-01 --summary
        hsasync plan --horizon 30d

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Selection") var part: ScopeOptions
  @OptionGroup(title: "Selection") var selection: SelectionOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions

  @Option(help: ArgumentHelp("Read an LDIF export in place of the directory.", valueName: "file"))
  var observed: String?

  @Flag(name: .customLong("detailed-exitcode"), help: "End with 2 when changes are waiting.")
  var tellsByExitCode = false

  @Option(help: "How the plan is written.")
  var format: PlanFormat?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Leave personal numbers and protected persons out of a saved plan, so that it can be shared.")
  var redact = false

  @Option(
    help: ArgumentHelp(
      "Plan for another moment than now: 2027-01-01 (its beginning in Sweden) or 2027-01-01T08:00:00+01:00.",
      valueName: "date"))
  var asOf: Moment?

  @Flag(help: "Try the proposed role rules (roles: {proposed: …}); such a plan is never applied.")
  var proposed = false

  @Option(
    help: ArgumentHelp("Also show what will happen by itself in so many days, as in 30d.", valueName: "time"))
  var horizon: Horizon?

  func validate() throws {
    if redact, format ?? PlanFormat(of: output) != .json {
      throw ValidationError("--redact is for --format json.")
    }
  }

  func run() async throws {
    let configuration = try source.load(bind, bindsAsAgent: observed == nil)
    var planned = try await PlannedRun(
      configuration, logger: source.logger, instant: asOf?.date ?? Date(), scope: part.parsed(),
      observed: observed, horizon: horizon?.seconds, proposed: proposed)
    try planned.choose(selection)
    try PlanWriting(format: format, output: output, redact: redact, display: display).write(planned)
    if let code = planned.exitCode { throw Ended(code: code) }
    if tellsByExitCode, !planned.plan.isEmpty { throw Ended(code: .changesWaiting) }
  }
}

/// How a plan is written.
enum PlanFormat: String, ExpressibleByArgument, CaseIterable {
  case text, markdown, json, ldif

  /// What a file's name tells; `nil` when there is no file.
  init?(of path: String?) {
    guard let path else { return nil }
    switch (path as NSString).pathExtension.lowercased() {
    case "json": self = .json
    case "ldif": self = .ldif
    case "md", "markdown": self = .markdown
    default: self = .text
    }
  }
}

/// A stretch of time as people write it: `30d`, `12h`.
struct Horizon: ExpressibleByArgument {
  let seconds: Double

  init?(argument: String) {
    guard let unit = argument.last, let count = Int(argument.dropLast()), (1...3660).contains(count) else {
      return nil
    }
    switch unit {
    case "d": seconds = Double(count) * 86_400
    case "h": seconds = Double(count) * 3_600
    default: return nil
    }
  }
}
