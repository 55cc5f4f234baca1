#if canImport(Glibc)
  import Glibc
#endif

/// Cuts a stream of octets into logical lines: folds undone, line ends dropped, comments still in.
///
/// A line that lies whole and unfolded in a chunk is handed on where it lies; others are put together in a buffer
/// that is kept. A line ends when the octet after its line feed is known not to be a space.
internal struct LDIFLineSplitter: Sendable {
  /// The longest logical line, in octets with its folds.
  let maximumLength: Int
  /// The line on which the next logical line begins, from 1.
  private(set) var number = 1
  /// The beginning of a line whose end is still to come.
  private var carry: [UInt8] = []
  private var unfolded: [UInt8] = []
  /// Whether the line in `carry` was too long, has been reported, and is dropped up to its end.
  private var isDropping = false
  private var isAtStart = true

  init(maximumLength: Int) { self.maximumLength = maximumLength }

  /// What is handed on: a line, or `nil` for one that is too long.
  typealias Line = UnsafeRawBufferPointer?

  /// Hands on the lines that end in the chunk, each with its number.
  @inline(__always)
  mutating func read(_ chunk: UnsafeRawBufferPointer, _ body: (Line, Int) -> Void) {
    guard !chunk.isEmpty else { return }
    var position = 0
    if !carry.isEmpty {
      guard let end = endOfCarried(in: chunk) else { return keep(chunk[...], body) }
      keep(chunk[..<end], body)
      flush(body)
      position = end
    }
    while position < chunk.count {
      guard let line = line(in: chunk, from: position) else { return keep(chunk[position...], body) }
      hand(UnsafeRawBufferPointer(rebasing: chunk[position..<line.next]), line.folds, body)
      position = line.next
    }
  }

  /// Hands on the last line, which need not have a line end.
  @inline(__always)
  mutating func finish(_ body: (Line, Int) -> Void) {
    if !carry.isEmpty { flush(body) }
  }

  /// Where the logical line at `start` is over, and in how many folds; `nil` when that lies beyond the chunk.
  @inline(__always)
  private func line(in chunk: UnsafeRawBufferPointer, from start: Int) -> (next: Int, folds: Int)? {
    var from = start
    var folds = 0
    while let feed = Self.lineFeed(in: chunk, from: from) {
      // An empty line ends a record and is never folded.
      if feed == start || feed == start + 1 && chunk[start] == ASCII.carriageReturn { return (feed + 1, 0) }
      guard feed + 1 < chunk.count else { return nil }
      if chunk[feed + 1] != ASCII.space { return (feed + 1, folds) }
      folds += 1
      from = feed + 1
    }
    return nil
  }

  @inline(__always)
  private static func lineFeed(in chunk: UnsafeRawBufferPointer, from: Int) -> Int? {
    guard let base = chunk.baseAddress,
      let found = memchr(base + from, Int32(ASCII.lineFeed), chunk.count - from)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }

  /// Where in the chunk the line begun in `carry` is over.
  private func endOfCarried(in chunk: UnsafeRawBufferPointer) -> Int? {
    var from = 0
    if carry.last == ASCII.lineFeed, chunk[0] != ASCII.space { return 0 }
    while let feed = Self.lineFeed(in: chunk, from: from) {
      if feed == 0, carry == [ASCII.carriageReturn] { return 1 }
      guard feed + 1 < chunk.count else { return nil }
      if chunk[feed + 1] != ASCII.space { return feed + 1 }
      from = feed + 1
    }
    return nil
  }

  private mutating func keep(_ octets: Slice<UnsafeRawBufferPointer>, _ body: (Line, Int) -> Void) {
    carry += UnsafeRawBufferPointer(rebasing: octets)
    guard carry.count > maximumLength else { return }
    if !isDropping { body(nil, number) }
    isDropping = true
    // What is needed of a dropped line is how many lines it took and whether it has just ended one.
    let endsLine = carry.last == ASCII.lineFeed
    number += carry.dropLast(endsLine ? 1 : 0).count { $0 == ASCII.lineFeed }
    carry = endsLine ? [ASCII.sharp, ASCII.lineFeed] : [ASCII.sharp]
  }

  private mutating func flush(_ body: (Line, Int) -> Void) {
    var line: [UInt8] = []
    swap(&line, &carry)
    line.withUnsafeBytes { octets in
      if isDropping {
        number += octets.dropLast().count { $0 == ASCII.lineFeed } + 1
        isDropping = false
      } else {
        hand(octets, octets.dropLast().count { $0 == ASCII.lineFeed }, body)
      }
    }
    line.removeAll(keepingCapacity: true)
    swap(&line, &carry)
  }

  /// Hands on a line that comes with its line ends.
  @inline(__always)
  private mutating func hand(_ raw: UnsafeRawBufferPointer, _ folds: Int, _ body: (Line, Int) -> Void) {
    let start = number
    number += folds + 1
    guard raw.count <= maximumLength else { return body(nil, start) }
    let line = isAtStart ? Self.withoutMark(raw) : raw
    isAtStart = false
    if folds == 0 { return body(Self.withoutEnd(line), start) }
    unfold(line)
    unfolded.withUnsafeBytes { body($0, start) }
  }

  @inline(__always)
  private static func withoutEnd(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var end = line.count
    if end > 0, line[end - 1] == ASCII.lineFeed { end -= 1 }
    if end > 0, line[end - 1] == ASCII.carriageReturn { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: line[..<end])
  }

  /// Some editors put a byte order mark before the first line.
  private static func withoutMark(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    line.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: line[3...]) : line
  }

  private mutating func unfold(_ line: UnsafeRawBufferPointer) {
    unfolded.removeAll(keepingCapacity: true)
    var position = 0
    while position < line.count {
      let end = Self.lineFeed(in: line, from: position).map { $0 + 1 } ?? line.count
      unfolded += Self.withoutEnd(UnsafeRawBufferPointer(rebasing: line[position..<end]))
      // The space that begins the next line is the fold's, not the value's.
      position = end + 1
    }
  }
}
