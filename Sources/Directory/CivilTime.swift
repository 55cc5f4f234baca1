import Foundation
import LDAP

/// Dates as people write them in Sweden, and the instants they stand for.
///
/// Intervals are half-open, [start, end). A bare date is a day in Europe/Stockholm: as a start it is that
/// day's first midnight, as an end it means *through* that day and is the midnight after it.
package enum CivilTime {
  package enum Bound: Hashable, Sendable { case start, end }

  package enum Fault: Error, Hashable, Sendable {
    /// Not one of the forms that are accepted.
    case form
    /// A time of day without offset or `Z`.
    case zone
    /// No such day or time, or a year that nobody can mean.
    case impossible
  }

  /// The years that are taken for meant; beyond them lie slips of the keyboard, and 9999 for "never".
  package static let years = 1900...2199

  static let stockholm = TimeZone(identifier: "Europe/Stockholm")

  /// The LDAP form (`yyyyMMddHHmmssZ`, UTC) of a date written `2026-01-31` or `2026-01-31T08:00:00+01:00`.
  ///
  /// A value that already has the form of GeneralizedTime (RFC 4517 section 3.3.13) stays as it is.
  package static func generalizedTime(_ text: String, as bound: Bound) throws(Fault) -> String {
    let octets = Array(text.utf8)
    guard octets.count >= 10, octets.prefix(4).allSatisfy(\.isDigit) else { throw .form }
    guard octets[4] == 0x2D else {
      _ = try instant(generalizedTime: text)
      return text
    }
    var rest = octets[...]
    let day = try digits(&rest, 4) + digits(&rest, 2, after: 0x2D) + digits(&rest, 2, after: 0x2D)
    if rest.isEmpty { return try midnight(day, as: bound) }
    guard rest.first == 0x54 || rest.first == 0x20 else { throw .form }
    rest.removeFirst()
    var time = try digits(&rest, 2) + digits(&rest, 2, after: 0x3A)
    time += rest.first == 0x3A ? try digits(&rest, 2, after: 0x3A) : "00"
    let zone = rest.filter { $0 != 0x3A }
    guard !zone.isEmpty else { throw .zone }
    guard zone == [0x5A] || (zone.count == 5 && (zone[0] == 0x2B || zone[0] == 0x2D)) else { throw .form }
    return try instant(generalizedTime: day + time + String(decoding: zone, as: UTF8.self)).description
  }

  /// The moment of a date in any form that directories and people write: GeneralizedTime, `2026-01-31`, `20260131`.
  package static func moment(_ text: String, as bound: Bound) throws(Fault) -> Date {
    let isDay = text.utf8.count == 8 && text.utf8.allSatisfy(\.isDigit)
    let written = isDay ? "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))" : text
    let time = try instant(generalizedTime: generalizedTime(written, as: bound))
    return Date(timeIntervalSince1970: Double(time.secondsSince1970))
  }

  /// The moment of a GeneralizedTime in the years that can be meant.
  package static func instant(generalizedTime text: String) throws(Fault) -> GeneralizedTime {
    let octets = Array(text.utf8)
    guard octets.count >= 8, octets.prefix(8).allSatisfy(\.isDigit) else { throw .form }
    guard let time = GeneralizedTime(parsing: text) else {
      if GeneralizedTime(parsing: text + "Z") != nil { throw .zone }
      throw octets.dropFirst(10).allSatisfy(isTimeOctet) && octets.count > 10 ? .impossible : .form
    }
    guard years.contains(Int(text.prefix(4)) ?? 0) else { throw .impossible }
    // A 61st second is a slip here, whatever the standard allows.
    guard octets.count < 14 || octets[12...13] != [0x36, 0x30] else { throw .impossible }
    return time
  }

  /// Whether octets are a moment that ``instant(generalizedTime:)`` takes, without making text of them.
  package static func isInstant(_ octets: UnsafeRawBufferPointer) -> Bool {
    guard octets.count >= 14, octets[..<14].allSatisfy(\.isDigit), GeneralizedTime(parsing: octets) != nil
    else { return false }
    let year = octets[..<4].reduce(0) { $0 * 10 + Int($1 - 48) }
    return years.contains(year) && !(octets[12] == 0x36 && octets[13] == 0x30)
  }

  /// `2026-01-31T23:00:00Z` for a value in exactly the form `yyyyMMddHHmmssZ`; `nil` for any other.
  package static func written(_ value: UnsafeRawBufferPointer) -> String? {
    guard value.count == 15, let time = GeneralizedTime(parsing: value) else { return nil }
    let text = time.description
    guard text.utf8.elementsEqual(value), years.contains(Int(text.prefix(4)) ?? 0) else { return nil }
    func part(_ from: Int, _ count: Int) -> Substring { text.dropFirst(from).prefix(count) }
    return "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))Z"
  }

  /// The first midnight of a day in Stockholm, or of the day after when it is an end.
  /// (Clocks are changed at 01:00 UTC there: midnight always exists, and once.)
  private static func midnight(_ day: String, as bound: Bound) throws(Fault) -> String {
    guard let stockholm else { throw .zone }
    let inUTC = try instant(generalizedTime: day + "000000Z").secondsSince1970 + (bound == .end ? 86_400 : 0)
    let near = Date(timeIntervalSince1970: Double(inUTC - 3_600))
    return GeneralizedTime(secondsSince1970: inUTC - Int64(stockholm.secondsFromGMT(for: near))).description
  }

  private static func digits(
    _ rest: inout ArraySlice<UInt8>, _ count: Int, after separator: UInt8? = nil
  ) throws(Fault) -> String {
    if let separator { guard rest.popFirst() == separator else { throw .form } }
    guard rest.count >= count, rest.prefix(count).allSatisfy(\.isDigit) else { throw .form }
    defer { rest.removeFirst(count) }
    return String(decoding: rest.prefix(count), as: UTF8.self)
  }

  private static func isTimeOctet(_ octet: UInt8) -> Bool {
    octet.isDigit || octet == 0x5A || octet == 0x2B || octet == 0x2D || octet == 0x2E || octet == 0x2C
  }
}

extension UInt8 {
  /// Whether it is `0` to `9` in ASCII.
  var isDigit: Bool { self &- 48 < 10 }
}
