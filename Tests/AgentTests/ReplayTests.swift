import Directory
import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

/// What is done when somebody puts an older set of desired files back.
@Suite struct `Desired files that were in force before` {
  private static let first = LiveRegion.person("telephoneNumber: \"+46812345671\"")
  private static let second = LiveRegion.person("telephoneNumber: \"+46812345672\"")

  private func number(_ region: LiveRegion) async throws -> [String] {
    try await region.values("telephoneNumber", of: LiveRegion.nurse)
  }

  @Test func `are taken, and told to be old, also by an agent that was started again`() async throws {
    let region = try await LiveRegion(["a.yaml": Self.first])
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    #expect(await running.agent.status().reason == nil)
    try region.folder.write("desired/a.yaml", Self.second)
    try await running.sees("the second number") { try await number(region) == ["+46812345672"] }
    try await running.settles()
    #expect(await running.agent.status().reason == nil)
    try region.folder.write("desired/a.yaml", Self.first)
    try await running.sees("the first number") { try await number(region) == ["+46812345671"] }
    let isTold = { (running: RunningAgent) in
      let status = await running.agent.status()
      return status.state == .inSync && status.reason?.contains("was in force before, until ") == true
    }
    try await running.sees("that it is told") { await isTold(running) }
    try await running.stop()
    let again = try region.agent()
    try await again.sees("that it is told again") { await isTold(again) }
  }

  @Test func `and are sealed are refused, also by an agent that was started again`() async throws {
    let region = try await LiveRegion(["a.yaml": Self.first])
    try await region.align()
    func seal(_ text: String, _ serial: Int) throws -> [(path: String, bytes: [UInt8])] {
      try region.folder.write("desired/a.yaml", text)
      return try region.configuration().seal(serial: serial, at: Date()).map { ($0.path, $0.bytes) }
    }
    func put(_ manifests: [(path: String, bytes: [UInt8])]) throws {
      for manifest in manifests { try Data(manifest.bytes).write(to: URL(fileURLWithPath: manifest.path)) }
    }
    let old = try seal(Self.first, 1)
    let new = try seal(Self.second, 2)
    try put(new)
    let running = try region.agent()
    try await running.sees("the second number") { try await number(region) == ["+46812345672"] }
    try await running.settles()
    try await running.stop()
    try region.folder.write("desired/a.yaml", Self.first)
    try put(old)
    let again = try region.agent()
    try await again.sees("that the old set is refused") { await again.agent.status().desired.faults > 0 }
    #expect(try await number(region) == ["+46812345672"])
    try region.folder.write("desired/a.yaml", Self.second)
    try put(new)
    try await again.settles()
  }
}
