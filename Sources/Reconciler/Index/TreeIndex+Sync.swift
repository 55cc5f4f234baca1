import Directory
import Foundation
import GRDB
import LDAP

// What content sync tells, event by event. Each event is one transaction.
extension TreeIndex {
  /// What the server gave to go on from; `nil`: the whole content has to be sent.
  package var cookie: [UInt8]? {
    get throws(Refusal) {
      try look { db, memory in
        memory.isComplete ? try IndexMeta.value(IndexSchema.Meta.cookie, db).map { Array($0) } : nil
      }
    }
  }

  /// Whether a refresh has ended since the index was begun: before that it says nothing.
  package var isComplete: Bool {
    get throws(Refusal) { try look { $1.isComplete } }
  }

  /// A refresh begins.
  ///
  /// - Parameter isReplacement: whether no cookie was sent, so that the whole content comes.
  package func begin(isReplacement: Bool) throws(Refusal) {
    try update { work in
      work.memory.refresh = .init(isReplacement: isReplacement || !work.memory.isComplete)
    }
  }

  /// Takes in what the server told.
  ///
  /// - Returns: whom it touches; nobody where entries are as they were. It is in the queue already.
  /// - Throws: exit code 69 for an entry that does not lie under the base; 75 for the end of a refresh that was not
  ///   begun, or was lost with a transaction that failed.
  @discardableResult
  package func take(_ event: SyncEvent) throws(Refusal) -> Touched {
    try update { work in
      switch event {
      case .entries(let table, let uuids): try work.take(table, uuids)
      case .present(let uuids): try work.take(present: uuids)
      case .deleted(let uuids): try work.take(deleted: uuids)
      case .cookie(let cookie): try work.take(cookie: cookie)
      case .refreshed(let deletes): try work.endRefresh(deletes: deletes)
      }
      return work.touched
    }
  }

  /// Entries of which it has to be asked whether they still are there, sorted: a refresh neither sent nor listed them,
  /// the container above them is gone, or another entry has come to their place. One that is there is to be
  /// ``put(_:_:)``.
  package func candidates() throws(Refusal) -> [EntryUUID] {
    try look { db, _ in
      try TreeIndex.uuids(db, "SELECT uuid FROM candidate CROSS JOIN entry ON entry.id = candidate.entry")
    }
  }

  /// Takes out candidates that a direct read did not find; one that has come again since is left alone.
  @discardableResult
  package func confirmGone(_ uuids: [EntryUUID]) throws(Refusal) -> Touched {
    try update { work in
      for uuid in uuids where try work.isCandidate(uuid) { try work.remove(uuid) }
      return work.touched
    }
  }

  /// Entries that have to be read directly, sorted: the server listed them without sending them, or they are containers
  /// that have come into the base, under which entries may lie that are never sent.
  package func unread() throws(Refusal) -> [EntryUUID] {
    try look { db, _ in try TreeIndex.uuids(db, "SELECT uuid FROM unread") }
  }

  /// Whether a plan may be made of it: each entry lies where it says, and nothing is known to be there that has not been
  /// read. Whoever follows the directory sees to it when it is not.
  package var isSettled: Bool {
    get throws(Refusal) {
      let sql = """
        SELECT EXISTS (SELECT 1 FROM unread) OR EXISTS (
          SELECT 1 FROM candidate CROSS JOIN entry ON entry.id = candidate.entry WHERE entry.isOut)
        """
      return try look { db, _ in try Bool.fetchOne(db.cachedStatement(sql: sql)) == false }
    }
  }

  /// Says that entries have been read, and all that lies under them.
  package func markRead(_ uuids: [EntryUUID]) throws(Refusal) {
    try update { work in
      let statement = try work.db.cachedStatement(sql: "DELETE FROM unread WHERE uuid = ?")
      for uuid in uuids { try statement.execute(arguments: [Data(uuid.bytes)]) }
    }
  }

  /// Keeps where to go on from; `nil`: the whole content has to be sent the next time.
  ///
  /// ``take(_:)`` keeps what the server gives by itself; this is to forget it.
  package func store(cookie: [UInt8]?) throws(Refusal) {
    try update { try IndexMeta.set(IndexSchema.Meta.cookie, cookie.map { Data($0) }, $0.db) }
  }

  private static func uuids(_ db: Database, _ sql: String) throws -> [EntryUUID] {
    try Data.fetchAll(db.cachedStatement(sql: sql)).compactMap { EntryUUID(bytes: Array($0)) }.sorted()
  }
}

extension IndexUpdate {
  mutating func take(_ table: EntryTable, _ uuids: [EntryUUID]) throws {
    isTold = true
    told(uuids, by: .sync)
    if memory.refresh != nil { memory.refresh?.seen.formUnion(uuids.map(\.key)) }
    let numbers = try memory.names.numbers(table.names, db)
    try table.withRows { rows in
      for row in 0..<min(rows.count, uuids.count) {
        _ = try put(uuids[row], row, rows, table.names, numbers, by: .sync)
      }
    }
  }

  mutating func take(present uuids: [EntryUUID]) throws {
    memory.refresh?.hasList = true
    memory.refresh?.seen.formUnion(uuids.map(\.key))
  }

  mutating func take(deleted uuids: [EntryUUID]) throws {
    isTold = true
    told(uuids, by: .sync)
    for uuid in uuids {
      memory.refresh?.seen.remove(uuid.key)
      try remove(uuid)
    }
  }

  /// What comes in a refresh holds when the refresh has ended; an empty one says that the whole content was sent.
  mutating func take(cookie: [UInt8]) throws {
    guard memory.refresh == nil else {
      if cookie.isEmpty { memory.refresh?.isReplacement = true }
      memory.refresh?.cookie = cookie
      return
    }
    try keep(cookie)
  }

  private func keep(_ cookie: [UInt8]) throws {
    try IndexMeta.set(IndexSchema.Meta.cookie, cookie.isEmpty ? nil : Data(cookie), db)
  }

  mutating func endRefresh(deletes: Bool) throws {
    guard let refresh = memory.refresh else { throw IndexFault.noRefresh }
    memory.refresh = nil
    // Without a list, "no deletions told" is no word about what was not sent (389 Directory Server).
    let tellsAll = refresh.isReplacement || (!deletes && refresh.hasList)
    if tellsAll { try compare(with: refresh) }
    if refresh.isReplacement && !memory.isComplete {
      try db.execute(sql: IndexSchema.indices)
      try IndexMeta.set(IndexSchema.Meta.complete, Data([1]), db)
      memory.isComplete = true
      touched = .whole
    }
    // An empty one is worth nothing, and without one the last still holds, but for a content of which it is not.
    if let cookie = refresh.cookie {
      try keep(cookie)
    } else if refresh.isReplacement {
      try keep([])
    }
  }

  /// What is known and was neither sent nor listed may be gone; what was listed and is not known has to be read.
  private mutating func compare(with refresh: IndexMemory.Refresh) throws {
    if refresh.isReplacement { try db.execute(sql: "DELETE FROM unread") }
    var strangers = refresh.seen
    var lost: [Int64] = []
    var found: [Int64] = []
    let known = try candidateRows()
    let cursor = try GRDB.Row.fetchCursor(db, sql: "SELECT uuid, id FROM entry WHERE uuid IS NOT NULL")
    while let row = try cursor.next() {
      guard let key = try row.withUnsafeData(atIndex: 0, { $0?.withUnsafeBytes { EntryUUID.Key($0) } }) else {
        continue
      }
      let id: Int64 = row[1]
      if strangers.remove(key) == nil { lost.append(id) } else if known[id] == false { found.append(id) }
    }
    for id in lost { try note(candidate: id) }
    for id in found { try strike(candidate: id) }
    for key in strangers.sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) {
      if let uuid = key.uuid { try note(unread: uuid) }
    }
  }

  /// The candidates, and whether each has lost its place: to be listed says nothing of where it is.
  private func candidateRows() throws -> [Int64: Bool] {
    guard memory.mayHaveCandidates else { return [:] }
    var result: [Int64: Bool] = [:]
    for row in try GRDB.Row.fetchAll(
      db, sql: "SELECT entry, isOut FROM candidate CROSS JOIN entry ON entry.id = candidate.entry")
    {
      result[row[0]] = row[1]
    }
    return result
  }

  func isCandidate(_ uuid: EntryUUID) throws -> Bool {
    guard let id = try id(of: uuid) else { return false }
    return try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT entry FROM candidate WHERE entry = ?"), arguments: [id]) != nil
  }
}
