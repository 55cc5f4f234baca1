/// Whether a log is what was written: how far it is, and the first place where it is not.
package struct AuditVerification: Hashable, Sendable {
  package struct Fault: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
      /// The line is no record.
      case notARecord
      /// The record's hash is not that of its content.
      case changed
      /// Records between the one before and this one are nowhere in the log.
      case missing
      /// A record stands later than its number says.
      case reordered
      /// A record with a number that was there already.
      case repeated
      /// The record has the right number and is sound in itself, and does not follow the one before.
      case spliced
      /// The file ends in the middle of a line: a crash, or somebody cut it.
      case torn
      /// The log ends before a record that it had once.
      case tailMissing
      /// The record is another than it was once.
      case replaced
    }
    package var kind: Kind
    package var file: String
    /// Counted from 1.
    package var line: Int
    /// The number of the record that should stand there.
    package var expected: Int
    /// The number of the one that does.
    package var found: Int?
  }

  /// How many records are sound, from the first on.
  package internal(set) var records = 0
  /// How many files they stand in, the one with the fault included.
  package internal(set) var files = 0
  /// The number of the first record.
  package internal(set) var first: Int?
  /// The last sound record.
  package internal(set) var last: AuditMark?
  /// How many heads, told earlier to places off the host, were held against the log.
  package internal(set) var heads = 0
  /// How many heads are of records older than the first, which are not here.
  package internal(set) var olderHeads = 0
  /// The first fault; `nil`: the log is sound.
  package internal(set) var fault: Fault?

  package init() {}
}

extension AuditVerification {
  /// Looks through a log.
  ///
  /// - Parameters:
  ///   - folder: the folder with its files.
  ///   - first: the number of the first record that must be there; 1 unless older files were archived.
  ///   - heads: what was told earlier to places off the host; read them before, so that a log that is being
  ///     written is not held against what comes after.
  /// - Throws: ``Refusal`` when it cannot be read.
  package static func verify(
    folder: String, from first: Int = 1, heads: [AuditMark] = []
  ) throws(Refusal) -> AuditVerification {
    var verifier = AuditVerifier(expecting: first, heads: heads)
    let folder = AuditFolder(path: folder)
    let lock = try AuditLock(reading: folder)
    // Under the lock nobody is in the middle of a record or between two files.
    let held = try lock.hold(shared: true)
    let finished = try folder.finishedNames()
    let current = try AuditLineReader.current(of: folder)
    held.release()
    for name in finished {
      guard try verifier.take(AuditLineReader(folder.path(name))) else { return verifier.result }
    }
    if let current, try !verifier.take(current) { return verifier.result }
    return verifier.finish()
  }
}
