import Glibc

/// The heap of the GNU C library (malloc_trim(3), mallopt(3)), which keeps what a look at everything needed for a
/// moment unless it is told not to.
enum Heap {
  private typealias Trim = @convention(c) (Int) -> Int32
  private typealias Option = @convention(c) (Int32, Int32) -> Int32

  /// `M_TRIM_THRESHOLD`, `M_MMAP_THRESHOLD` and `M_ARENA_MAX` of malloc.h.
  private static let (trimThreshold, mapThreshold, mostArenas) = (Int32(-1), Int32(-3), Int32(-8))

  /// Has large blocks mapped one by one, so that they go back when they are let go, and few threads have heaps of their
  /// own. To be called once, before there are threads.
  static func keepSmall() {
    // The cast is sound: malloc.h declares `int mallopt(int, int)`, and the name is looked up in the C library itself.
    guard let option = function("mallopt").map({ unsafeBitCast($0, to: Option.self) }) else { return }
    _ = option(mapThreshold, 1 << 18)
    _ = option(trimThreshold, 1 << 20)
    _ = option(mostArenas, 2)
  }

  /// Gives back what is free; takes some milliseconds.
  static func giveBack() {
    // The cast is sound: malloc.h declares `int malloc_trim(size_t)`, and `size_t` is as wide as `Int`.
    guard let trim = function("malloc_trim").map({ unsafeBitCast($0, to: Trim.self) }) else { return }
    _ = trim(0)
  }

  /// Looked up by name: another C library does without.
  private static func function(_ name: String) -> UnsafeMutableRawPointer? { dlsym(nil, name) }
}
