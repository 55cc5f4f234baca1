import Glibc

/// What the system says of a file, by which a change is noticed without reading it.
package struct FileStamp: Hashable, Sendable {
  var device: UInt
  var number: UInt
  /// Octets.
  var size: Int64
  /// When its content was changed, in nanoseconds since 1970.
  var modified: Int64
  /// When anything about it was changed, in nanoseconds since 1970; nobody can set it back.
  var changed: Int64

  init(_ status: stat) {
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
    size = Int64(status.st_size)
    modified = FileStamp.nanoseconds(status.st_mtim)
    changed = FileStamp.nanoseconds(status.st_ctim)
  }

  /// Of what a path means, links followed; `nil` when there is nothing.
  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Whether a file read at an instant (nanoseconds since 1970) may have been written again since without its stamp
  /// telling: file systems keep time in steps, of 2 s at most (FAT).
  package func isFresh(at instant: Int64) -> Bool { instant - max(modified, changed) < 2_000_000_000 }

  /// Nanoseconds since 1970.
  package static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return nanoseconds(time)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
