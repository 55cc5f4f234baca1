import Foundation
import X509

/// Judges whether a client certificate is that of a card which is let in, and whose card it is.
///
/// That the client holds the certificate's key is for the TLS handshake to show, not for this.
/// RFC 5280, section 6.1, for a path of one certificate below a pinned issuer.
struct CertificateJudge: Sendable {
  private let issuers: IssuerCertificates
  private let revocationLists: RevocationLists
  private let policies: AcceptedPolicies

  /// Policies as dotted text; a certificate must carry one of them unless none is given.
  init(issuers: IssuerCertificates, revocationLists: RevocationLists, policies: [String]) {
    self.issuers = issuers
    self.revocationLists = revocationLists
    self.policies = AcceptedPolicies(policies)
  }

  /// Whom the certificate names, when everything about it is right at an instant.
  ///
  /// The order of the checks tells who is asked to mend what, and spares work for what a stranger sends.
  func judge(_ der: [UInt8], at instant: Date) throws(CertificateFault) -> CardHolder {
    guard !der.isEmpty else { throw CertificateFault(.noCertificate) }
    let issued = try IssuedCertificate(der)
    let issuer = try issuer(of: issued, at: instant)
    guard let content = issued.content, content.certificate.publicKey.isStrong else {
      throw CertificateFault(.weakSignature)
    }
    try CertificateJudge.checkDates(content, issuer, at: instant)
    try checkUse(content)
    let list = try revocationLists.list(of: issuer, at: instant)
    guard !list.contains(issued.frame.serial) else { throw CertificateFault(.revoked) }
    return try CardHolder(content.certificate, der: der)
  }

  /// The pinned issuer that signed it.
  private func issuer(
    of issued: IssuedCertificate, at instant: Date
  ) throws(CertificateFault) -> PinnedIssuer {
    let named = issuers.named(issued.frame.issuer)
    guard !named.isEmpty else { throw CertificateFault(.foreignIssuer) }
    // A signature of a kind that is not accepted is not even verified: it would prove nothing.
    guard issued.frame.signed.kind != nil else { throw CertificateFault(.weakSignature) }
    let signers = named.filter { issued.frame.signed.isSigned(by: $0.key) }
    // A renewed certificate of the same key stands beside the old one, which may have ended.
    guard let signer = signers.first(where: { $0.isValid(at: instant) }) ?? signers.first else {
      throw CertificateFault(.wrongSignature)
    }
    return signer
  }

  private static func checkDates(
    _ content: CertificateContent, _ issuer: PinnedIssuer, at instant: Date
  ) throws(CertificateFault) {
    guard !content.isEarly(at: instant), !issuer.isEarly(at: instant) else {
      throw CertificateFault(.notYetValid)
    }
    guard !content.isLate(at: instant), !issuer.isLate(at: instant) else { throw CertificateFault(.expired) }
  }

  /// What the certificate may be used for.
  private func checkUse(_ content: CertificateContent) throws(CertificateFault) {
    // RFC 5280, section 4.2.1.3: whoever may sign certificates is an authority; lists are signed by such too.
    let signsOthers = content.keyUsage.map { $0.keyCertSign || $0.cRLSign } ?? false
    guard !content.isAuthority, !signsOthers else { throw CertificateFault(.isAuthority) }
    guard content.keyUsage?.digitalSignature ?? true else { throw CertificateFault(.notForSigning) }
    // anyExtendedKeyUsage is not enough: a card for clients says so.
    guard content.purposes.contains(.clientAuth) else { throw CertificateFault(.notForClients) }
    guard policies.accept(content.policies) else { throw CertificateFault(.wrongPolicy) }
    guard !content.hasUnknownCritical else { throw CertificateFault(.unknownCriticalExtension) }
  }
}
