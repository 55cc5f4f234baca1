import Glibc

/// The lock of a log's folder, and the folder itself, open for as long as this lives.
///
/// A lock of the kernel's: it ends with the process that holds it, and leaves no file behind.
final class AuditLock: Sendable {
  private let descriptor: Int32
  private let path: String

  /// Opens the folder, making it, and the one above it, where they are not there; only their owner may enter.
  init(_ folder: AuditFolder) throws(Refusal) {
    let path = folder.path
    if mkdir(path, 0o700) != 0, errno == ENOENT {
      let above = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
      guard mkdir(above, 0o700) == 0, mkdir(path, 0o700) == 0 else {
        throw Refusal(audit: path, errno: errno)
      }
    }
    let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw Refusal(audit: path, errno: errno) }
    self.path = path
    descriptor = opened
  }

  /// Opens the folder for who only reads.
  init(reading folder: AuditFolder) throws(Refusal) {
    let opened = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw Refusal(reading: folder.path, errno: errno) }
    path = folder.path
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Waits for the lock, for ten seconds at most: whoever holds it is writing a few lines.
  ///
  /// - Parameter shared: with others who read.
  func hold(shared: Bool = false) throws(Refusal) -> Held {
    let kind = shared ? LOCK_SH : LOCK_EX
    for _ in 0..<5_000 {
      if flock(descriptor, kind | LOCK_NB) == 0 { return Held(descriptor) }
      guard errno == EWOULDBLOCK || errno == EINTR else { throw Refusal(audit: path, errno: errno) }
      usleep(2_000)
    }
    throw Refusal(auditBusy: path)
  }

  /// Has the disk confirm the names in the folder.
  func sync() { fsync(descriptor) }

  /// The lock while it is held; given back when this is gone.
  struct Held: ~Copyable {
    private let descriptor: Int32

    fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { flock(descriptor, LOCK_UN) }

    consuming func release() {}
  }
}
