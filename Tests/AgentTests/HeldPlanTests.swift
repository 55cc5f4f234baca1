import Directory
import Foundation
import LDAP
import Reconciler
import TestKit
import Testing

@testable import Agent

/// What happens to others while guards hold a plan.
@Suite struct `A plan that guards hold` {
  private static let held = ["SE2321000016-31FH", "SE2321000016-31FQ", "SE2321000016-31FZ"]

  private func number(_ region: LiveRegion, _ identity: String) async throws -> [String] {
    try await region.values("telephoneNumber", of: identity)
  }

  private func rows(_ identities: [String], _ number: String) -> String {
    "persons:\n" + identities.map { "  - {hsaIdentity: \($0), telephoneNumber: \"\(number)\"}\n" }.joined()
  }

  /// Three persons wait for somebody's approval, since so many are not changed at once without.
  private func quarantined() async throws -> (region: LiveRegion, running: RunningAgent, code: String) {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345671\"")])
    try region.folder.write(
      "hsasync.yaml",
      region.folder.text("hsasync.yaml").replacing("updated: {percent: 60}", with: "updated: {count: 2}")
        .replacing("  sensitiveRoles:", with: "  windows: {day: 10, week: 20}\n  sensitiveRoles:"))
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    try region.folder.write("desired/b.yaml", rows(Self.held, "+46812345600"))
    try await running.reaches(.quarantined)
    let waiting = try #require(await running.agent.status().waiting.first)
    #expect(waiting.changes == 3)
    return (region, running, waiting.code)
  }

  @Test func `keeps its code while others are changed, who do not wait for it`() async throws {
    let (region, running, code) = try await quarantined()
    try region.folder.write("desired/a.yaml", LiveRegion.person("telephoneNumber: \"+46812345672\""))
    try await running.sees("the other's new number") {
      try await number(region, LiveRegion.nurse) == ["+46812345672"]
    }
    try await region.change(
      LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46 8 1\n")
    try await running.sees("the other's number again") {
      try await number(region, LiveRegion.nurse) == ["+46812345672"]
    }
    let status = await running.agent.status()
    #expect(status.waiting.map(\.code) == [code] && status.state == .quarantined)
    #expect(try await number(region, Self.held[0]) != ["+46812345600"])
    let answer = try await running.ask(.approve(code))
    #expect(answer.exitCode == 0, "\(answer)")
    try await running.settles()
    for identity in Self.held { #expect(try await number(region, identity) == ["+46812345600"]) }
    #expect(await running.agent.status().waiting.isEmpty)
  }

  @Test func `is made anew when one of those whom it is about changes`() async throws {
    let (region, running, code) = try await quarantined()
    try region.folder.write("desired/b.yaml", rows(Self.held, "+46812345601"))
    try await running.sees("another plan") {
      let codes = await running.agent.status().waiting.map(\.code)
      return codes.count == 1 && codes != [code]
    }
    let refused = await #expect(throws: Refusal.self) { try await running.ask(.approve(code)) }
    #expect(refused?.exitCode == .stalePlan)
    #expect(try await number(region, Self.held[0]) != ["+46812345600"])
    // And it is gone when its cause is.
    try region.folder.write("desired/b.yaml", rows([Self.held[0]], "+46812345601"))
    try await running.settles()
    #expect(await running.agent.status().waiting.isEmpty)
  }
}

/// When a plan that was made later is the one that waits.
@Suite struct `A held plan and a later one` {
  private static let instant = Date(timeIntervalSince1970: 1_790_000_000)

  private func plan(at instant: Date, ending: String? = nil, of identity: String = "SE2321000016-31FH")
    -> Plan
  {
    let end = ending ?? GeneralizedTime(secondsSince1970: Int64(instant.timeIntervalSince1970)).description
    let name = DistinguishedName([RelativeDistinguishedName("cn", Value(identity))])
    let change = Change(
      id: 0, action: .deactivate, kind: .person, identity: HSAIdentity(identity), label: nil,
      isProtected: false,
      cause: .absence(source: "a"), dn: name,
      differences: [Change.Difference("endDate", removed: [], added: [Value(end)], kept: 0)],
      operation: .modify(name, [Modification(.replace, "endDate", [Value(end)])]),
      precondition: Change.Precondition())
    return Plan(
      instant: instant, base: name, changes: [change], findings: [], unchanged: 0, observed: [:],
      proof: ReadProof(method: .search, origin: "ldapi:///", authorizationIdentity: "dn:"))
  }

  @Test func `are one when all that differs is the second at which they were made`() {
    let held = HeldPlan(plan(at: Self.instant), Touched(), nil, at: Self.instant)
    let later = Self.instant.addingTimeInterval(60)
    #expect(held.isSame(as: plan(at: later)))
    #expect(held.digest.hex != plan(at: later).digest.hex)
    #expect(!held.isSame(as: plan(at: later, ending: "20200101000000Z")))
    #expect(!held.isSame(as: plan(at: later, of: "SE2321000016-31FQ")))
  }
}
