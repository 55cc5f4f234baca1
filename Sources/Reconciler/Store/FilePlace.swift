import Glibc

/// A place where a file lies that is put there whole: there is a whole file at any moment, or none.
struct FilePlace {
  let path: String

  init(_ path: String) { self.path = path }

  enum State: Equatable {
    case missing, regular
    /// A link, folder, pipe, socket or device.
    case other
    /// It cannot be told, by `errno`.
    case hidden(Int32)
  }

  /// What is there; a link is not followed.
  var state: State {
    var status = stat()
    guard lstat(path, &status) == 0 else { return errno == ENOENT ? .missing : .hidden(errno) }
    return status.st_mode & S_IFMT == S_IFREG ? .regular : .other
  }

  /// Why nothing was put there, or nobody knows whether it was.
  enum Fault: Error, Equatable {
    /// What was there is there; by `errno`.
    case notWritten(Int32)
    /// The new file is in its place, and the disk has not confirmed it; by `errno`.
    case notConfirmed(Int32)
  }

  /// Where the new file is made: always the same name beside it, so that what a killed process left is found.
  var temporary: String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return folder + "/." + name + ".new"
  }

  private var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Puts octets there in place of what is there: written beside it with mode 0600, forced to the disk, then renamed.
  ///
  /// - Parameter beforeRename: called when the new file is on the disk and the old one still in its place.
  func put(_ bytes: [UInt8], beforeRename: () -> Void = {}) throws(Fault) {
    if state == .other { throw .notWritten(EINVAL) }
    try make(bytes)
    beforeRename()
    guard rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw .notWritten(code)
    }
    try syncFolder()
  }

  private func make(_ bytes: [UInt8]) throws(Fault) {
    // What lies there was left by a process that was killed, or planted: it is never written through.
    unlink(temporary)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = open(temporary, flags, 0o600)
    guard descriptor >= 0 else { throw .notWritten(errno) }
    let written = write(bytes, to: descriptor) ?? (fsync(descriptor) == 0 ? nil : errno)
    let closed = close(descriptor) == 0 ? nil : errno
    guard let code = written ?? closed else { return }
    unlink(temporary)
    throw .notWritten(code)
  }

  /// - Returns: `errno` when not all was written.
  private func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : ENOSPC }
      done += count
    }
    return nil
  }

  private func syncFolder() throws(Fault) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .notConfirmed(errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .notConfirmed(errno) }
  }
}

extension Int32 {
  /// What the system calls an `errno`.
  var errnoName: String { String(cString: strerror(self)) }
}
