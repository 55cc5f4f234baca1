import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

/// Roles at a server that has no assertion control (RFC 4528): `make test-389ds`.
@Suite(
  .enabled("389 Directory Server is tested by make test-389ds") {
    ProcessInfo.processInfo.environment["HSASYNC_TEST_389DS"] == "1" && DirectoryServer389.isInstalled
  })
struct `Roles in a 389 Directory Server` {
  private struct Bench {
    let server: DirectoryServer389
    let root: LDAPConnection
    let applier: Applier
    let profile: Profile
    let people: [Entry]
    let journal = RecordingRoleJournal()

    init() async throws {
      let server = try await DirectoryServer389(
        .text(
          String(decoding: try Repository.bytes("conf/slapd/base.ldif"), as: UTF8.self) + "\n"
            + Catalogue.content(3)))
      self.server = server
      root = try await server.connection(server.root)
      profile = try Catalogue.profile()
      applier = Applier(profile: profile, logger: `389 Directory Server`.logger) {
        try await server.connection()
      }
      var people: [Entry] = []
      for number in 0..<3 {
        people.append(
          try #require(
            try await root.entry(Catalogue.dn(number), attributes: ["hsaIdentity", "entryUUID"])))
      }
      self.people = people
    }

    func attributeTarget() throws -> AttributeTarget {
      AttributeTarget(
        AttributeSettings(attribute: "hsaSystemRole"),
        form: RoleTargetForm(name: "ek", owns: TargetBench.ours),
        base: try TargetBench.base(), profile: profile, applier: applier, open: applier.open)
    }

    func groupTarget(_ empty: GroupSettings.Empty) throws -> GroupTarget {
      var settings = GroupSettings(base: try DistinguishedName(parsing: TargetBench.roles))
      settings.empty = empty
      return GroupTarget(
        settings, form: RoleTargetForm(name: "grupper", owns: [RolePattern("hsasync-*")]),
        base: try TargetBench.base(), profile: profile, applier: applier, open: applier.open)
    }
  }

  @Test(.timeLimit(.minutes(10))) func `come and go value by value`() async throws {
    let bench = try await Bench()
    let values: [Value] = ["NPÖ;Läsare", "SIA;Akut  Mottagning"]
    for number in 0..<2 {
      _ = try await bench.root.perform(
        .modify(Catalogue.dn(number), [Modification(.add, "hsaSystemRole", values)]))
    }
    let target = try bench.attributeTarget()
    let held = try await target.held()
    #expect(held.roles.map(\.value) == ["NPÖ;Läsare", "NPÖ;Läsare"] && held.foreign == 2)
    try await expectSame(target, as: held, of: [TargetBench.person(1), TargetBench.person(2)])
    // One role is taken meanwhile by somebody else.
    _ = try await bench.root.perform(
      .modify(Catalogue.dn(1), [Modification(.delete, "hsaSystemRole", ["NPÖ;Läsare"])]))
    let gain = TargetBench.gain("Vaccinera;Vaccinatör", bench.people[0], at: target)
    let outcomes = await target.push(
      held.roles.map { TargetBench.loss($0, at: target) } + [gain, gain], from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied, .appliedAlready, .applied, .appliedAlready], "\(outcomes)")
    let entry = try await bench.root.entry(Catalogue.dn(0), attributes: ["hsaSystemRole"])
    #expect(Set(entry?["hsaSystemRole"] ?? []) == ["Vaccinera;Vaccinatör", "SIA;Akut  Mottagning"])
  }

  @Test(.timeLimit(.minutes(10))) func `are groups that keep a stand-in, for none can be deleted`()
    async throws
  {
    let bench = try await Bench()
    let fault = await #expect(throws: RoleTargetFault.self) { try await bench.groupTarget(.delete).held() }
    #expect(fault?.code == .unsuitable && fault?.description.contains("stand-in") == true)
    let target = try bench.groupTarget(.standIn(DistinguishedName(parsing: Slapd.agentDN)))
    let gains = bench.people.map { TargetBench.gain("hsasync-lasare", $0, at: target) }
    var outcomes = await target.push(gains, from: try await target.held(), journal: bench.journal)
    #expect(outcomes.verdicts == [.applied, .applied, .applied], "\(outcomes)")
    let held = try await target.held()
    #expect(held.roles.map(\.person.text) == (0..<3).map { "SE2321000016-P\($0)" })
    try await expectSame(target, as: held, of: [TargetBench.person(1), TargetBench.person(9)])
    outcomes = await target.push(
      held.roles.map { TargetBench.loss($0, at: target) }, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied, .applied, .applied], "\(outcomes)")
    #expect(try await target.held().roles.isEmpty)
  }
}
