import Directory
import Foundation
import GRDB
import LDAP

/// Holds the index against a read of everything, and mends it: begin it before the directory is asked, give it each batch,
/// and end it.
package struct IndexCheck: Sendable {
  /// What the index had otherwise.
  package struct Drift: Hashable, Sendable {
    /// Entries that it did not have.
    package var missing = 0
    /// Entries that it had, and the directory has not.
    package var surplus = 0
    /// Entries that had another content or place.
    package var different = 0
    /// Whom mending it touches; it is in the queue.
    package var touched = Touched()

    package var isNone: Bool { missing + surplus + different == 0 }
  }

  private let index: TreeIndex
  private let read: DirectRead
  /// What had to be read when the check began; it reads it with all else.
  private let unread: [EntryUUID]
  private var seen: Set<EntryUUID.Key> = []
  private var drift = Drift()

  package init(_ index: TreeIndex) throws(Refusal) {
    self.index = index
    read = try index.beginRead()
    unread = try index.unread()
  }

  /// Compares a batch of whole entries by the binding's attributes, with entryUUID, and mends what differs.
  ///
  /// What the server has told since the check began is newer than what was read, and is left alone.
  package mutating func take(_ batch: EntryTable) throws(Refusal) {
    let read = read
    let (uuids, came, changed, touched) = try index.update { work in
      let (uuids, came, changed) = try work.put(batch, by: .check(since: read.since))
      return (uuids, came, changed, work.touched)
    }
    seen.formUnion(uuids.map(\.key))
    drift.missing += came
    drift.different += changed
    drift.touched.formUnion(touched)
  }

  /// Ends the check.
  ///
  /// - Parameter isComplete: whether the read is proven complete: only then what it did not see is taken out.
  package consuming func end(isComplete: Bool) throws(Refusal) -> Drift {
    guard isComplete else { return drift }
    let (since, seen, unread) = (read.since, seen, unread)
    let (surplus, touched) = try index.update { work in
      let gone = try work.strangers(to: seen, since: since)
      for uuid in gone { try work.remove(uuid) }
      try work.strike(unread: unread, since: since)
      return (gone.count, work.touched)
    }
    drift.surplus = surplus
    drift.touched.formUnion(touched)
    return drift
  }
}

extension IndexUpdate {
  /// Takes off their list those that were read, unless they have been told of since.
  fileprivate func strike(unread: [EntryUUID], since: Int64) throws {
    let statement = try db.cachedStatement(sql: "DELETE FROM unread WHERE uuid = ?")
    for uuid in unread where memory.told[uuid].map({ $0.bySync <= since }) ?? true {
      try statement.execute(arguments: [Data(uuid.bytes)])
    }
  }

  /// The entries that are not among those seen, and of which nothing was told since.
  fileprivate func strangers(to seen: Set<EntryUUID.Key>, since: Int64) throws -> [EntryUUID] {
    try Data.fetchAll(db, sql: "SELECT uuid FROM entry WHERE uuid IS NOT NULL ORDER BY uuid").compactMap {
      data in
      guard let uuid = EntryUUID(bytes: Array(data)), !seen.contains(uuid.key) else { return nil }
      if let told = memory.told[uuid], told.byAny > since { return nil }
      return uuid
    }
  }
}
