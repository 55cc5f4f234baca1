import Directory
import Foundation
import GRDB
import LDAP
import TestKit
import Testing

@testable import Reconciler

/// A catalogue with a store and an audit log, and a run that is about to be.
private struct Journalled {
  let catalogue: Catalogue
  let store: Store
  let audit: AuditLog
  static let actor = StoreFixture.actor

  init(persons: Int) async throws {
    catalogue = try await Catalogue(persons: persons)
    store = try Store.open(catalogue.slapd.folder.path("store"))
    audit = try AuditLog.open(folder: catalogue.slapd.folder.path("store/audit"))
  }

  func begin(_ plan: Plan, at time: Date = StoreFixture.now) throws -> Journal {
    let run = NewRun(of: plan, digest: "d1", by: Self.actor, at: time)
    return try Journal.begin(run, of: plan, store: store, audit: audit) { time }
  }

  func apply(_ plan: Plan, progress: @escaping ProgressReport = { _ in }) async throws -> ApplyResult {
    let journal = try begin(plan)
    let result = try await catalogue.applier(progress: progress).apply(plan, journal: journal)
    try await journal.end(result)
    return result
  }

  func recover() async throws -> Recovery.Report {
    let slapd = catalogue.slapd
    return try await Recovery(store: store, audit: audit, by: Self.actor) { try await slapd.connection() }
      .settle(at: StoreFixture.now.addingTimeInterval(60))
  }

  /// The audit log's events with their run's and change's numbers, in order.
  func events() throws -> [String] {
    let folder = catalogue.slapd.folder.path("store/audit")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".ndjson") }
    return try files.sorted().flatMap {
      try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8).split(separator: "\n")
    }
    .map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      return ["event", "change", "outcome"].compactMap { object[$0].map { "\($0)" } }.joined(separator: " ")
    }
  }
}

@Suite struct `The journal` {
  @Test func `has every operation with its change, its outcome and what is gone for good`() async throws {
    let journalled = try await Journalled(persons: 3)
    let catalogue = journalled.catalogue
    try await catalogue.change(
      .modify(Catalogue.dn(1), [Modification(.add, "cardNumber", ["7"])]), as: catalogue.slapd.siths)
    var made = HandMade()
    made.update(try await catalogue.person(0), "title", to: "Läkare")
    made.delete(try await catalogue.person(1))
    made.createPerson(9, in: try DistinguishedName(parsing: Catalogue.unit))
    made.update(try await catalogue.person(2), "cardNumber", to: "9")
    let plan = made.plan
    let result = try await journalled.apply(plan)
    #expect(result.exitCode == .someFailed)

    let operations = try journalled.store.operations(run: 1)
    #expect(operations.map(\.number) == [0, 1, 2, 3])
    #expect(operations.map { $0.change?.json } == plan.changes.map(\.json))
    #expect(operations.map(\.verdict) == [.applied, .applied, .applied, .failed(.insufficientAccessRights)])
    #expect(operations.allSatisfy { $0.intended == StoreFixture.now && $0.settled == StoreFixture.now })
    let person = try await catalogue.person(0)
    #expect(
      operations[0].entryUUID == person.text("entryUUID") && operations[0].entryCSN == person.text("entryCSN")
    )
    let created = try await catalogue.person(9)
    #expect(operations[2].entryUUID == created.text("entryUUID") && operations[2].entryUUID != nil)
    let before = try #require(operations[1].before)
    #expect(before["title"] == ["Sjuksköterska"] && before.text("entryUUID") == operations[1].entryUUID)
    #expect(!before["createTimestamp"].isEmpty && !before["structuralObjectClass"].isEmpty)
    // What the agent may not read it cannot keep.
    #expect(before["cardNumber"].isEmpty)
    #expect(operations[0].before == nil && operations[0].attributes == ["title"])

    let run = try #require(try journalled.store.run(1))
    #expect(
      run.exitCode == .someFailed && run.counts.applied == 3 && run.counts.failed == 1 && run.changes == 4)
    let entry = try journalled.store.operations(of: HSAIdentity("se2321000016-p0"), limit: 5)
    #expect(entry.map(\.number) == [0])
  }

  @Test func `is in the audit log too: each write before its outcome, in one run`() async throws {
    let journalled = try await Journalled(persons: 2)
    var made = HandMade()
    made.update(try await journalled.catalogue.person(0), "title", to: "Läkare")
    made.update(try await journalled.catalogue.person(1), "title", to: "Läkare")
    _ = try await journalled.apply(made.plan)
    let events = try journalled.events()
    #expect(events.first == "applyBegun" && events.last == "applyEnded", "\(events)")
    #expect(Array(events[1...2]) == ["write 1", "write 2"])
    #expect(Set(events[3...4]) == ["outcome 1 applied", "outcome 2 applied"])
  }

  @Test func `that cannot be written lets nothing be sent`() async throws {
    let journalled = try await Journalled(persons: 2)
    var made = HandMade()
    made.update(
      try await journalled.catalogue.person(0), "title", to: String(repeating: "L", count: 20_000).value)
    let journal = try journalled.begin(made.plan)
    try journalled.store.fill()
    let applier = try journalled.catalogue.applier()
    let plan = made.plan
    let refusal = await #expect(throws: Refusal.self) { try await applier.apply(plan, journal: journal) }
    #expect(refusal?.code == .storeUnavailable && refusal?.exitCode == .tryAgain)
    #expect(refusal?.message.contains("full") == true)
    #expect(try await journalled.catalogue.writes("modify", at: Catalogue.dn(0)) == 0)
  }

  @Test func `that cannot be written any more stops what has not been sent, and what was sent is settled`()
    async throws
  {
    let journalled = try await Journalled(persons: 400)
    var made = HandMade()
    for number in 0..<400 {
      made.update(try await journalled.catalogue.person(number), "title", to: "Läkare")
    }
    let (store, plan) = (journalled.store, made.plan)
    let journal = try journalled.begin(plan)
    let applier = try journalled.catalogue.applier { progress in
      if case .applied(_, done: 40, of: _) = progress { try? store.fill() }
    }
    let result = try await applier.apply(plan, journal: journal)
    #expect(result.stop == .journalUnavailable && result.exitCode == .tryAgain)
    let applied = result.count { $0 == .applied }
    #expect(applied >= 40 && applied <= 256 && result.count { $0 == .notSent } == 400 - applied)
    for outcome in result.outcomes {
      let title = try await journalled.catalogue.person(outcome.change)["title"]
      #expect(title == [outcome.isApplied ? "Läkare" : "Sjuksköterska"])
    }
    // With room again, the next run learns from the directory what this one could not write down.
    try store.empty()
    let report = try await journalled.recover()
    #expect(report.runs == [1] && report.count(.applied) + report.count(.notSent) == report.items.count)
    let operations = try store.operations(run: 1)
    #expect(operations.count { $0.verdict == .applied } == applied)
    #expect(operations.allSatisfy { $0.verdict == .applied || $0.verdict == .notSent })
  }

  @Test func `forgets the values when they have expired, and no more than these`() async throws {
    let journalled = try await Journalled(persons: 1)
    var made = HandMade()
    made.update(try await journalled.catalogue.person(0), "title", to: "Läkare")
    _ = try await journalled.apply(made.plan)
    try journalled.store.expire(before: StoreFixture.now)
    #expect(try journalled.store.operations(run: 1).first?.change != nil)
    try journalled.store.expire(before: StoreFixture.now.addingTimeInterval(1))
    let operation = try #require(try journalled.store.operations(run: 1).first)
    #expect(operation.change == nil && operation.attributes == ["title"] && operation.verdict == .applied)
  }

  @Test func `tells guards what was applied in the last seven days, hour by hour`() async throws {
    let journalled = try await Journalled(persons: 3)
    var made = HandMade()
    for number in 0..<3 { made.update(try await journalled.catalogue.person(number), "title", to: "Läkare") }
    var plan = made.plan
    for number in 0..<2 { plan.changes[number].place.provider = HSAIdentity("SE2321000016-1000") }
    plan.changes[1].differences.append(
      .init("hsaCommissionMember", removed: ["SE1-A", "SE1-B"], added: [], kept: 3))
    _ = try await journalled.apply(plan)
    let applied = try journalled.store.history(at: StoreFixture.now.addingTimeInterval(6 * 86_400)).applied
    let hour = Date(timeIntervalSince1970: 1_800_000_000)
    #expect(
      applied == [
        .init(hour: hour, action: .update, kind: .person, provider: nil, count: 1),
        .init(
          hour: hour, action: .update, kind: .person, provider: HSAIdentity("SE2321000016-1000"), count: 2,
          membersRemoved: 2),
      ])
    #expect(try journalled.store.history(at: StoreFixture.now.addingTimeInterval(8 * 86_400)).applied.isEmpty)
  }
}

@Suite struct `After a crash` {
  /// Five kinds of operations with what they need, all about to be sent.
  private func plan(_ catalogue: Catalogue) async throws -> Plan {
    var made = HandMade()
    made.update(try await catalogue.person(0), "title", to: "Läkare")
    made.update(try await catalogue.person(1), "title", to: "Läkare")
    made.update(try await catalogue.person(2), "title", to: "Läkare")
    made.delete(try await catalogue.person(3))
    made.delete(try await catalogue.person(4))
    made.move(try await catalogue.person(5), to: RelativeDistinguishedName("cn", "Person fem"))
    made.move(try await catalogue.person(6), to: RelativeDistinguishedName("cn", "Person sex"))
    let unit = try DistinguishedName(parsing: Catalogue.unit)
    made.createPerson(20, in: unit)
    made.createPerson(21, in: unit)
    // Two at one entry: what the first wanted is no longer to be seen when the second has been made.
    let ninth = try await catalogue.person(7)
    made.update(ninth, "title", to: "Läkare")
    var after = ninth
    after["title"] = ["Läkare"]
    made.update(after, "title", to: "Överläkare", after: [9])
    return made.plan
  }

  @Test func `what was under way is read back, settled and told`() async throws {
    let journalled = try await Journalled(persons: 8)
    let plan = try await plan(journalled.catalogue)
    let journal = try journalled.begin(plan)
    try await journal.intend(plan.changes.map { Intent($0) })
    for done in [0, 3, 5, 7, 9, 10] { try await journalled.catalogue.change(plan.changes[done].operation) }
    try await journalled.catalogue.change(
      .modify(Catalogue.dn(2), [Modification(.replace, "title", ["Barnmorska"])]))

    let report = try await journalled.recover()
    let wanted: [Outcome.Verdict] = [
      .applied, .notSent, .unknown, .applied, .notSent, .applied, .notSent, .applied, .notSent, .applied,
      .applied,
    ]
    #expect(report.runs == [1] && report.items.map(\.verdict) == wanted)
    #expect(report.items.map(\.action) == plan.changes.map(\.action))
    #expect(
      report.lines(.english) == [
        "Run 1 was interrupted. Read back: 6 made, 4 not made, 1 changed by others since."
      ])
    let operations = try journalled.store.operations(run: 1)
    #expect(operations.map(\.verdict) == wanted && operations.allSatisfy(\.isRecovered))
    #expect(operations[7].entryUUID == (try await journalled.catalogue.person(20)).text("entryUUID"))
    let run = try #require(try journalled.store.run(1))
    #expect(run.isInterrupted && run.ended != nil && run.exitCode == nil)
    #expect(try journalled.store.appliedRun(ofDigest: "d1") == nil)
    #expect(
      try journalled.events().filter { $0.hasPrefix("recovered") }
        == wanted.enumerated().map { "recovered \($0 + 1) \($1.name)" })
    #expect(try await journalled.recover().isEmpty)
  }

  @Test func `a run that had nothing under way is ended, without asking the directory`() async throws {
    let journalled = try await Journalled(persons: 1)
    var made = HandMade()
    made.update(try await journalled.catalogue.person(0), "title", to: "Läkare")
    _ = try journalled.begin(made.plan)
    let report = try await Recovery(store: journalled.store, audit: nil, by: StoreFixture.actor) {
      throw Failure("the directory was opened")
    }.settle(at: StoreFixture.now)
    #expect(report.runs == [1] && report.items.isEmpty)
    #expect(report.lines(.swedish) == ["Körning 1 avbröts; inget var oklart."])
  }

  @Test func `nothing is settled while the directory is away`() async throws {
    let journalled = try await Journalled(persons: 1)
    var made = HandMade()
    made.update(try await journalled.catalogue.person(0), "title", to: "Läkare")
    let journal = try journalled.begin(made.plan)
    try await journal.intend(made.plan.changes.map { Intent($0) })
    let slapd = journalled.catalogue.slapd
    slapd.stop()
    await #expect(throws: LDAPError.self) { try await journalled.recover() }
    #expect(try journalled.store.operations(run: 1).first?.verdict == nil)
    #expect(try journalled.store.run(1)?.ended == nil)
  }
}

extension Store {
  /// Lets the database grow no more, as on a full disk.
  fileprivate func fill() throws {
    try write { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 1
      try db.execute(sql: "PRAGMA max_page_count = \(pages)")
    }
  }

  fileprivate func empty() throws { try write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") } }
}

extension String {
  fileprivate var value: Value { Value(self) }
}
