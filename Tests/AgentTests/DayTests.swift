import Directory
import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

/// What an agent does all day, on the sample region.
@Suite struct `An agent at work` {
  @Test func `what somebody changes in the directory is put right, and nothing else`() async throws {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    let before = try await region.values("mail", of: LiveRegion.nurse)
    try await region.change(
      LiveRegion.nurse,
      """
      changetype: modify
      replace: telephoneNumber
      telephoneNumber: +46 8 000 00
      -
      replace: hsaAltText
      hsaAltText: somebody else's

      """)
    try await eventually("the number") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"]
    }
    try await running.settles()
    #expect(try await region.values("hsaAltText", of: LiveRegion.nurse) == ["somebody else's"])
    #expect(try await region.values("mail", of: LiveRegion.nurse) == before)
    let writes = try region.audit().filter { $0["event"] as? String == "write" }
    #expect(writes.last?["attributes"] as? [String] == ["telephoneNumber"])
  }

  @Test func `a desired file that changes is applied, and one that is half written leaves the last in force`()
    async throws
  {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    try region.folder.write("desired/a.yaml", LiveRegion.person("telephoneNumber: \"+46812345679\""))
    try await eventually("the new number") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345679"]
    }
    try region.folder.write("desired/a.yaml", "persons:\n  - {hsaIdentity: \(LiveRegion.nurse), telephone")
    try await eventually("the fault") { await running.agent.status().desired.faults > 0 }
    // What is in force is what was good: it is put right as before.
    try await region.change(
      LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46 8 1\n")
    try await running.sees("the last good number") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345679"]
    }
    try region.folder.write("desired/a.yaml", LiveRegion.person("telephoneNumber: \"+46812345670\""))
    try await eventually("the mended file") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345670"]
    }
    #expect(await running.agent.status().desired.faults == 0)
  }

  @Test func `a role is lost when its date is reached, with nobody doing anything`() async throws {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try await region.align()
    let held = try await region.values("hsaSystemRole", of: LiveRegion.nurse)
    #expect(held.contains { $0.hasPrefix("Vård;") || $0.hasPrefix("Webcert;") }, "\(held)")
    let running = try region.agent()
    try await running.settles()
    let end = Date().addingTimeInterval(4)
    try region.folder.write(
      "desired/a.yaml",
      LiveRegion.person("telephoneNumber: \"+46812345678\", endDate: \"\(end.formatted(.iso8601))\""))
    try await eventually("the end's being known") {
      await running.agent.status().nextBoundary.map { abs($0.timeIntervalSince(end)) < 2 } ?? false
    }
    try await eventually("the roles' end") {
      let now = try await region.values("hsaSystemRole", of: LiveRegion.nurse)
      return !now.contains { $0.hasPrefix("Vård;") || $0.hasPrefix("Webcert;") || $0.hasPrefix("Alltid") }
    }
    #expect(Date() >= end.addingTimeInterval(-1))
  }

  @Test func `a first look is held by guards until somebody approves it, once`() async throws {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    let running = try region.agent()
    try await running.reaches(.quarantined)
    let waiting = try #require(await running.agent.status().waiting.first)
    #expect(!waiting.guards.isEmpty)
    #expect(try await region.values("telephoneNumber", of: LiveRegion.nurse) != ["+46812345678"])
    let answer = try await running.ask(.approve(waiting.code))
    #expect(answer.exitCode == 0, "\(answer)")
    try await running.settles()
    #expect(try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"])
    let used = await #expect(throws: Refusal.self) { try await running.ask(.approve(waiting.code)) }
    #expect(used?.exitCode == .stalePlan)
  }

  @Test func `what changed while nobody looked on is put right when the agent is back`() async throws {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try await region.align()
    let first = try region.agent()
    try await first.settles()
    try await first.stop()
    try await region.change(
      LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46 8 1\n")
    let second = try region.agent()
    try await eventually("the number") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"]
    }
    try await second.settles()
  }

  @Test func `a second person is needed where the configuration says so`() async throws {
    let region = try await LiveRegion(
      ["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")],
      settings: "\ncontrol: {approvals: 2}\n")
    let running = try region.agent()
    try await running.reaches(.quarantined)
    let code = try #require(await running.agent.status().waiting.first).code
    let first = try await running.ask(.approve(code))
    #expect(first.exitCode == 3, "\(first)")
    let same = try await running.ask(.approve(code))
    #expect(same.exitCode == 3, "the same person again: \(same)")
    #expect(await running.agent.status().state == .waitingForApproval)
    #expect(try await region.values("telephoneNumber", of: LiveRegion.nurse) != ["+46812345678"])
    let second = try await running.ask(.approve(code), as: RunningAgent.operatorCaller("bo", 4712))
    #expect(second.exitCode == 0, "\(second)")
    try await running.settles()
  }

  @Test func `a reader may have a plan made, and nothing written`() async throws {
    let region = try await LiveRegion()
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    let reader = Caller(actor: Actor(user: "rut", uid: 4713, host: "test"), role: .reader)
    #expect(try await running.ask(.plan(.whole), as: reader).exitCode == 0)
    let refused = await #expect(throws: Refusal.self) {
      try await running.ask(.reconcile(.whole), as: reader)
    }
    #expect(refused?.exitCode == .notPermitted)
  }

  @Test func `a directory that goes away and comes back is caught up`() async throws {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    region.slapd.stop()
    try await running.reaches(.degraded)
    let server = try await region.slapd.startAgain()
    try await region.change(
      LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46 8 1\n")
    try await eventually("the number") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"]
    }
    try await running.settles()
    withExtendedLifetime(server) {}
  }

  @Test func `what somebody else's value stood in the way of is done once it is gone`() async throws {
    let (wanted, holder) = ("tjanst@regionexempel.example", "SE2321000016-31D3")
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("mail: \(wanted)")])
    try await region.change(holder, "changetype: modify\nreplace: mail\nmail: \(wanted)\n")
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    #expect(try await region.values("mail", of: LiveRegion.nurse) != [wanted])
    try await region.change(holder, "changetype: modify\ndelete: mail\n")
    try await running.sees("the address") {
      try await region.values("mail", of: LiveRegion.nurse) == [wanted]
    }
    try await running.settles()
  }
}

extension `An agent at work` {
  @Test func `binds once for all it looks at and writes`() async throws {
    var options = Slapd.Options()
    options.logLevel = "stats"
    let region = try await LiveRegion(
      ["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")], options: options)
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    func putRight(_ number: Int) async throws -> Int {
      try await region.change(
        LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46 8 \(number)\n")
      try await running.sees("the number \(number)") {
        try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"]
      }
      try await running.settles()
      return region.slapd.log.split(separator: "\n").count {
        $0.contains(" BIND dn=\"\(Slapd.agentDN)\"") && $0.contains("mech=")
      }
    }
    let first = try await putRight(1)
    #expect(first > 0)
    for number in 2...4 { #expect(try await putRight(number) == first) }
  }
}

extension Agent {
  /// Has it find the wall clock set by so many seconds since it last looked.
  fileprivate func setClock(by seconds: Double) { day.clocks.wall -= seconds }

  fileprivate var hasLookedAtClocks: Bool { abs(day.clocks.wall.timeIntervalSinceNow) < 60 }
}

extension `An agent at work` {
  @Test(arguments: [3_600.0, -3_600.0]) func `goes on when somebody sets the clock`(seconds: Double)
    async throws
  {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    await running.agent.setClock(by: seconds)
    try await running.sees("that the clocks were looked at") { await running.agent.hasLookedAtClocks }
    try await region.change(
      LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46 8 1\n")
    try await running.sees("the number") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"]
    }
    try await running.settles()
  }

  @Test func `a row that does not fit the directory keeps nobody else waiting`() async throws {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    let misplaced = LiveRegion.person(
      "parent: SE2321000016-9999, givenName: Ny, sn: Person", "SE2321000016-9ZZ1")
    try region.folder.write("desired/b.yaml", misplaced)
    try await running.sees("the row that does not fit") {
      await running.agent.status().reason?.contains("left aside") ?? false
    }
    try await region.change(
      LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46 8 1\n")
    try await running.sees("the other's number") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"]
    }
    #expect(try await region.search("(hsaIdentity=SE2321000016-9ZZ1)", ["1.1"]).isEmpty)
    try region.folder.write("desired/b.yaml", "persons: []\n")
    try await running.sees("that nothing is left aside") {
      let status = await running.agent.status()
      return status.state == .inSync && status.reason == nil
    }
  }
}
