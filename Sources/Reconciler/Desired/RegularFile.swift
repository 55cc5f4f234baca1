import Directory
import Glibc

/// A file that was opened for reading because it is one: opening never waits for a pipe's other end or a device.
///
/// Closed at the end of its life.
package struct RegularFile: ~Copyable {
  /// Why a path cannot be read as a file, or what was read cannot be used.
  package enum Fault: Error, Hashable, Sendable {
    case missing
    case notPermitted
    case folder
    /// A pipe, socket or device.
    case notRegular
    /// Symbolic links lead round in a circle.
    case linkLoop
    case empty
    /// More octets than the limit.
    case tooLarge(limit: Int)
    /// Somebody wrote it while it was read.
    case changedWhileRead
    /// Another failure of the system, by `errno`.
    case system(Int32)
  }

  /// What must be the same before and after reading.
  fileprivate struct Stamp: Equatable {
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  /// A file's identity on this machine, whatever its path.
  package struct Identity: Hashable, Sendable {
    var device: UInt
    var number: UInt
  }

  private let descriptor: Int32
  private let stamp: Stamp
  package let identity: Identity
  /// What the system said of it when it was opened.
  let fileStamp: FileStamp
  /// Its size when it was opened, in octets.
  package let size: Int
  /// Whether anybody on the machine may write it.
  package let isWorldWritable: Bool

  /// Opens the file at `path`.
  package init(_ path: String) throws(Fault) {
    // O_NONBLOCK: opening a pipe without writer must return; for a regular file it means nothing.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw Fault(errno: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let fault = Fault(errno: errno)
      close(descriptor)
      throw fault
    }
    if let fault = Fault(refusing: status.st_mode) {
      close(descriptor)
      throw fault
    }
    self.descriptor = descriptor
    stamp = Stamp(status)
    identity = Identity(status)
    fileStamp = FileStamp(status)
    size = Int(status.st_size)
    isWorldWritable = status.st_mode & S_IWOTH != 0
  }

  deinit { close(descriptor) }

  /// Reads to the end in pieces of at most `chunk` octets, each lent to `body`.
  ///
  /// - Throws: ``Fault`` when the file is empty, beyond `limit`, cannot be read or was changed meanwhile; then
  ///   what `body` was given is worth nothing.
  package func read(chunk: Int, limit: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws(Fault) {
    guard size > 0 else { throw .empty }
    guard size <= limit else { throw .tooLarge(limit: limit) }
    var buffer = [UInt8](repeating: 0, count: min(chunk, size + 1))
    var total = 0
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Fault(errno: errno) }
      guard count > 0 else { break }
      total += count
      guard total <= size else { throw .changedWhileRead }
      buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    guard total == size, isUnchanged() else { throw .changedWhileRead }
  }

  /// Reads the whole file.
  package func contents(limit: Int) throws(Fault) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(size, limit))
    try read(chunk: 1 << 20, limit: limit) { bytes.append(contentsOf: $0) }
    return bytes
  }

  private func isUnchanged() -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && Stamp(status) == stamp
  }
}

extension RegularFile.Stamp {
  fileprivate init(_ status: stat) {
    size = Int64(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}

extension RegularFile.Identity {
  init(_ status: stat) {
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }
}

extension RegularFile.Fault {
  init(errno code: Int32) {
    switch code {
    case ENOENT, ENOTDIR: self = .missing
    case EACCES, EPERM: self = .notPermitted
    case ELOOP: self = .linkLoop
    case ENXIO: self = .notRegular
    default: self = .system(code)
    }
  }

  fileprivate init?(refusing mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: self = .folder
    default: self = .notRegular
    }
  }

  /// What is wrong, for a person.
  var reason: String {
    switch self {
    case .missing: "the file does not exist"
    case .notPermitted: "the file may not be read by this user"
    case .folder: "this is a folder, not a file"
    case .notRegular: "this is a pipe, a socket or a device, not a file"
    case .linkLoop: "symbolic links lead round in a circle"
    case .empty: "the file is empty"
    case .tooLarge(let limit): "the file is larger than the limit of \(limit >> 20) MiB"
    case .changedWhileRead: "the file was written to while it was read"
    case .system(let code): "the system refused to read the file (errno \(code))"
    }
  }

  /// What to do next.
  var advice: String {
    switch self {
    case .missing: "correct the path, or put the file in place"
    case .notPermitted: "give the user that runs hsasync the right to read it"
    case .folder: "name a file, or where folders are allowed see that it is readable"
    case .notRegular: "name a regular file"
    case .linkLoop: "remove the link that closes the circle"
    case .empty: "put the real file in place: an empty file is never taken to mean that there is nothing"
    case .tooLarge: "split the file, or use LDIF for bulk"
    case .changedWhileRead: "write it under another name and rename it into place, then run again"
    case .system: "see the system's journal for the disk"
    }
  }

  var code: String {
    switch self {
    case .missing: "file-missing"
    case .notPermitted: "file-unreadable"
    case .folder: "file-is-folder"
    case .notRegular: "file-not-regular"
    case .linkLoop: "link-loop"
    case .empty: "file-empty"
    case .tooLarge: "file-too-large"
    case .changedWhileRead: "file-changed"
    case .system: "file-unreadable"
    }
  }
}

extension RegularFile {
  /// The whole of a file that people write by hand; what is wrong with it is a finding at its first line.
  package static func contents(of path: String, limit: Int) throws(Findings) -> [UInt8] {
    do {
      return try RegularFile(path).contents(limit: limit)
    } catch {
      let position = SourcePosition(file: path, line: 1)
      throw Findings([Finding(error.code, at: position, error.reason, advice: error.advice)])
    }
  }
}
