import Directory
import Foundation
import GRDB

extension Store {
  /// Keeps entries as an undo left them, until the desired state is another or somebody releases them.
  package func hold(_ identities: [HSAIdentity], run: Int, desired: String, at time: Date) throws(Refusal) {
    try write { db in
      let statement = try db.makeStatement(
        sql: "INSERT OR REPLACE INTO hold (identity, spelled, run, since, desired) VALUES (?, ?, ?, ?, ?)")
      for identity in identities {
        try statement.execute(
          arguments: [identity.normalForm, identity.text, run, time.stored, desired])
      }
    }
  }

  /// Lets an entry go.
  ///
  /// - Returns: whether it was on hold.
  @discardableResult
  package func release(_ identity: HSAIdentity) throws(Refusal) -> Bool {
    try write { db in
      try db.execute(sql: "DELETE FROM hold WHERE identity = ?", arguments: [identity.normalForm])
      return db.changesCount > 0
    }
  }

  /// Ends the holds against any other desired state than this.
  ///
  /// - Returns: how many.
  @discardableResult
  package func endHolds(notOf desired: String) throws(Refusal) -> Int {
    try write { db in
      try db.execute(sql: "DELETE FROM hold WHERE desired <> ?", arguments: [desired])
      return db.changesCount
    }
  }
}
