import Agent
import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync adopt HSAID`: accepts an entry that has come in another's place.
struct AdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "Accepts an entry that has come in another's place under the same HSA-id.",
    discussion: """
      Roles come from entries by their HSA-id and their entryUUID. When an entry is deleted and made anew, or another \
      is planted under its HSA-id, the entryUUID is another, and the entry gives nobody a role until somebody has \
      looked at it and adopted it.

      Shows by which entryUUID the HSA-id is known and which it has now, and asks where there is somebody to ask. \
      Nothing is written to the directory; the adoption is written to the audit log.

      While the agent runs (`hsasync run`) adopt goes over its socket, and needs no password.

      EXAMPLES
        hsasync adopt SE2321000016-7X3K --reason 'made anew after CHG-4711'

      \(Manual.exitCodes)
      """)

  @Argument(help: ArgumentHelp("Whose entry is accepted.", valueName: "hsaid"))
  var identity: String

  @Option(help: "Why; it is written to the audit log.")
  var reason: String?

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions
  @OptionGroup(title: "Agent") var control: ControlOptions

  func validate() throws {
    try reason.map(Reason.validate)
  }

  func run() async throws {
    if let agent = control.agentIfRunning(source) { return try await ask(agent) }
    let configuration = try source.load(bind)
    let actor = Actor.current()
    let books = try Books.open(configuration, for: "adopt", by: actor)
    let adoption = try await Run(configuration, logger: source.logger)
      .adoption(of: HSAIdentity(identity), in: books.store)
    let language = display.language
    StandardStream.say(told(adoption, language))
    guard try isWanted(language) else {
      StandardStream.say(language.say("Nothing was adopted.", "Inget godtogs."))
      throw Ended(code: .changesWaiting)
    }
    try books.adopt(adoption, by: actor, reason: reason)
    StandardStream.say(
      language.say(
        "It is adopted; the next run of roles has it.", "Den är godtagen; nästa rollkörning tar med den."))
  }

  /// Has the running agent do it, which tells by which entryUUIDs the HSA-id was and is known.
  private func ask(_ agent: RunningAgent) async throws {
    try RunningAgent.refuse(bind, display, .text)
    let language = display.language
    guard try isWanted(language) else {
      StandardStream.say(language.say("Nothing was adopted.", "Inget godtogs."))
      throw Ended(code: .changesWaiting)
    }
    try await agent.carryOut(
      AgentOrder(.adopt(HSAIdentity(identity)), reason: reason, language: language))
  }

  private func told(_ adoption: Adoption, _ language: Language) -> String {
    let identity = VisibleText(adoption.identity.text).text
    let since = adoption.since.formatted(.iso8601)
    let (old, new) = (VisibleText(adoption.replaced).text, VisibleText(adoption.entryUUID).text)
    return language.say(
      """
      \(identity)
          known by  \(old) since \(since)
          is now    \(new)
      """,
      """
      \(identity)
          känd som  \(old) sedan \(since)
          är nu     \(new)
      """)
  }

  /// Asks where there is somebody to ask; where there is not, `--yes` must have said so.
  private func isWanted(_ language: Language) throws -> Bool {
    if yes { return true }
    guard Terminal.asks, Terminal.showsErrors else {
      throw ValidationError("Nobody is there to ask; --yes adopts without asking.")
    }
    let answer = Terminal.asked(language.say("Adopt it? [yes / no]", "Godta den? [ja / nej]"))
    return ["yes", "ja"].contains(answer?.lowercased())
  }
}
