import NIOSSL

extension SCIMTransport {
  /// TLS 1.2 or later, the chain and the name always verified.
  static func tls(_ settings: SCIMSettings) throws(RoleTargetFault) -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.certificateVerification = .fullVerification
    if let ca = settings.ca {
      tls.trustRoots = .certificates(try certificates(ca, "the authorities"))
    }
    if let certificate = settings.certificate, let key = settings.key {
      tls.certificateChain = try certificates(certificate, "the client certificate").map { .certificate($0) }
      guard let key = try? NIOSSLPrivateKey(file: key, format: .pem) else {
        throw RoleTargetFault(
          .tls, "the key of the client certificate, \(key), is not a PEM key that can be read")
      }
      tls.privateKey = .privateKey(key)
    }
    return tls
  }

  private static func certificates(_ path: String, _ what: String) throws(RoleTargetFault)
    -> [NIOSSLCertificate]
  {
    guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else {
      throw RoleTargetFault(.tls, "the file of \(what), \(path), has no PEM certificate that can be read")
    }
    return found
  }
}
