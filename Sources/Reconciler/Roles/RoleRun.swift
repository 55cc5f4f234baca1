import Directory
import Foundation
import GRDB

/// The journal of a run's role changes: what is about to be sent, on the disk before it is; what became of it, soon
/// after.
///
/// Targets are pushed side by side and share it. As in ``Journal`` one commit of the store and one record of the
/// audit log carry what is about to be sent and what has become known since the last.
package actor RoleRun: RoleJournal {
  private let store: Store
  private let audit: AuditLog?
  /// The run as the audit log names it.
  package nonisolated let run: AuditRun
  private let permit: WritePermit
  private let now: @Sendable () -> Date
  /// The number of each change that has been seen.
  private var numbers: [RoleChangeKey: Int] = [:]
  private var next: Int
  /// What has not been written down yet.
  private var settlements: [RoleSettlement] = []
  /// How targets were met, and what is overdue there, that has not been written down yet.
  private var meetings: [RoleMeeting] = []
  /// What the run begins with, until that has been written down with what is to be sent first.
  private var opening: RunOpening?

  private init(
    _ store: Store, _ audit: AuditLog?, _ run: AuditRun, from next: Int, _ opening: RunOpening? = nil,
    _ permit: WritePermit = .always, _ now: @escaping @Sendable () -> Date
  ) {
    self.opening = opening
    self.permit = permit
    self.store = store
    self.audit = audit
    self.run = run
    self.next = next
    self.now = now
  }

  /// Begins a run of its own: it stands in the store and in the audit log when this returns.
  ///
  /// - Parameters:
  ///   - new: of the verb ``NewRun/Verb/roles``.
  ///   - isWhole: whether the plan has all that is to be lost at the targets that could be read; what was overdue
  ///     there and is not in it is then forgotten.
  ///   - permit: asked each time that something is about to be sent.
  ///   - isDeferred: whether its beginning is written down only with what is about to be sent first.
  ///   - audit: `nil` only where nothing is to be proven.
  /// - Throws: exit code 75 when the disk is full or has no room for the journal of the plan, 77 without the rights.
  package static func begin(
    _ new: NewRun, of roles: RolePlan, store: Store, audit: AuditLog?, isWhole: Bool = false,
    isDeferred: Bool = false, permit: WritePermit = .always,
    now: @escaping @Sendable () -> Date = { Date() }
  ) throws(Refusal) -> RoleRun {
    try store.reserve(changes: roles.changes.count)
    let number = try isDeferred && !isWhole ? store.promiseRun() : store.begin(new)
    let run = AuditRun(run: number, plan: new.digest, actor: new.actor)
    let begun = AuditEvent.rolesBegun(roles, of: run, reason: new.reason)
    if isDeferred, !isWhole {
      return RoleRun(store, audit, run, from: 0, RunOpening(run: new, event: begun), permit, now)
    }
    do {
      try audit?.append([begun], at: new.began)
      if isWhole {
        let read = roles.targets.filter { $0.fault == nil }.map(\.name)
        try store.forgetOverdue(notIn: roles.changes, at: read)
      }
    } catch {
      try? store.end(number, at: now(), exitCode: error.exitCode)
      throw error
    }
    return RoleRun(store, audit, run, from: 0, nil, permit, now)
  }

  /// Goes on with a run that has begun, such as one that writes entries too, and that somebody else ends.
  package static func within(
    _ run: AuditRun, store: Store, audit: AuditLog?, now: @escaping @Sendable () -> Date = { Date() }
  ) throws(Refusal) -> RoleRun {
    RoleRun(store, audit, run, from: try store.rolePushCount(run: run.run), nil, .always, now)
  }

  /// Writes down what is about to be sent; when this returns, it may be.
  ///
  /// - Throws: exit code 75 or 77; then none of it may be sent: the books cannot be kept, or nothing may be written.
  package func intend(_ changes: [RoleChange]) async throws(Refusal) {
    guard permit.isGiven else { throw .lockLost }
    try await commit(changes.map { (number(of: $0), $0) })
  }

  /// Takes what became of changes; it is written down with the next intents or by ``flush()``.
  package func settled(_ changes: [RoleChange], _ outcomes: [RoleOutcome]) {
    for (change, outcome) in zip(changes, outcomes) {
      settlements.append(RoleSettlement(number: number(of: change), change: change, outcome: outcome))
    }
  }

  /// Writes down what became of all changes so far.
  ///
  /// - Throws: exit code 75 or 77; it may be called again.
  package func flush() async throws(Refusal) {
    if !settlements.isEmpty || !meetings.isEmpty { try await commit([]) }
  }

  /// Takes how targets were met; it is written down with the next intents, by ``flush()``, or at the end.
  func met(_ meetings: [RoleMeeting]) { self.meetings += meetings }

  /// Ends the run as its result says.
  ///
  /// - Throws: exit code 75 or 77; then the run has no end, and the next one looks after it.
  package func end(_ result: RolePushResult) async throws(Refusal) {
    try await begin()
    let (settled, met, time) = (settlements, meetings, now())
    (settlements, meetings) = ([], [])
    do throws(Refusal) {
      try await store.writeAside { [run, audit] db in
        // The audit log first: what has ended in the store is not looked after by the next run. Its end has the head
        // sent.
        try audit?.append(
          settled.map { .roleOutcome($0, of: run) } + [.rolesEnded(result, of: run)], at: time)
        try db.inTransaction {
          try Store.settle(settled, met, run: run.run, at: time, in: db)
          try Store.end(run.run, at: time, exitCode: result.exitCode, stop: result.stop, in: db)
          return .commit
        }
      }
    } catch {
      (settlements, meetings) = (settled + settlements, met + meetings)
      throw error
    }
  }

  /// Ends a run that nothing was sent in.
  package func end(refused error: any Error) async throws(Refusal) {
    try await begin()
    try await flush()
    try store.end(run.run, at: now(), exitCode: ExitCode(error))
    if let refusal = error as? Refusal {
      try audit?.append([.refused(refusal, plan: run.plan, run: run.run, by: run.actor)], at: now())
    } else {
      try audit?.append([.rolesEnded(RolePushResult(stop: .cancelled), of: run)], at: now())
    }
  }

  /// Writes down the beginning of a run that has sent nothing.
  private func begin() async throws(Refusal) {
    if opening != nil { try await commit([]) }
  }

  private func number(of change: RoleChange) -> Int {
    let key = RoleChangeKey(change)
    if let number = numbers[key] { return number }
    defer { next += 1 }
    numbers[key] = next
    return next
  }

  private func commit(_ intents: [(number: Int, change: RoleChange)]) async throws(Refusal) {
    let (settled, met, begun, time) = (settlements, meetings, opening, now())
    (settlements, meetings, opening) = ([], [], nil)
    let refusal: Refusal?
    do throws(Refusal) {
      refusal = try await store.writeAside { [run, audit] db -> Refusal? in
        try db.inTransaction {
          if let begun { try Store.begin(begun.run, as: run.run, in: db) }
          try Store.settle(settled, met, run: run.run, at: time, in: db)
          try Store.insert(intents, run: run.run, at: time, in: db)
          return .commit
        }
        do throws(Refusal) {
          let told = [begun?.event].compactMap(\.self) + settled.map { .roleOutcome($0, of: run) }
          try audit?.append(told + intents.map { .rolePush($0.change, $0.number, of: run) }, at: time)
          return nil
        } catch {
          // They are in the store already, and will not be sent.
          let unsent = intents.map {
            RoleSettlement(number: $0.number, change: $0.change, outcome: RoleOutcome(.notSent))
          }
          try? Store.settle(unsent, run: run.run, at: time, in: db)
          return error
        }
      }
    } catch {
      (settlements, meetings, opening) = (settled + settlements, met + meetings, begun)
      throw error
    }
    guard let refusal else { return }
    settlements = settled + settlements
    throw refusal
  }
}

/// How a target was met in a push: why it could not be, and what became of the losses that were tried there.
struct RoleMeeting: Sendable {
  var target: String
  var fault: RoleTargetFault.Code?
  var losses: [(change: RoleChange, outcome: RoleOutcome)] = []
  /// How many times the losses were tried.
  var attempts = 0
  var time: Date
}

extension Store {
  /// Writes down what became of role changes, and how targets were met.
  fileprivate static func settle(
    _ settled: [RoleSettlement], _ met: [RoleMeeting], run: Int, at time: Date, in db: Database
  ) throws {
    try settle(settled, run: run, at: time, in: db)
    for meeting in met {
      try settleOverdue(meeting.losses, attempts: meeting.attempts, at: meeting.time, in: db)
      try note(target: meeting.target, fault: meeting.fault, at: meeting.time, in: db)
    }
  }
}
