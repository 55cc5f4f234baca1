extension CertificateFault {
  /// The same in both languages.
  struct Words: Hashable, Sendable {
    let english: String
    let swedish: String
  }
}

extension CertificateFault.Code {
  typealias Words = CertificateFault.Words

  /// What is wrong.
  var words: Words {
    switch self {
    case .noCertificate:
      Words(english: "No client certificate was shown.", swedish: "Inget klientcertifikat visades upp.")
    case .unreadable:
      Words(english: "The certificate cannot be read.", swedish: "Certifikatet går inte att läsa.")
    case .foreignIssuer:
      Words(
        english: "The certificate was not issued by an issuer that is accepted here.",
        swedish: "Certifikatet är inte utfärdat av en utfärdare som godtas här.")
    case .wrongSignature:
      Words(
        english: "The certificate was not signed by the issuer that it names.",
        swedish: "Certifikatet är inte undertecknat av den utfärdare som det uppger.")
    case .weakSignature:
      Words(
        english: "The certificate's signature or key is of a kind that is not accepted or too weak.",
        swedish: "Certifikatets underskrift eller nyckel är av ett slag som inte godtas eller är för svag.")
    case .notYetValid:
      Words(
        english: "The certificate, or its issuer's, is not valid yet.",
        swedish: "Certifikatet, eller utfärdarens, har inte börjat gälla.")
    case .expired:
      Words(
        english: "The certificate, or its issuer's, is no longer valid.",
        swedish: "Certifikatet, eller utfärdarens, har slutat gälla.")
    case .isAuthority:
      Words(
        english: "The certificate belongs to an issuer of certificates, not to a person.",
        swedish: "Certifikatet tillhör en utfärdare av certifikat, inte en person.")
    default: laterWords
    }
  }

  private var laterWords: Words {
    switch self {
    case .notForSigning:
      Words(
        english: "The certificate's key may not be used to prove who somebody is.",
        swedish: "Certifikatets nyckel får inte användas för legitimering.")
    case .notForClients:
      Words(
        english: "The certificate is not meant for clients.",
        swedish: "Certifikatet är inte avsett för klienter.")
    case .wrongPolicy:
      Words(
        english: "The certificate was not issued under a policy that is accepted here.",
        swedish: "Certifikatet är inte utfärdat enligt en policy som godtas här.")
    case .unknownCriticalExtension:
      Words(
        english: "The certificate carries a critical condition that this program does not know.",
        swedish: "Certifikatet bär ett kritiskt villkor som detta program inte känner till.")
    case .noRevocationList:
      Words(
        english: "There is no revocation list of the certificate's issuer.",
        swedish: "Det finns ingen spärrlista från certifikatets utfärdare.")
    case .staleRevocationList:
      Words(
        english: "The revocation list of the certificate's issuer is too old.",
        swedish: "Spärrlistan från certifikatets utfärdare är för gammal.")
    case .wrongRevocationList:
      Words(
        english: "The revocation list of the certificate's issuer cannot be relied on.",
        swedish: "Spärrlistan från certifikatets utfärdare går inte att lita på.")
    case .revoked: Words(english: "The certificate is revoked.", swedish: "Certifikatet är spärrat.")
    default:
      Words(
        english: "The certificate does not tell the holder's HSA-id.",
        swedish: "Certifikatet uppger inte innehavarens HSA-id.")
    }
  }
}
