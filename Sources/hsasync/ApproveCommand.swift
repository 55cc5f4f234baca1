import Agent
import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync approve`: lets through a plan that the agent's guards hold.
struct ApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Approves a plan that the running agent holds, and has it applied.",
    discussion: """
      When a guard trips the agent stops, keeps the plan under a code, and writes nothing but endings that somebody \
      has said. `hsasync status` shows what waits and why. Look at it (`hsasync plan` shows the same changes); if it \
      is as it should be, approve it: exactly that plan is applied, once. Where the configuration asks for two \
      (control: {approvals: 2}) a second person must approve it too.

      Goes over the agent's control socket: no password of the directory is needed. Where no agent runs, use \
      `hsasync apply --approve CODE`.

      EXAMPLES
        hsasync status
        hsasync approve 7F3A-91C2 --reason 'VC Syd was closed'

      \(Manual.exitCodes)
      """)

  @Argument(
    help: ArgumentHelp("The plan's code, as in 7F3A-91C2, or all of its digest.", valueName: "code"))
  var code: String

  @Option(help: ArgumentHelp("Why, for the journal and the audit log.", valueName: "text"))
  var reason: String?

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Agent") var control: ControlOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions

  @Option(help: "How the result is written.")
  var format = StatusCommand.Format.text

  func validate() throws {
    _ = try HeldPlanName(code)
    try reason.map(Reason.validate)
  }

  func run() async throws {
    try await control.agent(source).carryOut(
      AgentOrder(
        .approve(try HeldPlanName(code).text), reason: reason, language: display.language,
        detail: display.detail.told),
      as: format == .json ? .json : .text)
  }
}

/// `hsasync cancel`: has the running agent forget a plan that waits.
struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Has the running agent forget a plan that it holds.",
    discussion: """
      The plan is planned anew when something changes, and held again if it is the same: to cancel is to say that this \
      one shall not be approved any more. What caused it is corrected in the files or in the directory.

      EXAMPLES
        hsasync cancel 7F3A-91C2 --reason 'the file was cut short'

      \(Manual.exitCodes)
      """)

  @Argument(
    help: ArgumentHelp("The plan's code, as in 7F3A-91C2, or all of its digest.", valueName: "code"))
  var code: String

  @Option(help: ArgumentHelp("Why, for the audit log.", valueName: "text"))
  var reason: String?

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Agent") var control: ControlOptions
  @OptionGroup var spoken: LanguageOptions

  func validate() throws {
    _ = try HeldPlanName(code)
    try reason.map(Reason.validate)
  }

  func run() async throws {
    try await control.agent(source).carryOut(
      AgentOrder(.cancel(try HeldPlanName(code).text), reason: reason, language: spoken.language))
  }
}

/// By what a plan that waits is known: its code, or its digest.
struct HeldPlanName {
  /// `7F3A-91C2`, or 64 hexadecimal digits in lower case.
  let text: String

  /// - Throws: `ValidationError` when it is neither.
  init(_ typed: String) throws {
    if let code = PlanDigest.code(parsing: typed) {
      text = code
      return
    }
    guard typed.utf8.count == 64, typed.allSatisfy(\.isHexDigit) else {
      throw ValidationError(
        "A plan is known by its code, as in 7F3A-91C2, or by all 64 digits of its digest.")
    }
    text = typed.lowercased()
  }
}
