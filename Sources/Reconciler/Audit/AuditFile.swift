import Glibc

/// A file of the log, open for appending; closed at the end of its life.
struct AuditFile: ~Copyable {
  let descriptor: Int32
  let path: String
  /// Octets in it, as far as this process knows.
  private(set) var size: Int
  let identity: RegularFile.Identity

  /// Opens a file, making it where there is none; only its owner may read it.
  init(_ path: String, exclusively: Bool = false) throws(Refusal) {
    // O_NONBLOCK: opening a pipe that somebody put there must return.
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    let descriptor = open(path, exclusively ? flags | O_EXCL : flags, 0o600)
    guard descriptor >= 0 else { throw Refusal(audit: path, errno: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw Refusal(audit: path, errno: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Refusal(auditUnsound: path, "it is not a regular file")
    }
    self.descriptor = descriptor
    self.path = path
    size = Int(status.st_size)
    identity = RegularFile.Identity(status)
  }

  deinit { close(descriptor) }

  /// Why nothing was appended, and whether the file is as it was.
  enum Failure: Error {
    /// What was written is cut off again.
    case notWritten(errno: Int32)
    /// Nobody knows what the disk holds.
    case lost
  }

  /// Writes octets at the end, and has the disk confirm them.
  mutating func append(_ bytes: [UInt8]) throws(Failure) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      // A full disk takes a part and refuses the rest: half a record would break the chain.
      guard count > 0 else {
        let code = count < 0 ? errno : ENOSPC
        guard done == 0 || ftruncate(descriptor, off_t(size)) == 0 else { throw .lost }
        throw .notWritten(errno: code)
      }
      done += count
    }
    // After a failed fsync the kernel forgets what it could not write, and the next one succeeds without it.
    guard fdatasync(descriptor) == 0 else { throw .lost }
    size += bytes.count
  }

  /// Cuts off what stands after `length` octets.
  mutating func cut(to length: Int) throws(Refusal) {
    guard ftruncate(descriptor, off_t(length)) == 0, fdatasync(descriptor) == 0 else {
      throw Refusal(audit: path, errno: errno)
    }
    size = length
  }

  /// Whether its name in the folder still means this file, and nobody else wrote to it.
  var isAsLeft: Bool {
    var status = stat()
    return lstat(path, &status) == 0 && RegularFile.Identity(status) == identity
      && Int(status.st_size) == size
  }
}
