import Directory
import Foundation
import GRDB
import LDAP

/// Entries go by the numbers of their rows, which hold as long as they are there.
extension TreeIndex: EntryLookup {
  package func entries(with identity: HSAIdentity) throws -> [Int64] {
    try look { db, _ in
      try Int64.fetchAll(
        db.cachedStatement(sql: "SELECT id FROM entry WHERE identity = ? ORDER BY id"),
        arguments: [identity.normalForm])
    }
  }

  package func entry(named name: DistinguishedName) throws -> Int64? {
    let key = name.normalForm(ground.reading.schema)
    return try look { db, _ in try IndexUpdate.entry(key: key, ground, db) }
  }

  package func parent(of entry: Int64) throws -> Int64? {
    try look { db, _ in
      try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT parent FROM entry WHERE id = ? AND parent <> 0"), arguments: [entry])
    }
  }

  package func children(of entry: Int64, limit: Int) throws -> [Int64] {
    let sql = "SELECT id FROM entry WHERE parent = ? AND uuid IS NOT NULL ORDER BY rdnKey LIMIT ?"
    return try look { db, _ in
      try Int64.fetchAll(db.cachedStatement(sql: sql), arguments: [entry, limit])
    }
  }

  package func entries(linking link: EntryLink, limit: Int) throws -> [Int64] {
    let sql = "SELECT entry FROM link WHERE target = ? AND sort = ? ORDER BY entry LIMIT ?"
    return try look { db, _ in
      try Int64.fetchAll(
        db.cachedStatement(sql: sql), arguments: [link.target, link.sort.rawValue, limit])
    }
  }

  package func facts(of entry: Int64) throws -> EntryFacts {
    let sql = "SELECT identity, kind, isContainer FROM entry WHERE id = ?"
    return try look { db, _ in
      guard let row = try GRDB.Row.fetchOne(db.cachedStatement(sql: sql), arguments: [entry]) else {
        return EntryFacts()
      }
      return EntryFacts(
        identity: (row[0] as String?).map { HSAIdentity($0) }, kind: Kind(rank: row[1]), isContainer: row[2],
        links: try IndexUpdate.links(of: entry, db, but: .member),
        boundaries: try IndexUpdate.boundaries(of: entry, db))
    }
  }

  package func members(of entry: Int64) throws -> [EntryLink] {
    let sql = "SELECT target FROM link WHERE entry = ? AND sort = ? ORDER BY target"
    let arguments: StatementArguments = [entry, EntryLink.Sort.member.rawValue]
    return try look { db, _ in
      try String.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map { EntryLink(.member, $0) }
    }
  }

  package func nameKey(of entry: Int64) throws -> String {
    try look { db, _ in try IndexUpdate.nameKey(of: entry, db) }
  }

  /// The entry known by a uuid.
  package func entry(of uuid: EntryUUID) throws(Refusal) -> Int64? {
    try look { db, _ in
      try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT id FROM entry WHERE uuid = ?"), arguments: [Data(uuid.bytes)])
    }
  }

  /// How many entries there are.
  package var count: Int {
    get throws(Refusal) {
      try look { db, _ in try Int.fetchOne(db, sql: "SELECT coalesce(sum(count), 0) FROM tally") ?? 0 }
    }
  }

  /// How many entries there are of each kind that has some.
  package func counts() throws(Refusal) -> [Kind: Int] {
    try look { db, _ in
      var counts: [Kind: Int] = [:]
      for row in try GRDB.Row.fetchAll(db, sql: "SELECT kind, count FROM tally WHERE count <> 0") {
        if let kind = Kind(rank: row[0]) { counts[kind] = row[1] }
      }
      return counts
    }
  }
}

extension Kind {
  /// The kind of a place in the order of kinds.
  init?(rank: Int) {
    guard Kind.allCases.indices.contains(rank) else { return nil }
    self = Kind.allCases[rank]
  }
}
