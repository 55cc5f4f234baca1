import Agent
import Directory
import Foundation
import Reconciler

/// `hsasync status --follow`: a screen that is kept up to date, or a line for each event.
struct StatusFollowing {
  /// How many of the latest events stand below the status on a terminal.
  private static let latest = 5
  /// How often ages on a terminal are made anew.
  private static let pace = Duration.seconds(1)
  private let agent: RunningAgent
  private let command: StatusCommand

  init(_ agent: RunningAgent, _ command: StatusCommand) {
    self.agent = agent
    self.command = command
  }

  /// Goes on until the agent ends, which is told as any absence of it.
  func run() async throws {
    let events = agent.client.events()
    try command.write(try await agent.client.status(), before: isScreen ? StatusFollowing.cleared : "")
    if isScreen { try await keepScreen(events) } else { try await writeLines(events) }
    throw Refusal(
      .agentUnavailable, .directoryUnavailable, "the agent has ended",
      advice: "see why: journalctl -u hsasync")
  }

  private var isScreen: Bool { Terminal.showsOutput && command.format == .text }

  private static let cleared = "\u{1B}[H\u{1B}[2J"

  private func writeLines(_ events: AsyncThrowingStream<AgentEvent, any Error>) async throws {
    for try await event in events {
      if command.format == .json {
        try command.write(try await agent.client.status())
      } else {
        var out = StandardStream.output
        out.write(event.line(command.spoken.language) + "\n")
        try out.finish()
      }
    }
  }

  private func keepScreen(_ events: AsyncThrowingStream<AgentEvent, any Error>) async throws {
    var latest: [AgentEvent] = []
    for try await event in StatusFollowing.ticking(events) {
      if let event { latest = Array((latest + [event]).suffix(StatusFollowing.latest)) }
      try command.write(try await agent.client.status(), before: StatusFollowing.cleared)
      var out = StandardStream.output
      out.write("\n")
      for event in latest { out.write(event.line(command.spoken.language) + "\n") }
      try out.finish()
    }
  }

  /// The events, and `nil` once a second; many at once become one.
  private static func ticking(
    _ events: AsyncThrowingStream<AgentEvent, any Error>
  ) -> AsyncThrowingStream<AgentEvent?, any Error> {
    AsyncThrowingStream(bufferingPolicy: .bufferingNewest(latest)) { continuation in
      let ticks = Task {
        while !Task.isCancelled {
          try await Task.sleep(for: pace)
          continuation.yield(nil)
        }
      }
      let task = Task {
        do {
          for try await event in events { continuation.yield(event) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
        ticks.cancel()
      }
      continuation.onTermination = { _ in
        ticks.cancel()
        task.cancel()
      }
    }
  }
}
