import Directory
import Foundation
import GRDB

/// The journal of one run: what is about to be sent, on the disk before it is; what became of it, soon after.
///
/// Intents come many at a time, and the outcomes of what was sent meanwhile go with them: one commit of the store and
/// one record of the audit log carry them all, so that waiting for the disk costs little.
package actor Journal {
  /// How many changes are written down at once, at most: so many share the waiting for the disk.
  package static let batch = 256

  private let store: Store
  private let audit: AuditLog?
  /// The run as the audit log names it.
  package nonisolated let run: AuditRun
  private let now: @Sendable () -> Date
  /// Attributes (small letters) whose values are memberships, for what guards are told later.
  private let members: Set<String>
  /// What has not been written down yet.
  private var settlements: [Settlement] = []
  /// What the run begins with, until that has been written down with what is to be sent first.
  private var opening: RunOpening?

  private init(
    _ store: Store, _ audit: AuditLog?, _ run: AuditRun, _ members: Set<String>, _ opening: RunOpening?,
    _ now: @escaping @Sendable () -> Date
  ) {
    self.opening = opening
    self.store = store
    self.audit = audit
    self.run = run
    self.members = members
    self.now = now
  }

  /// Begins a run: it stands in the store and in the audit log when this returns.
  ///
  /// - Parameters:
  ///   - plan: the plan that is to be applied; ``NewRun`` tells its digest.
  ///   - isDeferred: whether its beginning is written down only with what is about to be sent first: a run that dies
  ///     before that has not been, and one waiting for the disk less is to be done.
  ///   - audit: `nil` only where nothing is to be proven.
  ///   - members: attributes (small letters) whose values are memberships.
  /// - Throws: exit code 75 when the disk is full or has no room for the journal of the plan, 77 without the rights.
  package static func begin(
    _ new: NewRun, of plan: Plan, store: Store, audit: AuditLog?,
    members: Set<String> = GuardSettings().memberAttributes, isDeferred: Bool = false,
    now: @escaping @Sendable () -> Date = { Date() }
  ) throws(Refusal) -> Journal {
    try store.reserve(changes: plan.changes.count)
    let number = try isDeferred ? store.promiseRun() : store.begin(new)
    let run = AuditRun(run: number, plan: new.digest, actor: new.actor)
    let begun = AuditEvent.applyBegun(plan, of: run, reason: new.reason, undoes: new.undoes)
    if isDeferred { return Journal(store, audit, run, members, RunOpening(run: new, event: begun), now) }
    do {
      try audit?.append([begun], at: new.began)
    } catch {
      try? store.end(number, at: now(), exitCode: error.exitCode)
      throw error
    }
    return Journal(store, audit, run, members, nil, now)
  }

  /// Writes down what is about to be sent; when this returns, it may be.
  ///
  /// - Throws: exit code 75 or 77; then none of it may be sent.
  package func intend(_ intents: [Intent]) async throws(Refusal) { try await commit(intents) }

  /// Takes what became of an operation; it is written down with the next intents or by ``flush()``.
  package func settled(_ settlement: Settlement) { settlements.append(settlement) }

  /// Writes down what became of all operations so far.
  ///
  /// - Throws: exit code 75 or 77; it may be called again.
  package func flush() async throws(Refusal) {
    if !settlements.isEmpty { try await commit([]) }
  }

  /// Ends the run as its result says.
  ///
  /// - Throws: exit code 75 or 77; then the run has no end, and the next one reads back what it left in doubt.
  package func end(_ result: ApplyResult) async throws(Refusal) {
    try await begin()
    let (settled, time) = (settlements, now())
    settlements = []
    do throws(Refusal) {
      try await store.writeAside { [run, audit] db in
        // The audit log first: what has ended in the store is not looked after by the next run.
        try audit?.append(Journal.outcomes(settled, run) + [.applyEnded(result, of: run)], at: time)
        try db.inTransaction {
          try Store.settle(settled, run: run.run, at: time, in: db)
          try Store.end(run.run, at: time, exitCode: result.exitCode, stop: result.stop, in: db)
          return .commit
        }
      }
    } catch {
      settlements = settled + settlements
      throw error
    }
  }

  /// Ends a run that nothing was sent in.
  package func end(refused error: any Error) async throws(Refusal) {
    try await begin()
    try store.end(run.run, at: now(), exitCode: ExitCode(error))
    if let refusal = error as? Refusal {
      try audit?.append([.refused(refusal, plan: run.plan, run: run.run, by: run.actor)], at: now())
    } else {
      let nothing = ApplyResult(outcomes: [], stop: .directoryUnavailable)
      try audit?.append([.applyEnded(nothing, of: run)], at: now())
    }
  }

  /// Writes down the beginning of a run that has sent nothing.
  private func begin() async throws(Refusal) {
    if opening != nil { try await commit([]) }
  }

  private static func outcomes(_ settled: [Settlement], _ run: AuditRun) -> [AuditEvent] {
    settled.map { .outcome($0.change, $0.outcome, entryUUID: $0.entryUUID, of: run) }
  }

  private func commit(_ intents: [Intent]) async throws(Refusal) {
    let (settled, begun, time) = (settlements, opening, now())
    (settlements, opening) = ([], nil)
    let refusal: Refusal?
    do throws(Refusal) {
      refusal = try await store.writeAside { [run, audit, members] db -> Refusal? in
        try db.inTransaction {
          if let begun { try Store.begin(begun.run, as: run.run, in: db) }
          try Store.settle(settled, run: run.run, at: time, in: db)
          try Store.insert(intents, run: run.run, members: members, at: time, in: db)
          return .commit
        }
        do throws(Refusal) {
          let told = [begun?.event].compactMap(\.self) + Journal.outcomes(settled, run)
          try audit?.append(told + intents.map { .write($0.change, of: run) }, at: time)
          return nil
        } catch {
          // They are in the store already, and will not be sent.
          let unsent = intents.map { Settlement($0.change, Outcome(change: $0.change.id, .notSent)) }
          try? Store.settle(unsent, run: run.run, at: time, in: db)
          return error
        }
      }
    } catch {
      (settlements, opening) = (settled + settlements, begun)
      throw error
    }
    guard let refusal else { return }
    settlements = settled + settlements
    throw refusal
  }
}

/// What a run begins with.
struct RunOpening: Sendable {
  var run: NewRun
  var event: AuditEvent
}
