import Foundation
import Glibc

/// What the system says of a file, by which a change is noticed without reading it.
struct CertificateFileStamp: Hashable, Sendable {
  let device: UInt
  let number: UInt
  /// Octets.
  let size: Int
  /// When its content was changed, in nanoseconds since 1970.
  let modified: Int64
  /// When anything about it was changed, in nanoseconds since 1970; nobody can set it back.
  let changed: Int64

  init(_ status: stat) {
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
    size = Int(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
  }

  /// Of what a path means, links followed; `nil` when there is nothing.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Whether the file may have been written again without its stamp telling: file systems keep time in steps.
  var isFresh: Bool {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let now = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    return now - max(modified, changed) < 2_000_000_000
  }
}

/// A regular file that was opened for reading; closed at the end of its life.
struct CertificateFile: ~Copyable {
  let stamp: CertificateFileStamp
  private let descriptor: Int32

  init(_ path: String) throws(CertificateFileFault) {
    // O_NONBLOCK: opening a pipe without writer must return; for a regular file it means nothing.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw CertificateFile.failure(errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw CertificateFileFault("it is not a regular file")
    }
    self.descriptor = descriptor
    stamp = CertificateFileStamp(status)
  }

  deinit { close(descriptor) }

  /// The whole of it, which must not change meanwhile.
  func contents(limit: Int) throws(CertificateFileFault) -> [UInt8] {
    guard stamp.size > 0 else { throw CertificateFileFault("it is empty") }
    guard stamp.size <= limit else { throw CertificateFileFault("it is larger than \(limit >> 20) MiB") }
    let bytes = try read(upTo: stamp.size + 1)
    var status = stat()
    guard bytes.count == stamp.size, fstat(descriptor, &status) == 0, CertificateFileStamp(status) == stamp
    else { throw CertificateFileFault("it was written to while it was read") }
    return bytes
  }

  private func read(upTo most: Int) throws(CertificateFileFault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: most)
    var total = 0
    while total < most {
      let count = bytes.withUnsafeMutableBytes { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[total...])
        return Glibc.read(descriptor, rest.baseAddress, rest.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw CertificateFile.failure(errno) }
      guard count > 0 else { break }
      total += count
    }
    bytes.removeLast(most - total)
    return bytes
  }

  private static func failure(_ code: Int32) -> CertificateFileFault {
    switch code {
    case ENOENT, ENOTDIR: CertificateFileFault("it does not exist")
    case EACCES, EPERM: CertificateFileFault("it may not be read by this user")
    default: CertificateFileFault("the system refuses to read it (errno \(code))")
    }
  }
}
