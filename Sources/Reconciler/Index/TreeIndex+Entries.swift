import Directory
import Foundation
import GRDB
import LDAP

extension TreeIndex {
  /// Hands entries over as the server sent them, with the names that they have by now.
  ///
  /// - Parameters:
  ///   - numbers: which, as ``EntryLookup`` numbers them; `nil`: all, as they were at one moment, also while the
  ///     directory's changes are taken in.
  ///   - body: called with at most 1,000 at a time; of all, it may not look into the index.
  package func entries(_ numbers: [Int64]?, _ body: (EntryTable) throws -> Void) throws {
    guard let numbers else { return try allEntries(body) }
    for start in stride(from: 0, to: numbers.count, by: EntryReader.batch) {
      let chunk = numbers[start..<min(start + EntryReader.batch, numbers.count)]
      try body(
        try look { db, _ in
          var reader = try EntryReader(db)
          for number in chunk { try reader.add(number) }
          return reader.take()
        })
    }
  }

  /// Over a connection of its own, so that nobody waits for it, and its memory is given back.
  private func allEntries(_ body: (EntryTable) throws -> Void) throws {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    let queue: DatabaseQueue
    do { queue = try DatabaseQueue(path: folder.database, configuration: configuration) } catch {
      throw refusal(error)
    }
    try queue.read { db in
      do {
        var reader = try EntryReader(db)
        try reader.readAll(body)
      } catch let error as DatabaseError {
        throw refusal(error)
      }
    }
  }
}

/// Makes entries of rows: their names of the RDNs up to the base, their attributes of the content.
struct EntryReader {
  static let batch = 1_000
  private let db: Database
  private let names: Int
  private var builder: EntryTableBuilder
  /// The names of containers, by their numbers.
  private var above: [Int64: [UInt8]] = [:]
  private var name: [UInt8] = []

  init(_ db: Database) throws {
    self.db = db
    let names = try String.fetchAll(db.cachedStatement(sql: "SELECT text FROM name ORDER BY id"))
    self.names = names.count
    builder = EntryTableBuilder(continuing: names)
  }

  mutating func take() -> EntryTable { builder.take() }

  mutating func readAll(_ body: (EntryTable) throws -> Void) throws {
    let cursor = try GRDB.Row.fetchCursor(
      db, sql: "SELECT parent, rdn, content FROM entry WHERE content IS NOT NULL")
    while let row = try cursor.next() {
      try add(row)
      if builder.table.count >= EntryReader.batch { try body(builder.take()) }
    }
    if builder.table.count > 0 { try body(builder.take()) }
  }

  mutating func add(_ number: Int64) throws {
    let statement = try db.cachedStatement(
      sql: "SELECT parent, rdn, content FROM entry WHERE id = ? AND content IS NOT NULL")
    let cursor = try GRDB.Row.fetchCursor(statement, arguments: [number])
    if let row = try cursor.next() { try add(row) }
  }

  private mutating func add(_ row: GRDB.Row) throws {
    let parent: Int64 = row[0]
    name.removeAll(keepingCapacity: true)
    try row.withUnsafeData(atIndex: 1) { if let data = $0 { name.append(contentsOf: data) } }
    if parent != 0 {
      name.append(UInt8(ascii: ","))
      name += try nameOfContainer(parent)
    }
    let isSound = try row.withUnsafeData(atIndex: 2) { content in
      content?.withUnsafeBytes { content in
        name.withUnsafeBytes { EntryContent.decode(content, names: names, dn: $0, into: &builder) }
      }
    }
    if isSound != true { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
  }

  mutating func nameOfContainer(_ id: Int64) throws -> [UInt8] {
    if let known = above[id] { return known }
    let statement = try db.cachedStatement(sql: "SELECT parent, rdn FROM entry WHERE id = ?")
    guard let row = try GRDB.Row.fetchOne(statement, arguments: [id]) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT)
    }
    let parent: Int64 = row[0]
    var name = Array(row[1] as Data)
    if parent != 0 { name += [UInt8(ascii: ",")] + (try nameOfContainer(parent)) }
    above[id] = name
    return name
  }
}
