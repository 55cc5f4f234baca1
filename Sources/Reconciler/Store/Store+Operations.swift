import Directory
import Foundation
import GRDB
import LDAP

/// A change that is about to be sent, as the journal takes it.
package struct Intent: Sendable {
  package var change: Change
  /// The whole entry as it was just now, for one that is to be deleted.
  package var before: Entry?

  package init(_ change: Change, before: Entry? = nil) {
    self.change = change
    self.before = before
  }
}

/// What became of a change that was journalled.
package struct Settlement: Sendable {
  package var change: Change
  package var outcome: Outcome
  /// The entry's, afterwards.
  package var entryUUID: String?
  package var entryCSN: String?

  package init(_ change: Change, _ outcome: Outcome, entryUUID: String? = nil, entryCSN: String? = nil) {
    self.change = change
    self.outcome = outcome
    self.entryUUID = entryUUID ?? change.precondition.entryUUID
    self.entryCSN = entryCSN
  }
}

extension Store {
  /// - Parameter members: attributes (small letters) whose values are memberships.
  static func insert(
    _ intents: [Intent], run: Int, members: Set<String>, at time: Date, in db: Database
  ) throws {
    let operation = try db.cachedStatement(
      sql: """
        INSERT INTO operation
          (run, number, action, kind, identity, spelled, protected, unit, provider, attributes,
           membersRemoved, intended)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    let preimage = try db.cachedStatement(
      sql: "INSERT INTO preimage (operation, change, before) VALUES (?, ?, ?)")
    for intent in intents {
      let change = intent.change
      try operation.execute(arguments: [
        run, change.id, change.action.rawValue, change.kind.rawValue, change.identity.normalForm,
        change.identity.text, change.isProtected, change.place.unit?.text, change.place.provider?.text,
        change.attributeNames.joined(separator: " "), change.membersRemoved(from: members), time.stored,
      ])
      let id = db.lastInsertedRowID
      try preimage.execute(arguments: [
        id, Data(change.json.text.utf8), intent.before.map { Data($0.json.text.utf8) },
      ])
    }
  }

  /// Writes down what became of operations; what was never journalled is left out.
  static func settle(
    _ settlements: [Settlement], run: Int, at time: Date, isRecovered: Bool = false, in db: Database
  ) throws {
    let statement = try db.cachedStatement(
      sql: """
        UPDATE operation SET verdict = ?, detail = ?, attempts = ?, doubted = ?, settled = ?, recovered = ?,
          entryUUID = ?, entryCSN = ?
        WHERE run = ? AND number = ?
        """)
    for settlement in settlements {
      let outcome = settlement.outcome
      try statement.execute(arguments: [
        outcome.verdict.name, outcome.verdict.detail, outcome.attempts, outcome.wasUnknown, time.stored,
        isRecovered, settlement.entryUUID, settlement.entryCSN, run, outcome.change,
      ])
    }
    try remember(settlements.compactMap(\.entryCSN), in: db)
  }

  /// The operations of a run in plan order, with their values as long as these are kept.
  package func operations(run: Int) throws(Refusal) -> [JournalledOperation] {
    try read { try Store.operations($0, "WHERE operation.run = ? ORDER BY number", [run]) }
  }

  /// The latest operations on one entry, the newest first.
  package func operations(of identity: HSAIdentity, limit: Int) throws(Refusal) -> [JournalledOperation] {
    try read {
      try Store.operations(
        $0, "WHERE operation.identity = ? ORDER BY operation.id DESC LIMIT ?", [identity.normalForm, limit])
    }
  }

  /// The operations of earlier runs of which it is not known what became, in plan order.
  func operationsInDoubt() throws(Refusal) -> [JournalledOperation] {
    let clause = """
      WHERE operation.run IN (SELECT id FROM run WHERE ended IS NULL OR exitCode = \(ExitCode.tryAgain.rawValue))
        AND (verdict IS NULL OR (verdict = 'unknown' AND NOT recovered))
      ORDER BY operation.run, number
      """
    return try operations(clause, [])
  }

  func operations(_ clause: String, _ arguments: StatementArguments) throws(Refusal) -> [JournalledOperation]
  {
    try read { try Store.operations($0, clause, arguments) }
  }

  private static func operations(
    _ db: Database, _ clause: String, _ arguments: StatementArguments
  ) throws -> [JournalledOperation] {
    let sql = """
      SELECT operation.*, preimage.change, preimage.before
      FROM operation LEFT JOIN preimage ON preimage.operation = operation.id \(clause)
      """
    return try Row.fetchAll(db, sql: sql, arguments: arguments).map(operation)
  }

  private static func operation(_ row: Row) throws -> JournalledOperation {
    let place = Change.Place(
      unit: (row["unit"] as String?).map { HSAIdentity($0) },
      provider: (row["provider"] as String?).map { HSAIdentity($0) })
    return JournalledOperation(
      run: row["run"], number: row["number"], action: try StoredText.word(row["action"]),
      kind: try StoredText.word(row["kind"]), identity: HSAIdentity(row["spelled"]),
      isProtected: row["protected"],
      place: place, attributes: (row["attributes"] as String).split(separator: " ").map(String.init),
      intended: Date(stored: row["intended"]), verdict: try verdict(row), attempts: row["attempts"],
      wasUnknown: row["doubted"], settled: (row["settled"] as Int64?).map { Date(stored: $0) },
      isRecovered: row["recovered"], entryUUID: row["entryUUID"], entryCSN: row["entryCSN"],
      change: try json(row["change"]).map { try Change(json: $0) },
      before: try json(row["before"]).map { try Entry(json: $0) })
  }

  private static func verdict(_ row: Row) throws -> Outcome.Verdict? {
    guard let name = row["verdict"] as String? else { return nil }
    guard let verdict = Outcome.Verdict(name: name, detail: row["detail"]) else {
      throw StoredText.unreadable
    }
    return verdict
  }

  private static func json(_ data: Data?) throws -> CanonicalJSON? {
    guard let data else { return nil }
    do { return try CanonicalJSON(parsing: [UInt8](data)) } catch { throw StoredText.unreadable }
  }
}

extension Change {
  /// The attributes that it is about, sorted; names only.
  package var attributeNames: [String] { Set(differences.map(\.attribute)).sorted() }

  /// How many members it takes from commissions.
  fileprivate func membersRemoved(from attributes: Set<String>) -> Int {
    guard action != .create else { return 0 }
    return differences.reduce(0) {
      $0 + (attributes.contains($1.attribute.asciiLowercased) ? $1.membersRemoved : 0)
    }
  }
}
