import Directory
import Foundation
import GRDB
import LDAP

// Where entries lie. A row without uuid, a ghost, stands for a container that others lie under and that has not come;
// one that is out has lost its place to another and keeps the name it had until it is known what became of it.
extension IndexUpdate {
  /// Where a raw name says that its entry is; makes ghosts for containers that have not come.
  mutating func place(_ name: UnsafeRawBufferPointer) throws -> (
    parent: Int64, rdn: UnsafeRawBufferPointer, key: String
  ) {
    switch try ground.place(name) {
    case .base: (0, name, ground.baseKey)
    case .below(let above, let rdn): (try container(above), rdn, try ground.key(rdn))
    }
  }

  /// The container that a raw name says the entry is in.
  ///
  /// An entry cannot lie under itself. Where the containers on the way are its own, it no longer is where it was, and
  /// others that have not come yet are in its place.
  mutating func parent(of name: UnsafeRawBufferPointer, moving id: Int64) throws -> Int64 {
    guard case .below(let above, _) = try ground.place(name) else { return 0 }
    let parent = try container(above)
    guard try isUnder(parent, id) else { return parent }
    try displace(id)
    let other = try container(above)
    try prune(parent)
    return other
  }

  /// The row of a container by its raw name.
  private mutating func container(_ name: UnsafeRawBufferPointer) throws -> Int64 {
    if let known = memory.places.find(name) { return known }
    let (parent, rdn, key) = try place(name)
    let id = try occupant(parent, key)?.id ?? makeGhost(parent, rdn, key)
    memory.places.insert(name, id)
    return id
  }

  private func makeGhost(_ parent: Int64, _ rdn: UnsafeRawBufferPointer, _ key: String) throws -> Int64 {
    try db.cachedStatement(sql: "INSERT INTO entry (parent, rdnKey, rdn) VALUES (?, ?, ?)")
      .execute(arguments: [parent, key, Data(rdn)])
    return db.lastInsertedRowID
  }

  /// Who is at a place.
  func occupant(_ parent: Int64, _ key: String) throws -> (id: Int64, isGhost: Bool)? {
    let sql = "SELECT id, uuid IS NULL FROM entry WHERE parent = ? AND rdnKey = ? AND isOut = 0"
    return try GRDB.Row.fetchOne(db.cachedStatement(sql: sql), arguments: [parent, key]).map {
      ($0[0], $0[1])
    }
  }

  /// Gives an entry another place or another spelling of its RDN; whoever has the place is put out.
  mutating func move(_ row: Row, _ name: UnsafeRawBufferPointer, to parent: Int64) throws {
    let (_, rdn, key) = try place(name)
    let found = try occupant(parent, key)
    let occupant = found?.id == row.id ? nil : found
    if parent != row.parent || key != row.rdnKey { try displaceTold(under: row.id) }
    if let occupant, !occupant.isGhost { try displace(occupant.id) }
    try db.cachedStatement(sql: "UPDATE entry SET parent = ?, rdnKey = ?, rdn = ?, isOut = 0 WHERE id = ?")
      .execute(arguments: [parent, key, Data(rdn), row.id])
    if let occupant, occupant.isGhost { try adopt(occupant.id, by: row.id) }
    memory.places.forget(row.id)
    if try row.isContainer || hasChildren(row.id) { structureChanged() }
    if parent != row.parent { try prune(row.parent) }
  }

  /// Puts an entry out of its place; where it is has to be asked.
  mutating func displace(_ id: Int64) throws {
    try displaceTold(under: id)
    try putOut(id)
  }

  /// Puts those out of their places that a refresh has told of under a container that now turns out to be elsewhere.
  ///
  /// A refresh tells in any order. By their names they were put under whoever had the container's name before, and the
  /// container that has it now may be another: where they are has to be asked.
  private mutating func displaceTold(under id: Int64) throws {
    guard isTold, let refresh = memory.refresh else { return }
    let sql = """
      WITH RECURSIVE below(id) AS (
        SELECT id FROM entry WHERE parent = ? UNION SELECT entry.id FROM below CROSS JOIN entry ON entry.parent = below.id
      )
      SELECT below.id, entry.uuid FROM below CROSS JOIN entry USING (id) WHERE entry.uuid IS NOT NULL AND NOT entry.isOut
      """
    for row in try GRDB.Row.fetchAll(db.cachedStatement(sql: sql), arguments: [id]) {
      let key = try row.withUnsafeData(atIndex: 1) { $0?.withUnsafeBytes { EntryUUID.Key($0) } }
      if let key, refresh.seen.contains(key) { try putOut(row[0]) }
    }
  }

  private mutating func putOut(_ id: Int64) throws {
    try db.cachedStatement(sql: "UPDATE entry SET isOut = 1 WHERE id = ?").execute(arguments: [id])
    guard let row = try row(id) else { return }
    memory.places.forget(id)
    if try row.isContainer || hasChildren(id) { structureChanged() }
    try note(candidate: id)
    try touch(try ties(of: row, withName: false), nil)
  }

  /// Takes over what lies under a ghost, which then is no more.
  private mutating func adopt(_ ghost: Int64, by id: Int64) throws {
    for child in try children(of: ghost) {
      let occupant = child.isOut ? nil : try occupant(id, child.key)
      if let occupant, child.isGhost {
        try adopt(child.id, by: occupant.id)
        continue
      }
      if let occupant, !occupant.isGhost { try displace(occupant.id) }
      try db.cachedStatement(sql: "UPDATE entry SET parent = ? WHERE id = ?").execute(arguments: [
        id, child.id,
      ])
      if let occupant, occupant.isGhost { try adopt(occupant.id, by: child.id) }
    }
    try db.cachedStatement(sql: "DELETE FROM entry WHERE id = ?").execute(arguments: [ghost])
    structureChanged()
  }

  private func children(of id: Int64) throws -> [(id: Int64, key: String, isGhost: Bool, isOut: Bool)] {
    let sql = "SELECT id, rdnKey, uuid IS NULL, isOut FROM entry WHERE parent = ?"
    return try GRDB.Row.fetchAll(db.cachedStatement(sql: sql), arguments: [id]).map {
      ($0[0], $0[1], $0[2], $0[3])
    }
  }

  func hasChildren(_ id: Int64) throws -> Bool {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT 1 FROM entry WHERE parent = ? LIMIT 1"), arguments: [id]) != nil
  }

  /// Removes a ghost that nothing lies under any more, and those above it.
  mutating func prune(_ id: Int64) throws {
    var next = id
    while next != 0, let row = try ghost(next), try !hasChildren(next) {
      try db.cachedStatement(sql: "DELETE FROM entry WHERE id = ?").execute(arguments: [next])
      memory.places.forget()
      next = row
    }
  }

  /// A ghost's parent; `nil` for what is none.
  private func ghost(_ id: Int64) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT parent FROM entry WHERE id = ? AND uuid IS NULL"), arguments: [id])
  }

  private func isUnder(_ id: Int64, _ other: Int64) throws -> Bool {
    var next: Int64? = id
    while let here = next, here != 0 {
      if here == other { return true }
      next = try parent(of: here)
    }
    return false
  }

  private func parent(of id: Int64) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT parent FROM entry WHERE id = ?"), arguments: [id])
  }

  /// A container has left its place, or has another name: who reads beside may have seen the old one.
  mutating func structureChanged() {
    memory.places.forget()
    if isTold { memory.structure = memory.sequence }
  }
}

// Names by their normal form.
extension IndexUpdate {
  func nameKey(of id: Int64) throws -> String { try IndexUpdate.nameKey(of: id, db) }
  func entry(key: String) throws -> Int64? { try IndexUpdate.entry(key: key, ground, db) }

  static func nameKey(of id: Int64, _ db: Database) throws -> String {
    var keys: [String] = []
    var next = id
    while next != 0 {
      let statement = try db.cachedStatement(sql: "SELECT parent, rdnKey FROM entry WHERE id = ?")
      guard let row = try GRDB.Row.fetchOne(statement, arguments: [next]) else { break }
      next = row[0]
      keys.append(row[1])
    }
    return keys.joined(separator: ",")
  }

  /// The entry of a name in normal form; `nil` where there is none in its place.
  static func entry(key: String, _ ground: IndexGround, _ db: Database) throws -> Int64? {
    guard key.utf8.count >= ground.baseKey.utf8.count, key.hasSuffix(ground.baseKey) else { return nil }
    var above: [String] = []
    var rest = Array(key.utf8.dropLast(ground.baseKey.utf8.count))
    while !rest.isEmpty {
      let length = rest.withUnsafeBytes { RawName.rdnLength($0) }
      above.append(String(decoding: rest[..<length], as: UTF8.self))
      rest.removeFirst(min(rest.count, length + 1))
    }
    let sql = "SELECT id FROM entry WHERE parent = ? AND rdnKey = ? AND isOut = 0"
    var id: Int64 = 0
    for key in [ground.baseKey] + above.reversed() {
      guard let next = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [id, key]) else {
        return nil
      }
      id = next
    }
    let isThere = try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT uuid IS NOT NULL FROM entry WHERE id = ?"), arguments: [id])
    return isThere == true ? id : nil
  }
}
