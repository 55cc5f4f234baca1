/// Why a file of certificates or revocation lists, or what is in it, is not used.
struct CertificateFileFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// `nil` while only the content is known, or when what is wrong is that there is no file.
  let file: String?
  /// What is wrong, in English, to follow the file's name and a colon.
  let reason: String
  /// As what a judge tells it, when it is about a revocation list.
  let code: CertificateFault.Code?
  /// The issuer's name in DER, when the file got so far.
  let issuer: [UInt8]?

  init(
    _ reason: String, file: String? = nil, code: CertificateFault.Code? = nil, issuer: [UInt8]? = nil
  ) {
    self.file = file
    self.reason = reason
    self.code = code
    self.issuer = issuer
  }

  func of(_ file: String) -> CertificateFileFault {
    CertificateFileFault(reason, file: file, code: code, issuer: issuer)
  }

  var description: String { file.map { "\($0): \(reason)" } ?? reason }
}
