import Foundation
import Logging
import Reconciler
import TestKit
import Testing

@testable import Agent

@Suite struct `An agent that is started again` {
  static let number = "telephoneNumber: \"+46812345678\""

  /// A region that agrees with its files, and an agent that had noted so when it ended.
  static func left() async throws -> LiveRegion {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person(number)])
    try await region.align()
    let first = try region.agent()
    try await first.settles()
    try await first.sees("how the files lie") { try await first.agent.stamps()?.isEmpty == false }
    try await first.stop()
    return region
  }

  /// What happens until a condition holds.
  static func events(
    _ region: LiveRegion, until isEnough: ([AgentEvent]) async throws -> Bool
  ) async throws -> [AgentEvent] {
    let agent = Agent(
      try region.configuration(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let events = agent.events()
    let running = Task { try await agent.run() }
    defer { running.cancel() }
    let limit = Task {
      try await Task.sleep(for: .seconds(60))
      running.cancel()
    }
    defer { limit.cancel() }
    var seen: [AgentEvent] = []
    for await event in events {
      seen.append(event)
      if try await isEnough(seen) { break }
    }
    running.cancel()
    _ = await running.result
    return seen
  }

  @Test func `is in agreement before it has read files that lie as they did`() async throws {
    let region = try await Self.left()
    let seen = try await Self.events(region) { $0.contains { $0.name == .desiredLoaded } }
    let loaded = try #require(seen.firstIndex { $0.name == .desiredLoaded })
    let agreed = try #require(seen.firstIndex { $0.name == .state && $0.code == AgentState.inSync.rawValue })
    #expect(agreed < loaded)
    #expect(!seen.contains { $0.name == .planned })
  }

  @Test func `reads files first that others lie in the place of`() async throws {
    let region = try await Self.left()
    try region.folder.write("desired/a.yaml", LiveRegion.person("telephoneNumber: \"+46812345679\""))
    let seen = try await Self.events(region) { _ in
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345679"]
    }
    let loaded = try #require(seen.firstIndex { $0.name == .desiredLoaded })
    #expect(!seen[..<loaded].contains { $0.name == .state && $0.code == AgentState.inSync.rawValue })
  }

  @Test func `reads files that lie as they did for whom the directory has changed`() async throws {
    let region = try await Self.left()
    try await region.change(
      LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46 8 1\n")
    let seen = try await Self.events(region) { _ in
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"]
    }
    let loaded = try #require(seen.firstIndex { $0.name == .desiredLoaded })
    #expect(!seen[..<loaded].contains { $0.name == .state && $0.code == AgentState.inSync.rawValue })
  }
}

extension Agent {
  fileprivate func stamps() throws -> String? { try world?.index.text(.stamps) }
}
