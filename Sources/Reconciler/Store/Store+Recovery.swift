import Directory
import Foundation
import GRDB

extension Store {
  /// The runs whose process died: none can be under way while this one may write.
  func runsWithoutEnd() throws(Refusal) -> [Int] {
    try read { try Int.fetchAll($0, sql: "SELECT id FROM run WHERE ended IS NULL ORDER BY id") }
  }

  /// The operations of a run that were settled in its last commit: its process may have died before the audit log had
  /// them too.
  func operationsLastSettled(run: Int) throws(Refusal) -> [JournalledOperation] {
    try operations(
      """
      WHERE operation.run = ?1 AND verdict IS NOT NULL AND NOT recovered
        AND settled = (SELECT max(settled) FROM operation WHERE run = ?1) ORDER BY number
      """, [run])
  }

  /// Ends runs whose process died; what they left in doubt has been settled.
  func endInterrupted(_ runs: [Int], at time: Date) throws(Refusal) {
    guard !runs.isEmpty else { return }
    try write { db in
      for run in runs {
        try db.execute(
          sql: "UPDATE run SET ended = ?, interrupted = 1 WHERE id = ? AND ended IS NULL",
          arguments: [time.stored, run])
      }
    }
  }

  /// Writes down what the directory shows of operations that were in doubt.
  func settle(_ settled: [(Outcome, entryUUID: String?)], run: Int, at time: Date) throws(Refusal) {
    try write { db in
      let statement = try db.makeStatement(
        sql: """
          UPDATE operation SET verdict = ?, detail = ?, doubted = 1, settled = ?, recovered = 1, entryUUID = ?
          WHERE run = ? AND number = ?
          """)
      for (outcome, entryUUID) in settled {
        try statement.execute(arguments: [
          outcome.verdict.name, outcome.verdict.detail, time.stored, entryUUID, run, outcome.change,
        ])
      }
    }
  }
}

// Role changes of runs that did not end.
extension Store {
  /// Those of which it is not known what became.
  func rolePushesInDoubt(run: Int) throws(Refusal) -> [JournalledRolePush] {
    try read { try Store.rolePushes($0, "WHERE run = ? AND verdict IS NULL ORDER BY number", [run]) }
  }

  /// Those that were settled in the last commit.
  func rolePushesLastSettled(run: Int) throws(Refusal) -> [JournalledRolePush] {
    let clause = """
      WHERE run = ?1 AND verdict IS NOT NULL
        AND settled = (SELECT max(settled) FROM rolePush WHERE run = ?1) ORDER BY number
      """
    return try read { try Store.rolePushes($0, clause, [run]) }
  }

  /// Writes down that nobody knows.
  func doubtRolePushes(run: Int, at time: Date) throws(Refusal) {
    try write {
      try $0.execute(
        sql:
          "UPDATE rolePush SET verdict = 'unknown', doubted = 1, settled = ? WHERE run = ? AND verdict IS NULL",
        arguments: [time.stored, run])
    }
  }
}
