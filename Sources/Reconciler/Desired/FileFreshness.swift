import Glibc

extension FileStamp {
  /// Whether a file read at an instant (nanoseconds since 1970) may have been written again since without its stamp
  /// telling: file systems keep time in steps, of 2 s at most (FAT).
  func isFresh(at instant: Int) -> Bool { instant - (changes.max() ?? 0) < 2_000_000_000 }

  /// Nanoseconds since 1970.
  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
