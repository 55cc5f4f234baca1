import Directory
import Foundation
import GRDB
import LDAP

// What has to be asked of the server, what is touched, and how many there are.
extension IndexUpdate {
  mutating func note(candidate id: Int64) throws {
    memory.mayHaveCandidates = true
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO candidate (entry) VALUES (?)").execute(arguments: [id])
  }

  func strike(candidate id: Int64) throws {
    guard memory.mayHaveCandidates else { return }
    try db.cachedStatement(sql: "DELETE FROM candidate WHERE entry = ?").execute(arguments: [id])
  }

  /// All entries under one that is gone.
  mutating func noteDescendants(of id: Int64) throws {
    memory.mayHaveCandidates = true
    let sql = """
      WITH RECURSIVE below(id) AS (
        SELECT id FROM entry WHERE parent = ? UNION SELECT entry.id FROM below CROSS JOIN entry ON entry.parent = below.id
      )
      INSERT OR IGNORE INTO candidate SELECT below.id FROM below CROSS JOIN entry USING (id) WHERE entry.uuid IS NOT NULL
      """
    try db.cachedStatement(sql: sql).execute(arguments: [id])
  }

  func note(unread uuid: EntryUUID) throws {
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO unread (uuid) VALUES (?)")
      .execute(arguments: [Data(uuid.bytes)])
  }

  /// Remembers that entries were told of, for who reads beside.
  mutating func told(_ uuids: some Sequence<EntryUUID>, by teller: Teller) {
    guard memory.isWatched else { return }
    for uuid in uuids {
      if teller == .sync { memory.told[uuid, default: .init()].bySync = memory.sequence }
      memory.told[uuid, default: .init()].byAny = memory.sequence
    }
  }

  /// Writes down what is touched and how many there are; the last thing in a transaction.
  func finish() throws {
    try IndexUpdate.enqueue(touched, at: now, sequence: memory.sequence, db)
    for one in since {
      try db.cachedStatement(
        sql: "UPDATE touched SET since = ? WHERE sort = ? AND identity = ? AND since > ?"
      )
      .execute(arguments: [one.since, one.sort, one.identity, one.since])
    }
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO tally (kind, count) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET count = count + excluded.count
        """)
    for (kind, count) in tally.sorted(by: { $0.key < $1.key }) where count != 0 {
      try statement.execute(arguments: [kind, count])
    }
  }

  /// Adds to the queue of what is touched; what is in it stays where it is, and is known to have come again.
  static func enqueue(_ touched: Touched, at now: Date, sequence: Int64, _ db: Database) throws {
    let sql = """
      INSERT INTO touched (sort, identity, first, since, last, lastSince) VALUES (?1, ?2, ?3, ?4, ?3, ?4)
      ON CONFLICT (sort, identity) DO UPDATE SET last = excluded.last, lastSince = excluded.lastSince
      """
    let statement = try db.cachedStatement(sql: sql)
    let time = now.timeIntervalSince1970
    if touched.isWhole { try statement.execute(arguments: [2, "", sequence, time]) }
    if touched.hasStructure { try statement.execute(arguments: [1, "", sequence, time]) }
    for identity in touched.identities.sorted() {
      try statement.execute(arguments: [0, identity.normalForm, sequence, time])
    }
  }
}
