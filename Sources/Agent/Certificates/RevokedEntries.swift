/// The serial numbers of a revocation list, gathered entry by entry.
///
/// Why and when a certificate was revoked does not matter: one that is held (certificateHold) is not let in either.
/// RFC 5280, sections 5.1.2.6 and 5.3.
struct RevokedEntries: Sendable {
  private var serials: [LongNumber] = []

  mutating func read(_ frame: RevocationListFrame) throws(CertificateFileFault) {
    guard let place = frame.entries else { return }
    var reader = DERReader(frame.signed.bytes, place)
    // An entry takes some 20 octets or more; to reserve space spares copying it over and over.
    serials.reserveCapacity(place.count / 36)
    do throws(DERFault) {
      while !reader.isAtEnd { serials.append(try RevokedEntries.serial(&reader)) }
    } catch { throw .list("an entry is malformed or has a critical extension") }
  }

  func sorted() -> [LongNumber] { serials.sorted() }

  private static func serial(_ reader: inout DERReader) throws(DERFault) -> LongNumber {
    var entry = try reader.enter(DERTag.sequence)
    let content = try entry.next(DERTag.integer).content
    guard let serial = LongNumber(integer: reader.bytes[content]) else { throw DERFault() }
    let time = try entry.next()
    switch (time.tag, time.content.count) {
    case (DERTag.utcTime, 13), (DERTag.generalizedTime, 15): break
    default: throw DERFault()
    }
    if !entry.isAtEnd { try refuseCritical(in: try entry.enter(DERTag.sequence)) }
    try entry.finish()
    return serial
  }

  /// A critical extension (certificateIssuer) can mean that the serial number is another issuer's.
  private static func refuseCritical(in extensions: DERReader) throws(DERFault) {
    var extensions = extensions
    while !extensions.isAtEnd {
      var found = try extensions.enter(DERTag.sequence)
      _ = try found.next(DERTag.objectIdentifier)
      if let critical = try found.nextIf(DERTag.boolean) {
        guard found.bytes[critical.content] == [0] else { throw DERFault() }
      }
      _ = try found.next(DERTag.octetString)
      try found.finish()
    }
  }
}
