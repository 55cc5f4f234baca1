import Directory
import Foundation
import GRDB
import LDAP
import Logging
import TestKit

@testable import Reconciler

/// A store and an audit log, and what is pushed with them to scripted targets.
struct RolePushBench {
  let folder: TemporaryFolder
  let store: Store
  let audit: AuditLog
  let clock: ManualClock
  var settings = RolePushSettings()

  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  static let anna = HSAIdentity("SE2321000016-31B0")
  static let bo = HSAIdentity("SE2321000016-31B1")

  init(_ clock: ManualClock = ManualClock()) throws {
    folder = try TemporaryFolder()
    store = try Store.open(folder.path("store"), by: StoreFixture.actor, at: StoreFixture.now)
    audit = try AuditLog.open(folder: folder.path("store/audit"))
    self.clock = clock
  }

  static func change(
    _ direction: RoleChange.Direction, _ role: String, of person: HSAIdentity = anna, at target: String = "a",
    isEnding: Bool = false
  ) -> RoleChange {
    var assignment = Assignment(
      person: person, role: role, rule: "rule of \(role)",
      position: SourcePosition(file: "roles.yaml", line: 1, column: 1))
    assignment.commission = HSAIdentity("SE2321000016-C001")
    return RoleChange(
      target: target, direction, person: person, role: role, value: role, label: "Anna Berg",
      assignments: [assignment], place: .init(unit: HSAIdentity("SE2321000016-1B01")),
      cause: direction == .loss ? .noRule : nil, isEnding: isEnding)
  }

  static func loss(_ role: String, of person: HSAIdentity = anna, at target: String = "a") -> RoleChange {
    change(.loss, role, of: person, at: target)
  }

  static func gain(_ role: String, of person: HSAIdentity = anna, at target: String = "a") -> RoleChange {
    change(.gain, role, of: person, at: target)
  }

  static func held(_ role: String, by person: HSAIdentity = anna) -> HeldRole {
    HeldRole(person: person, value: role)
  }

  func begin(
    _ changes: [RoleChange], at time: Date = StoreFixture.now, isDeferred: Bool = false
  ) throws -> RoleRun {
    var plan = try StoreFixture.plan()
    let roles = RolePlan(rules: "r1", changes: changes)
    plan.roles = roles
    let new = NewRun(.roles, of: plan, digest: "d1", by: StoreFixture.actor, at: time, reason: "a test")
    return try RoleRun.begin(new, of: roles, store: store, audit: audit, isDeferred: isDeferred) { [clock] in
      clock.now
    }
  }

  func pusher(_ targets: [ScriptedTarget], _ journal: RoleRun) -> RolePusher {
    RolePusher(
      targets, store: store, journal: journal, settings: settings, clock: clock.clock,
      logger: logger)
  }

  /// Pushes in a run of its own; what the targets hold has been read just before, of those that can be read.
  func push(
    _ changes: [RoleChange], to targets: [ScriptedTarget], deadline: Duration = .zero,
    patience: Duration? = nil, wanted: [RoleChange]? = nil, exclusive: [[RolePattern]] = [],
    isStillEntitled: @escaping @Sendable (RoleChange, Date) -> Bool = { _, _ in true }
  ) async throws -> RolePushResult {
    let journal = try begin(changes)
    var held: [String: HeldRoles] = [:]
    for target in targets where target.state.withLock({ $0.isDown }) == nil {
      held[target.form.name] = target.snapshot
    }
    do {
      let result = try await pusher(targets, journal).push(
        changes, held: held, deadline: deadline, patience: patience, wanted: wanted, exclusive: exclusive,
        isStillEntitled: isStillEntitled)
      try await journal.end(result)
      return result
    } catch {
      try? await journal.end(refused: error)
      throw error
    }
  }

  /// The audit log's events with their target, role, person and outcome, in order.
  func events() throws -> [String] {
    try folder.text("store/audit/audit.ndjson").split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      return ["event", "target", "direction", "role", "hsaIdentity", "outcome"]
        .compactMap { object[$0].map { "\($0)" } }.joined(separator: " ")
    }
  }

  /// Lets the database grow no more, as on a full disk.
  func fillDisk() throws {
    try store.write { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 1
      try db.execute(sql: "PRAGMA max_page_count = \(pages)")
    }
  }
}
