import Directory
import Foundation
import GRDB

// By which entryUUID each HSA-id is known that has had a part in a role.
extension Store {
  /// Remembers entries that were not known; one that is known stays as it is, whatever comes in its place.
  package func remember(known: [HSAIdentity: String], at time: Date) throws(Refusal) {
    guard !known.isEmpty else { return }
    try write { db in
      let statement = try db.makeStatement(
        sql: "INSERT OR IGNORE INTO known (identity, spelled, entryUUID, since) VALUES (?, ?, ?, ?)")
      for (identity, entryUUID) in known.sorted(by: { $0.key < $1.key }) {
        try statement.execute(arguments: [identity.normalForm, identity.text, entryUUID, time.stored])
      }
    }
  }

  /// The entry by which an HSA-id is known; `nil` for one that is not.
  package func known(_ identity: HSAIdentity) throws(Refusal) -> (entryUUID: String, since: Date)? {
    try read { db in
      try Row.fetchOne(
        db, sql: "SELECT entryUUID, since FROM known WHERE identity = ?", arguments: [identity.normalForm]
      ).map { ($0[0], Date(stored: $0[1])) }
    }
  }

  /// Knows an HSA-id by another entry from now on.
  package func adopt(_ identity: HSAIdentity, entryUUID: String, at time: Date) throws(Refusal) {
    try write { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO known (identity, spelled, entryUUID, since) VALUES (?, ?, ?, ?)",
        arguments: [identity.normalForm, identity.text, entryUUID, time.stored])
    }
  }

  static func known(_ db: Database) throws -> [HSAIdentity: String] {
    var known: [HSAIdentity: String] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT spelled, entryUUID FROM known") {
      known[HSAIdentity(row[0])] = row[1]
    }
    return known
  }
}
