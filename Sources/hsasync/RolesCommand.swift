import Agent
import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync roles`: who holds which roles, why, and what targets would lose and gain.
struct RolesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roles",
    abstract: "Shows and pushes the roles that follow from the entries' attributes.",
    discussion: """
      Roles follow from entries, rules (roles: in the configuration) and the time, and from nothing else. Targets \
      (targets:) are where authorization reads them: an attribute of the person, groups, a file, a SCIM service. What \
      is ours at a target is its namespace (owns:); a role outside it is nobody's but its owner's, and is never touched.

      EXAMPLES
        hsasync roles plan                                what would targets lose and gain?
        hsasync roles push                                make it so, losses first
        hsasync roles list --unit SE2321000016-1B01       who holds what there?
        hsasync roles explain SE2321000016-31B0           why, and why not?
        hsasync roles coverage                            rules that match nobody, people with nothing

      \(Manual.exitCodes)
      """,
    subcommands: [
      RolesPlanCommand.self, RolesPushCommand.self, RolesListCommand.self, RolesExplainCommand.self,
      RolesCoverageCommand.self,
    ])
}

/// `hsasync roles plan`: what would targets lose and gain by the entries as they are?
struct RolesPlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what targets would lose and gain by the entries as they are. Writes nothing.",
    discussion: """
      Reads the directory and what every target holds, derives the roles, and shows the difference: each loss with its \
      reason, each gain with the rule that gives it. The desired state is not looked at: `hsasync plan` shows what \
      its changes would do to roles.

      EXAMPLES
        hsasync roles plan
        hsasync roles plan --proposed --output proposed.md

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions

  @Flag(help: "Try the proposed rules (roles: {proposed: …}) in place of those in force.")
  var proposed = false

  @Flag(name: .customLong("detailed-exitcode"), help: "End with 2 when changes are waiting.")
  var tellsByExitCode = false

  @Option(help: "How the plan is written.")
  var format: PlanFormat?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Leave personal numbers and protected persons out of a saved plan, so that it can be shared.")
  var redact = false

  @Option(help: ArgumentHelp("Plan for another moment than now.", valueName: "date"))
  var asOf: Moment?

  func validate() throws {
    if format == .ldif { throw ValidationError("Roles are not written as LDIF.") }
  }

  func run() async throws {
    let planned = try await PlannedRun(
      rolesOf: try source.load(bind), logger: source.logger, instant: asOf?.date ?? Date(), proposed: proposed
    )
    try PlanWriting(format: format, output: output, redact: redact, display: display).write(planned)
    if let code = planned.exitCode { throw Ended(code: code) }
    if tellsByExitCode, !planned.plan.isEmpty { throw Ended(code: .changesWaiting) }
  }
}

/// `hsasync roles push`: makes targets hold what follows from the entries.
struct RolesPushCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push",
    abstract: "Makes the targets hold the roles that follow from the entries.",
    discussion: """
      Takes away first and gives afterwards, what is given being derived again from what is then read. A target \
      that is away stops no other; what it could not take is tried again and then told as overdue. A plan that a \
      guard holds is refused as a whole (exit code 3), and applied with --approve CODE by whoever has looked at it.

      While the agent runs (`hsasync run`) push goes over its socket, and needs no password.

      EXAMPLES
        hsasync roles push
        hsasync roles push --approve 7F3A-91C2 --reason 'NPÖ was introduced'

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Writing") var writing: WritingOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions
  @OptionGroup(title: "Agent") var control: ControlOptions

  @Option(help: "How plan and result are written; ndjson: the lines of the audit log as they come.")
  var format = ApplyCommand.Format.text

  func run() async throws {
    if let agent = control.agentIfRunning(source) { return try await ask(agent) }
    let desk = try await WritingDesk(
      try source.load(bind), logger: source.logger, verb: "roles push", language: display.language,
      teesAudit: format == .ndjson)
    var planned = try await plan(desk)
    if format == .text { try planned.show(display.style) }
    try await desk.carryOut(&planned, writing, as: format, display.style)
    if let code = planned.exitCode { throw Ended(code: code) }
  }

  /// Has the running agent do it.
  private func ask(_ agent: RunningAgent) async throws {
    try RunningAgent.refuse(bind, display, format)
    try writing.confirm(
      "Have the agent push what roles differ now?", "Låta agenten föra ut de roller som skiljer nu?",
      display.language)
    try await agent.carryOut(writing.order(.pushRoles, display), as: format)
  }

  private func plan(_ desk: WritingDesk) async throws -> PlannedRun {
    guard let code = writing.approve else { return try await desk.plannedRoles(asOf: Date()) }
    let planned = try await desk.planned(keptAs: code)
    guard planned.plan.changes.isEmpty else {
      throw ValidationError("The plan \(code) changes entries too: hsasync apply --approve \(code)")
    }
    return planned
  }
}
