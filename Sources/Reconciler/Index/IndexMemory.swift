import Directory
import Foundation
import GRDB
import LDAP

/// What an open index remembers beside its file; lost, it is made anew from it.
struct IndexMemory: Sendable {
  var names = IndexNames()
  var places = PlaceCache()
  /// The refresh that goes on.
  var refresh: Refresh?
  /// Whether a refresh has ended since the index was begun.
  var isComplete = false
  /// Whether there may be candidates: while there are none, nobody need be taken off their list.
  var mayHaveCandidates = false
  /// Numbers what is touched and who reads; never goes back while the index is open.
  var sequence: Int64 = 0
  /// Whether somebody reads directly, so that it counts what is told meanwhile.
  var isWatched = false
  /// Since the oldest direct read: what was told of which entry, by the last numbers.
  var told: [EntryUUID: Told] = [:]
  /// When last the server told that a container left its place.
  var structure: Int64 = 0

  /// When an entry was last told of: by the server in its order, and by anybody.
  struct Told: Sendable {
    var bySync: Int64 = 0
    var byAny: Int64 = 0
  }

  /// What is known of a refresh until it has ended.
  struct Refresh: Sendable {
    /// Whether the whole content is sent: what is not among it may be gone.
    var isReplacement: Bool
    /// Whether entries were listed as present.
    var hasList = false
    var seen: Set<EntryUUID.Key> = []
    /// What the server gave meanwhile; it holds when the refresh has ended.
    var cookie: [UInt8]?
  }

  init() {}

  init(_ db: Database) throws {
    names = try IndexNames(db)
    isComplete = try IndexMeta.value(IndexSchema.Meta.complete, db) != nil
    mayHaveCandidates = try Int.fetchOne(db, sql: "SELECT count(*) FROM candidate") != 0
    sequence = try Int64.fetchOne(db, sql: "SELECT max(last) FROM touched") ?? 0
  }
}

extension EntryUUID {
  /// The 16 octets in two words: a hundred thousand of them take little room and time.
  struct Key: Hashable, Sendable {
    var high: UInt64
    var low: UInt64
  }

  var key: Key {
    bytes.withUnsafeBytes { Key($0) }
  }
}

extension EntryUUID.Key {
  /// - Parameter octets: 16.
  init(_ octets: UnsafeRawBufferPointer) {
    high = octets.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    low = octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
  }

  var uuid: EntryUUID? {
    EntryUUID(bytes: [high, low].flatMap { word in withUnsafeBytes(of: word) { Array($0) } })
  }
}

/// The attributes' names by number, from 1.
struct IndexNames: Sendable {
  private var index = ByteIndex(foldingCase: true)

  init() {}

  init(_ db: Database) throws {
    for name in try String.fetchAll(db, sql: "SELECT text FROM name ORDER BY id") { _ = index.insert(name) }
  }

  var count: Int { index.count }

  func find(_ name: String) -> Int? { index.find(name).map { $0 + 1 } }

  /// The numbers of names, given to them now if they have none.
  mutating func numbers(_ names: [String], _ db: Database) throws -> [UInt32] {
    try names.map { name in
      let (number, isNew) = index.insert(name)
      if isNew {
        try db.cachedStatement(sql: "INSERT INTO name (id, text) VALUES (?, ?)")
          .execute(arguments: [number + 1, name])
      }
      return UInt32(number + 1)
    }
  }
}

/// Which containers lie at raw names, so that a name need not be taken apart for each entry under it.
struct PlaceCache: Sendable {
  private var index = ByteIndex()
  private var ids: [Int64] = []
  private var members: Set<Int64> = []

  func find(_ name: UnsafeRawBufferPointer) -> Int64? { index.find(name).map { ids[$0] } }

  mutating func insert(_ name: UnsafeRawBufferPointer, _ id: Int64) {
    if ids.count >= 65_536 { forget() }
    guard index.insert(name).isNew else { return }
    ids.append(id)
    members.insert(id)
  }

  /// To be called when an entry leaves its place; also one that holds nothing any more may be remembered.
  mutating func forget(_ id: Int64) { if members.contains(id) { forget() } }

  /// To be called whenever a container has come to a place or left one.
  mutating func forget() { if !ids.isEmpty { self = PlaceCache() } }
}

/// Single values that are kept by name.
enum IndexMeta {
  static func value(_ key: String, _ db: Database) throws -> Data? {
    try Data.fetchOne(
      db.cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key])
  }

  static func set(_ key: String, _ value: Data?, _ db: Database) throws {
    guard let value else {
      return try db.cachedStatement(sql: "DELETE FROM meta WHERE key = ?").execute(arguments: [key])
    }
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
      .execute(arguments: [key, value])
  }
}
