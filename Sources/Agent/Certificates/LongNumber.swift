/// A whole number from 0 of at most 20 octets: a certificate's serial number, or a revocation list's.
///
/// 24 octets in memory, so that half a million take 12 MB.
/// RFC 5280, sections 4.1.2.2 and 5.2.3.
struct LongNumber: Hashable, Comparable, Sendable {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// From an INTEGER's content in DER; `nil` when it is negative, too long or not as short as can be.
  init?(integer content: ArraySlice<UInt8>) {
    guard let first = content.first, first < 0x80 else { return nil }
    if first == 0, let second = content.dropFirst().first, second < 0x80 { return nil }
    let digits = first == 0 ? content.dropFirst() : content
    guard digits.count <= 20 else { return nil }
    var high: UInt64 = 0
    var middle: UInt64 = 0
    var low: UInt32 = 0
    for digit in digits {
      high = high << 8 | middle >> 56
      middle = middle << 8 | UInt64(low >> 24)
      low = low << 8 | UInt32(digit)
    }
    self.high = high
    self.middle = middle
    self.low = low
  }

  static func < (left: LongNumber, right: LongNumber) -> Bool {
    if left.high != right.high { return left.high < right.high }
    if left.middle != right.middle { return left.middle < right.middle }
    return left.low < right.low
  }
}

extension [LongNumber] {
  /// Whether it is among these, which must be sorted.
  func containsSorted(_ number: LongNumber) -> Bool {
    var lower = startIndex
    var upper = endIndex
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if self[middle] < number { lower = middle + 1 } else { upper = middle }
    }
    return lower < endIndex && self[lower] == number
  }
}
