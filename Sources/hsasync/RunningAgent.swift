import Agent
import ArgumentParser
import Directory
import Foundation
import Reconciler

/// The agent that runs: what commands ask it for, shown as if they had done it themselves.
struct RunningAgent {
  let client: ControlClient

  init(_ client: ControlClient) { self.client = client }

  /// Has something done, shows what came of it, and ends with the agent's exit code.
  ///
  /// - Throws: ``Ended`` unless all is done; `Refusal`.
  func carryOut(_ order: AgentOrder, as format: ApplyCommand.Format = .text) async throws {
    try end(try await ask(order, as: format))
  }

  /// Has something done and shows what came of it.
  func ask(_ order: AgentOrder, as format: ApplyCommand.Format = .text) async throws -> AgentAnswer {
    let answer = try await client.send(order)
    var out = StandardStream.output
    switch format {
    case .text: for line in answer.lines { out.write(line + "\n") }
    case .json, .ndjson: if let result = answer.result ?? answer.plan { out.write(result) }
    }
    try out.finish()
    for line in answer.messages { StandardStream.say(line) }
    return answer
  }

  /// Ends the command as the answer says.
  func end(_ answer: AgentAnswer) throws {
    let code = ExitCode(rawValue: answer.exitCode) ?? .someFailed
    if code != .done { throw Ended(code: code) }
  }

  /// Has something done and does not wait.
  func submit(_ order: AgentOrder, _ language: Language) async throws {
    let request = try await client.submit(order)
    let id = VisibleText(request.id).text
    StandardStream.say(
      language.say(
        "The agent has taken it as request \(id); hsasync status tells what it does.",
        "Agenten har tagit emot det som begäran \(id); hsasync status visar vad den gör."))
  }

  /// Refuses what the agent cannot be asked for: it plans for itself, binds as itself, and nobody else writes.
  ///
  /// - Parameter given: what may have been given, and what to do instead.
  /// - Throws: `ValidationError` for the first that was given.
  static func refuse(_ given: [(isGiven: Bool, what: String, instead: String)]) throws {
    guard let first = given.first(where: \.isGiven) else { return }
    throw ValidationError(
      "The agent runs, and while it does nobody else writes; \(first.what) cannot be asked of it. "
        + "\(first.instead), or stop the agent first (systemctl stop hsasync).")
  }
}

extension DisplayOptions.Detail? {
  /// What is asked of the agent.
  var told: PlanText.Detail {
    switch self {
    case nil: .normal
    case .summary: .summary
    case .verbose: .verbose
    case .full: .full
    }
  }
}

extension WritingOptions {
  /// What the agent is asked for: to apply, or the plan of `--approve`.
  func order(_ request: AgentRequest, _ display: DisplayOptions) -> AgentOrder {
    AgentOrder(
      approve.map { .approve(PlanDigest.code(parsing: $0) ?? $0) } ?? request, reason: reason,
      language: display.language, detail: display.detail.told, isAllOrNothing: allOrNothing)
  }

  /// Asks whether the agent is to do it now, where there is somebody to ask.
  ///
  /// - Throws: ``Ended`` when the answer is no.
  func confirm(_ english: String, _ swedish: String, _ language: Language) throws {
    guard !yes, approve == nil, Terminal.asks, Terminal.showsErrors else { return }
    let answer = Terminal.asked(
      language.say("\(english) [yes / no]", "\(swedish) [ja / nej]"))
    guard !["yes", "ja"].contains(answer?.lowercased()) else { return }
    StandardStream.say(language.say("Nothing was written.", "Inget skrevs."))
    throw Ended(code: .changesWaiting)
  }
}
