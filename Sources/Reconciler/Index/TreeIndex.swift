import Directory
import Foundation
import GRDB
import Glibc
import LDAP
import Synchronization

/// The managed tree as the directory last told it, on the disk, so that it need not be in memory.
///
/// Entries go by their entryUUID, and lie under a parent by an RDN: a unit that moves is one row. It is a cache and never
/// a source of rights: in doubt it is emptied and begun anew. Whoever opens it has the store's lock.
package final class TreeIndex: Sendable {
  /// What was found when the index was opened.
  package enum Beginning: String, Hashable, Sendable {
    /// One of the same binding, whole.
    case asLeft
    case new
    /// One that another binding had made: other servers, another base, question, identity or rules.
    case otherBinding
    /// One whose first refresh had not ended.
    case unfinished
    /// A file that was damaged or none of ours.
    case damaged
  }

  package let beginning: Beginning
  let folder: StoreFolder
  let ground: IndexGround
  let queue: DatabaseQueue
  let memory: Mutex<IndexMemory>
  /// The direct reads that go on, by the number at which each began.
  let reads = Mutex<[Int64]>([])
  let clock: @Sendable () -> Date

  /// The file's name in the store's folder.
  static let name = "index.sqlite"

  private init(
    _ folder: StoreFolder, _ ground: IndexGround, _ queue: DatabaseQueue, _ beginning: Beginning,
    clock: @escaping @Sendable () -> Date
  ) throws {
    self.folder = folder
    self.ground = ground
    self.queue = queue
    self.beginning = beginning
    self.clock = clock
    memory = Mutex(try queue.inDatabase { try IndexMemory($0) })
  }

  deinit {
    guard (try? queue.close()) != nil else { return }
    folder.noteClosing()
  }

  /// Opens the index in the store's folder; one of another binding, and a damaged one, is deleted and begun anew.
  ///
  /// - Parameters:
  ///   - folder: the store's, whose lock the caller has.
  ///   - clock: what tells since when something is touched.
  /// - Throws: exit code 75 when the disk is full or faulty, 77 without the rights.
  package static func open(
    _ folder: String, binding: IndexBinding, reading: EntryReading,
    clock: @escaping @Sendable () -> Date = { Date() }
  ) throws(Refusal) -> TreeIndex {
    let folder = StoreFolder(path: folder, name: name)
    try folder.prepare()
    let ground = IndexGround(binding.base, reading)
    do {
      let isNew = access(folder.database, F_OK) != 0
      var beginning = Beginning.asLeft
      do {
        try folder.prepareFile()
        let isAsClosed = folder.takeClosing()
        let queue = try DatabaseQueue(path: folder.database, configuration: configuration)
        beginning = isNew ? .new : try queue.inDatabase { try judge($0, binding, isAsClosed: isAsClosed) }
        if beginning == .asLeft { return try TreeIndex(folder, ground, queue, beginning, clock: clock) }
        try queue.close()
      } catch let error as DatabaseError where error.isDamage {
        beginning = .damaged
      }
      try folder.remove()
      try folder.prepareFile()
      let queue = try DatabaseQueue(path: folder.database, configuration: configuration)
      try queue.inDatabase { try begin($0, binding, at: clock()) }
      return try TreeIndex(folder, ground, queue, beginning, clock: clock)
    } catch {
      throw StoreFault.refusal(error, folder.path)
    }
  }

  package static func open(_ folder: String, binding: IndexBinding, reader: LinkReader) throws(Refusal)
    -> TreeIndex
  {
    try open(folder, binding: binding, reading: EntryReading(reader))
  }

  private static var configuration: GRDB.Configuration {
    var configuration = GRDB.Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { db in
      try db.execute(
        sql: """
          PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA cache_size = -8000;
          PRAGMA journal_size_limit = 16777216
          """)
    }
    return configuration
  }

  /// What a file that is there is worth.
  private static func judge(_ db: Database, _ binding: IndexBinding, isAsClosed: Bool) throws -> Beginning {
    guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == IndexSchema.applicationID,
      try db.tableExists("meta")
    else { return .damaged }
    guard try IndexMeta.value(IndexSchema.Meta.binding, db) == Data(binding.digest.utf8) else {
      return .otherBinding
    }
    guard try IndexMeta.value(IndexSchema.Meta.complete, db) != nil else { return .unfinished }
    guard try isAsClosed || String.fetchAll(db, sql: "PRAGMA quick_check(1)") == ["ok"] else {
      return .damaged
    }
    // A cache: what the machine's fall took, the directory has.
    try db.execute(sql: "PRAGMA synchronous = NORMAL")
    return .asLeft
  }

  private static func begin(_ db: Database, _ binding: IndexBinding, at now: Date) throws {
    try db.execute(sql: "PRAGMA synchronous = NORMAL")
    try db.inTransaction(.immediate) {
      try db.execute(sql: IndexSchema.tables)
      try db.execute(sql: "PRAGMA application_id = \(IndexSchema.applicationID)")
      try IndexMeta.set(IndexSchema.Meta.binding, Data(binding.digest.utf8), db)
      try IndexUpdate.enqueue(.whole, at: now, sequence: 1, db)
      return .commit
    }
  }
}

extension TreeIndex {
  /// Looks at the index, and at what is remembered of it.
  func look<Result>(_ body: (Database, IndexMemory) throws -> Result) throws(Refusal) -> Result {
    do {
      return try queue.inDatabase { db in
        let memory = self.memory.withLock { $0 }
        return try body(db, memory)
      }
    } catch {
      throw refusal(error)
    }
  }

  /// Changes the index in one transaction; all of it, or nothing.
  @discardableResult
  func update<Result>(_ body: (inout IndexUpdate) throws -> Result) throws(Refusal) -> Result {
    do {
      return try queue.inDatabase { db in
        let isWatched = reads.withLock { !$0.isEmpty }
        // The memory is taken out, so that it is not copied; nobody looks at it meanwhile, the queue is ours.
        var work = IndexUpdate(
          db, ground,
          memory.withLock { memory in
            defer { memory = IndexMemory() }
            return memory
          }, isWatched: isWatched, at: clock())
        do {
          var result: Result?
          try db.inTransaction(.immediate) {
            result = try body(&work)
            try work.finish()
            return .commit
          }
          guard let result else { throw IndexFault.noRefresh }
          self.memory.withLock { $0 = work.memory }
          return result
        } catch {
          var fresh = (try? IndexMemory(db)) ?? IndexMemory()
          fresh.sequence = max(fresh.sequence, work.memory.sequence)
          fresh.structure = fresh.sequence
          fresh.told = work.memory.told
          self.memory.withLock { $0 = fresh }
          throw error
        }
      }
    } catch {
      throw refusal(error)
    }
  }

  /// The refusal for an error; a file that turns out to be damaged is deleted, so that the next one to open begins anew.
  func refusal(_ error: any Error) -> Refusal {
    if let error = error as? DatabaseError, error.isDamage { try? folder.remove() }
    return StoreFault.refusal(error, folder.path)
  }
}

extension DatabaseError {
  /// Whether the file is no database, or no longer one.
  fileprivate var isDamage: Bool { resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB }
}

extension StoreFolder {
  /// Deletes the database, with what belongs to it.
  func remove() throws(Refusal) {
    for suffix in ["-wal", "-shm", ""] where access(database + suffix, F_OK) == 0 {
      guard unlink(database + suffix) == 0 else {
        throw StoreFault.refusal(errno: errno, "deleting the index", path)
      }
    }
  }
}
