import Agent
import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync reconcile`: has the running agent look now, and make it agree.
struct ReconcileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Asks the running agent to compare now and to make it agree: entries and roles.",
    discussion: """
      The agent sees by itself what changes. Reconcile is for when you do not want to wait for the nightly \
      comparison, as after a restore: it looks at all, or at what lies under a unit, belongs to a care provider, or is \
      about one person. Guards hold what they hold; `hsasync status` shows what waits, and `hsasync approve` lets it \
      through.

      Goes over the agent's control socket: no password of the directory is needed, and the agent's log has the \
      person who asked. Without --no-wait it waits until it is done, and shows what was done.

      EXAMPLES
        hsasync reconcile
        hsasync reconcile --unit SE2321000016-1B01
        hsasync reconcile --person SE2321000016-31B7 --reason 'CHG-4711'
        hsasync reconcile --provider SE2321000016-4000 --no-wait

      \(Manual.exitCodes)
      """)

  @Option(
    help: ArgumentHelp(
      "Only the care provider with this HSA-id, what lies under it, and the units it answers for.",
      valueName: "hsaid"))
  var provider: String?

  @Option(help: ArgumentHelp("Only the unit with this HSA-id and what lies under it.", valueName: "hsaid"))
  var unit: String?

  @Option(help: ArgumentHelp("Only the person with this HSA-id.", valueName: "hsaid"))
  var person: String?

  @Flag(inversion: .prefixedNo, help: "Wait until it is done.")
  var wait = true

  @Option(help: ArgumentHelp("Why, for the journal and the audit log.", valueName: "text"))
  var reason: String?

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Agent") var control: ControlOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions

  @Option(help: "How the result is written.")
  var format = StatusCommand.Format.text

  func validate() throws {
    let given = [provider, unit, person].compactMap { $0 }
    if given.count > 1 { throw ValidationError("Only one of --provider, --unit and --person can be given.") }
    if given.first == "" { throw ValidationError("An HSA-id is missing.") }
    try reason.map(Reason.validate)
  }

  func run() async throws {
    let agent = try control.agent(source)
    let order = AgentOrder(
      .reconcile(extent), reason: reason, language: display.language, detail: display.detail.told)
    if wait {
      try await agent.carryOut(order, as: format == .json ? .json : .text)
    } else {
      try await agent.submit(order, display.language)
    }
  }

  private var extent: AgentRequest.Extent {
    if let provider { return .provider(HSAIdentity(provider)) }
    if let unit { return .unit(HSAIdentity(unit)) }
    return person.map { .person(HSAIdentity($0)) } ?? .whole
  }
}

/// Why something is done, in the words of whoever wants it.
enum Reason {
  static func validate(_ reason: String) throws {
    guard (1...500).contains(reason.count) else {
      throw ValidationError("--reason is 1 to 500 characters.")
    }
  }
}
