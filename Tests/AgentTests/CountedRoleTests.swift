import Directory
import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

@Suite struct `A role that only so many may hold` {
  private static let role = "SIA;Handläggare"
  private static let people = [LiveRegion.nurse, "SE2321000016-31SG"]

  private func region() async throws -> LiveRegion {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try region.folder.write(
      "roles.yaml",
      """
      rules:
        - rule: vakt
          role: "\(Self.role)"
          description: {sv: Vakt, en: On watch}
          source: a test
          when: {person: "(title=Vakthavande)"}
          scope: none
      constraints:
        - {roles: ["SIA;*"], maximum: 1}
      """)
    try region.folder.write(
      "hsasync.yaml",
      region.folder.text("hsasync.yaml").replacing(
        "rules: \(Repository.path("conf/roles.yaml"))", with: "rules: roles.yaml"))
    for person in Self.people {
      try await region.change(person, "changetype: modify\nreplace: title\ntitle: Vakthavande\n")
    }
    return region
  }

  private func holders(_ region: LiveRegion) async throws -> [String] {
    var holders: [String] = []
    for person in Self.people where try await region.values("hsaSystemRole", of: person).contains(Self.role) {
      holders.append(person)
    }
    return holders
  }

  /// Since when the agent's targets owe something.
  private func oldest(_ running: RunningAgent) async -> Date? {
    await running.agent.status().targets.compactMap(\.oldestOverdue).min()
  }

  @Test func `goes to the next one when its holder and the value are taken away by hand at once`()
    async throws
  {
    let region = try await region()
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    let first = try #require(try await holders(region).first)
    #expect(try await holders(region).count == 1)
    let value = Data(Self.role.utf8).base64EncodedString()
    try await region.change(
      first,
      "changetype: modify\nreplace: title\ntitle: Kurator\n-\ndelete: hsaSystemRole\nhsaSystemRole:: \(value)\n"
    )
    try await running.sees("the next one's holding it") {
      let now = try await holders(region)
      return now.count == 1 && now != [first]
    }
    try await running.settles()
  }

  @Test func `is owed by who had it until the target lets it go, and not planned again and again`()
    async throws
  {
    let region = try await region()
    let (first, next) = (Self.people[0], Self.people[1])
    // Who has begun later has to give way.
    try await region.change(first, "changetype: modify\nreplace: startDate\nstartDate: 20260101000000Z\n")
    try await region.change(
      next,
      "changetype: modify\nreplace: title\ntitle: Kurator\n-\nreplace: startDate\nstartDate: 20200101000000Z\n"
    )
    try await region.align()
    #expect(try await holders(region) == [first])
    let running = try region.agent()
    try await running.settles()
    let line = {
      region.folder.text("store/roles.ndjson").split(separator: "\n").filter { $0.contains("SIA;") }
    }
    #expect(line().count == 1)
    let obstacle = region.folder.path("store/.roles.ndjson.new")
    try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
    let before = try region.audit().count { $0["event"] as? String == "planned" }
    try await region.change(next, "changetype: modify\nreplace: title\ntitle: Vakthavande\n")
    try await running.sees("what is owed") {
      await running.agent.status().targets.contains { $0.overdue > 0 }
    }
    let since = await oldest(running)
    let pushes = { try region.audit().count { $0["event"] as? String == "rolePush" } }
    let tried = try pushes()
    try await running.sees("its being tried again") { try pushes() > tried + 1 }
    #expect(await oldest(running) == since && since != nil, "what is owed was not forgotten meanwhile")
    #expect(line().allSatisfy { $0.contains(first) } && line().count == 1)
    #expect(try region.audit().count { $0["event"] as? String == "planned" } < before + 12)
    try FileManager.default.removeItem(atPath: obstacle)
    try await running.sees("the next one's holding it everywhere") {
      line().count == 1 && line().allSatisfy { $0.contains(next) }
    }
    try await running.settles()
    #expect(try await holders(region) == [next])
  }

  @Test func `keeps nobody else's change waiting for a look at everything`() async throws {
    let region = try await region()
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    // The first change after a start finds out who they are.
    for number in 1...2 {
      try await region.change(
        "SE2321000016-31F8", "changetype: modify\nreplace: hsaAltText\nhsaAltText: nummer \(number)\n")
      try await running.settles()
    }
    try await region.change(
      LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46800000000\n")
    try await running.sees("the number's being put right") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"]
    }
    #expect(try await holders(region).count == 1)
  }
}
