/// A moment as directories write it: `20261121224500Z` (RFC 4517 section 3.3.13).
///
/// The calendar is the Gregorian one throughout, years 0000 to 9999; fractions are kept to the nanosecond.
public struct GeneralizedTime: Hashable, Sendable {
  /// The whole seconds since 1970-01-01 00:00:00 UTC, rounded down.
  public private(set) var secondsSince1970: Int64
  /// The rest, in billionths of a second: 0 to 999,999,999.
  public private(set) var nanoseconds: Int32

  /// The first and the last second that four digits of year can write.
  internal static let bounds: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

  /// Makes a moment; one before the year 0000 or after 9999 becomes the first or last second that can be written.
  public init(secondsSince1970: Int64, nanoseconds: Int32 = 0) {
    self.secondsSince1970 = min(max(secondsSince1970, Self.bounds.lowerBound), Self.bounds.upperBound)
    self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
  }

  /// Reads a moment; `nil` when the text is none.
  public init?(parsing text: String) {
    var text = text
    let parsed = text.withUTF8 { GeneralizedTime(parsing: UnsafeRawBufferPointer($0)) }
    guard let parsed else { return nil }
    self = parsed
  }

  /// Reads a moment from octets; `nil` when they are none.
  ///
  /// Minutes and seconds may be left out, a fraction of the last unit may follow `.` or `,`, and `Z` or an offset
  /// (`+0100`) has to end it. A leap second (`60`) is taken as the next second.
  public init?(parsing bytes: UnsafeRawBufferPointer) {
    var reader = Reader(bytes: bytes)
    guard let parsed = reader.read() else { return nil }
    self = parsed
  }
}

extension GeneralizedTime: CustomStringConvertible {
  /// The moment in UTC as `yyyyMMddHHmmssZ`, with a fraction when there is one.
  public var description: String {
    let days = secondsSince1970.flooredQuotient(86_400)
    let seconds = Int(secondsSince1970 - days * 86_400)
    let date = Self.date(ofDay: Int(days))
    var text = Self.padded(date.year, 4) + Self.padded(date.month, 2) + Self.padded(date.day, 2)
    text += Self.padded(seconds / 3_600, 2) + Self.padded(seconds / 60 % 60, 2) + Self.padded(seconds % 60, 2)
    if nanoseconds > 0 {
      let digits = Self.padded(Int(nanoseconds), 9)
      text += "." + digits.prefix(9 - digits.reversed().prefix { $0 == "0" }.count)
    }
    return text + "Z"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension GeneralizedTime: Comparable {
  /// Earlier is less.
  public static func < (left: GeneralizedTime, right: GeneralizedTime) -> Bool {
    (left.secondsSince1970, left.nanoseconds) < (right.secondsSince1970, right.nanoseconds)
  }
}

extension GeneralizedTime {
  /// Days since 1970-01-01 of a date in the Gregorian calendar.
  internal static func day(year: Int, month: Int, day: Int) -> Int {
    // Years are counted from March, so that the leap day is the last of its year.
    let shifted = month <= 2 ? year - 1 : year
    let era = Int(Int64(shifted).flooredQuotient(400))
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  internal static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = Int(Int64(shifted).flooredQuotient(146_097))
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  internal static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
