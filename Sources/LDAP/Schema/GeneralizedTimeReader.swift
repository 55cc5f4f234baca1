extension GeneralizedTime {
  /// Reads the octets of a moment from left to right.
  internal struct Reader {
    let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func read() -> GeneralizedTime? {
      // The longest sensible fraction is far below this; the rest is no time.
      guard bytes.count <= 64, let year = number(4), let month = number(2, 1...12),
        let day = number(2, 1...GeneralizedTime.days(inMonth: month, of: year)), let hour = number(2, 0...23)
      else { return nil }
      var seconds =
        Int64(GeneralizedTime.day(year: year, month: month, day: day)) * 86_400 + Int64(hour) * 3_600
      var unit: Int64 = 3_600
      if let minute = number(2, 0...59) {
        seconds += Int64(minute) * 60
        unit = 60
        if let second = number(2, 0...60) {
          seconds += Int64(second)
          unit = 1
        }
      }
      guard let fraction = fraction(of: unit), let offset = offset(), position == bytes.count else {
        return nil
      }
      seconds += fraction.seconds - offset
      guard GeneralizedTime.bounds.contains(seconds) else { return nil }
      return GeneralizedTime(secondsSince1970: seconds, nanoseconds: fraction.nanoseconds)
    }

    /// Exactly so many digits within a range; else nothing is read.
    private mutating func number(_ digits: Int, _ range: ClosedRange<Int> = 0...9_999) -> Int? {
      guard position + digits <= bytes.count else { return nil }
      var number = 0
      for offset in 0..<digits {
        guard ASCII.isDigit(bytes[position + offset]) else { return nil }
        number = number * 10 + Int(bytes[position + offset] - 48)
      }
      guard range.contains(number) else { return nil }
      position += digits
      return number
    }

    /// A fraction of a unit of so many seconds; zero when none is written.
    private mutating func fraction(of unit: Int64) -> (seconds: Int64, nanoseconds: Int32)? {
      guard position < bytes.count, bytes[position] == ASCII.dot || bytes[position] == ASCII.comma else {
        return (0, 0)
      }
      position += 1
      let start = position
      var billionths: Int64 = 0
      var scale: Int64 = 100_000_000
      while position < bytes.count, ASCII.isDigit(bytes[position]) {
        billionths += Int64(bytes[position] - 48) * scale
        scale /= 10
        position += 1
      }
      guard position > start else { return nil }
      let total = billionths * unit
      return (total / 1_000_000_000, Int32(total % 1_000_000_000))
    }

    /// The seconds by which the written time is ahead of UTC.
    private mutating func offset() -> Int64? {
      guard position < bytes.count else { return nil }
      let sign = bytes[position]
      position += 1
      switch sign {
      case UInt8(ascii: "Z"): return 0
      case ASCII.plus, ASCII.hyphen:
        guard let hours = number(2, 0...23) else { return nil }
        let minutes = position < bytes.count ? number(2, 0...59) : 0
        guard let minutes else { return nil }
        return Int64(hours * 3_600 + minutes * 60) * (sign == ASCII.plus ? 1 : -1)
      default: return nil
      }
    }
  }
}
