import Directory
import Foundation
import GRDB

extension Store {
  /// Begins a run.
  ///
  /// - Returns: its number.
  package func begin(_ run: NewRun) throws(Refusal) -> Int {
    let number = try promiseRun()
    try write { try Store.begin(run, as: number, in: $0) }
    return number
  }

  /// - Parameter number: that was promised to it.
  static func begin(_ run: NewRun, as number: Int, in db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO run
          (id, verb, actor, reason, began, instant, base, digest, desired, endings, part, changes, undoes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(arguments: [
      number, run.verb.rawValue, try StoredText.of(run.actor), run.reason, run.began.stored,
      run.instant.stored, run.base, run.digest, try StoredText.of(run.desired), run.isOfEndings, run.part,
      run.changes, run.undoes,
    ])
    try remember(run.context, in: db)
  }

  /// Ends a run; what it knows of its operations is flushed before by its ``Journal``.
  package func end(_ run: Int, at time: Date, exitCode: ExitCode, stop: ApplyResult.Stop? = nil)
    throws(Refusal)
  {
    try write { try Store.end(run, at: time, exitCode: exitCode, stop: stop, in: $0) }
  }

  static func end(
    _ run: Int, at time: Date, exitCode: ExitCode, stop: ApplyResult.Stop? = nil, in db: Database
  ) throws {
    let statement = try db.cachedStatement(
      sql: "UPDATE run SET ended = ?, exitCode = ?, stop = ? WHERE id = ?")
    try statement.execute(arguments: [time.stored, exitCode.rawValue, stop?.name, run])
  }

  /// The latest runs, the newest first.
  package func runs(limit: Int) throws(Refusal) -> [RunRecord] {
    try read { try Store.runs($0, "ORDER BY id DESC LIMIT ?", [limit]) }
  }

  /// One run; `nil` when there is none of that number.
  package func run(_ id: Int) throws(Refusal) -> RunRecord? {
    try read { try Store.runs($0, "WHERE id = ?", [id]).first }
  }

  /// The latest run with this plan that came to its end and sent something to the directory.
  ///
  /// - Parameter rolesAlone: whether the plan has role changes and nothing else.
  package func appliedRun(ofDigest digest: String, rolesAlone: Bool = false) throws(Refusal) -> Int? {
    let sql = """
      SELECT max(id) FROM run WHERE digest = ? AND ended IS NOT NULL AND NOT interrupted
        AND (verb = 'roles') = ? AND (exitCode = 0 OR EXISTS (
          SELECT 1 FROM operation WHERE operation.run = run.id AND verdict IS NOT 'notSent') OR EXISTS (
          SELECT 1 FROM rolePush WHERE rolePush.run = run.id AND verdict IS NOT 'notSent'))
      """
    return try read { try Int.fetchOne($0.cachedStatement(sql: sql), arguments: [digest, rolesAlone]) }
  }

  private static func runs(_ db: Database, _ clause: String, _ arguments: StatementArguments) throws
    -> [RunRecord]
  {
    var records = try Row.fetchAll(db, sql: "SELECT * FROM run \(clause)", arguments: arguments).map(record)
    for index in records.indices {
      records[index].counts = try counts(of: records[index].id, in: "operation", db)
      records[index].roleCounts = try counts(of: records[index].id, in: "rolePush", db)
    }
    return records
  }

  private static func counts(of run: Int, in table: String, _ db: Database) throws -> RunRecord.Counts {
    let sql = "SELECT verdict, count(*) FROM \(table) WHERE run = ? GROUP BY verdict"
    var counts = RunRecord.Counts()
    for row in try Row.fetchAll(db, sql: sql, arguments: [run]) {
      let count: Int = row[1]
      switch row[0] as String? {
      case "applied": counts.applied = count
      case "appliedAlready": counts.appliedAlready = count
      case "stale": counts.stale = count
      case "failed", "refused": counts.failed += count
      case "notSent", "skipped": counts.notSent += count
      default: counts.unknown += count
      }
    }
    return counts
  }

  private static func record(_ row: Row) throws -> RunRecord {
    RunRecord(
      id: row["id"], verb: try StoredText.word(row["verb"]), actor: try StoredText.value(row["actor"]),
      reason: row["reason"], began: Date(stored: row["began"]),
      ended: (row["ended"] as Int64?).map { Date(stored: $0) }, isInterrupted: row["interrupted"],
      exitCode: (row["exitCode"] as Int32?).flatMap { ExitCode(rawValue: $0) }, stop: row["stop"],
      instant: Date(stored: row["instant"]), base: row["base"], digest: row["digest"],
      desired: try StoredText.value(row["desired"]), isOfEndings: row["endings"], part: row["part"],
      changes: row["changes"], undoes: row["undoes"])
  }
}

/// Values of several parts, in one column.
enum StoredText {
  static func of(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(_ text: String) throws -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch { throw unreadable }
  }

  static func word<Word: RawRepresentable>(_ text: String) throws -> Word where Word.RawValue == String {
    guard let word = Word(rawValue: text) else { throw unreadable }
    return word
  }

  /// What is well-formed for SQLite and means nothing to us.
  static var unreadable: DatabaseError { DatabaseError(resultCode: .SQLITE_CORRUPT) }
}
