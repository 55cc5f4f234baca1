/// Why a client certificate does not let its holder in.
///
/// It tells nothing of the person: it is shown in a browser and written to journals.
struct CertificateFault: Error, Hashable, Sendable {
  let code: Code

  init(_ code: Code) { self.code = code }

  /// What is wrong, in one English sentence.
  var message: String { message(swedish: false) }
  /// What to do next, in English.
  var advice: String { advice(swedish: false) }

  /// What is wrong, in one sentence.
  func message(swedish: Bool) -> String { swedish ? code.words.swedish : code.words.english }

  /// What to do next.
  func advice(swedish: Bool) -> String { swedish ? code.counsel.swedish : code.counsel.english }
}

extension CertificateFault {
  /// One for each check, in the order they are made.
  enum Code: String, CaseIterable, Hashable, Sendable {
    case noCertificate
    /// Not one X.509 v3 certificate in DER and nothing after it, or an extension that is looked at is malformed.
    case unreadable
    /// No pinned issuer has the name that the certificate gives as its issuer's.
    case foreignIssuer
    /// Not made by the key of any pinned issuer of that name.
    case wrongSignature
    /// An algorithm that is not accepted (SHA-1 is not), or a key that is too short or of another kind.
    case weakSignature
    /// The certificate or its issuer's.
    case notYetValid
    /// The certificate or its issuer's.
    case expired
    /// It may issue certificates itself.
    case isAuthority
    case notForSigning
    case notForClients
    case wrongPolicy
    case unknownCriticalExtension
    case noRevocationList
    case staleRevocationList
    case wrongRevocationList
    /// For good, or held for the time being.
    case revoked
    /// The subject has not exactly one serial number that can be an HSA-id.
    case noIdentity
  }
}
