import Directory
import Glibc
import Synchronization

/// Which file of roles was read whole and found sound: as long as it has not changed, some lines of it are looked up
/// without reading the others.
final class RoleFileMemory: Sendable {
  private struct Known {
    var stamp: FileStamp
    /// Its first line, with the generation and the digest of all that follows.
    var header: [UInt8]
  }
  private let known = Mutex<Known?>(nil)

  func forget() { known.withLock { $0 = nil } }

  /// Reads a file whole, and remembers one that is sound and in order.
  func read(_ path: String) throws(RoleTargetFault) -> RoleFile {
    forget()
    let before = FileStamp(path)
    let file = try RoleFile.read(path)
    if let before, file.isInOrder, let lines = RoleFileLines(path), lines.stamp == before {
      known.withLock { $0 = Known(stamp: before, header: lines.header) }
    }
    return file
  }

  /// Remembers a file that has just been put in its place.
  func note(_ path: String, written bytes: [UInt8]) {
    forget()
    guard let lines = RoleFileLines(path), Int(lines.stamp.size) == bytes.count,
      bytes.starts(with: lines.header)
    else { return }
    let (stamp, header) = (lines.stamp, lines.header)
    known.withLock { $0 = Known(stamp: stamp, header: header) }
  }

  /// The file, to be looked up in; `nil` when it must be read whole.
  func lines(of path: String) -> RoleFileLines? {
    guard let known = known.withLock({ $0 }), let lines = RoleFileLines(path), lines.stamp == known.stamp,
      lines.header == known.header
    else { return nil }
    return lines
  }
}

/// The lines of a file of roles that is sound and in order, found without reading all of it.
struct RoleFileLines: ~Copyable {
  private let descriptor: Int32
  let stamp: FileStamp
  /// The first line, without its end.
  let header: [UInt8]
  private static let piece = 4_096

  /// Opens a file; `nil` when there is none with a first line.
  init?(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let start = RoleFileLines.read(descriptor, 0..<min(Int(status.st_size), RoleFileLines.piece)),
      let end = start.firstIndex(of: 0x0A)
    else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    stamp = FileStamp(status)
    header = Array(start[..<end])
  }

  deinit { close(descriptor) }

  /// Where the lines after the first stand, in octets.
  var body: Range<Int> { header.count + 1..<Int(stamp.size) }

  /// All octets of a range; `nil` when they cannot be read.
  func octets(_ range: Range<Int>) -> [UInt8]? { RoleFileLines.read(descriptor, range) }

  /// The records of one person, and where they stand, or would.
  ///
  /// - Returns: `nil` when something is not as it was when the file was found sound.
  func records(of person: HSAIdentity) -> (range: Range<Int>, records: [RoleRecord])? {
    guard let start = start(of: person) else { return nil }
    var (end, records) = (start, [RoleRecord]())
    while end < body.upperBound {
      guard let line = line(at: end), let record = RoleRecord(line: line.octets) else { return nil }
      guard HSAIdentity(record.person) == person else { break }
      records.append(record)
      end = line.range.upperBound
    }
    return (start..<end, records)
  }

  /// Where the first line stands that is not of somebody before a person.
  private func start(of person: HSAIdentity) -> Int? {
    var (low, high) = (body.lowerBound, body.upperBound)
    while low < high {
      guard let line = line(at: (low + high) / 2), let record = RoleRecord(line: line.octets) else {
        return nil
      }
      if HSAIdentity.normalForm(record.person) < person.normalForm {
        low = line.range.upperBound
      } else {
        high = line.range.lowerBound
      }
    }
    return low
  }

  /// The line that an octet stands in, without its end; its range with it.
  private func line(at position: Int) -> (range: Range<Int>, octets: [UInt8])? {
    var (start, end) = (position, position)
    var octets: [UInt8] = []
    while start > body.lowerBound {
      let from = max(body.lowerBound, start - RoleFileLines.piece)
      guard let before = self.octets(from..<start) else { return nil }
      let isFound = before.lastIndex(of: 0x0A).map { $0 + 1 }
      octets = Array(before[(isFound ?? 0)...]) + octets
      start = from + (isFound ?? 0)
      if isFound != nil { break }
    }
    while end < body.upperBound {
      guard let after = self.octets(end..<min(body.upperBound, end + RoleFileLines.piece)) else { return nil }
      let isFound = after.firstIndex(of: 0x0A)
      octets += after[..<(isFound ?? after.count)]
      end += isFound.map { $0 + 1 } ?? after.count
      if isFound != nil { return (start..<end, octets) }
    }
    return nil
  }

  private static func read(_ descriptor: Int32, _ range: Range<Int>) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var done = 0
    while done < range.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        pread(
          descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done,
          off_t(range.lowerBound + done))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return nil }
      done += count
    }
    return bytes
  }
}
