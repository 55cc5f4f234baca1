import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `The roles of a plan, kept and approved` {
  /// A plan in which every part of a role change is there.
  private static func plan() throws -> Plan {
    var plan = try SamplePlan.everyAction()
    var assignment = RoleFixture.assignment(
      RoleFixture.anna, "NPÖ;Läsare", from: 1_700_000_000, to: 1_800_000_000)
    assignment.commission = HSAIdentity("SE2321000016-C001")
    assignment.function = HSAIdentity("SE2321000016-F001")
    let evidence = [
      RoleEvidence(.person, RoleFixture.anna, attribute: "title", value: "Läkare"),
      RoleEvidence(.person, RoleFixture.anna, attribute: "personalIdentityNumber", value: "199001192385"),
      RoleEvidence(
        .unit, RoleFixture.north, attribute: "manager",
        value: "cn=Skyddad Person,ou=VC Norr,o=Region Exempel,c=SE"),
    ]
    let place = Change.Place(unit: RoleFixture.north, provider: RoleFixture.provider)
    var roles = RolePlan(rules: "ab")
    roles.changes = [
      RoleChange(
        target: "ek", .loss, person: RoleFixture.bo, role: "NPÖ;Läsare", value: "NPÖ;Läsare", label: "Bo Ek",
        assignments: [assignment], place: place, cause: .entryChange, isEnding: true, holder: "cn=Bo Ek",
        entryUUID: "u"),
      RoleChange(
        target: "ek", .loss, person: HSAIdentity("Hemlig Okänd"), role: "x", value: "x", cause: .unknownHolder
      ),
      RoleChange(
        target: "ek", .gain, person: RoleFixture.anna, role: "NPÖ;Läsare", value: "NPÖ;Läsare",
        label: "Anna Berg", assignments: [assignment, assignment], evidence: evidence, place: place,
        holder: "cn=Anna Berg"),
      RoleChange(
        target: "ek", .gain, person: HSAIdentity("SE2321000016-P002"), role: "Hemlig;Roll",
        value: "Hemlig;Roll",
        isProtected: true,
        assignments: [RoleFixture.assignment(HSAIdentity("SE2321000016-P002"), "Hemlig;Roll")],
        evidence: [
          RoleEvidence(.person, HSAIdentity("SE2321000016-P002"), attribute: "title", value: "Hemlig titel")
        ], holder: "cn=Skyddad Person 2"),
      RoleChange(
        target: "fil", .renewal, person: RoleFixture.anna, role: "NPÖ;Läsare", value: "NPÖ;Läsare",
        assignments: [assignment], evidence: evidence, place: place, holder: "scim-77"),
    ]
    roles.targets = [
      RolePlan.Target(name: "ek", held: 7, foreign: 4),
      RolePlan.Target(name: "scim", held: 0, foreign: 0, fault: "it is away"),
    ]
    roles.scale.total = 7
    roles.scale.roles = ["npö;läsare": 7]
    roles.scale.units = [RoleFixture.north: 6]
    roles.scale.providers = [RoleFixture.provider: 6]
    roles.scale.tied = [RoleFixture.north: ["npö;läsare": 6]]
    plan.roles = roles
    plan.guards = [
      GuardVerdict(.rolesLost, .careProvider(RoleFixture.provider), .tripped, count: 1),
      GuardVerdict(.lastHolder, .roleAt("x", RoleFixture.north), .tripped, count: 1),
      GuardVerdict(.sensitiveRoles, .role("x"), .tripped, count: 1, cause: .rulesChanged),
    ]
    return plan
  }

  private func file(_ plan: Plan) -> PlanFile { PlanFile(plan, profile: SamplePlan.profile) }

  @Test func `are read back as they were`() throws {
    let plan = try Self.plan()
    let read = try PlanFile.read(file(plan).saved().bytes, path: "plan.json").plan
    #expect(read.roles?.changes == plan.roles?.changes)
    #expect(read.roles?.targets == plan.roles?.targets && read.roles?.scale == plan.roles?.scale)
    #expect(read.roles?.rules == "ab" && read.roles?.isProposed == false)
    #expect(read.guards == plan.guards && read.digest == plan.digest)
    #expect(file(read).saved().bytes == file(plan).saved().bytes)
    var without = plan
    without.roles = nil
    #expect(!file(without).text(redacted: false).contains("\n\"roles\":"))
    #expect(try PlanFile.read(file(without).saved().bytes, path: "plan.json").plan.roles == nil)
  }

  @Test func `are read strictly`() throws {
    let roles = try #require(try Self.plan().roles)
    let whole = RolesJSON(disclosure: nil).object(roles)
    #expect(throws: Never.self) { try RolePlan(JSONReading(whole)) }
    guard case .object(let members) = whole else { return }
    for name in members.keys where name != "counts" {
      #expect(throws: CanonicalJSON.ContentError.self) {
        try RolePlan(JSONReading(.object(members.filter { $0.key != name })))
      }
    }
    #expect(throws: CanonicalJSON.ContentError.self) {
      try RolePlan(JSONReading(.object(members.merging(["odd": .null]) { $1 })))
    }
    guard case .array(let changes) = members["changes"], case .object(let change) = changes[2] else { return }
    let needed = Set(change.keys).subtracting(["label", "cause", "entryUUID"])
    for name in needed.sorted() {
      let one = CanonicalJSON.array([.object(change.filter { $0.key != name })])
      #expect(throws: CanonicalJSON.ContentError.self) {
        try RolePlan(JSONReading(.object(members.merging(["changes": one]) { $1 })))
      }
    }
  }

  @Test func `tell nothing of a protected person but the HSA-id, once they are redacted`() throws {
    let text = file(try Self.plan()).text(redacted: true)
    #expect(text.contains("SE2321000016-P002") && text.contains("\"value\":\"Läkare\""))
    for secret in SamplePlan.secrets + ["scim-77", "\"holder\""] {
      #expect(!text.contains(secret), "\(secret)")
    }
    #expect(text.contains("{\"masked\":\"personalNumber\"}"))
    #expect(text.contains("{\"protected\":\"SE2321000016-P001\"}"))
    #expect(throws: Findings.self) { try PlanFile.read(Array(text.utf8), path: "plan.json") }
  }

  @Test func `alter the digest whatever of them is done`() throws {
    let alterations: [(inout RolePlan) -> Void] = [
      { $0.rules = "cd" }, { $0.isProposed = true }, { $0.changes.removeLast() }, { $0.changes.swapAt(0, 1) },
      { $0.changes[0].target = "x" }, { $0.changes[0].direction = .gain },
      { $0.changes[0].person = HSAIdentity("x") }, { $0.changes[0].role = "x" },
      { $0.changes[0].value = "x" },
      { $0.changes[0].cause = .noRule }, { $0.changes[0].cause = nil }, { $0.changes[0].isEnding = false },
      { $0.changes[0].entryUUID = "x" }, { $0.changes[0].entryUUID = nil },
      { $0.changes[4].assignments[0].to = nil }, { $0.changes[4].assignments[0].from = nil },
      { $0.changes[2].assignments[1].to = nil },
    ]
    let plan = try Self.plan()
    var seen = [plan.digest]
    var none = plan
    none.roles = nil
    seen.append(none.digest)
    for (index, alter) in alterations.enumerated() {
      var roles = try #require(plan.roles)
      alter(&roles)
      var altered = plan
      altered.roles = roles
      #expect(!seen.contains(altered.digest), "alteration \(index)")
      seen.append(altered.digest)
    }
  }

  @Test func `leave the digest where only what people call things is another`() throws {
    let plan = try Self.plan()
    var same = plan
    for index in plan.roles?.changes.indices ?? 0..<0 {
      same.roles?.changes[index].label = "x"
      same.roles?.changes[index].holder = "x"
      same.roles?.changes[index].evidence = []
      same.roles?.changes[index].place = Change.Place()
    }
    same.roles?.changes[0].assignments = []
    same.roles?.targets = []
    same.roles?.scale = RoleScale()
    #expect(same.digest == plan.digest)
  }
}
