import Directory
import Foundation

/// What every writing run keeps: the store with its lock, and the audit log. No books, no write.
package struct Books: Sendable {
  package let store: Store
  package let audit: AuditLog

  /// Opens both, and takes the lock that makes this process the only writer.
  ///
  /// - Parameters:
  ///   - verb: what the lock is taken for, for whoever finds it taken.
  ///   - tee: gets the octets of each line of the audit log once it is on the disk.
  /// - Throws: ``Refusal`` when another process writes, or when either cannot be written to.
  package static func open(
    _ configuration: Configuration, for verb: String, by actor: Actor,
    tee: (@Sendable ([UInt8]) -> Void)? = nil
  ) throws(Refusal) -> Books {
    let store = try Store.open(configuration.store, for: verb, by: actor)
    let audit = try AuditLog.open(folder: configuration.store + "/audit", settings: configuration.audit)
    audit.tee(tee)
    if let path = store.rebuilt { try audit.append([.storeRebuilt(setAside: path, by: actor)]) }
    try store.expire(before: Date().addingTimeInterval(-Double(configuration.preimages)))
    return Books(store: store, audit: audit)
  }

  /// Ends the hold that an undo put an entry on; `false` when it is not on hold.
  package func release(_ identity: HSAIdentity, by actor: Actor) throws(Refusal) -> Bool {
    let hold = try store.history(at: Date()).holds[identity]
    guard let hold else { return false }
    try audit.append([.released(identity, after: hold.run, by: actor)])
    return try store.release(identity)
  }
}
