import Crypto
import Glibc

/// One line of the log, seen as far as its chaining needs: nothing is parsed or copied, so that a million are soon
/// looked through.
///
/// That suffices: whatever else is in the line is under its hash. The members are found by their names with the
/// comma before them, which no text within the line can hold: a quotation mark in it is written `\"`.
struct AuditRecord {
  /// The line without its line break.
  let line: UnsafeRawBufferPointer
  let sequence: Int
  /// Where the 64 digits of its own hash stand.
  let hash: Range<Int>
  /// Where the 64 digits of the hash of the one before stand.
  let previous: Range<Int>

  /// `nil` for what is no record.
  init?(_ line: UnsafeRawBufferPointer) {
    self.line = line
    // In the order of their names, as the canonical form has them.
    guard line.first == UInt8(ascii: "{"), line.last == UInt8(ascii: "}"),
      let hash = Self.digits(after: ",\"hash\":\"", in: line, from: 0),
      let previous = Self.digits(after: ",\"previous\":\"", in: line, from: hash.upperBound),
      let number = Self.place(after: ",\"sequence\":", in: line, from: previous.upperBound),
      let sequence = Self.number(at: number, in: line)
    else { return nil }
    self.hash = hash
    self.previous = previous
    self.sequence = sequence
  }

  /// SHA-256 of the line without its `hash`, as 64 hexadecimal digits.
  func computedHash() -> [UInt8] {
    var sum = SHA256()
    sum.update(bufferPointer: UnsafeRawBufferPointer(rebasing: line[..<(hash.lowerBound - 9)]))
    sum.update(bufferPointer: UnsafeRawBufferPointer(rebasing: line[(hash.upperBound + 1)...]))
    return sum.finalize().hexadecimal
  }

  func holds(_ digits: [UInt8], at range: Range<Int>) -> Bool {
    guard let base = line.baseAddress, digits.count == range.count else { return false }
    return digits.withUnsafeBytes { other in
      other.baseAddress.map { memcmp(base + range.lowerBound, $0, range.count) == 0 } ?? false
    }
  }

  /// Its hash as it is written.
  var writtenHash: [UInt8] { Array(line[hash]) }

  private static func digits(
    after name: StaticString, in line: UnsafeRawBufferPointer, from start: Int
  ) -> Range<Int>? {
    guard let place = place(after: name, in: line, from: start), place + 64 < line.count,
      line[place + 64] == UInt8(ascii: "\"")
    else { return nil }
    return place..<(place + 64)
  }

  /// Where the value of a member begins.
  private static func place(
    after name: StaticString, in line: UnsafeRawBufferPointer, from start: Int
  ) -> Int? {
    guard let base = line.baseAddress else { return nil }
    let length = name.utf8CodeUnitCount
    var place = start
    while place + length < line.count {
      guard let comma = memchr(base + place, 0x2C, line.count - length - place) else { return nil }
      place = UnsafeRawPointer(comma) - base
      if memcmp(base + place, name.utf8Start, length) == 0 { return place + length }
      place += 1
    }
    return nil
  }

  private static func number(at place: Int, in line: UnsafeRawBufferPointer) -> Int? {
    var number = 0
    var place = place
    let start = place
    while place < line.count, line[place] &- 48 < 10, place - start < 18 {
      number = number * 10 + Int(line[place] &- 48)
      place += 1
    }
    return place > start ? number : nil
  }
}

extension Digest {
  /// As hexadecimal digits in small letters.
  var hexadecimal: [UInt8] {
    let digits: StaticString = "0123456789abcdef"
    var result: [UInt8] = []
    result.reserveCapacity(64)
    withUnsafeBytes { bytes in
      for byte in bytes {
        result.append(digits.utf8Start[Int(byte >> 4)])
        result.append(digits.utf8Start[Int(byte & 15)])
      }
    }
    return result
  }
}
