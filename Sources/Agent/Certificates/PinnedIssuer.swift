import Crypto
import Foundation
import X509

/// A certificate of an issuing authority whose cards are accepted: one of those named in the configuration.
struct PinnedIssuer: Hashable, Sendable {
  /// Its subject's name in DER.
  let name: [UInt8]
  let key: Certificate.PublicKey
  let notBefore: Date
  let notAfter: Date
  /// Whether its key may sign revocation lists.
  let signsLists: Bool
  /// Of name and key: the same for a certificate that was renewed with the same key, so that its list serves both.
  let identity: [UInt8]

  /// - Throws: ``CertificateFileFault`` without file, which says why it cannot be an issuer.
  init(_ der: [UInt8], at instant: Date) throws(CertificateFileFault) {
    let issued: IssuedCertificate
    do throws(CertificateFault) {
      issued = try IssuedCertificate(der)
    } catch { throw CertificateFileFault("it holds a certificate that cannot be read") }
    guard let content = issued.content, content.certificate.publicKey.isStrong else {
      throw CertificateFileFault("its key is too weak or of a kind that is not accepted")
    }
    try PinnedIssuer.check(content, at: instant)
    guard !content.certificate.subject.isEmpty else { throw CertificateFileFault("its subject has no name") }
    name = Array(issued.frame.subject)
    key = content.certificate.publicKey
    notBefore = content.certificate.notValidBefore
    notAfter = content.certificate.notValidAfter
    signsLists = content.keyUsage?.cRLSign ?? true
    identity = Array(SHA256.hash(data: issued.frame.subject + issued.frame.keyInfo))
  }

  /// RFC 5280, section 6.1.4, steps k to o.
  private static func check(_ content: CertificateContent, at instant: Date) throws(CertificateFileFault) {
    guard content.isAuthority else {
      throw CertificateFileFault("it holds a certificate that is not an issuer's (basicConstraints)")
    }
    guard content.keyUsage?.keyCertSign ?? true else {
      throw CertificateFileFault("it holds an issuer whose key may not sign certificates (keyUsage)")
    }
    guard !content.hasUnknownCritical else {
      throw CertificateFileFault("it holds an issuer with a critical extension that is not known here")
    }
    guard !content.isEarly(at: instant) else { throw CertificateFileFault("its issuer is not valid yet") }
    guard !content.isLate(at: instant) else { throw CertificateFileFault("its issuer is no longer valid") }
  }

  func isEarly(at instant: Date) -> Bool { instant < notBefore }
  func isLate(at instant: Date) -> Bool { instant >= notAfter.addingTimeInterval(1) }
  func isValid(at instant: Date) -> Bool { !isEarly(at: instant) && !isLate(at: instant) }
}
