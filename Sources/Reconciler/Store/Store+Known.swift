import Directory
import Foundation
import GRDB

// By which entryUUID each HSA-id is known that has had a part in a role.
extension Store {
  /// Remembers entries that were not known; one that is known stays as it is, whatever comes in its place.
  package func remember(known: [HSAIdentity: String], at time: Date) throws(Refusal) {
    guard !known.isEmpty else { return }
    // What is known already need not be written: a commit waits for the disk.
    let before = try read { try Store.known($0, of: Set(known.keys)) }
    let known = known.filter { before[$0.key] == nil }
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

  /// - Parameter persons: `nil`: all.
  static func known(_ db: Database, of persons: Set<HSAIdentity>? = nil) throws -> [HSAIdentity: String] {
    var known: [HSAIdentity: String] = [:]
    guard let persons, persons.count < 5_000 else {
      for row in try Row.fetchAll(db, sql: "SELECT spelled, entryUUID FROM known") {
        let identity = HSAIdentity(row[0])
        if persons?.contains(identity) != false { known[identity] = row[1] }
      }
      return known
    }
    let statement = try db.cachedStatement(sql: "SELECT spelled, entryUUID FROM known WHERE identity = ?")
    for person in persons {
      if let row = try Row.fetchOne(statement, arguments: [person.normalForm]) {
        known[HSAIdentity(row[0])] = row[1]
      }
    }
    return known
  }
}
