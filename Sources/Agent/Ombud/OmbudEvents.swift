import Directory
import Foundation
import Reconciler
import ServiceLifecycle

/// What happens while a request goes on, as server-sent events: nothing of anybody, only that the agent is at work.
struct OmbudEvents: Sendable {
  let lines: AsyncStream<String>

  init(
    _ events: AsyncStream<AgentEvent>, until outcome: Task<RequestLedger.Outcome, Never>, _ language: Language
  ) {
    let (lines, continuation) = AsyncStream.makeStream(
      of: String.self, bufferingPolicy: .bufferingNewest(100))
    self.lines = lines
    let told = Task {
      var number = 0
      for await event in events {
        guard let text = Self.text(event, language) else { continue }
        number += 1
        continuation.yield("id: \(number)\nevent: line\ndata: \(text)\n\n")
      }
    }
    let beat = Task {
      while !Task.isCancelled {
        continuation.yield(": \n\n")
        try? await Task.sleep(for: .seconds(15))
      }
    }
    let end = Task {
      _ = await outcome.value
      continuation.yield("event: done\ndata: \n\n")
      continuation.finish()
    }
    continuation.onTermination = { _ in for task in [told, beat, end] { task.cancel() } }
  }

  private static func text(_ event: AgentEvent, _ language: Language) -> String? {
    switch event.name {
    case .planned: language.say("a plan was made", "en plan är gjord")
    case .refused: language.say("a guard holds the plan", "en spärr håller planen")
    case .applied: language.say("changes were written", "ändringar är skrivna")
    case .pushed: language.say("roles were pushed", "roller är skickade")
    case .approved: language.say("the plan was approved", "planen är godkänd")
    default: nil
    }
  }
}
