import Directory
import Foundation
import GRDB

// The role changes of runs: what was about to be sent, what became of it.
extension Store {
  /// Writes down what is about to be sent; what has been tried before in the run is tried once more.
  static func insert(_ changes: [(Int, RoleChange)], run: Int, at time: Date, in db: Database) throws {
    let statement = try db.cachedStatement(sql: rolePushInsert + " attempts = attempts + 1, verdict = NULL")
    for (number, change) in changes {
      try statement.execute(arguments: change.columns(run, number, intended: time, attempts: 1))
    }
  }

  /// Writes down what became of role changes, also of those that were never about to be sent.
  static func settle(_ settlements: [RoleSettlement], run: Int, at time: Date, in db: Database) throws {
    let insert = try db.cachedStatement(sql: rolePushInsert + " verdict = verdict")
    let settle = try db.cachedStatement(
      sql: """
        UPDATE rolePush SET verdict = ?1, detail = ?2, doubted = doubted OR ?1 = 'unknown', settled = ?3
        WHERE run = ?4 AND number = ?5
        """)
    for settlement in settlements {
      let (outcome, number) = (settlement.outcome, settlement.number)
      let arguments: StatementArguments = [
        outcome.verdict.rawValue, outcome.detail, time.stored, run, number,
      ]
      try settle.execute(arguments: arguments)
      guard db.changesCount == 0 else { continue }
      try insert.execute(arguments: settlement.change.columns(run, number, intended: nil, attempts: 0))
      try settle.execute(arguments: arguments)
    }
  }

  private static let rolePushInsert = """
    INSERT INTO rolePush
      (run, number, target, direction, person, spelled, protected, role, roleName, value, unit, provider, isEnding,
       cause, rule, commission, entryUUID, intended, attempts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (run, number) DO UPDATE SET intended = coalesce(intended, excluded.intended),
    """

  /// The role changes of a run, in the order in which they came to be sent.
  package func rolePushes(run: Int) throws(Refusal) -> [JournalledRolePush] {
    try read { try Store.rolePushes($0, "WHERE run = ? ORDER BY number", [run]) }
  }

  /// The latest role changes of one person, the newest first.
  package func rolePushes(of person: HSAIdentity, limit: Int) throws(Refusal) -> [JournalledRolePush] {
    try read {
      try Store.rolePushes($0, "WHERE person = ? ORDER BY id DESC LIMIT ?", [person.normalForm, limit])
    }
  }

  /// How many role changes a run has.
  func rolePushCount(run: Int) throws(Refusal) -> Int {
    try read {
      try Int.fetchOne(
        $0, sql: "SELECT coalesce(max(number) + 1, 0) FROM rolePush WHERE run = ?", arguments: [run])
        ?? 0
    }
  }

  /// Forgets values, and what targets know strangers by.
  static func expireRoles(before time: Date, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE rolePush SET value = NULL,
          person = CASE cause WHEN 'unknownHolder' THEN '' ELSE person END,
          spelled = CASE cause WHEN 'unknownHolder' THEN '' ELSE spelled END
        WHERE value IS NOT NULL AND run <= (SELECT max(id) FROM run WHERE began < ?)
        """, arguments: [time.stored])
  }

  /// By hour, direction, role, unit and provider; each person once, endings not at all.
  ///
  /// What nobody knows of counts as made: that only makes guards stricter. What somebody has looked at and approved is
  /// no drip: after rules were introduced with approval, the next day's new colleague need not be approved too.
  static func appliedRoles(_ db: Database, since time: Date) throws -> [History.AppliedRoles] {
    let sql = """
      SELECT settled / 3600000, direction, roleName, unit, provider, count(DISTINCT person) FROM rolePush
      WHERE run >= (SELECT coalesce(min(id), 1 << 62) FROM run WHERE ended IS NULL OR ended >= ?1)
        AND run NOT IN (SELECT id FROM run WHERE digest IN (SELECT digest FROM approval WHERE usedBy IS NOT NULL))
        AND settled >= ?1 AND NOT isEnding AND direction <> 'renewal'
        AND (verdict = 'applied' OR doubted AND verdict IN ('appliedAlready', 'unknown'))
      GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
      """
    return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [time.stored]).map { row in
      History.AppliedRoles(
        hour: Date(stored: (row[0] as Int64) * 3_600_000), direction: try StoredText.word(row[1]),
        role: row[2], unit: (row[3] as String?).map { HSAIdentity($0) },
        provider: (row[4] as String?).map { HSAIdentity($0) }, count: row[5])
    }
  }

  static func rolePushes(
    _ db: Database, _ clause: String, _ arguments: StatementArguments
  ) throws -> [JournalledRolePush] {
    try Row.fetchAll(db, sql: "SELECT * FROM rolePush \(clause)", arguments: arguments).map(rolePush)
  }

  private static func rolePush(_ row: Row) throws -> JournalledRolePush {
    let verdict: RoleOutcome.Verdict? = try (row["verdict"] as String?).map { try StoredText.word($0) }
    return JournalledRolePush(
      run: row["run"], number: row["number"], target: row["target"],
      direction: try StoredText.word(row["direction"]), person: HSAIdentity(row["spelled"]),
      isProtected: row["protected"], role: row["role"], value: row["value"],
      place: .init(
        unit: (row["unit"] as String?).map { HSAIdentity($0) },
        provider: (row["provider"] as String?).map { HSAIdentity($0) }),
      isEnding: row["isEnding"], cause: try (row["cause"] as String?).map { try StoredText.word($0) },
      rule: row["rule"], commission: (row["commission"] as String?).map { HSAIdentity($0) },
      entryUUID: row["entryUUID"], intended: (row["intended"] as Int64?).map { Date(stored: $0) },
      attempts: row["attempts"], outcome: verdict.map { RoleOutcome($0, row["detail"]) },
      wasUnknown: row["doubted"], settled: (row["settled"] as Int64?).map { Date(stored: $0) })
  }
}

extension RoleChange {
  /// As the table has them.
  fileprivate func columns(
    _ run: Int, _ number: Int, intended: Date?, attempts: Int
  ) -> StatementArguments {
    let first = assignments.first
    return [
      run, number, target, direction.rawValue, person.normalForm, person.text, isProtected, role,
      RoleName.normalForm(role), value, place.unit?.text, place.provider?.text, isEnding, cause?.rawValue,
      first?.rule, first?.commission?.text, entryUUID, intended?.stored, attempts,
    ]
  }
}
