import Directory
import Foundation
import GRDB

// The queue of what has changed since the last time everything agreed. It is written in the transactions of what touched
// it, and survives whatever becomes of the process.
extension TreeIndex {
  /// Adds to the queue what something else than the directory touched.
  package func touch(_ touched: Touched) throws(Refusal) {
    guard !touched.isEmpty else { return }
    try update { $0.touched.formUnion(touched) }
  }

  /// All that is in the queue.
  ///
  /// - Returns: what is touched; a mark for ``settle(upTo:)``; since when the oldest of it waits.
  package func touched() throws(Refusal) -> (touched: Touched, mark: Int64, oldest: Date?) {
    try look { db, memory in
      var touched = Touched()
      var oldest: Double?
      let statement = try db.cachedStatement(sql: "SELECT sort, identity, since FROM touched")
      let cursor = try GRDB.Row.fetchCursor(statement)
      while let row = try cursor.next() {
        switch row[0] as Int {
        case 0: touched.identities.insert(HSAIdentity(row[1]))
        case 1: touched.hasStructure = true
        default: touched.isWhole = true
        }
        oldest = min(oldest ?? .infinity, row[2])
      }
      return (touched, memory.sequence, oldest.map { Date(timeIntervalSince1970: $0) })
    }
  }

  /// Takes out of the queue what has been seen to; what was touched again after the mark stays, since that time.
  ///
  /// - Parameter again: what has been seen to and is not done stays too, under a later mark and since it came. All of it
  ///   is one transaction: what is owed is never out of the queue.
  package func settle(upTo mark: Int64, keeping again: Touched = Touched()) throws(Refusal) {
    try update { work in
      work.since = try TreeIndex.waiting(again, work.db)
      work.touched.formUnion(again)
      try work.db.cachedStatement(sql: "DELETE FROM touched WHERE last <= ?").execute(arguments: [mark])
      try work.db.cachedStatement(
        sql: "UPDATE touched SET first = last, since = lastSince WHERE first <= ?"
      ).execute(arguments: [mark])
    }
  }
}

extension TreeIndex {
  /// Since when what is in the queue waits.
  private static func waiting(_ touched: Touched, _ db: Database) throws -> [IndexUpdate.Waiting] {
    guard !touched.isEmpty else { return [] }
    let statement = try db.cachedStatement(sql: "SELECT sort, identity, since FROM touched")
    let kept = Set(touched.identities.map(\.normalForm))
    var waiting: [IndexUpdate.Waiting] = []
    let cursor = try GRDB.Row.fetchCursor(statement)
    while let row = try cursor.next() {
      let (sort, identity): (Int, String) = (row[0], row[1])
      let isKept =
        switch sort {
        case 0: kept.contains(identity)
        case 1: touched.hasStructure
        default: touched.isWhole
        }
      if isKept { waiting.append(IndexUpdate.Waiting(sort: sort, identity: identity, since: row[2])) }
    }
    return waiting
  }
}

// Instants at which what follows from an entry becomes another by itself.
extension TreeIndex {
  /// The first boundary after an instant; `nil`: there is none.
  package func nextBoundary(after instant: Date) throws(Refusal) -> Date? {
    try look { db, _ in
      try Double.fetchOne(
        db.cachedStatement(sql: "SELECT min(at) FROM boundary WHERE at > ?"),
        arguments: [instant.timeIntervalSince1970])
    }.map { Date(timeIntervalSince1970: $0) }
  }

  /// Whom the boundaries in (after, upTo] touch; to be put in the queue by ``touch(_:)``.
  package func touched(byBoundariesAfter after: Date, upTo: Date) throws(Refusal) -> Touched {
    let sql = """
      SELECT DISTINCT entry.identity, entry.isContainer FROM boundary CROSS JOIN entry ON entry.id = boundary.entry
      WHERE boundary.at > ? AND boundary.at <= ?
      """
    return try look { db, _ in
      var touched = Touched()
      let arguments: StatementArguments = [after.timeIntervalSince1970, upTo.timeIntervalSince1970]
      let cursor = try GRDB.Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
      while let row = try cursor.next() {
        let identity: String? = row[0]
        if let identity { touched.identities.insert(HSAIdentity(identity)) }
        // Without HSA-id nobody can be named: the whole is looked at.
        if row[1] || identity == nil { touched.hasStructure = true }
      }
      return touched
    }
  }
}

// Single values that others keep with the index, and lose with it.
extension TreeIndex {
  package func value(_ key: String) throws(Refusal) -> Data? {
    try look { db, _ in try IndexMeta.value("value.\(key)", db) }
  }

  package func set(_ key: String, _ value: Data?) throws(Refusal) {
    try update { try IndexMeta.set("value.\(key)", value, $0.db) }
  }
}
