import Directory
import Foundation
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

/// What a target tells of some is what it tells of all, of them.
func expectSame(
  _ target: any RoleTarget, as all: HeldRoles, of persons: Set<HSAIdentity>,
  _ location: SourceLocation = #_sourceLocation
) async throws {
  let some = try await target.held(of: persons)
  #expect(some.roles == all.only(persons).roles, sourceLocation: location)
  #expect(some.persons == persons, sourceLocation: location)
}

extension TargetBench {
  static func person(_ number: Int) -> HSAIdentity { HSAIdentity("SE2321000016-P\(number)") }
}

@Suite struct `What a target in the directory tells of some persons` {
  @Test func `is what it tells of all, as values of the person`() async throws {
    let bench = try await TargetBench(persons: 70)
    for number in 0..<70 where number % 3 > 0 {
      try await bench.set(["NPÖ;Läsare", "Egen"] + (number % 2 == 0 ? ["NPÖ;Skrivare"] : []), number)
    }
    let target = try bench.attributeTarget()
    let all = try await target.held()
    // One who is known by an entry is found by it, and told of by the HSA-id that it has.
    let entry = HSAIdentity.entry(try #require(try await bench.catalogue.person(4).text("entryUUID")))
    try await expectSame(target, as: all, of: [TargetBench.person(1)])
    try await expectSame(
      target, as: all, of: [TargetBench.person(0), TargetBench.person(4), HSAIdentity("x")])
    try await expectSame(target, as: all, of: [entry, HSAIdentity("se2321000016-p2")])
    try await expectSame(target, as: all, of: Set((0..<70).map(TargetBench.person)))
    try await expectSame(target, as: all, of: [])
  }

  @Test func `is what it tells of all, as groups`() async throws {
    let bench = try await TargetBench(persons: 60)
    try await bench.make("hsasync-lasare", try (0..<60).map(Catalogue.dn))
    try await bench.make("hsasync-skrivare", [Catalogue.dn(3), Catalogue.dn(7)])
    try await bench.make("egna", [Catalogue.dn(3)])
    let gone = try DistinguishedName(parsing: "cn=Borta,\(Catalogue.unit)")
    try await bench.make("hsasync-borta", [gone])
    let target = try bench.groupTarget()
    let all = try await target.held()
    let nobody = try #require(all.roles.first { $0.value == "hsasync-borta" }).person
    try await expectSame(target, as: all, of: [TargetBench.person(3)])
    try await expectSame(target, as: all, of: [TargetBench.person(7), HSAIdentity("x")])
    try await expectSame(target, as: all, of: [TargetBench.person(4), TargetBench.person(8)])
    try await expectSame(target, as: all, of: [nobody, TargetBench.person(4)])
    try await expectSame(target, as: all, of: Set((0..<60).map(TargetBench.person)))
    #expect(try await target.held(of: [TargetBench.person(3)]).foreign == 1)
  }

  @Test func `has what is held under a name that an entry had, and nothing of who has it now`() async throws {
    let bench = try await TargetBench(persons: 3)
    try await bench.make("hsasync-lasare", [Catalogue.dn(0), Catalogue.dn(1)])
    let (first, second) = (try Catalogue.dn(0), try Catalogue.dn(1))
    let new = RelativeDistinguishedName("cn", "Ny")
    try await bench.catalogue.change(.rename(first, newRDN: new, deleteOldRDN: false, newSuperior: nil))
    let target = try bench.groupTarget()
    let held = try await target.held(of: [TargetBench.person(0)], named: [first, second])
    let all = try await target.held()
    let stranger = try #require(all.roles.first { $0.person.text.hasPrefix("dn ") })
    #expect(held.roles == [stranger] && held.persons == [TargetBench.person(0), stranger.person])
    #expect(held.tells(of: stranger.person) && !held.tells(of: TargetBench.person(1)))
  }
}

@Suite struct `A target in the directory` {
  /// A target through a proxy, and how often it was connected to.
  private struct Counted {
    let bench: TargetBench
    let proxy: Proxy
    let openings = Openings()
    final class Openings: Sendable {
      private let state = Mutex(0)
      var count: Int { state.withLock { $0 } }
      func note() { state.withLock { $0 += 1 } }
    }

    init() async throws {
      var options = Slapd.Options()
      options.listensOnTCP = true
      bench = try await TargetBench(persons: 3, options: options)
      proxy = try Proxy(toURL: try #require(bench.catalogue.slapd.ldap))
    }

    private var applier: Applier {
      get throws {
        let inner = try bench.catalogue.applier(
          url: "ldap://127.0.0.1:\(proxy.port)", patience: .seconds(60))
        return Applier(profile: inner.profile, settings: inner.settings, logger: inner.logger) { [openings] in
          openings.note()
          return try await inner.open()
        }
      }
    }

    func attribute() throws -> AttributeTarget {
      let applier = try applier
      return AttributeTarget(
        AttributeSettings(attribute: "hsaSystemRole"),
        form: RoleTargetForm(name: "ek", owns: TargetBench.ours),
        base: try TargetBench.base(), profile: bench.catalogue.profile, applier: applier, open: applier.open)
    }

    func groups() throws -> GroupTarget {
      let applier = try applier
      let form = RoleTargetForm(name: "grupper", owns: [RolePattern("hsasync-*")])
      return GroupTarget(
        GroupSettings(base: try DistinguishedName(parsing: TargetBench.roles)), form: form,
        base: try TargetBench.base(), profile: bench.catalogue.profile, applier: applier, open: applier.open)
    }
  }

  private func push(_ value: String, _ number: Int, _ target: any RoleTarget, _ bench: TargetBench)
    async throws
  {
    let person = TargetBench.person(number)
    var held = try await target.held(of: [person])
    let gain = try await bench.gain(value, number, at: target)
    #expect(await target.push([gain], from: held, journal: bench.journal).verdicts == [.applied])
    held = try await target.held(of: [person])
    #expect(held.roles.map(\.value) == [value])
    let losses = held.roles.map { TargetBench.loss($0, at: target) }
    #expect(await target.push(losses, from: held, journal: bench.journal).verdicts == [.applied])
  }

  @Test func `is bound to once, however much is pushed`() async throws {
    let counted = try await Counted()
    let (attribute, groups) = (try counted.attribute(), try counted.groups())
    _ = try await attribute.held()
    for number in 0..<3 { try await push("NPÖ;Läsare", number, attribute, counted.bench) }
    #expect(counted.openings.count == 1)
    for number in 0..<3 { try await push("hsasync-lasare", number, groups, counted.bench) }
    #expect(counted.openings.count == 2)
    await attribute.close()
    try await push("NPÖ;Läsare", 1, attribute, counted.bench)
    #expect(counted.openings.count == 3)
  }

  @Test func `that has ended a connection gets another one, and nothing fails`() async throws {
    let counted = try await Counted()
    let (attribute, groups) = (try counted.attribute(), try counted.groups())
    for _ in 0..<3 {
      try await push("NPÖ;Läsare", 0, attribute, counted.bench)
      try await push("hsasync-lasare", 0, groups, counted.bench)
      counted.proxy.cut()
    }
    // Between reading and pushing as well.
    let held = try await attribute.held(of: [TargetBench.person(1)])
    let gain = try await counted.bench.gain("NPÖ;Läsare", 1, at: attribute)
    counted.proxy.cut()
    #expect(await attribute.push([gain], from: held, journal: counted.bench.journal).allSatisfy(\.isApplied))
    #expect(try await counted.bench.roles(1) == ["NPÖ;Läsare"])
  }
}

@Suite struct `What a file of roles tells of some persons` {
  private static func assignment(_ role: String, _ number: Int) -> Assignment {
    var assignment = Assignment(
      person: HSAIdentity("SE1-\(number)"), role: role, rule: "r",
      position: SourcePosition(file: "r.yaml", line: 1))
    assignment.commission = HSAIdentity("SE1-C\(number)")
    return assignment
  }

  private static func change(_ direction: RoleChange.Direction, _ role: String, _ number: Int) -> RoleChange {
    let assignment = assignment(role, number)
    let form = RoleTargetForm(name: "fil", owns: [RolePattern("NPÖ;*")], style: .record)
    return RoleChange(
      target: "fil", direction, person: assignment.person, role: role,
      value: form.value(of: assignment) ?? role,
      assignments: [assignment])
  }

  private static func target(_ path: String) -> FileTarget {
    FileTarget(
      path: path, form: RoleTargetForm(name: "fil", owns: [RolePattern("NPÖ;*")], style: .record), rules: "r1"
    )
  }

  @Test func `is what it tells of all, also after each change of some lines`() async throws {
    let folder = try TemporaryFolder()
    let (target, journal) = (Self.target(folder.path("roles")), RecordingRoleJournal())
    try await expectSame(target, as: try await target.held(), of: [HSAIdentity("SE1-1")])
    var generator = SeededGenerator(seed: 9)
    let first = (0..<300).map { Self.change(.gain, "NPÖ;\($0 % 7)", $0 % 100) }
    #expect(
      await target.push(first, from: try await target.held(), journal: journal).allSatisfy(\.isApplied))
    for _ in 0..<60 {
      let changes = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        Self.change(
          Bool.random(using: &generator) ? .gain : .loss, "NPÖ;\(Int.random(in: 0...8, using: &generator))",
          Int.random(in: 0..<130, using: &generator))
      }
      let persons = Set(changes.map(\.person))
      let held = try await target.held(of: persons)
      #expect(await target.push(changes, from: held, journal: journal).allSatisfy(\.isApplied))
      // One that has read nothing before reads and proves the whole file.
      let all = try await Self.target(folder.path("roles")).held()
      try await expectSame(target, as: all, of: persons)
      try await expectSame(
        target, as: all,
        of: Set((0..<5).map { _ in HSAIdentity("SE1-\(Int.random(in: 0..<130, using: &generator))") }))
    }
  }

  @Test func `is read anew when somebody has written it, and refused when that has broken it`() async throws {
    let folder = try TemporaryFolder()
    let (target, other) = (Self.target(folder.path("roles")), Self.target(folder.path("roles")))
    let journal = RecordingRoleJournal()
    let person = HSAIdentity("SE1-1")
    _ = await target.push(
      [Self.change(.gain, "NPÖ;1", 1)], from: HeldRoles(target: "fil"), journal: journal)
    #expect(try await target.held(of: [person]).roles.count == 1)
    _ = await other.push([Self.change(.gain, "NPÖ;2", 1)], from: HeldRoles(target: "fil"), journal: journal)
    #expect(try await target.held(of: [person]).roles.count == 2)
    let text = folder.text("roles")
    try folder.write("roles", text.replacing("NPÖ;2", with: "NPÖ;3"))
    let fault = await #expect(throws: RoleTargetFault.self) { try await target.held(of: [person]) }
    #expect(fault?.code == .malformed)
    let outcomes = await target.push(
      [Self.change(.gain, "NPÖ;4", 1)], from: HeldRoles(target: "fil"), journal: journal)
    #expect(outcomes.verdicts == [.failed])
    try FileManager.default.removeItem(atPath: folder.path("roles"))
    #expect(try await target.held(of: [person]).roles.isEmpty)
  }
}

@Suite struct `What a SCIM target tells of some persons` {
  private func front(_ adjust: (inout SCIMFront.Options) -> Void = { _ in }) async throws -> SCIMFront {
    var options = SCIMFront.Options()
    options.users = (1...30).map { SCIMFixture.user($0, $0 % 3 == 0 ? ["NPÖ;A", "annans"] : ["NPÖ;B"]) }
    options.users.append(SCIMFixture.user(1, ["NPÖ;C"], id: "twin"))
    options.users.append(
      #"{"id":"odd","externalId":"19121212-1212","userName":"odd","roles":[{"value":"NPÖ;A"}]}"#)
    func group(_ id: String, _ name: String, _ members: [String]) -> String {
      let members = members.map { #"{"value":"\#($0)"}"# }.joined(separator: ",")
      return #"{"id":"\#(id)","displayName":"\#(name)","members":[\#(members)]}"#
    }
    options.groups = [
      group("g1", "NPÖ;A", (1...30).map { "u\($0)" }), group("g2", "NPÖ;B", ["u2", "twin", "odd", "gone"]),
      group("g3", "annans", ["u2"]),
    ]
    adjust(&options)
    return try await SCIMFront(options)
  }

  private static let some: [Set<HSAIdentity>] = [
    [SCIMFixture.person(1)], [SCIMFixture.person(2), SCIMFixture.person(99)],
    [HSAIdentity("id odd"), SCIMFixture.person(3)], [HSAIdentity("id gone")], [],
    Set((1...25).map(SCIMFixture.person)),
  ]

  @Test(arguments: SCIMSettings.Place.allCases)
  func `is what it tells of all, and only they are asked for`(place: SCIMSettings.Place) async throws {
    let front = try await front()
    let fixture = try SCIMFixture(front) { settings in
      settings.place = place
      settings.page = 7
    }
    let all = try await fixture.target.held()
    for persons in Self.some { try await expectSame(fixture.target, as: all, of: persons) }
    let before = front.requests.count
    for persons in Self.some { try await expectSame(fixture.target, as: all, of: persons) }
    let lists = front.requests[before...]
    // Where nothing is held, nothing has shown yet that filters hold.
    #expect(!lists.isEmpty && (place == .entitlements) == all.roles.isEmpty)
    #expect(all.roles.isEmpty || lists.allSatisfy { $0.path.contains("filter=") })
  }

  @Test(arguments: SCIMSettings.Place.allCases)
  func `is read from all where filters are ignored or refused`(place: SCIMSettings.Place) async throws {
    let front = try await front { $0.ignoresFilters = true }
    let fixture = try SCIMFixture(front) { $0.place = place }
    let all = try await fixture.target.held()
    for persons in Self.some { try await expectSame(fixture.target, as: all, of: persons) }
    try front.set(faults: #"[{"path":"filter=","do":"answer","status":400}]"#)
    for persons in Self.some { try await expectSame(fixture.target, as: all, of: persons) }
  }

  @Test func `is not believed when the filter shows less than there is`() async throws {
    let front = try await front()
    let fixture = try SCIMFixture(front)
    let none = #"{\"totalResults\":0,\"Resources\":[]}"#
    try front.set(faults: #"[{"path":"filter=","do":"answer","status":200,"text":"\#(none)"}]"#)
    let all = try await fixture.target.held()
    for _ in 0..<2 { try await expectSame(fixture.target, as: all, of: [SCIMFixture.person(1)]) }
  }
}

@Suite(
  .enabled("scim2-server cannot be installed: python3 with venv, and PyPI, are needed") {
    await SCIMServer.isAvailable
  })
struct `What a SCIM server tells of some persons` {
  @Test(.timeLimit(.minutes(10)), arguments: SCIMSettings.Place.allCases)
  func `is what it tells of all`(place: SCIMSettings.Place) async throws {
    let server = try await SCIMServer()
    var options = SCIMFront.Options()
    options.backend = server.port
    let front = try await SCIMFront(options)
    let fixture = try SCIMFixture(front, token: server.token) { settings in
      settings.place = place
      settings.createsUsers = true
    }
    let gains = (1...12).flatMap { number in
      ["NPÖ;A", "NPÖ;B", "NPÖ;C"].prefix(number % 3 + 1).map { SCIMFixture.gain(number, $0) }
    }
    #expect(await fixture.push(gains).allSatisfy(\.isApplied))
    let all = try await fixture.target.held()
    for _ in 0..<2 {
      try await expectSame(fixture.target, as: all, of: [SCIMFixture.person(2), SCIMFixture.person(99)])
      try await expectSame(fixture.target, as: all, of: Set((1...12).map(SCIMFixture.person)))
    }
    #expect(front.requests.last?.path.contains("filter=") == true)
  }
}
