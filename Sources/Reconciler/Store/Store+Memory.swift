import Directory
import Foundation
import GRDB

extension Store {
  /// What a plan and its guards need to know of earlier runs.
  ///
  /// - Parameters:
  ///   - time: now; what was applied in the seven days before it counts.
  ///   - persons: of whom is read by which entry they are known; `nil`: of all.
  package func history(at time: Date, known persons: Set<HSAIdentity>? = nil) throws(Refusal) -> History {
    try read { db in
      var history = History()
      history.accepted = try Store.accepted(db)
      let week = time.addingTimeInterval(-7 * 86_400)
      if persons != nil, isWriter {
        (history.applied, history.roles) = try window.withLock {
          try AppliedWindow.read(&$0, since: week, at: time, in: db)
        }
      } else {
        history.applied = try Store.applied(db, since: week)
        history.roles = try Store.appliedRoles(db, since: week)
      }
      history.known = try Store.known(db, of: persons)
      let statement = { sql in try db.cachedStatement(sql: sql) }
      history.context = try String.fetchAll(statement("SELECT csn FROM context ORDER BY server"))
      history.latest = try Int64.fetchOne(statement("SELECT max(began) FROM run")).map { Date(stored: $0) }
      for row in try Row.fetchAll(statement("SELECT spelled, since FROM absentee")) {
        history.absentSince[HSAIdentity(row[0])] = Date(stored: row[1])
      }
      for row in try Row.fetchAll(statement("SELECT spelled, run, since, desired FROM hold")) {
        history.holds[HSAIdentity(row[0])] = .init(run: row[1], since: Date(stored: row[2]), desired: row[3])
      }
      return history
    }
  }

  /// Remembers a plan as accepted: its read was complete and its desired state whole, and it was applied.
  ///
  /// - Parameter run: the run that applied it; `nil` when there was nothing to apply.
  package func accept(_ plan: Plan, run: Int?) throws(Refusal) {
    let observed = Dictionary(uniqueKeysWithValues: plan.observed.map { ($0.key.rawValue, $0.value) })
    try write { db in
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO accepted (one, run, instant, desired, observed, entries)
          VALUES (1, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run, plan.instant.stored, try StoredText.of(plan.desired), try StoredText.of(observed),
          plan.proof.entries,
        ])
      try Store.remember(plan.proof.contextAfter, in: db)
    }
  }

  /// Remembers who is absent from a complete source, and forgets who is no longer.
  ///
  /// For plans of the whole only: a part knows nothing of who is absent elsewhere, and who has come back.
  package func remember(absentees: [HSAIdentity], at time: Date) throws(Refusal) {
    try write { db in
      let known = Set(try String.fetchAll(db, sql: "SELECT identity FROM absentee"))
      let now = Set(absentees.map(\.normalForm))
      let forget = try db.makeStatement(sql: "DELETE FROM absentee WHERE identity = ?")
      for gone in known.subtracting(now) { try forget.execute(arguments: [gone]) }
      let add = try db.makeStatement(
        sql: "INSERT OR IGNORE INTO absentee (identity, spelled, since) VALUES (?, ?, ?)")
      for identity in absentees {
        try add.execute(arguments: [identity.normalForm, identity.text, time.stored])
      }
    }
  }

  private static func accepted(_ db: Database) throws -> History.Accepted? {
    guard let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM accepted")) else {
      return nil
    }
    let observed: [String: Int] = try StoredText.value(row["observed"])
    var kinds: [Kind: Int] = [:]
    for (name, count) in observed { kinds[try StoredText.word(name)] = count }
    return History.Accepted(
      run: row["run"], instant: Date(stored: row["instant"]), desired: try StoredText.value(row["desired"]),
      observed: kinds, entries: row["entries"])
  }

  /// By hour, action, kind and provider; only what we did counts, not what was found done.
  static func applied(_ db: Database, since time: Date) throws -> [History.Applied] {
    let sql = """
      SELECT settled / 3600000, action, kind, provider, count(*), sum(membersRemoved) FROM operation
      WHERE run >= (SELECT coalesce(min(id), 1 << 62) FROM run WHERE ended IS NULL OR ended >= ?1)
        AND verdict = 'applied' AND settled >= ?1
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      """
    return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [time.stored]).map { row in
      History.Applied(
        hour: Date(stored: (row[0] as Int64) * 3_600_000), action: try StoredText.word(row[1]),
        kind: try StoredText.word(row[2]), provider: (row[3] as String?).map { HSAIdentity($0) },
        count: row[4], membersRemoved: row[5])
    }
  }

  /// Keeps the highest CSN of each server that was ever seen.
  static func remember(_ csns: some Sequence<String>, in db: Database) throws {
    var highest: [String: String] = [:]
    for csn in csns {
      // 20261122014100.123456Z#000000#001#000000: time, count, server, modification.
      let parts = csn.split(separator: "#")
      guard parts.count == 4 else { continue }
      highest[String(parts[2])] = max(highest[String(parts[2])] ?? "", csn)
    }
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO context (server, csn) VALUES (?, ?)
        ON CONFLICT (server) DO UPDATE SET csn = excluded.csn WHERE excluded.csn > csn
        """)
    for (server, csn) in highest { try statement.execute(arguments: [server, csn]) }
  }
}
