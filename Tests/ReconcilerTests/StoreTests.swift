import Directory
import Foundation
import GRDB
import Glibc
import LDAP
import TestKit
import Testing

@testable import Reconciler

/// A store in a folder of its own, and what is put into it.
struct StoreFixture {
  let folder: TemporaryFolder
  var path: String { folder.path("store") }
  var file: String { path + "/hsasync.sqlite" }
  static let now = Date(timeIntervalSince1970: 1_800_000_000)
  static let actor = Actor(user: "anna", uid: 1000, host: "test")

  init() throws { folder = try TemporaryFolder() }

  func open(_ verb: String = "apply") throws(Refusal) -> Store {
    try Store.open(path, for: verb, by: Self.actor, at: Self.now)
  }

  static func run(_ plan: Plan, digest: String = "d1", at time: Date = now) -> NewRun {
    NewRun(of: plan, digest: digest, by: actor, at: time, reason: "a test")
  }

  static func plan(_ context: [String] = []) throws -> Plan {
    var made = HandMade()
    made.createPerson(1, in: try DistinguishedName(parsing: Catalogue.unit))
    var plan = made.plan
    plan.proof.contextAfter = context
    plan.desired = DesiredSummary(serial: 7, digest: "ab", rows: [.person: 3], rowsBySource: ["a.yaml": 3])
    return plan
  }
}

@Suite struct `The store` {
  @Test func `is made where there is none, for nobody else to look into`() throws {
    let fixture = try StoreFixture()
    #expect(try Store.reading(fixture.path) == nil)
    let store = try fixture.open()
    #expect(store.rebuilt == nil)
    for (name, mode) in [
      ("", 0o700), ("/hsasync.sqlite", 0o600), ("/lock", 0o600), ("/hsasync.sqlite-wal", 0o600),
    ] {
      var status = stat()
      #expect(stat(fixture.path + name, &status) == 0 && status.st_mode & 0o777 == mode, "\(name)")
    }
  }

  @Test func `closes a folder that is open to others`() throws {
    let fixture = try StoreFixture()
    try fixture.folder.folder("store")
    chmod(fixture.path, 0o777)
    _ = try fixture.open()
    var status = stat()
    #expect(stat(fixture.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  @Test func `commits to the disk, with a write-ahead log, and keeps no temporary files`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let pragmas = [
      "synchronous": "2", "journal_mode": "wal", "temp_store": "2", "foreign_keys": "1", "secure_delete": "1",
    ]
    for (name, wanted) in pragmas {
      let value = try store.write { try String.fetchOne($0, sql: "PRAGMA \(name)") }
      #expect(value == wanted, "\(name)")
    }
  }

  @Test func `lets one process write, and tells the second who it is`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open("undo")
    let refusal = #expect(throws: Refusal.self) { try fixture.open() }
    #expect(refusal?.code == .storeBusy && refusal?.exitCode == .tryAgain)
    #expect(
      refusal?.message.contains("process \(getpid()) of anna@test, undo since 2027-01-15T08:00:00Z") == true)
    #expect(try Store.reading(fixture.path)?.runs(limit: 1).isEmpty == true)
    withExtendedLifetime(store) {}
  }

  @Test func `is free again when its holder is gone, however it went`() async throws {
    let fixture = try StoreFixture()
    _ = try fixture.open()
    let script = "exec 9<>'\(fixture.path)/lock'; flock -x 9; echo held; read x"
    let log = fixture.folder.path("log")
    let holder = try Server(
      "/bin/bash", ["-c", script + " < /dev/zero"], log: log, folder: try TemporaryFolder())
    try await eventually { fixture.folder.text("log").contains("held") }
    #expect(throws: Refusal.self) { try fixture.open() }
    holder.stop(SIGKILL)
    _ = try fixture.open()
  }

  @Test(arguments: [
    "not a database at all, but long enough to be looked at", "SQLite format 3\u{0}but broken",
  ])
  func `sets aside what is no database, and begins anew`(text: String) throws {
    let fixture = try StoreFixture()
    try fixture.folder.write("store/hsasync.sqlite", text + String(repeating: "x", count: 5_000))
    try fixture.folder.write("store/hsasync.sqlite-wal", "log")
    let broken = #expect(throws: Refusal.self) { try Store.reading(fixture.path) }
    #expect(broken?.code == .storeBroken && broken?.exitCode == .tryAgain)
    let store = try fixture.open()
    let aside = fixture.file + ".broken-1800000000"
    #expect(store.rebuilt == aside)
    #expect(fixture.folder.text("store/hsasync.sqlite.broken-1800000000").hasPrefix(text))
    #expect(try store.history(at: StoreFixture.now) == History())
    _ = try store.begin(StoreFixture.run(StoreFixture.plan()))
  }

  @Test func `sets aside a database with a broken page, and begins anew`() throws {
    let fixture = try StoreFixture()
    do {
      let store = try fixture.open()
      for _ in 0..<200 { _ = try store.begin(StoreFixture.run(StoreFixture.plan())) }
    }
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: fixture.file)))
    for index in stride(from: 4_096, to: bytes.count, by: 4_096) {
      bytes.replaceSubrange(index..<min(index + 64, bytes.count), with: repeatElement(0xFF, count: 64))
    }
    try fixture.folder.write("store/hsasync.sqlite", bytes)
    let store = try fixture.open()
    #expect(store.rebuilt != nil)
    #expect(try store.runs(limit: 5).isEmpty)
  }

  @Test func `of a newer version, or of another program, is refused and left as it is`() throws {
    let fixture = try StoreFixture()
    do {
      try fixture.open().write {
        try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9 of the future')")
      }
    }
    let newer = #expect(throws: Refusal.self) { try fixture.open() }
    #expect(newer?.code == .storeNewer && newer?.exitCode == .configurationWrong)
    #expect(throws: Refusal.self) { try Store.reading(fixture.path) }
    let other = try StoreFixture()
    do {
      try other.open().write {
        try $0.execute(sql: "PRAGMA application_id = 7; DROP TABLE grdb_migrations")
      }
    }
    let foreign = #expect(throws: Refusal.self) { try other.open() }
    #expect(foreign?.code == .storeForeign && foreign?.exitCode == .configurationWrong)
  }

  @Test(.enabled("only a user without all rights is refused") { geteuid() == 0 })
  func `in a place where nothing may be made is refused as not permitted`() throws {
    let refusal = #expect(throws: Refusal.self) { try Store.open("/proc/no-store") }
    #expect(
      refusal.map { $0.exitCode == .notPermitted || $0.exitCode == .tryAgain } == true,
      "\(String(describing: refusal))")
  }
}

@Suite struct `What the store remembers` {
  @Test func `runs: who, when, why, what`() throws {
    let fixture = try StoreFixture()
    defer { withExtendedLifetime(fixture) {} }
    let store = try fixture.open()
    let plan = try StoreFixture.plan()
    let first = try store.begin(StoreFixture.run(plan))
    var undo = NewRun(
      .undo, of: plan, digest: "d2", by: StoreFixture.actor, at: StoreFixture.now, undoes: first)
    undo.part = "without deletions"
    let second = try store.begin(undo)
    try store.end(first, at: StoreFixture.now.addingTimeInterval(5), exitCode: .tryAgain, stop: .cancelled)
    let runs = try store.runs(limit: 10)
    #expect(runs.map(\.id) == [second, first])
    #expect(runs[0].undoes == first && runs[0].part == "without deletions" && runs[0].verb == .undo)
    #expect(runs[0].ended == nil && runs[0].exitCode == nil)
    #expect(
      runs[1].actor == StoreFixture.actor && runs[1].reason == "a test" && runs[1].desired == plan.desired)
    #expect(runs[1].exitCode == .tryAgain && runs[1].stop == "cancelled" && runs[1].began == StoreFixture.now)
    #expect(try store.run(first) == runs[1] && store.run(99) == nil)
    // It was cancelled before anything was sent: its plan may be tried again.
    #expect(try store.appliedRun(ofDigest: "d1") == nil && store.appliedRun(ofDigest: "d2") == nil)
    try store.end(second, at: StoreFixture.now.addingTimeInterval(9), exitCode: .done)
    #expect(try store.appliedRun(ofDigest: "d2") == second)
  }

  @Test func `the last accepted plan, and the highest CSN of each server`() throws {
    let fixture = try StoreFixture()
    defer { withExtendedLifetime(fixture) {} }
    let store = try fixture.open()
    var plan = try StoreFixture.plan([
      "20270101000000.000000Z#000000#001#000000", "20270101000009.000000Z#000000#002#000000",
    ])
    plan.observed = [.person: 5, .unit: 2]
    plan.proof.entries = 9
    let run = try store.begin(StoreFixture.run(plan))
    #expect(try store.history(at: StoreFixture.now).accepted == nil)
    try store.accept(plan, run: run)
    let later = try StoreFixture.plan([
      "20270102000000.000000Z#000000#001#000000", "20270101000001.000000Z#000000#002#000000",
    ])
    _ = try store.begin(StoreFixture.run(later, at: StoreFixture.now.addingTimeInterval(60)))
    let history = try store.history(at: StoreFixture.now)
    #expect(
      history.accepted
        == .init(
          run: run, instant: plan.instant, desired: plan.desired, observed: [.person: 5, .unit: 2], entries: 9
        ))
    #expect(
      history.context == [
        "20270102000000.000000Z#000000#001#000000", "20270101000009.000000Z#000000#002#000000",
      ])
    #expect(history.latest == StoreFixture.now.addingTimeInterval(60))
  }

  @Test func `who is absent since when, until they are back`() throws {
    let fixture = try StoreFixture()
    defer { withExtendedLifetime(fixture) {} }
    let store = try fixture.open()
    let (a, b, c) = (HSAIdentity("SE1-a"), HSAIdentity("SE1-B"), HSAIdentity("SE1-C"))
    let later = StoreFixture.now.addingTimeInterval(86_400)
    try store.remember(absentees: [a, b], at: StoreFixture.now)
    try store.remember(absentees: [HSAIdentity("SE1-A"), c], at: later)
    #expect(try store.history(at: later).absentSince == [a: StoreFixture.now, c: later])
  }

  @Test func `holds, until they are released or another state is desired`() throws {
    let fixture = try StoreFixture()
    defer { withExtendedLifetime(fixture) {} }
    let store = try fixture.open()
    let (a, b) = (HSAIdentity("SE1-A"), HSAIdentity("SE1-B"))
    try store.hold([a, b], run: 3, desired: "serial 7", at: StoreFixture.now)
    #expect(
      try store.history(at: StoreFixture.now).holds[b]
        == .init(run: 3, since: StoreFixture.now, desired: "serial 7"))
    #expect(try store.release(HSAIdentity("se1-a")) && !store.release(a))
    #expect(try store.endHolds(notOf: "serial 7") == 0)
    #expect(try store.endHolds(notOf: "serial 8") == 1)
    #expect(try store.history(at: StoreFixture.now).holds.isEmpty)
  }

  @Test func `a plan that waits, and an approval of it that is used once`() throws {
    let fixture = try StoreFixture()
    defer { withExtendedLifetime(fixture) {} }
    let store = try fixture.open()
    func keep(_ digest: String, _ sha: String) throws {
      try store.keepPending(
        code: "7F3A-91C2", digest: digest, sha256: sha, text: Array("{\(sha)}".utf8), by: StoreFixture.actor,
        at: StoreFixture.now)
    }
    try keep("d1", "s1")
    #expect(try store.pending(code: "7F3A-91C2")?.text == Array("{s1}".utf8))
    #expect(try store.pending(code: "0000-0000") == nil)
    try store.approve(
      digest: "d1", sha256: "s1", by: StoreFixture.actor, at: StoreFixture.now, reason: "moved")
    #expect(try store.approval(digest: "d1", sha256: "s2") == nil)
    let approval = try #require(try store.approval(digest: "d1", sha256: "s1"))
    #expect(approval.reason == "moved" && approval.actor == StoreFixture.actor)
    let run = try store.begin(StoreFixture.run(StoreFixture.plan()))
    try store.use(approval, run: run)
    #expect(try store.approval(digest: "d1", sha256: "s1") == nil && store.pending(code: "7F3A-91C2") == nil)
    let again = #expect(throws: Refusal.self) { try store.use(approval, run: run) }
    #expect(again?.code == .approvalUsed && again?.exitCode == .refused)
    try keep("d1", "s1")
    try keep("d2", "s2")
    #expect(#expect(throws: Refusal.self) { try store.pending(code: "7F3A-91C2") }?.code == .codeAmbiguous)
    try store.expire(before: StoreFixture.now.addingTimeInterval(1))
    #expect(try store.pending(code: "7F3A-91C2") == nil)
  }

  @Test func `no more waiting plans than somebody can look at`() throws {
    let fixture = try StoreFixture()
    defer { withExtendedLifetime(fixture) {} }
    let store = try fixture.open()
    for number in 0..<30 {
      try store.keepPending(
        code: "c\(number)", digest: "d\(number)", sha256: "s", text: [1], by: StoreFixture.actor,
        at: StoreFixture.now.addingTimeInterval(Double(number)))
    }
    #expect(try store.pending(code: "c9") == nil && store.pending(code: "c10") != nil)
  }
}
