import Glibc

/// By what it is seen, without reading it, that a file is another than it was.
struct FileStamp: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  let size: Int
  /// When its content was changed last, and when anything about it was, in nanoseconds since 1970.
  private let changes: [Int]

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    changes = [status.st_mtim, status.st_ctim].map { $0.tv_sec * 1_000_000_000 + $0.tv_nsec }
  }

  /// `nil` when there is no such file, or it cannot be looked at.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}
