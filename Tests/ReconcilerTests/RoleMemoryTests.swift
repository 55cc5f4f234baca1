import Directory
import Foundation
import GRDB
import LDAP
import TestKit
import Testing

@testable import Reconciler

private typealias Bench = RolePushBench

@Suite struct `What is overdue` {
  @Test func `is shown with its age since it was first tried, and vanishes when it is caught up`()
    async throws
  {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("NPÖ;Läsare")])
    target.state.withLock { $0.isDown = ScriptedTarget.away }
    let losses = [Bench.loss("NPÖ;Läsare")]
    _ = try await bench.push(losses, to: [target])
    bench.clock.advance(.seconds(3 * 3_600 + 12 * 60 + 59))
    let second = try await bench.push(losses, to: [target])
    let overdue = try #require(second.overdue.first)
    #expect(
      overdue.since == StoreFixture.now && overdue.lastTried == bench.clock.now && overdue.attempts == 2)
    #expect(
      OverdueText(overdue, at: bench.clock.now, language: .english).line
        == "overdue 3 h 12 min: NPÖ;Läsare of SE2321000016-31B0 at target a (unavailable)")
    #expect(
      OverdueText(overdue, at: bench.clock.now, language: .swedish).line
        == "försenad 3 tim 12 min: NPÖ;Läsare för SE2321000016-31B0 i målet a (unavailable)")
    #expect(overdue.json(at: bench.clock.now).text.contains("\"age\":11579"))

    target.state.withLock { $0.isDown = nil }
    let third = try await bench.push(losses, to: [target])
    #expect(third.overdue.isEmpty && third.exitCode == .done)
    let state = try #require(try bench.store.targetStates().first)
    #expect(state.fault == nil && state.failures == 0 && state.lastFailed != nil && state.lastRead != nil)
  }

  @Test func `vanishes when somebody else has taken it away, and when it is no longer to be lost`()
    async throws
  {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare"), Bench.held("Skrivare")]) { _, _ in
      .answer(.failed, "503")
    }
    let losses = [Bench.loss("Läsare"), Bench.loss("Skrivare")]
    #expect(try await bench.push(losses, to: [target]).overdue.count == 2)
    target.forget(Bench.held("Läsare"))
    // A part of the plan tells nothing of what others are to lose; what is held does.
    #expect(try await bench.push([], to: [target]).overdue.map(\.role) == ["Skrivare"])
    #expect(try await bench.push([], to: [target], wanted: losses).overdue.map(\.role) == ["Skrivare"])
    #expect(try await bench.push([], to: [target], wanted: []).overdue.isEmpty)
  }

  @Test func `is not forgotten while the target is away`() async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")])
    target.state.withLock { $0.isDown = ScriptedTarget.away }
    _ = try await bench.push([Bench.loss("Läsare")], to: [target])
    #expect(try await bench.push([], to: [target], wanted: []).overdue.count == 1)
  }

  @Test(arguments: [
    (0.0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h 0 min"),
    (86_399, "23 h 59 min"), (86_400, "1 d 0 h"), (-5, "0 s"), (.infinity, "11,574,074 d 1 h"),
  ])
  func `is told in its two largest units`(seconds: Double, text: String) {
    #expect(
      OverdueText.duration(seconds, .english).filter { !$0.isWhitespace && $0 != "," }
        == text.filter { !$0.isWhitespace && $0 != "," })
  }
}

@Suite struct `What is remembered of roles` {
  @Test func `is what was done in seven days, each person once, and no endings`() async throws {
    let bench = try Bench()
    let people = (0..<5).map { HSAIdentity("SE2321000016-P\($0)") }
    let targets = ["a", "b"].map { name in
      ScriptedTarget(name, holding: people.prefix(4).map { Bench.held("Läsare", by: $0) }) { change, _ in
        change.person == people[3] ? .answer(.refused, "400") : .take
      }
    }
    var changes = ["a", "b"].flatMap { target in
      people.prefix(4).map { Bench.loss("Läsare", of: $0, at: target) }
    }
    for index in changes.indices where changes[index].person == people[2] { changes[index].isEnding = true }
    changes.append(Bench.gain("SKRIVARE", of: people[4]))
    _ = try await bench.push(changes, to: targets)
    let hour = Date(timeIntervalSince1970: 1_800_000_000)
    let unit = HSAIdentity("SE2321000016-1B01")
    let wanted = [
      History.AppliedRoles(
        hour: hour, direction: .gain, role: "skrivare", unit: unit, provider: nil, count: 1),
      History.AppliedRoles(hour: hour, direction: .loss, role: "läsare", unit: unit, provider: nil, count: 2),
    ]
    let day = 86_400.0
    #expect(try bench.store.history(at: StoreFixture.now.addingTimeInterval(7 * day)).roles == wanted)
    #expect(try bench.store.history(at: StoreFixture.now.addingTimeInterval(7 * day + 1)).roles.isEmpty)
  }

  @Test func `counts what nobody knows as done`() async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")]) { _, _ in .drop }
    _ = try await bench.push([Bench.loss("Läsare")], to: [target])
    #expect(try bench.store.history(at: StoreFixture.now).roles.map(\.count) == [1])
  }

  @Test func `loses its values when they expire, and no more than these`() async throws {
    let bench = try Bench()
    var stranger = Bench.loss("Läsare", of: HSAIdentity("cn=Anna Berg,o=Region Exempel,c=SE"))
    stranger.cause = .unknownHolder
    let target = ScriptedTarget(
      "a", holding: [Bench.held("Läsare"), Bench.held("Läsare", by: stranger.person)])
    _ = try await bench.push([Bench.loss("Läsare"), stranger], to: [target])
    #expect(!bench.folder.text("store/audit/audit.ndjson").contains("Anna"))
    try bench.store.expire(before: StoreFixture.now)
    #expect(try bench.store.rolePushes(run: 1).allSatisfy { $0.value != nil })
    try bench.store.expire(before: StoreFixture.now.addingTimeInterval(1))
    let pushes = try bench.store.rolePushes(run: 1)
    #expect(pushes.map(\.value) == [nil, nil] && pushes.map(\.role) == ["Läsare", "Läsare"])
    #expect(pushes.map(\.person.text) == [Bench.anna.text, ""])
  }

  @Test func `is known by its first entry until another is adopted`() throws {
    let bench = try Bench()
    try bench.store.remember(known: [Bench.anna: "u1"], at: StoreFixture.now)
    try bench.store.remember(known: [Bench.anna: "u2", Bench.bo: "u3"], at: StoreFixture.now)
    #expect(try bench.store.history(at: StoreFixture.now).known == [Bench.anna: "u1", Bench.bo: "u3"])
    let books = Books(store: bench.store, audit: bench.audit)
    let adoption = Adoption(
      identity: Bench.anna, replaced: "u1", since: StoreFixture.now, entryUUID: "u2")
    try books.adopt(adoption, by: StoreFixture.actor, reason: "a new entry")
    #expect(try bench.store.history(at: StoreFixture.now).known[Bench.anna] == "u2")
    let log = bench.folder.text("store/audit/audit.ndjson")
    #expect(log.contains("\"event\":\"adopted\"") && log.contains("\"replacedEntryUUID\":\"u1\""))
    #expect(log.contains("\"entryUUID\":\"u2\"") && log.contains("\"hsaIdentity\":\"\(Bench.anna)\""))
  }

  @Test func `is added to a store of the version before`() throws {
    let fixture = try StoreFixture()
    try fixture.folder.folder("store")
    do {
      let pool = try DatabasePool(path: fixture.file)
      try StoreSchema.migrator.migrate(pool, upTo: "3 plans that wait, and their approvals")
      try pool.write { try $0.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)") }
    }
    let store = try fixture.open()
    #expect(try store.rebuilt == nil && store.overdue().isEmpty && store.targetStates().isEmpty)
  }

  @Test func `is not what a plan of entries is refused for`() async throws {
    let bench = try Bench()
    _ = try await bench.push([], to: [])
    #expect(try bench.store.run(1)?.exitCode == .done)
    #expect(try bench.store.appliedRun(ofDigest: "d1") == nil)
  }
}

@Suite struct `Adopting an entry` {
  private let slapd: Slapd
  private let run: Run
  private let books: Books
  private let person = HSAIdentity("SE2321000016-31B0")
  private static let twin = HSAIdentity("SE2321000016-TW1N")

  init() async throws {
    let twins = [1, 2].map { number in
      """
      dn: cn=Tvilling \(number),o=Region Exempel,c=SE
      objectClass: person
      objectClass: hsaPersonExtension
      cn: Tvilling \(number)
      sn: Tvilling
      fullName: Tvilling \(number)
      hsaIdentity: \(Self.twin)

      """
    }
    slapd = try await Slapd([.region, .text(twins.joined(separator: "\n"))])
    run = try Sample.run(slapd, Repository.path("conf/hsasync.yaml"))
    books = try Books.open(run.configuration, for: "adopt", by: StoreFixture.actor)
  }

  @Test func `knows it by what is there, once, and says what it was known by`() async throws {
    try books.store.remember(known: [person: "u1"], at: StoreFixture.now)
    let adoption = try await run.adopt(person, in: books, by: StoreFixture.actor)
    #expect(adoption.replaced == "u1" && adoption.entryUUID.count == 36)
    #expect(try books.store.known(person)?.entryUUID == adoption.entryUUID)
    let again = await #expect(throws: Refusal.self) {
      try await run.adopt(person, in: books, by: StoreFixture.actor)
    }
    #expect(again?.code == .nothingToAdopt && again?.exitCode == .usage)
    #expect(again?.message == "`SE2321000016-31B0` is known by the entry that is there")
  }

  @Test func `is refused for one who was never known, is nowhere, or is there twice`() async throws {
    let unknown = await #expect(throws: Refusal.self) {
      try await run.adoption(of: person, in: books.store)
    }
    #expect(unknown?.message.contains("has had no part in a role") == true)
    let gone = HSAIdentity("SE2321000016-GONE")
    try books.store.remember(known: [gone: "u1", Self.twin: "u2"], at: StoreFixture.now)
    let nowhere = await #expect(throws: Refusal.self) {
      try await run.adoption(of: gone, in: books.store)
    }
    #expect(nowhere?.message == "no entry under the base has the HSA-id `SE2321000016-GONE`")
    let twice = await #expect(throws: Refusal.self) {
      try await run.adoption(of: Self.twin, in: books.store)
    }
    #expect(twice?.message == "2 entries have the HSA-id `SE2321000016-TW1N`")
  }
}

@Suite struct `A run that pushed roles` {
  @Test func `is not undone, for its roles follow from entries and rules`() async throws {
    let sample = try await Sample()
    let books = try Books.open(sample.run.configuration, for: "undo", by: StoreFixture.actor)
    var plan = try StoreFixture.plan()
    let roles = RolePlan(rules: "r1", changes: [Bench.loss("Läsare")])
    plan.roles = roles
    let new = NewRun(.roles, of: plan, digest: "d1", by: StoreFixture.actor, at: StoreFixture.now)
    let run = try RoleRun.begin(new, of: roles, store: books.store, audit: books.audit)
    try await run.end(RolePushResult())
    let refusal = await #expect(throws: Refusal.self) {
      try await sample.run.undo(run.run.run, store: books.store, asOf: StoreFixture.now)
    }
    #expect(refusal?.code == .runOfRoles && refusal?.exitCode == .usage)
  }
}
