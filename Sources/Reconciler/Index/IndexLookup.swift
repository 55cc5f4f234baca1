import Directory
import Foundation
import GRDB
import LDAP

/// Entries of the index while it is looked at. They go by the numbers of their rows, which hold as long as they are there.
package struct IndexLookup: EntryLookup {
  let db: Database
  let ground: IndexGround

  package func entries(with identity: HSAIdentity) throws -> [Int64] {
    try Int64.fetchAll(
      db.cachedStatement(sql: "SELECT id FROM entry WHERE identity = ? ORDER BY id"),
      arguments: [identity.normalForm])
  }

  package func entry(named name: DistinguishedName) throws -> Int64? {
    let key = name.normalForm(ground.reading.schema)
    return try IndexUpdate.entry(key: key, ground, db)
  }

  package func parent(of entry: Int64) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT parent FROM entry WHERE id = ? AND parent <> 0"), arguments: [entry])
  }

  package func children(of entry: Int64, limit: Int) throws -> [Int64] {
    let sql = "SELECT id FROM entry WHERE parent = ? AND uuid IS NOT NULL ORDER BY rdnKey LIMIT ?"
    return try Int64.fetchAll(db.cachedStatement(sql: sql), arguments: [entry, limit])
  }

  package func entries(linking link: EntryLink, limit: Int) throws -> [Int64] {
    let sql = "SELECT entry FROM link WHERE target = ? AND sort = ? ORDER BY entry LIMIT ?"
    return try Int64.fetchAll(
      db.cachedStatement(sql: sql), arguments: [link.target, link.sort.rawValue, limit])
  }

  package func facts(of entry: Int64) throws -> EntryFacts {
    let sql = "SELECT identity, kind, isContainer, isProvider FROM entry WHERE id = ?"
    guard let row = try GRDB.Row.fetchOne(db.cachedStatement(sql: sql), arguments: [entry]) else {
      return EntryFacts()
    }
    return EntryFacts(
      identity: (row[0] as String?).map { HSAIdentity($0) }, kind: Kind(rank: row[1]), isContainer: row[2],
      isProvider: row[3],
      links: try IndexUpdate.links(of: entry, db, but: .member),
      boundaries: try IndexUpdate.boundaries(of: entry, db))
  }

  package func members(of entry: Int64) throws -> [EntryLink] {
    let sql = "SELECT target FROM link WHERE entry = ? AND sort = ? ORDER BY target"
    let arguments: StatementArguments = [entry, EntryLink.Sort.member.rawValue]
    return try String.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map {
      EntryLink(.member, $0)
    }
  }

  package func nameKey(of entry: Int64) throws -> String {
    try IndexUpdate.nameKey(of: entry, db)
  }
}

extension IndexLookup {
  /// An entry as the server sent it, with the name that it has by now; `nil` for one that has not come.
  package func content(of entry: Int64) throws -> Entry? {
    var reader = try EntryReader(db)
    try reader.add(entry)
    let table = reader.take()
    return table.count == 1 ? try table.entry(0) : nil
  }
}
