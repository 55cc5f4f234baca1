import Directory
import Foundation
import GRDB
import Synchronization

/// What is remembered between runs: runs and their operations, plans that wait, what was accepted, who is absent.
///
/// It is a memory and a journal, never a source of rights: lost, it is begun anew, and that only makes guards
/// stricter. One process writes at a time; any number may read.
package final class Store: Sendable {
  let folder: StoreFolder
  let database: any DatabaseReader
  private let writer: DatabasePool?
  private let lock: StoreLock?
  /// What was applied in hours that are over.
  let window = Mutex<AppliedWindow?>(nil)
  /// The highest number that was promised to a run of this process.
  private let promised = Mutex(0)
  /// Where the broken store was put that this one takes the place of; `nil` when there was none.
  package let rebuilt: String?

  /// Whether this process is the one that writes.
  var isWriter: Bool { writer != nil }

  private init(
    _ folder: StoreFolder, reader: any DatabaseReader, writer: DatabasePool?, lock: StoreLock?,
    rebuilt: String?
  ) {
    self.folder = folder
    database = reader
    self.writer = writer
    self.lock = lock
    self.rebuilt = rebuilt
  }

  /// Opens the store for writing; makes it where there is none, and sets a broken one aside.
  ///
  /// - Parameters:
  ///   - verb: what for, told to whoever comes second.
  ///   - time: now.
  /// - Throws: exit code 75 when another process writes or the disk is full, 77 without the rights, 78 when it
  ///   belongs to a newer version.
  package static func open(
    _ path: String, for verb: String = "apply", by actor: Actor = .current(), at time: Date = Date()
  ) throws(Refusal) -> Store {
    let folder = StoreFolder(path: path)
    try folder.prepare()
    let lock = try StoreLock(folder, verb: verb, actor: actor, at: time)
    do {
      return try open(folder, lock, rebuilt: nil)
    } catch {
      guard error.code == .storeBroken else { throw error }
      return try open(folder, lock, rebuilt: try folder.setAside(at: time))
    }
  }

  /// Opens the store for reading, also while another process writes; `nil` when there is none or it may not be read.
  ///
  /// - Throws: exit code 75 when it is broken, 78 when it belongs to a newer version.
  package static func reading(_ path: String) throws(Refusal) -> Store? {
    let folder = StoreFolder(path: path)
    guard folder.isReadable else { return nil }
    do {
      var configuration = Store.configuration
      configuration.readonly = true
      let queue = try DatabaseQueue(path: folder.database, configuration: configuration)
      try queue.read { try judge($0, folder) }
      return Store(folder, reader: queue, writer: nil, lock: nil, rebuilt: nil)
    } catch {
      let refusal = StoreFault.refusal(error, path)
      if refusal.code == .storeNotPermitted || refusal.code == .storeEmpty { return nil }
      throw refusal
    }
  }

  private static func open(_ folder: StoreFolder, _ lock: StoreLock, rebuilt: String?) throws(Refusal)
    -> Store
  {
    do {
      try folder.prepareFile()
      let pool = try DatabasePool(path: folder.database, configuration: configuration)
      try pool.writeWithoutTransaction { db in
        // A commit is on the disk when it returns; GRDB asks for less with a write-ahead log.
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try judge(db, folder)
        guard try String.fetchAll(db, sql: "PRAGMA quick_check(1)") == ["ok"] else {
          throw StoreFault.broken(folder.path)
        }
      }
      try StoreSchema.migrator.migrate(pool)
      try pool.writeWithoutTransaction { db in
        if try Int32.fetchOne(db, sql: "PRAGMA application_id") != StoreSchema.applicationID {
          try db.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
        }
      }
      return Store(folder, reader: pool, writer: pool, lock: lock, rebuilt: rebuilt)
    } catch {
      throw StoreFault.refusal(error, folder.path)
    }
  }

  private static var configuration: GRDB.Configuration {
    var configuration = GRDB.Configuration()
    configuration.maximumReaderCount = 2
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { db in
      // What is deleted is people's data; and what is sorted shall not lie about in temporary files.
      try db.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON")
    }
    return configuration
  }

  /// Refuses what is not ours, or of a version that we do not know.
  private static func judge(_ db: Database, _ folder: StoreFolder) throws {
    let id = try Int32.fetchOne(db, sql: "PRAGMA application_id")
    let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    if try StoreSchema.migrator.hasBeenSuperseded(db) { throw StoreFault.newer(folder.path) }
    if id != StoreSchema.applicationID, tables > 0, try !db.tableExists("grdb_migrations") {
      throw StoreFault.foreign(folder.path)
    }
    if db.configuration.readonly, try !StoreSchema.migrator.hasCompletedMigrations(db) {
      throw Refusal(.storeEmpty, .tryAgain, "the store in \(folder.path) has not been begun")
    }
  }
}

extension Store {
  /// A number for a run that is about to begin, which no other gets.
  func promiseRun() throws(Refusal) -> Int {
    let last = try read { db in
      try Int.fetchOne(db, sql: "SELECT max(seq) FROM sqlite_sequence WHERE name = 'run'") ?? 0
    }
    return promised.withLock { promised in
      promised = max(promised, last) + 1
      return promised
    }
  }

  /// Reads from the store.
  func read<Result>(_ body: (Database) throws -> Result) throws(Refusal) -> Result {
    do { return try database.read(body) } catch { throw StoreFault.refusal(error, folder.path) }
  }

  /// Writes to the store; what is done is on the disk when this returns.
  @discardableResult
  func write<Result>(_ body: (Database) throws -> Result) throws(Refusal) -> Result {
    do {
      guard let writer else { throw StoreFault.notPermitted(folder.path) }
      return try writer.write(body)
    } catch {
      throw StoreFault.refusal(error, folder.path)
    }
  }

  /// Writes to the store from where nothing may be held up by a disk; never given up because a task is cancelled.
  func writeAside<Result: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Result
  ) async throws(Refusal) -> Result {
    guard let writer else { throw StoreFault.notPermitted(folder.path) }
    let result: Swift.Result<Result, any Error> = await withCheckedContinuation { continuation in
      writer.asyncWriteWithoutTransaction { db in
        continuation.resume(returning: Swift.Result { try body(db) })
      }
    }
    do { return try result.get() } catch { throw StoreFault.refusal(error, folder.path) }
  }

  /// Refuses when the disk has no room for the journal of so many changes: better now than in the midst of them.
  ///
  /// - Throws: exit code 75.
  package func reserve(changes: Int) throws(Refusal) {
    guard let room = folder.room, room < 4 << 20 + changes * 4_096 else { return }
    throw StoreFault.full(folder.path)
  }
}
