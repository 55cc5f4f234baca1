import Foundation
import SwiftASN1
import X509

/// A certificate as it was read, of which nothing is believed yet.
///
/// It is read twice: by ``CertificateFrame`` for what must be compared to the octet, and by swift-certificates for
/// what it says. What one of them refuses is refused.
struct IssuedCertificate: Sendable {
  let frame: CertificateFrame
  /// `nil` when its key is too short to be read.
  let content: CertificateContent?

  /// Nothing that is a certificate comes near this, in octets.
  static let largest = 1 << 16

  init(_ der: [UInt8]) throws(CertificateFault) {
    guard der.count <= IssuedCertificate.largest else { throw CertificateFault(.unreadable) }
    do {
      frame = try CertificateFrame(der)
      content = frame.hasShortKey ? nil : try CertificateContent(Certificate(derEncoded: der))
    } catch {
      throw CertificateFault(.unreadable)
    }
  }

  var der: [UInt8] { frame.signed.bytes }
}

/// What a certificate says, as far as it is looked at.
struct CertificateContent: Sendable {
  let certificate: Certificate
  let isAuthority: Bool
  /// `nil`: every use.
  let keyUsage: KeyUsage?
  /// Empty when there is no such extension.
  let purposes: [ExtendedKeyUsage.Usage]
  let policies: [ASN1ObjectIdentifier]

  /// - Throws: when one of the extensions that are looked at is malformed.
  init(_ certificate: Certificate) throws {
    self.certificate = certificate
    let extensions = certificate.extensions
    keyUsage = try extensions.keyUsage
    purposes = try extensions.extendedKeyUsage.map { Array($0) } ?? []
    policies = try CertificatePolicies(extensions).identifiers
    switch try extensions.basicConstraints {
    case .isCertificateAuthority: isAuthority = true
    case .notCertificateAuthority, nil: isAuthority = false
    }
  }

  func isValid(at instant: Date) -> Bool { !isEarly(at: instant) && !isLate(at: instant) }

  func isEarly(at instant: Date) -> Bool { instant < certificate.notValidBefore }

  /// The last second is one of validity.
  ///
  /// RFC 5280, section 4.1.2.5.
  func isLate(at instant: Date) -> Bool { instant >= certificate.notValidAfter.addingTimeInterval(1) }

  /// Whether a critical extension is there that nobody here knows.
  var hasUnknownCritical: Bool {
    certificate.extensions.contains { $0.critical && !CertificateContent.known.contains($0.oid) }
  }

  private static let known: Set<ASN1ObjectIdentifier> = [
    .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage,
    .X509ExtensionID.subjectAlternativeName, .X509ExtensionID.authorityKeyIdentifier,
    .X509ExtensionID.subjectKeyIdentifier, .X509ExtensionID.authorityInformationAccess,
    CertificatePolicies.identifier,
    // cRLDistributionPoints: RFC 5280, section 4.2.1.13.
    [2, 5, 29, 31],
  ]
}
