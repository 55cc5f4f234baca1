import Foundation
import LDAP

/// Swedish personal numbers in the form that directories store: twelve characters, no hyphen.
package enum PersonalNumber {
  package enum Form: String, Hashable, Sendable, CaseIterable {
    /// Personnummer.
    case personal
    /// Samordningsnummer: the day has 60 added; day 60 or month 00 where the date is not known.
    case coordination
    /// Region Stockholm's reserve number: 99, year of issue, serial, check digit.
    case stockholmReserve
    /// National reserve id (NRID).
    case nationalReserve
    /// Västra Götalandsregionen's reserve number.
    case vgrReserve
    /// Värmland's reserve number (LiV).
    case varmlandReserve
    /// Inera's (Carelink's) reserve number: the day is 32 to 59.
    case carelinkReserve
  }

  package enum Fault: Error, Hashable, Sendable {
    /// It has none of the known forms.
    case form
    /// There is no such day, or it has not come yet.
    case date
    case checkDigit
  }

  /// The form of a number whose form, date and check digit are right.
  ///
  /// `today` is the plan's day as a number `yyyymmdd`: nobody is born after it. Check digits whose rule is not
  /// public (all reserve numbers but Stockholm's) are not verified.
  package static func form(of octets: UnsafeRawBufferPointer, today: Int = 9999_12_31) throws(Fault) -> Form {
    guard octets.count == 12 else { throw .form }
    guard octets.allSatisfy(\.isDigit) else { return try formWithLetters(octets, today) }
    if octets[0] == 0x39, octets[1] == 0x39 {
      guard hasCheckDigit(octets, from: 4) else { throw .checkDigit }
      return .stockholmReserve
    }
    let year = number(octets, 0..<4), month = number(octets, 4..<6), day = number(octets, 6..<8)
    switch day {
    case 1...31:
      guard isDay(year, month, day), number(octets, 0..<8) <= today else { throw .date }
    case 60...91:
      guard (0...12).contains(month), years.contains(year) else { throw .date }
    case 32...59:
      guard (1...12).contains(month), years.contains(year) else { throw .date }
      return .carelinkReserve
    default: throw .date
    }
    guard hasCheckDigit(octets, from: 2) else { throw .checkDigit }
    return day > 31 ? .coordination : .personal
  }

  /// Nobody alive was born before; a later one is a slip.
  private static let years = 1840...2199

  private static func formWithLetters(_ octets: UnsafeRawBufferPointer, _ today: Int) throws(Fault) -> Form {
    guard octets.prefix(8).allSatisfy(\.isDigit) else { throw .form }
    let tail = octets.suffix(4).map { $0 }
    let isNational =
      isReserveLetter(tail[0]) && isReserveLetter(tail[1]) && tail[2].isDigit
      && (tail[3].isDigit || isCapital(tail[3]))
    let century = number(octets, 0..<2), month = number(octets, 4..<6), day = number(octets, 6..<8)
    if isNational, century == 0 || (22...39).contains(century) {
      let isKnown = century != 0 && (1...12).contains(month) && (1...31).contains(day)
      let isUnknown = century == 0 && (20...99).contains(month) && (40...59).contains(day)
      guard isKnown || isUnknown else { throw .date }
      return .nationalReserve
    }
    let isVGR = "KMX".utf8.contains(tail[0]) && tail.dropFirst().allSatisfy(\.isDigit)
    let isVarmland =
      tail[0] == 0x42 && "FUXPL".utf8.contains(tail[1]) && tail[2].isDigit && isCapital(tail[3])
    guard isVGR || isVarmland else { throw .form }
    guard isDay(number(octets, 0..<4), month, day), number(octets, 0..<8) <= today else { throw .date }
    return isVGR ? .vgrReserve : .varmlandReserve
  }

  /// Whether the last digit is the Luhn sum of the digits before it, from an offset on.
  static func hasCheckDigit(_ octets: UnsafeRawBufferPointer, from start: Int) -> Bool {
    var sum = 0
    // The digit beside the check digit counts double, and then every second one.
    for (offset, octet) in octets[start..<(octets.count - 1)].reversed().enumerated() {
      let digit = Int(octet - 0x30) * (offset % 2 == 0 ? 2 : 1)
      sum += digit / 10 + digit % 10
    }
    return (sum + Int(octets[octets.count - 1] - 0x30)) % 10 == 0
  }

  private static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
    guard years.contains(year), (1...12).contains(month), day >= 1 else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  private static func number(_ octets: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
    octets[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func isCapital(_ octet: UInt8) -> Bool { octet &- 65 < 26 }

  private static func isReserveLetter(_ octet: UInt8) -> Bool {
    isCapital(octet) && !"IOQVW".utf8.contains(octet)
  }
}
