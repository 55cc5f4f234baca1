import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

@Suite struct `Roles as groups` {
  @Test func `are read with their members, and other groups are counted and left alone`() async throws {
    let bench = try await TargetBench(persons: 3)
    let gone = try DistinguishedName(parsing: "cn=Borta,\(Catalogue.unit)")
    try await bench.make("hsasync-lasare", [Catalogue.dn(0), Catalogue.dn(1), gone])
    try await bench.make("egna", [Catalogue.dn(0), Catalogue.dn(2)])
    let held = try await bench.groupTarget().held()
    #expect(held.foreign == 2)
    #expect(held.roles.map(\.value) == Array(repeating: "hsasync-lasare", count: 3))
    let people = held.roles.map(\.person.text)
    #expect(people.contains("SE2321000016-P0") && people.contains("SE2321000016-P1"))
    let nobody = try #require(held.roles.first { $0.person.text.hasPrefix("dn ") })
    #expect(nobody.person.text.contains(/^dn [0-9a-f]{16}$/) && nobody.entryUUID == nil)
    #expect(try await bench.groupTarget().held().roles.contains(nobody), "the same each time")
    let somebody = try #require(held.roles.first { $0.person.text == "SE2321000016-P0" })
    #expect(somebody.entryUUID == (try await bench.catalogue.person(0).text("entryUUID")))
  }

  @Test func `are made with their first members, and end with the last`() async throws {
    let bench = try await TargetBench(persons: 3)
    let target = try bench.groupTarget()
    var changes: [RoleChange] = []
    for number in 0..<3 { changes.append(try await bench.gain("hsasync-lasare", number, at: target)) }
    var outcomes = await target.push(changes, from: try await target.held(), journal: bench.journal)
    #expect(outcomes.verdicts == [.applied, .applied, .applied])
    let group = try #require(try await bench.group("hsasync-lasare"))
    #expect(group["member"].count == 3 && group["objectClass"].contains("groupOfNames"))
    let held = try await target.held()
    #expect(held.roles.map(\.person.text) == (0..<3).map { "SE2321000016-P\($0)" })
    outcomes = await target.push(
      held.roles.prefix(2).map { TargetBench.loss($0, at: target) }, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied, .applied])
    #expect(try await bench.group("hsasync-lasare")?["member"].count == 1)
    outcomes = await target.push(
      [TargetBench.loss(held.roles[2], at: target)], from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied])
    #expect(try await bench.group("hsasync-lasare") == nil)
    #expect(
      try await bench.writes().compactMap { $0.text("reqType") }.sorted() == ["add", "delete", "modify"])
  }

  @Test func `that change hands altogether lose all and then gain`() async throws {
    let bench = try await TargetBench(persons: 2)
    try await bench.make("hsasync-lasare", [Catalogue.dn(0)])
    let target = try bench.groupTarget()
    let held = try await target.held()
    let changes = [
      try await bench.gain("hsasync-lasare", 1, at: target), TargetBench.loss(held.roles[0], at: target),
    ]
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied, .applied])
    #expect(bench.journal.intended.map(\.direction) == [.loss, .gain])
    #expect(try await target.held().roles.map(\.person.text) == ["SE2321000016-P1"])
  }

  @Test func `that must have a member keep the stand-in, which holds nothing`() async throws {
    let bench = try await TargetBench(persons: 2)
    let standIn = try DistinguishedName(parsing: "cn=Ingen,\(TargetBench.roles)")
    let target = try bench.groupTarget(empty: .standIn(standIn))
    // One that somebody made without it.
    try await bench.make("hsasync-egen", [Catalogue.dn(1)])
    _ = await target.push(
      [try await bench.gain("hsasync-lasare", 0, at: target)], from: try await target.held(),
      journal: bench.journal)
    #expect(try await bench.group("hsasync-lasare")?["member"].count == 2)
    let held = try await target.held()
    #expect(held.roles.map(\.person.text) == ["SE2321000016-P0", "SE2321000016-P1"])
    #expect(held.foreign == 0)
    let outcomes = await target.push(
      held.roles.map { TargetBench.loss($0, at: target) }, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied, .applied])
    for name in ["hsasync-lasare", "hsasync-egen"] {
      let members = try #require(try await bench.group(name))["member"].compactMap(\.text)
      #expect(try members.map { try DistinguishedName(parsing: $0) } == [standIn])
    }
    #expect(try await target.held().roles.isEmpty)
  }

  @Test func `of a class that allows it stay empty`() async throws {
    var options = Slapd.Options()
    options.globalLines = """
      objectclass ( 1.3.6.1.4.1.5322.13.99.1 NAME 'testGroupOfMembers' SUP top STRUCTURAL MUST cn MAY member )
      """
    let bench = try await TargetBench(persons: 1, options: options)
    try await bench.make("hsasync-lasare", [Catalogue.dn(0)], objectClass: "testGroupOfMembers")
    let target = try bench.groupTarget(empty: .keep, objectClass: "testGroupOfMembers")
    let held = try await target.held()
    let outcomes = await target.push(
      held.roles.map { TargetBench.loss($0, at: target) }, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied])
    let group = try #require(try await bench.group("hsasync-lasare"))
    #expect(group["member"].isEmpty)
    #expect(try await target.held().roles.isEmpty)
  }

  @Test func `of 1,000 members are changed a hundred at a time`() async throws {
    let bench = try await TargetBench(persons: 1_000)
    let target = try bench.groupTarget()
    let gains = try await bench.people().map { TargetBench.gain("hsasync-lasare", $0, at: target) }
    var outcomes = await target.push(gains, from: try await target.held(), journal: bench.journal)
    #expect(outcomes.allSatisfy { $0.verdict == .applied })
    #expect(try await bench.group("hsasync-lasare")?["member"].count == 1_000)
    #expect(try await bench.writes().count == 10)
    let held = try await target.held()
    #expect(held.roles.count == 1_000 && Set(held.roles.map(\.person)).count == 1_000)
    outcomes = await target.push(
      held.roles.dropFirst(150).map { TargetBench.loss($0, at: target) }, from: held, journal: bench.journal)
    #expect(outcomes.count == 850 && outcomes.allSatisfy { $0.verdict == .applied })
    #expect(try await bench.writes().count == 19)
    #expect(try await target.held().roles.map(\.person) == held.roles.prefix(150).map(\.person))
    #expect(bench.journal.intended.count == 1_850)
  }

  @Test func `whose members somebody else changes meanwhile are read again, each member by itself`()
    async throws
  {
    let bench = try await TargetBench(persons: 6)
    try await bench.make("hsasync-lasare", try (0..<4).map(Catalogue.dn))
    let target = try bench.groupTarget()
    let held = try await target.held()
    let changes =
      held.roles.map { TargetBench.loss($0, at: target) } + [
        try await bench.gain("hsasync-lasare", 4, at: target)
      ]
    let catalogue = bench.catalogue
    // When the deletion of the group is written down, somebody adds one member and takes another away.
    bench.journal.onIntent {
      let group = try TargetBench.groupDN("hsasync-lasare")
      try await catalogue.change(
        .modify(
          group,
          [
            Modification(.add, "member", [Value(Catalogue.dn(5).description)]),
            Modification(.delete, "member", [Value(Catalogue.dn(0).description)]),
          ]))
    }
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.appliedAlready, .applied, .applied, .applied, .applied], "\(outcomes)")
    #expect(try await target.held().roles.map(\.person.text) == ["SE2321000016-P4", "SE2321000016-P5"])
  }

  @Test func `that somebody deletes are made again for who gains, and are lost already for who loses`()
    async throws
  {
    let bench = try await TargetBench(persons: 3)
    try await bench.make("hsasync-lasare", [Catalogue.dn(0), Catalogue.dn(1)])
    let target = try bench.groupTarget()
    let held = try await target.held()
    let changes = [
      TargetBench.loss(held.roles[0], at: target), try await bench.gain("hsasync-lasare", 2, at: target),
    ]
    let catalogue = bench.catalogue
    bench.journal.onIntent {
      try await catalogue.change(.delete(TargetBench.groupDN("hsasync-lasare")))
    }
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.appliedAlready, .applied], "\(outcomes)")
    #expect(try await target.held().roles.map(\.person.text) == ["SE2321000016-P2"])
  }

  @Test func `follow a person who was renamed meanwhile, whether or not the server does`() async throws {
    let bench = try await TargetBench(persons: 2)
    try await bench.make("hsasync-lasare", [Catalogue.dn(0), Catalogue.dn(1)])
    let target = try bench.groupTarget()
    let held = try await target.held()
    let gains = [
      try await bench.gain("hsasync-skrivare", 0, at: target),
      try await bench.gain("hsasync-skrivare", 1, at: target),
    ]
    for number in 0..<2 {
      try await bench.catalogue.change(
        .rename(
          Catalogue.dn(number), newRDN: RelativeDistinguishedName("cn", Value("Ny \(number)")),
          deleteOldRDN: true, newSuperior: nil))
    }
    let unit = try DistinguishedName(parsing: Catalogue.unit)
    // For the first the server, or somebody, has put the new name in place of the old.
    try await bench.catalogue.change(
      .modify(
        TargetBench.groupDN("hsasync-lasare"),
        [
          Modification(.delete, "member", [Value(Catalogue.dn(0).description)]),
          Modification(.add, "member", [Value(unit.child(.init("cn", "Ny 0")).description)]),
        ]))
    let outcomes = await target.push(
      held.roles.map { TargetBench.loss($0, at: target) } + gains, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == Array(repeating: .applied, count: 4), "\(outcomes)")
    #expect(try await bench.group("hsasync-lasare") == nil)
    let members = try #require(try await bench.group("hsasync-skrivare"))["member"].compactMap(\.text)
    let names = try members.map { try DistinguishedName(parsing: $0).rdns[0] }
    #expect(Set(names) == [.init("cn", "Ny 0"), .init("cn", "Ny 1")])
  }

  @Test func `are not taken from whoever has got the name of somebody else`() async throws {
    let bench = try await TargetBench(persons: 2)
    try await bench.make("hsasync-lasare", [Catalogue.dn(0), Catalogue.dn(1)])
    let target = try bench.groupTarget()
    let held = try await target.held()
    // One is renamed and another gets the name, and the server follows both in the group.
    for (number, name) in [(0, "Ny"), (1, "Person 0")] {
      try await bench.catalogue.change(
        .rename(
          Catalogue.dn(number), newRDN: RelativeDistinguishedName("cn", Value(name)), deleteOldRDN: true,
          newSuperior: nil))
    }
    let unit = try DistinguishedName(parsing: Catalogue.unit)
    let members = [unit.child(.init("cn", "Ny")), try Catalogue.dn(0)].map { Value($0.description) }
    try await bench.catalogue.change(
      .modify(TargetBench.groupDN("hsasync-lasare"), [Modification(.replace, "member", members)]))
    let outcomes = await target.push(
      [TargetBench.loss(held.roles[0], at: target)], from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied])
    #expect(try await target.held().roles.map(\.person.text) == ["SE2321000016-P1"])
  }

  @Test func `are not given to whoever has got the name of somebody else`() async throws {
    let bench = try await TargetBench(persons: 2)
    let target = try bench.groupTarget()
    let changes = [
      try await bench.gain("hsasync-lasare", 0, at: target),
      try await bench.gain("hsasync-lasare", 1, at: target),
    ]
    try await bench.catalogue.change(.delete(Catalogue.dn(0)))
    try await bench.catalogue.change(
      .rename(
        Catalogue.dn(1), newRDN: RelativeDistinguishedName("cn", "Person 0"), deleteOldRDN: true,
        newSuperior: nil))
    try await bench.catalogue.change(
      .modify(Catalogue.dn(0), [Modification(.replace, "hsaIdentity", ["SE2321000016-X"])]))
    let outcomes = await target.push(changes, from: try await target.held(), journal: bench.journal)
    #expect(outcomes == [RoleOutcome(.stale, "gone"), RoleOutcome(.stale, "changed")])
    #expect(try await bench.group("hsasync-lasare") == nil)
    #expect(bench.journal.intended.isEmpty)
  }

  @Test func `lose members that are nobody any longer`() async throws {
    let bench = try await TargetBench(persons: 2)
    try await bench.make("hsasync-lasare", [Catalogue.dn(0), Catalogue.dn(1)])
    try await bench.catalogue.change(.delete(Catalogue.dn(1)))
    let target = try bench.groupTarget()
    let held = try await target.held()
    let nobody = try #require(held.roles.first { $0.person.text.hasPrefix("dn ") })
    let outcomes = await target.push(
      [TargetBench.loss(nobody, at: target)], from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied])
    #expect(try await target.held().roles.map(\.person.text) == ["SE2321000016-P0"])
  }

  @Test func `that are there already need no write, and those that are not ours get none`() async throws {
    let bench = try await TargetBench(persons: 2)
    try await bench.make("HSASYNC-Lasare", [Catalogue.dn(0)])
    try await bench.make("egna", [Catalogue.dn(0)])
    let target = try bench.groupTarget()
    let person = try await bench.catalogue.person(0)
    let foreign = HeldRole(
      person: HSAIdentity("SE2321000016-P0"), value: "egna", holder: person.dn.description,
      entryUUID: person.text("entryUUID"))
    let never = HeldRole(
      person: HSAIdentity("SE2321000016-P1"), value: "hsasync-lasare",
      holder: try Catalogue.dn(1).description,
      entryUUID: try await bench.catalogue.person(1).text("entryUUID"))
    let outcomes = await target.push(
      [
        try await bench.gain("hsasync-lasare", 0, at: target), TargetBench.loss(never, at: target),
        TargetBench.loss(foreign, at: target),
      ], from: try await target.held(), journal: bench.journal)
    // The gain waits for its person's loss, which is not ours to make.
    #expect(outcomes.verdicts == [.notSent, .appliedAlready, .refused])
    let again = await target.push(
      [try await bench.gain("hsasync-lasare", 0, at: target)], from: try await target.held(),
      journal: bench.journal)
    #expect(again.verdicts == [.appliedAlready])
    #expect(try await bench.writes().isEmpty && bench.journal.intended.isEmpty)
    #expect(try await bench.group("egna")?["member"].count == 1)
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["loss", "gain", "last", "first"])
  func `whose answer is lost are changed once`(what: String) async throws {
    var options = Slapd.Options()
    options.listensOnTCP = true
    let bench = try await TargetBench(persons: 4, options: options)
    if what != "first" { try await bench.make("hsasync-lasare", try (0..<2).map(Catalogue.dn)) }
    let proxy = try Proxy(toURL: bench.catalogue.slapd.ldap ?? "")
    let target = try bench.groupTarget(url: "ldap://127.0.0.1:\(proxy.port)") {
      if case .reconnecting = $0 { proxy.set() }
    }
    let held = try await target.held()
    var changes: [RoleChange] = []
    switch what {
    case "loss": changes = [TargetBench.loss(held.roles[0], at: target)]
    case "last": changes = held.roles.map { TargetBench.loss($0, at: target) }
    default:
      for number in 2..<4 { changes.append(try await bench.gain("hsasync-lasare", number, at: target)) }
    }
    bench.journal.onIntent { proxy.set(down: .init(cutAfter: 0)) }
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes.allSatisfy { $0.verdict == .applied }, "\(outcomes)")
    #expect(try await bench.writes().count == 1)
    let count = ["loss": 1, "gain": 4, "last": 0, "first": 2][what]
    #expect(try await target.held().roles.count == count)
  }

  @Test func `need a class that fits, and say what does not`() async throws {
    let bench = try await TargetBench(persons: 1)
    let targets: [(GroupTarget, String)] = [
      (try bench.groupTarget(objectClass: "noSuchClass"), "no class"),
      (try bench.groupTarget(member: "uniqueMember"), "no members"),
      (try bench.groupTarget(empty: .keep), "without members"),
      (try bench.groupTarget(objectClass: "organizationalRole", member: "roleOccupant"), ""),
      (try bench.groupTarget(objectClass: "inetOrgPerson", member: "manager"), "demands more"),
    ]
    for (target, reason) in targets where !reason.isEmpty {
      let fault = await #expect(throws: RoleTargetFault.self) { try await target.held() }
      #expect(fault?.code == .unsuitable && fault?.description.contains(reason) == true, "\(fault as Any)")
    }
    #expect(try await targets[3].0.held().roles.isEmpty)
  }

  @Test func `under a base that is not there cannot be read`() async throws {
    let bench = try await TargetBench(persons: 1)
    try await bench.catalogue.change(.delete(try DistinguishedName(parsing: TargetBench.roles)))
    let target = try bench.groupTarget()
    let fault = await #expect(throws: RoleTargetFault.self) { try await target.held() }
    #expect(fault?.code == .unsuitable && fault?.description.contains("base") == true, "\(fault as Any)")
  }
}
