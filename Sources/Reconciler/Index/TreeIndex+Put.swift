import Directory
import Foundation
import GRDB
import LDAP

/// Somebody reads the directory beside the content sync, from now until this is let go.
///
/// What the server tells meanwhile is newer than what was read: see ``TreeIndex/put(_:_:)``.
package final class DirectRead: Sendable {
  /// The number of the last transaction before it.
  let since: Int64
  private let index: TreeIndex

  fileprivate init(_ index: TreeIndex, since: Int64) {
    self.index = index
    self.since = since
  }

  deinit {
    index.reads.withLock { reads in
      if let place = reads.firstIndex(of: since) { reads.remove(at: place) }
    }
  }
}

extension TreeIndex {
  /// Begins a direct read: to be called before the directory is asked.
  package func beginRead() throws(Refusal) -> DirectRead {
    try update { work in
      reads.withLock { $0.append(work.memory.sequence) }
      return DirectRead(self, since: work.memory.sequence)
    }
  }

  /// Puts entries in that were read directly: after own writes, to settle candidates, below a unit that came.
  ///
  /// What is older than what is known is left out: by its entryCSN, or because the server told of it since the read began.
  /// - Parameters:
  ///   - batch: whole entries, by the binding's attributes; with entryUUID.
  ///   - read: what ``beginRead()`` gave; `nil`: nothing is known of when it was read.
  /// - Returns: whom it touches.
  /// - Throws: exit code 69 for an entry without entryUUID, or outside of the base.
  @discardableResult
  package func put(_ batch: EntryTable, _ read: DirectRead? = nil) throws(Refusal) -> Touched {
    try update { work in
      _ = try work.put(batch, by: .read(since: read?.since))
      return work.touched
    }
  }

  /// Takes entries out that are known to be gone: after own deletions.
  @discardableResult
  package func remove(_ uuids: [EntryUUID]) throws(Refusal) -> Touched {
    try update { work in
      for uuid in uuids { try work.remove(uuid) }
      return work.touched
    }
  }
}

extension IndexUpdate {
  mutating func put(_ batch: EntryTable, by teller: Teller) throws -> (
    uuids: [EntryUUID], came: Int, changed: Int
  ) {
    let uuids = try batch.entryUUIDs()
    let numbers = try memory.names.numbers(batch.names, db)
    var (came, changed) = (0, 0)
    try batch.withRows { rows in
      for row in 0..<rows.count {
        let outcome = try put(uuids[row], row, rows, batch.names, numbers, by: teller)
        switch outcome {
        case .came: came += 1
        case .changed: changed += 1
        case .asItWas, .outdated: continue
        }
        told([uuids[row]], by: teller)
      }
    }
    return (uuids, came, changed)
  }
}

extension EntryTable {
  /// What each row's entryUUID is.
  ///
  /// - Throws: ``Refusal`` where one has none.
  func entryUUIDs() throws -> [EntryUUID] {
    guard let name = names.firstIndex(where: { $0.equalsIgnoringASCIICase("entryUUID") }) else {
      if count == 0 { return [] }
      throw IndexFault.withoutUUID
    }
    return try withRows { rows in
      try (0..<rows.count).map { row in
        guard let value = rows.first(of: name, in: row),
          let uuid = EntryUUID(String(decoding: rows.bytes(of: value), as: UTF8.self))
        else { throw IndexFault.withoutUUID }
        return uuid
      }
    }
  }
}
