import Directory
import Foundation
import LDAP

/// What is done about runs that did not end: each operation of which nobody knows what became is read back from the
/// directory, and settled in the store and the audit log, before anything else is written.
package struct Recovery: Sendable {
  /// One operation that was in doubt.
  package struct Item: Hashable, Sendable {
    package var run: Int
    /// The change's number in its plan, counted from 0.
    package var number: Int
    package var action: Change.Action
    package var kind: Kind
    package var identity: HSAIdentity
    /// `applied`, `notSent` (the entry is as before), or `unknown`: the entry is neither as before nor as wanted,
    /// because somebody else has changed it.
    package var verdict: Outcome.Verdict
  }

  /// What was found.
  package struct Report: Hashable, Sendable {
    /// The runs that did not end.
    package var runs: [Int] = []
    package var items: [Item] = []
    /// How many role changes were in doubt, by run: nothing is read for them here, for what targets hold is read
    /// before anything more is sent to them.
    package var roles: [Int: Int] = [:]
    package init() {}

    /// Whether there was nothing to do.
    package var isEmpty: Bool { runs.isEmpty && items.isEmpty }
    /// How many operations were found to have come to this.
    package func count(_ verdict: Outcome.Verdict) -> Int { items.count { $0.verdict == verdict } }
  }

  let store: Store
  let audit: AuditLog?
  let actor: Actor
  private let open: @Sendable () async throws -> LDAPConnection

  /// How long a server is given to do what it had received from a process that has just died.
  private static let calm = Duration.milliseconds(250)

  /// - Parameter open: makes a connection that is bound as the agent and has proven it; called only when there is
  ///   something to read.
  package init(
    store: Store, audit: AuditLog?, by actor: Actor,
    open: @escaping @Sendable () async throws -> LDAPConnection
  ) {
    self.store = store
    self.audit = audit
    self.actor = actor
    self.open = open
  }

  /// Settles what earlier runs left in doubt; to be called before a run is begun.
  ///
  /// - Parameter time: now.
  /// - Throws: `LDAPError` when the directory cannot be read, ``Refusal`` when store or audit log cannot be written;
  ///   then nothing more may be written to the directory.
  package func settle(at time: Date) async throws -> Report {
    var report = Report()
    report.runs = try store.runsWithoutEnd()
    for run in report.runs {
      try repeatLast(of: run, time)
      let roles = try settleRoles(of: run, time)
      if roles > 0 { report.roles[run] = roles }
    }
    let operations = try store.operationsInDoubt()
    if !operations.isEmpty {
      let connection = try await open()
      do {
        try await settle(operations, connection, &report, time)
        await connection.close()
      } catch {
        await connection.close()
        throw error
      }
    }
    try store.endInterrupted(report.runs, at: time)
    return report
  }

  /// Tells the audit log once more what the store had last: a record twice is better than one that is missing.
  private func repeatLast(of run: Int, _ time: Date) throws(Refusal) {
    guard let audit, let record = try store.run(run) else { return }
    let auditRun = AuditRun(run: run, plan: record.digest, actor: actor)
    try audit.append(
      try store.operationsLastSettled(run: run).compactMap { operation in
        guard let change = operation.change, let verdict = operation.verdict else { return nil }
        return .recovered(change, verdict, of: auditRun)
      }, at: time)
  }

  private func settle(
    _ operations: [JournalledOperation], _ connection: LDAPConnection, _ report: inout Report, _ time: Date
  ) async throws {
    let schema = try await connection.schema()
    for (id, operations) in Dictionary(grouping: operations, by: \.run).sorted(by: { $0.key < $1.key }) {
      guard let run = try store.run(id), let base = try? DistinguishedName(parsing: run.base) else {
        continue
      }
      let evidence = Evidence(connection: connection, schema: schema, base: base)
      var found = try await evidence.read(operations)
      let late = operations.filter { found[$0.number]?.verdict == .notSent && mayBeUnderWay($0, time) }
      if !late.isEmpty {
        try await Task.sleep(for: Recovery.calm)
        found.merge(try await evidence.read(late)) { $1 }
      }
      // What was sent after a change was sent because that change had been applied.
      let applied = try store.operations(run: id).filter { $0.verdict == .applied }
      Evidence.spread(&found, in: operations, alsoFrom: applied)
      try write(found, operations, of: run, time)
      report.items += operations.map { item($0, found[$0.number]?.verdict ?? .unknown) }
    }
  }

  /// Whether what a process sent just before it died may still lie in the server's queue.
  private func mayBeUnderWay(_ operation: JournalledOperation, _ time: Date) -> Bool {
    abs(time.timeIntervalSince(operation.intended)) < 60
  }

  /// The audit log first: what is settled in the store is not looked at again.
  private func write(
    _ found: [Int: Evidence.Finding], _ operations: [JournalledOperation], of run: RunRecord, _ time: Date
  ) throws(Refusal) {
    let settled = operations.map { operation in
      let finding = found[operation.number]
      var outcome = Outcome(
        change: operation.number, finding?.verdict ?? .unknown, attempts: operation.attempts)
      outcome.wasUnknown = true
      return (operation, outcome, finding?.entryUUID)
    }
    let auditRun = AuditRun(run: run.id, plan: run.digest, actor: actor)
    try audit?.append(
      settled.compactMap { operation, outcome, _ in
        operation.change.map { AuditEvent.recovered($0, outcome.verdict, of: auditRun) }
      }, at: time)
    try store.settle(settled.map { ($1, $2 ?? $0.change?.precondition.entryUUID) }, run: run.id, at: time)
  }

  private func item(_ operation: JournalledOperation, _ verdict: Outcome.Verdict) -> Item {
    Item(
      run: operation.run, number: operation.number, action: operation.action, kind: operation.kind,
      identity: operation.identity, verdict: verdict)
  }
}

extension Recovery.Report {
  /// For people, one line a run, and one more where role changes were in doubt.
  package func lines(_ language: Language) -> [String] {
    Set(runs + items.map(\.run)).sorted().flatMap { run in
      [line(run, language), roleLine(run, language)].compactMap { $0 }
    }
  }

  private func line(_ run: Int, _ language: Language) -> String? {
    let of = items.filter { $0.run == run }
    let (made, not) = (of.count { $0.verdict == .applied }, of.count { $0.verdict == .notSent })
    let other = of.count - made - not
    guard !of.isEmpty else {
      guard roles[run] == nil else { return nil }
      return language.say(
        "Run \(run) was interrupted; nothing was in doubt.", "Körning \(run) avbröts; inget var oklart.")
    }
    return language.say(
      "Run \(run) was interrupted. Read back: \(made) made, \(not) not made, \(other) changed by others since.",
      "Körning \(run) avbröts. Vid kontroll mot katalogen: \(made) gjorda, \(not) inte gjorda, \(other) ändrade av "
        + "någon annan sedan dess.")
  }

  private func roleLine(_ run: Int, _ language: Language) -> String? {
    roles[run].map { count in
      language.say(
        "Run \(run) was interrupted with \(count.grouped) role \(count == 1 ? "change" : "changes") in doubt; "
          + "targets are read before anything more is sent to them.",
        "Körning \(run) avbröts med \(count.grouped) \(count == 1 ? "rolländring" : "rolländringar") i ovisshet; "
          + "målen läses innan något mer sänds till dem.")
    }
  }
}
