import Glibc

/// The end of a file of the log: the last record, and what of another a crash left after it.
struct AuditTail {
  /// `nil` for a file without a whole line.
  var mark: AuditMark?
  /// Octets up to and with the last line break.
  var whole: Int
  /// Octets after it.
  var torn: [UInt8]

  private static let window = 256 << 10
  private static let longest = 64 << 20

  /// Reads it, checking every line that it reads and that they are a chain.
  ///
  /// - Throws: ``Refusal`` when a line is not what it was written as.
  init(of descriptor: Int32, size: Int, path: String) throws(Refusal) {
    var window = Self.window
    while true {
      let start = max(0, size - window)
      let bytes = try Self.read(descriptor, from: start, to: size, path)
      let end = bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0
      // The first line of a window has begun before it.
      let first = start == 0 ? 0 : bytes.firstIndex(of: 10).map { $0 + 1 } ?? end
      if first < end || start == 0 {
        mark = try Self.check(bytes[first..<end], path)
        whole = start + end
        torn = Array(bytes[end...])
        return
      }
      window *= 8
      guard window <= Self.longest else {
        throw Refusal(auditUnsound: path, "its last line is longer than any record")
      }
    }
  }

  private static func check(_ lines: ArraySlice<UInt8>, _ path: String) throws(Refusal) -> AuditMark? {
    var last: (sequence: Int, hash: [UInt8])?
    var isSound = true
    lines.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while isSound, let end = rest.firstIndex(of: 10) {
        let record = AuditRecord(UnsafeRawBufferPointer(rebasing: rest[..<end]))
        rest = rest[(end + 1)...]
        guard let record, record.holds(record.computedHash(), at: record.hash),
          last.map({ $0.sequence + 1 == record.sequence && record.holds($0.hash, at: record.previous) })
            ?? true
        else {
          isSound = false
          return
        }
        last = (record.sequence, record.writtenHash)
      }
    }
    guard isSound else { throw Refusal(auditUnsound: path, "its last records are not as they were written") }
    return last.map { AuditMark(sequence: $0.sequence, hash: String(decoding: $0.hash, as: UTF8.self)) }
  }

  private static func read(
    _ descriptor: Int32, from start: Int, to end: Int, _ path: String
  ) throws(Refusal) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: end - start)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, off_t(start + done))
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Refusal(audit: path, errno: errno) }
      guard count > 0 else { throw Refusal(auditUnsound: path, "it became shorter while it was read") }
      done += count
    }
    return bytes
  }

  /// The number of the first record of a file; `nil` when there is no whole line.
  static func firstSequence(of descriptor: Int32, size: Int, path: String) throws(Refusal) -> Int? {
    let bytes = try read(descriptor, from: 0, to: min(size, window), path)
    guard let end = bytes.firstIndex(of: 10) else { return nil }
    return bytes[..<end].withUnsafeBytes { AuditRecord($0)?.sequence }
  }
}
