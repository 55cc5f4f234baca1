import Directory
import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

/// What an agent does about roles that a target does not take away.
@Suite struct `An agent whose target does not take a role away` {
  private static let number = LiveRegion.person("telephoneNumber: \"+46812345678\"")

  /// The same of somebody who left long ago.
  private static let ended = LiveRegion.person(
    "telephoneNumber: \"+46812345678\", endDate: \"2026-01-01T00:00:00Z\"")

  /// What the file says of the nurse.
  private func held(_ region: LiveRegion) -> Int {
    region.folder.text("store/roles.ndjson").split(separator: "\n").count { $0.contains(LiveRegion.nurse) }
  }

  @Test func `tells what is overdue, and has it taken away as soon as the target lets it`() async throws {
    let region = try await LiveRegion(["a.yaml": Self.number])
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    #expect(held(region) > 0)
    // The new file cannot be made beside the old one.
    let obstacle = region.folder.path("store/.roles.ndjson.new")
    try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
    try region.folder.write("desired/a.yaml", Self.ended)
    try await running.sees("what is overdue") {
      await running.agent.status().targets.contains { $0.overdue > 0 && $0.oldestOverdue != nil }
    }
    try await running.sees("that it is not called agreement") {
      let status = await running.agent.status()
      return status.queue == 0 && status.state == .reconciling
    }
    #expect(held(region) > 0)
    let plans = { try region.audit().count { $0["event"] as? String == "planned" } }
    let before = try plans()
    try FileManager.default.removeItem(atPath: obstacle)
    try await running.sees("the loss") { held(region) == 0 }
    try await running.settles()
    #expect(await running.agent.status().targets.allSatisfy { $0.overdue == 0 })
    #expect(try plans() == before, "nothing was planned for it")
    #expect(try region.audit().contains { $0["event"] as? String == "rolePush" })
  }

  @Test func `catches a target up that was away, and plans nothing as long as it is`() async throws {
    let region = try await LiveRegion(["a.yaml": Self.number])
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    let file = region.folder.path("store/roles.ndjson")
    try FileManager.default.moveItem(atPath: file, toPath: file + ".aside")
    try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
    try region.folder.write("desired/a.yaml", Self.ended)
    try await running.sees("that the target is away") {
      await running.agent.status().targets.contains { $0.fault != nil && $0.failures > 1 }
    }
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.moveItem(atPath: file + ".aside", toPath: file)
    #expect(held(region) > 0)
    try await running.sees("the loss") { held(region) == 0 }
    try await running.settles()
    #expect(await running.agent.status().targets.allSatisfy { $0.fault == nil })
  }
}

@Suite struct `A role that somebody changes by hand in the directory` {
  @Test func `is put right as it happens, and what is not ours stays`() async throws {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    let roles = try await region.values("hsaSystemRole", of: LiveRegion.nurse)
    let ours = try #require(roles.first { $0.hasPrefix("Vård;") || $0.hasPrefix("Webcert;") }, "\(roles)")
    let change = { try await region.change(LiveRegion.nurse, "changetype: modify\n" + $0 + "\n") }
    // One that others have and the nurse has not.
    let others = Set(try await region.search("(hsaSystemRole=*)", ["hsaSystemRole"]))
    let line = try #require(
      others.filter { $0.hasPrefix("hsaSystemRole: Webcert;") }.sorted().first { line in
        !roles.contains { line.hasSuffix(": " + $0) }
      })
    let given = String(line.dropFirst("hsaSystemRole: ".count))
    try await change(
      "add: hsaSystemRole\nhsaSystemRole:: \(Data(given.utf8).base64EncodedString())\nhsaSystemRole: Annat;Eget"
    )
    try await running.sees("that the role is taken away again") {
      try await region.values("hsaSystemRole", of: LiveRegion.nurse).sorted()
        == (roles + ["Annat;Eget"]).sorted()
    }
    try await change("delete: hsaSystemRole")
    try await running.sees("that the role is given back") {
      try await region.values("hsaSystemRole", of: LiveRegion.nurse).contains(ours)
    }
    try await running.settles()
    let targets = await running.agent.status().targets
    #expect(targets.map(\.isFollowed) == [true, false, false])
  }
}
