import Glibc

/// Reads a file of the log line by line, as large as it may be.
///
/// A class, because the open file is one thing: closed when nobody has it.
final class AuditLineReader: Sendable {
  /// No record is longer.
  static let longest = 16 << 20
  private let descriptor: Int32
  let path: String
  /// Octets to read; what is written after the file was opened is not looked at.
  private let size: Int

  init(_ path: String) throws(Refusal) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw Refusal(reading: path, errno: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Refusal(reading: path, errno: EINVAL)
    }
    self.descriptor = descriptor
    self.path = path
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The file that is being written, as long as it is now; `nil` when there is none.
  static func current(of folder: AuditFolder) throws(Refusal) -> AuditLineReader? {
    let path = folder.path(AuditFolder.current)
    guard access(path, F_OK) == 0 || errno != ENOENT else { return nil }
    return try AuditLineReader(path)
  }

  /// Lends each line, without its line break, until `body` says no.
  ///
  /// - Returns: how many octets stand after the last line break.
  func lines(_ body: (UnsafeRawBufferPointer) -> Bool) throws(Refusal) -> Int {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var (held, total) = (0, 0)
    while total < size {
      let wanted = min(buffer.count - held, size - total)
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + held }, wanted) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Refusal(reading: path, errno: errno) }
      guard count > 0 else { break }
      total += count
      let (used, goesOn) = buffer.withUnsafeBytes {
        Self.split(UnsafeRawBufferPointer(rebasing: $0[..<(held + count)]), body)
      }
      guard goesOn else { return 0 }
      held = held + count - used
      if used > 0 { buffer.replaceSubrange(0..<held, with: Array(buffer[used..<(used + held)])) }
      if held == buffer.count {
        guard held < Self.longest else { return held }
        buffer.append(contentsOf: [UInt8](repeating: 0, count: held))
      }
    }
    return held
  }

  /// Lends the whole lines of a piece; gives how many octets they were.
  private static func split(
    _ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool
  ) -> (used: Int, goesOn: Bool) {
    guard let base = piece.baseAddress else { return (0, true) }
    var start = 0
    while start < piece.count, let end = memchr(base + start, 10, piece.count - start) {
      let next = UnsafeRawPointer(end) - base
      guard body(UnsafeRawBufferPointer(rebasing: piece[start..<next])) else { return (next + 1, false) }
      start = next + 1
    }
    return (start, true)
  }
}

extension Refusal {
  /// The log cannot be looked through.
  init(reading path: String, errno code: Int32) {
    switch code {
    case ENOENT, ENOTDIR:
      self.init(
        .auditUnusable, .usage, "there is no audit log at \(path)",
        advice: "name its folder, or see `store` in the configuration")
    case EACCES, EPERM:
      self.init(
        .auditUnusable, .notPermitted, "this user may not read the audit log \(path)",
        advice: "run as the user that owns it")
    default:
      self.init(
        .auditUnusable, .tryAgain, "the audit log \(path) cannot be read: \(String(cString: strerror(code)))",
        advice: "see the system's journal for the disk")
    }
  }
}
