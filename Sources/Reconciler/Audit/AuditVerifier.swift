/// Follows a chain through its files, and stops at the first record that is not what was written.
struct AuditVerifier {
  private var seen = AuditVerification()
  /// The number of the record that comes next.
  private var expected: Int
  private let first: Int
  /// The last record's hash; `nil` before the first of a log whose older files were archived.
  private var previous: [UInt8]?
  /// Hashes that records had when they were told to places off the host, by number.
  private var heads: [Int: [UInt8]] = [:]
  /// A head that says something else of a record than another does.
  private var contradiction: Int?
  private var file = ""
  private var line = 0

  /// What was found so far.
  var result: AuditVerification {
    var result = seen
    guard seen.records > 0, let previous else { return result }
    result.last = AuditMark(sequence: expected - 1, hash: String(decoding: previous, as: UTF8.self))
    return result
  }

  init(expecting first: Int, heads: [AuditMark]) {
    self.first = first
    expected = first
    previous = first == 1 ? Array(AuditMark.beginning.hash.utf8) : nil
    for mark in heads {
      let hash = Array(mark.hash.utf8)
      if let other = self.heads.updateValue(hash, forKey: mark.sequence), other != hash {
        contradiction = min(contradiction ?? .max, mark.sequence)
      }
    }
  }

  /// Looks through the next file.
  ///
  /// - Returns: whether it is sound.
  mutating func take(_ reader: AuditLineReader) throws(Refusal) -> Bool {
    file = reader.path
    line = 0
    seen.files += 1
    let torn = try reader.lines { take($0) }
    if torn > 0, seen.fault == nil {
      line += 1
      fail(.torn, found: nil)
    }
    guard seen.fault?.kind == .missing else { return seen.fault == nil }
    try lookForMissing(reader)
    return false
  }

  private mutating func take(_ text: UnsafeRawBufferPointer) -> Bool {
    line += 1
    guard let record = AuditRecord(text) else { return fail(.notARecord, found: nil) }
    let hash = record.computedHash()
    guard record.holds(hash, at: record.hash) else { return fail(.changed, found: record.sequence) }
    guard record.sequence == expected else {
      return fail(record.sequence > expected ? .missing : .repeated, found: record.sequence)
    }
    if let previous, !record.holds(previous, at: record.previous) {
      return fail(.spliced, found: record.sequence)
    }
    if let head = heads[expected] {
      guard head == hash, expected != contradiction else { return fail(.replaced, found: expected) }
      seen.heads += 1
    }
    accept(hash)
    return true
  }

  private mutating func accept(_ hash: [UInt8]) {
    if seen.first == nil { seen.first = expected }
    previous = hash
    expected += 1
    seen.records += 1
  }

  @discardableResult
  private mutating func fail(_ kind: AuditVerification.Fault.Kind, found: Int?) -> Bool {
    seen.fault = .init(kind: kind, file: file, line: line, expected: expected, found: found)
    return false
  }

  /// Whether what is missing stands further on in the file: then it was moved, not taken away.
  private mutating func lookForMissing(_ reader: AuditLineReader) throws(Refusal) {
    let wanted = expected
    var isThere = false
    _ = try AuditLineReader(reader.path).lines { text in
      isThere = AuditRecord(text)?.sequence == wanted
      return !isThere
    }
    if isThere { seen.fault?.kind = .reordered }
  }

  /// What was found, when all files have been looked through.
  mutating func finish() -> AuditVerification {
    seen.olderHeads = heads.keys.count { $0 < first }
    let beyond = heads.keys.filter { $0 >= expected }
    if let newest = beyond.max() {
      line += 1
      fail(.tailMissing, found: nil)
      seen.fault?.found = newest
    }
    return result
  }
}
