import Directory
import Foundation
import GRDB
import LDAP

/// What one transaction does to the index: entries are put in, moved and taken out, and what that touches is noted.
struct IndexUpdate {
  let db: Database
  let ground: IndexGround
  let now: Date
  var memory: IndexMemory
  /// What is touched so far; not looked for while the index is being filled.
  var touched = Touched()
  /// Since when some of what is touched waits already.
  var since: [Waiting] = []
  struct Waiting {
    var sort: Int
    var identity: String
    var since: Double
  }
  var tally: [Int: Int] = [:]
  /// Whether the server tells, in the order of what happened.
  var isTold = false
  private var content: [UInt8] = []

  /// - Parameter isWatched: whether somebody reads directly.
  init(_ db: Database, _ ground: IndexGround, _ memory: IndexMemory, isWatched: Bool, at now: Date) {
    self.db = db
    self.ground = ground
    self.memory = memory
    self.now = now
    self.memory.sequence += 1
    self.memory.isWatched = isWatched
    if !isWatched && !memory.told.isEmpty { self.memory.told = [:] }
  }

  /// Who tells of an entry.
  enum Teller: Equatable {
    /// The server, in the order of what happened.
    case sync
    /// Somebody who has read it beside: perhaps before the server told something newer, and perhaps from another server
    /// that lags behind.
    case read(since: Int64?)
    /// A comparison of all with the directory, which is right but where the server told something since.
    case check(since: Int64)

    var since: Int64? {
      switch self {
      case .sync: nil
      case .read(let since): since
      case .check(let since): since
      }
    }
  }

  /// What became of an entry that was put in.
  enum Outcome {
    case came, changed, asItWas
    /// Something newer is known.
    case outdated
  }

  /// A row as it stands.
  struct Row {
    var id: Int64
    var parent: Int64
    var rdnKey: String
    var isOut: Bool
    var kind: Int
    var isContainer: Bool
    var identity: String?
  }

  /// Puts an entry in, or in the place of what was known by its uuid.
  mutating func put(
    _ uuid: EntryUUID, _ row: Int, _ rows: EntryTable.Rows, _ names: [String], _ numbers: [UInt32],
    by teller: Teller
  ) throws -> Outcome {
    content.removeAll(keepingCapacity: true)
    EntryContent.encode(row, rows, numbers, into: &content)
    guard let known = try find(uuid, rows.dn(of: row)) else {
      guard mayPut(unknown: uuid, teller) else { return .outdated }
      try insert(uuid, row, rows, names, by: teller)
      return .came
    }
    guard mayPut(uuid, known, teller) else { return .outdated }
    let parent = try self.parent(of: rows.dn(of: row), moving: known.id)
    try strike(candidate: known.id)
    let isInPlace = known.hasSameRDN && parent == known.parent && !known.isOut
    if isInPlace && known.hasSameContent { return .asItWas }
    if isInPlace && known.agrees {
      try write(content, of: known.id)
      return .asItWas
    }
    guard let old = try self.row(known.id) else { return .asItWas }
    let before = try ties(of: old, withName: !isInPlace)
    if !isInPlace { try move(old, rows.dn(of: row), to: parent) }
    let after = try write(ground.reading.facts(row, rows, names), of: old, before, withName: !isInPlace)
    try touch(before, after)
    return .changed
  }

  private mutating func insert(
    _ uuid: EntryUUID, _ row: Int, _ rows: EntryTable.Rows, _ names: [String], by teller: Teller
  ) throws {
    let (parent, rdn, key) = try place(rows.dn(of: row))
    let facts = ground.reading.facts(row, rows, names)
    let id = try makeRow(uuid, parent, rdn, key, facts)
    let links = IndexUpdate.sorted(facts.links)
    for link in links { try insert(link, of: id) }
    for boundary in Set(facts.boundaries) { try insert(boundary, of: id) }
    tally[facts.rank, default: 0] += 1
    if let since = teller.since, memory.structure > since {
      // Its name may be from before a container above it moved: it is asked for once more.
      try note(candidate: id)
    }
    if facts.isContainer { try containerCame(uuid, by: teller) }
    guard memory.isComplete else { return }
    try touch(nil, Ties(facts, links, name: try nameKey(of: id)))
  }

  private mutating func makeRow(
    _ uuid: EntryUUID, _ parent: Int64, _ rdn: UnsafeRawBufferPointer, _ key: String, _ facts: EntryFacts
  ) throws -> Int64 {
    let occupant = try occupant(parent, key)
    if let occupant, occupant.isGhost {
      let sql = """
        UPDATE entry SET uuid = ?, rdn = ?, kind = ?, isContainer = ?, isProvider = ?, identity = ?, content = ?
        WHERE id = ?
        """
      try db.cachedStatement(sql: sql).execute(arguments: [
        Data(uuid.bytes), Data(rdn), facts.rank, facts.isContainer, facts.isProvider,
        facts.identity?.normalForm, Data(content), occupant.id,
      ])
      return occupant.id
    }
    if let occupant { try displace(occupant.id) }
    let sql = """
      INSERT INTO entry (uuid, parent, rdnKey, rdn, kind, isContainer, isProvider, identity, content)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    try db.cachedStatement(sql: sql).execute(arguments: [
      Data(uuid.bytes), parent, key, Data(rdn), facts.rank, facts.isContainer, facts.isProvider,
      facts.identity?.normalForm, Data(content),
    ])
    return db.lastInsertedRowID
  }

  private mutating func containerCame(_ uuid: EntryUUID, by teller: Teller) throws {
    // What lies under one that has come into the base is not sent.
    guard teller == .sync, memory.isComplete, memory.refresh?.isReplacement != true else { return }
    try note(unread: uuid)
  }

  /// Takes an entry out; those under it, of which the server says nothing, become candidates.
  mutating func remove(_ uuid: EntryUUID) throws {
    try db.cachedStatement(sql: "DELETE FROM unread WHERE uuid = ?").execute(arguments: [Data(uuid.bytes)])
    guard let id = try id(of: uuid), let old = try row(id) else { return }
    let before = try ties(of: old, withName: true)
    try db.cachedStatement(sql: "DELETE FROM link WHERE entry = ?").execute(arguments: [id])
    try db.cachedStatement(sql: "DELETE FROM boundary WHERE entry = ?").execute(arguments: [id])
    try strike(candidate: id)
    tally[old.kind, default: 0] -= 1
    let hasChildren = try self.hasChildren(id)
    if hasChildren {
      let sql = """
        UPDATE entry SET uuid = NULL, kind = -1, isContainer = 1, isProvider = 0, identity = NULL, content = NULL
        WHERE id = ?
        """
      try db.cachedStatement(sql: sql).execute(arguments: [id])
      try noteDescendants(of: id)
    } else {
      try db.cachedStatement(sql: "DELETE FROM entry WHERE id = ?").execute(arguments: [id])
      try prune(old.parent)
    }
    memory.places.forget(id)
    if hasChildren || old.isContainer { structureChanged() }
    try touch(before, nil)
  }

  private func write(_ content: [UInt8], of id: Int64) throws {
    try db.cachedStatement(sql: "UPDATE entry SET content = ? WHERE id = ?")
      .execute(arguments: [Data(content), id])
  }

  /// Writes what is new of an entry that is known.
  private mutating func write(_ facts: EntryFacts, of old: Row, _ before: Ties, withName: Bool) throws -> Ties
  {
    let sql = """
      UPDATE entry SET kind = ?, isContainer = ?, isProvider = ?, identity = ?, content = ? WHERE id = ?
      """
    try db.cachedStatement(sql: sql).execute(arguments: [
      facts.rank, facts.isContainer, facts.isProvider, facts.identity?.normalForm, Data(content), old.id,
    ])
    if facts.rank != old.kind {
      tally[old.kind, default: 0] -= 1
      tally[facts.rank, default: 0] += 1
    }
    let links = IndexUpdate.sorted(facts.links)
    if links != before.links { try replace(before.links, by: links, of: old.id) }
    try replaceBoundaries(by: facts.boundaries, of: old.id)
    return Ties(facts, links, name: withName ? try nameKey(of: old.id) : nil)
  }
}

// Finding what is known.
extension IndexUpdate {
  /// A row as it is compared with what is sent.
  struct Known {
    var id: Int64
    var parent: Int64
    var isOut: Bool
    var hasSameRDN: Bool
    var hasSameContent: Bool
    /// Whether nothing differs but when it was last changed.
    var agrees = false
    /// Whether what is known was changed later than what is sent.
    var isNewer = false
    /// Whether both were changed at the same time.
    var isAsOld = false
  }

  func id(of uuid: EntryUUID) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM entry WHERE uuid = ?"), arguments: [Data(uuid.bytes)])
  }

  func row(_ id: Int64) throws -> Row? {
    let statement = try db.cachedStatement(
      sql: "SELECT id, parent, rdnKey, isOut, kind, isContainer, identity FROM entry WHERE id = ?")
    return try GRDB.Row.fetchOne(statement, arguments: [id]).map {
      Row(
        id: $0[0], parent: $0[1], rdnKey: $0[2], isOut: $0[3], kind: $0[4], isContainer: $0[5],
        identity: $0[6])
    }
  }

  private func find(_ uuid: EntryUUID, _ name: UnsafeRawBufferPointer) throws -> Known? {
    let statement = try db.cachedStatement(
      sql: "SELECT id, parent, isOut, rdn, content FROM entry WHERE uuid = ?")
    let cursor = try GRDB.Row.fetchCursor(statement, arguments: [Data(uuid.bytes)])
    guard let row = try cursor.next() else { return nil }
    let parent: Int64 = row[1]
    let length = parent == 0 ? name.count : RawName.rdnLength(name)
    let rdn = UnsafeRawBufferPointer(rebasing: name[..<length])
    var known = Known(
      id: row[0], parent: parent, isOut: row[2],
      hasSameRDN: try row.withUnsafeData(atIndex: 3) { $0.same(as: rdn) }, hasSameContent: false)
    try row.withUnsafeData(atIndex: 4) { data in
      guard let data else { return }
      data.withUnsafeBytes { old in content.withUnsafeBytes { compare(old, $0, &known) } }
    }
    return known
  }

  private func compare(_ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, _ known: inout Known) {
    let csn = memory.names.find("entryCSN")
    known.hasSameContent = ValueSets.same(old, new)
    if known.hasSameContent {
      known.isAsOld = csn != nil
      return
    }
    // When and by whom it was changed tells nothing to a plan.
    let times = [csn, memory.names.find("modifyTimestamp"), memory.names.find("modifiersName")]
    known.agrees = EntryContent.agree(old, new, leavingOut: Set(times.compactMap { $0 }))
    guard let csn, let first = EntryContent.first(csn, of: old), let second = EntryContent.first(csn, of: new)
    else { return }
    known.isAsOld = first == second
    known.isNewer = second.lexicographicallyPrecedes(first)
  }

  /// Whether what somebody read beside may be taken for what is.
  private func mayPut(_ uuid: EntryUUID, _ known: Known, _ teller: Teller) -> Bool {
    if case .read = teller, known.isNewer { return false }
    guard let since = teller.since else { return true }
    if let told = memory.told[uuid], told.bySync > since { return false }
    // Its name may be from before a container above it moved; a move of its own would have changed its CSN.
    return !(known.isAsOld && !known.isOut && memory.structure > since)
  }

  private func mayPut(unknown uuid: EntryUUID, _ teller: Teller) -> Bool {
    guard let since = teller.since, let told = memory.told[uuid] else { return true }
    return told.bySync <= since
  }
}

extension Data? {
  fileprivate func same(as octets: UnsafeRawBufferPointer) -> Bool {
    guard let data = self else { return false }
    return data.withUnsafeBytes { ValueSets.same($0, octets) }
  }
}
