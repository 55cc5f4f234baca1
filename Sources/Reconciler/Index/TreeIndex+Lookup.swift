import Directory
import Foundation
import GRDB
import LDAP

extension TreeIndex {
  /// Looks entries up, as the index is at one moment: nobody changes it meanwhile.
  ///
  /// - Throws: what the body throws; exit code 75 when the file cannot be read.
  package func lookUp<Result>(_ body: (IndexLookup) throws -> Result) throws(Refusal) -> Result {
    try look { db, _ in
      var result: Swift.Result<Result, any Error>?
      // In a transaction, so that the file is locked once and not for each question.
      try db.inTransaction(.deferred) {
        result = Swift.Result { try body(IndexLookup(db: db, ground: ground)) }
        return .commit
      }
      guard let result else { throw IndexFault.noRefresh }
      return try result.get()
    }
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
