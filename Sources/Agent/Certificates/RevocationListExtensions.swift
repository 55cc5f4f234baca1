import SwiftASN1
import X509

/// What a revocation list says of itself beside its entries.
///
/// RFC 5280, section 5.2.
struct RevocationListExtensions: Sendable {
  let number: LongNumber?

  /// cRLNumber: RFC 5280, section 5.2.3.
  private static let numberIdentifier: ASN1ObjectIdentifier = [2, 5, 29, 20]
  /// deltaCRLIndicator and issuingDistributionPoint: RFC 5280, sections 5.2.4 and 5.2.5.
  private static let partial: Set<ASN1ObjectIdentifier> = [[2, 5, 29, 27], [2, 5, 29, 28]]
  /// The authority's key may be named with weight: the signature has answered for it already.
  private static let known: Set<ASN1ObjectIdentifier> = [
    numberIdentifier, .X509ExtensionID.authorityKeyIdentifier,
  ]
  /// Together, in octets: more than this is read into a tree by nobody.
  private static let largest = 1 << 16

  init(_ frame: RevocationListFrame) throws(CertificateFileFault) {
    let extensions: Certificate.Extensions
    do {
      extensions = try RevocationListExtensions.read(frame)
    } catch { throw .list("its extensions are malformed") }
    guard !extensions.contains(where: { RevocationListExtensions.partial.contains($0.oid) }) else {
      throw .list("it is a part of a list or tells only changes; a whole list is needed")
    }
    let isUnknown = { (found: Certificate.Extension) in !RevocationListExtensions.known.contains(found.oid) }
    guard !extensions.contains(where: { $0.critical && isUnknown($0) }) else {
      throw .list("it has a critical extension that is not known here")
    }
    let found = extensions[oid: RevocationListExtensions.numberIdentifier]
    number = try found.map(RevocationListExtensions.number)
  }

  /// Version 1 has no extensions, thus no number, and cannot say that it is only a part.
  static func refuseVersionOne(_ frame: RevocationListFrame) throws(CertificateFileFault) {
    guard frame.version == 1 else { throw .list("it is not of version 2") }
  }

  private static func read(_ frame: RevocationListFrame) throws -> Certificate.Extensions {
    guard let place = frame.extensions else { return try Certificate.Extensions([Certificate.Extension]()) }
    guard place.count <= largest else { throw DERFault() }
    var reader = DERReader(frame.signed.bytes, place)
    var found: [Certificate.Extension] = []
    while !reader.isAtEnd {
      let element = try reader.next(DERTag.sequence)
      found.append(try Certificate.Extension(derEncoded: frame.signed.bytes[element.whole]))
    }
    return try Certificate.Extensions(found)
  }

  private static func number(_ found: Certificate.Extension) throws(CertificateFileFault) -> LongNumber {
    do throws(DERFault) {
      var reader = DERReader(Array(found.value))
      let content = try reader.next(DERTag.integer).content
      try reader.finish()
      if let number = LongNumber(integer: reader.bytes[content]) { return number }
    } catch {}
    throw .list("its number is malformed")
  }
}
