import Glibc

extension AuditHead {
  /// Sends the head.
  ///
  /// - Returns: why that failed.
  func send(_ mark: AuditMark, _ time: String) -> String? {
    switch self {
    case .journald(let socket): AuditHead.send(AuditHead.entry(mark, time), to: socket)
    case .file(let path): AuditHead.append(AuditHead.line(mark, time), to: path)
    }
  }

  /// As a line of a file.
  static func line(_ mark: AuditMark, _ time: String) -> String { "\(mark.sequence) \(mark.hash) \(time)\n" }

  /// As an entry of the journal: fields, one a line; the message has what a line of a file has, so that any way
  /// of showing the journal gives what `audit verify --head` reads.
  static func entry(_ mark: AuditMark, _ time: String) -> String {
    """
    MESSAGE=audit head \(mark.sequence) \(mark.hash)
    MESSAGE_ID=c4f0f5a7a4a84b1c8a2b6d0d3b8f7e15
    PRIORITY=5
    SYSLOG_IDENTIFIER=hsasync
    HSASYNC_AUDIT_SEQUENCE=\(mark.sequence)
    HSASYNC_AUDIT_HASH=\(mark.hash)
    HSASYNC_AUDIT_TIME=\(time)

    """
  }

  private static func send(_ entry: String, to path: String) -> String? {
    guard var address = address(path) else { return "the socket's path is too long" }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return reason(errno) }
    defer { close(descriptor) }
    let bytes = Array(entry.utf8)
    let sent = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(
          descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), $0,
          socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    return sent == bytes.count ? nil : reason(errno)
  }

  private static func address(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    return withUnsafeMutableBytes(of: &address.sun_path) { buffer in
      guard bytes.count < buffer.count else { return false }
      buffer.copyBytes(from: bytes)
      return true
    } ? address : nil
  }

  private static func append(_ line: String, to path: String) -> String? {
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    let descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else { return reason(errno) }
    defer { close(descriptor) }
    let bytes = Array(line.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else { return reason(errno) }
    return fsync(descriptor) == 0 ? nil : reason(errno)
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
