import Foundation
import Glibc
import SwiftASN1

/// The parts of a revocation list, as places in its DER.
///
/// RFC 5280, section 5.1.
struct RevocationListFrame: Sendable {
  let signed: SignedFrame
  /// 1 means version 2; `nil`: it does not say.
  let version: UInt8?
  let issuer: ArraySlice<UInt8>
  let thisUpdate: Date
  let nextUpdate: Date
  /// What the sequence of entries holds; `nil` when nothing is revoked.
  let entries: Range<Int>?
  let extensions: Range<Int>?

  init(_ der: [UInt8]) throws(CertificateFileFault) {
    do throws(DERFault) {
      try self.init(reading: der)
    } catch { throw .list("it is not one whole revocation list with a next update") }
  }

  private init(reading der: [UInt8]) throws(DERFault) {
    signed = try SignedFrame(der)
    var parts = signed.signedReader
    let version = try parts.nextIf(DERTag.integer)
    guard (version?.content.count ?? 1) == 1 else { throw DERFault() }
    self.version = version.map { der[$0.content.lowerBound] }
    try signed.readAlgorithm(&parts)
    issuer = der[try parts.next(DERTag.sequence).whole]
    thisUpdate = try RevocationListFrame.time(try parts.next(), der)
    nextUpdate = try RevocationListFrame.time(try parts.next(), der)
    entries = try parts.nextIf(DERTag.sequence)?.content
    if var outer = try parts.nextIf(DERTag.explicit(0)).map({ DERReader(der, $0.content) }) {
      extensions = try outer.next(DERTag.sequence).content
      try outer.finish()
    } else {
      extensions = nil
    }
    try parts.finish()
  }

  /// RFC 5280, sections 5.1.2.4 to 5.1.2.6: until 2049 in two digits, in UTC, without fractions of a second.
  private static func time(_ element: DERElement, _ der: [UInt8]) throws(DERFault) -> Date {
    do {
      switch element.tag {
      case DERTag.utcTime:
        let time = try UTCTime(derEncoded: der[element.whole])
        return try date(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
      case DERTag.generalizedTime:
        let time = try GeneralizedTime(derEncoded: der[element.whole])
        guard time.rawFractionalSeconds.isEmpty else { throw DERFault() }
        return try date(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
      default: throw DERFault()
      }
    } catch { throw DERFault() }
  }

  private static func date(
    _ year: Int, _ month: Int, _ day: Int, _ hours: Int, _ minutes: Int, _ seconds: Int
  ) throws(DERFault) -> Date {
    guard (1970...9999).contains(year) else { throw DERFault() }
    var time = tm()
    time.tm_year = Int32(year - 1900)
    time.tm_mon = Int32(month - 1)
    time.tm_mday = Int32(day)
    time.tm_hour = Int32(hours)
    time.tm_min = Int32(minutes)
    time.tm_sec = Int32(seconds)
    return Date(timeIntervalSince1970: TimeInterval(timegm(&time)))
  }
}
