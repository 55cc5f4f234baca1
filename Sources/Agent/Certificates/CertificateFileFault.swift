import Reconciler

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

  /// All octets of a file.
  static func contents(of path: String, limit: Int) throws(CertificateFileFault) -> [UInt8] {
    do throws(RegularFile.Fault) {
      return try RegularFile(path).contents(limit: limit)
    } catch {
      throw CertificateFileFault(reason(of: error))
    }
  }

  private static func reason(of fault: RegularFile.Fault) -> String {
    switch fault {
    case .missing: "it does not exist"
    case .notPermitted: "it may not be read by this user"
    case .folder, .notRegular: "it is not a regular file"
    case .linkLoop: "symbolic links lead round in a circle"
    case .empty: "it is empty"
    case .tooLarge(let limit): "it is larger than \(limit >> 20) MiB"
    case .changedWhileRead: "it was written to while it was read"
    case .system(let code): "the system refuses to read it (errno \(code))"
    }
  }

  func of(_ file: String) -> CertificateFileFault {
    CertificateFileFault(reason, file: file, code: code, issuer: issuer)
  }

  var description: String { file.map { "\($0): \(reason)" } ?? reason }
}
