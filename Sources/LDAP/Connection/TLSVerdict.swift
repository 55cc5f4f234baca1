import Foundation

/// Checks what libldap does not after a handshake, and finds out why a handshake failed.
internal struct TLSVerdict {
  internal let url: LDAPURL
  internal let configuration: LDAPConfiguration
  internal let interrupt: Interrupt

  /// Checks a session whose handshake libldap took for good.
  internal func check(_ session: Session) throws(LDAPError) {
    guard let version = session.tlsVersion else { throw error(.handshakeFailed, "TLS is not in place") }
    guard isHighEnough(version) else { throw tooLow(version) }
    guard let certificate = session.peerCertificate else {
      throw error(.handshakeFailed, "the server showed no readable certificate")
    }
    guard certificate.isFor(url.host) else { throw wrongHost(certificate) }
    try checkRevocationLists()
  }

  /// Says why a handshake failed, by asking the same server again with one demand less at a time: the one that makes the
  /// difference is the reason. Nothing is said over these connections.
  internal func explain(_ failure: LDAPError) -> LDAPError {
    guard failure.code == .handshakeFailed else { return failure }
    let session: Session
    do throws(LDAPError) {
      session = try look(TLSDemands(verifies: false, checksRevocation: false, keepsFloor: false))
    } catch {
      return error.code == .cancelled ? error : withoutTLS(failure)
    }
    if let version = session.tlsVersion, !isHighEnough(version) { return tooLow(version) }
    guard let certificate = session.peerCertificate else { return failure }
    let now = Int(Date().timeIntervalSince1970)
    if certificate.notAfter < now { return expired(certificate) }
    if certificate.notBefore > now { return notYetValid(certificate) }
    // libldap compares with a name that the certificate has, so that only the chain can be at fault.
    let name = certificate.anyName
    let chain = (try? look(TLSDemands(checksRevocation: false, host: name))) != nil
    guard chain else { return unknownAuthority(failure) }
    if configuration.tls.crlFile != nil, (try? look(TLSDemands(host: name))) == nil {
      return revoked(certificate)
    }
    return certificate.isFor(url.host) ? namedLocalhost(failure) : wrongHost(certificate)
  }

  private func look(_ demands: TLSDemands) throws(LDAPError) -> Session {
    try Session.open(url, configuration, interrupt, demands: demands)
  }

  private func isHighEnough(_ version: String) -> Bool {
    version.contains("1.3") || configuration.tls.minimumVersion == .v1_2 && version.contains("1.2")
  }

  private func error(_ code: LDAPError.Code, _ reason: String, advice: String? = nil) -> LDAPError {
    LDAPError(code, "TLS handshake", server: url.description, reason: reason, advice: advice)
  }

  private func tooLow(_ version: String) -> LDAPError {
    error(
      .tlsVersionTooLow,
      "the server offers \(version) at most, and at least TLS \(configuration.tls.minimumVersion.rawValue) is asked for",
      advice: "upgrade the server; lower the minimum only if you must")
  }

  private func wrongHost(_ certificate: Certificate) -> LDAPError {
    error(
      .hostMismatch,
      certificate.anyName == nil
        ? "the server's certificate has no subjectAltName; its common name does not count"
        : "the server's certificate is for \(certificate.names), not for \(url.host)",
      advice:
        "use the host's name as in its certificate, or have a certificate issued with that subjectAltName")
  }

  private func expired(_ certificate: Certificate) -> LDAPError {
    error(
      .certificateExpired,
      "the server's certificate ended at \(GeneralizedTime(secondsSince1970: Int64(certificate.notAfter)))",
      advice: "renew the server's certificate, or check this machine's clock")
  }

  private func notYetValid(_ certificate: Certificate) -> LDAPError {
    error(
      .certificateNotYetValid,
      "the server's certificate begins at \(GeneralizedTime(secondsSince1970: Int64(certificate.notBefore)))",
      advice: "check this machine's clock and the server's certificate")
  }

  private func revoked(_ certificate: Certificate) -> LDAPError {
    error(
      .certificateRevoked, "the server's certificate, or an authority's above it, is on the revocation list",
      advice: "do not trust this server until it has a new certificate")
  }

  /// GnuTLS goes by a list that has ended as if nothing had been revoked since (RFC 5280 section 6.3 does not).
  private func checkRevocationLists() throws(LDAPError) {
    guard let file = configuration.tls.crlFile else { return }
    let ends = RevocationList.lists(inPEMFile: file).compactMap(\.nextUpdate)
    guard let first = ends.min(), first < Int(Date().timeIntervalSince1970) else { return }
    throw error(
      .revocationListOutdated,
      "the revocation list ended at \(GeneralizedTime(secondsSince1970: Int64(first))), so the certificate cannot be checked",
      advice: "fetch a new revocation list from the authority")
  }

  private func unknownAuthority(_ failure: LDAPError) -> LDAPError {
    var error = error(
      .unknownAuthority, "the server's certificate does not lead to an authority that is trusted here",
      advice:
        "give the CA file of the authority that issued it; the server must send its intermediate certificates"
    )
    error.diagnostic = failure.diagnostic
    return error
  }

  private func namedLocalhost(_ failure: LDAPError) -> LDAPError {
    guard url.host == "localhost" else { return failure }
    return error(
      .hostMismatch, "libldap puts the machine's own name in the place of localhost",
      advice: "use 127.0.0.1 with a certificate for that address, or ldapi://")
  }

  private func withoutTLS(_ failure: LDAPError) -> LDAPError {
    var error = error(
      .handshakeFailed, "the server and this client did not agree on TLS",
      advice: "check that the port speaks TLS; a server that demands a client certificate refuses without one"
    )
    error.diagnostic = failure.diagnostic
    error.result = failure.result
    return error
  }
}

extension Certificate {
  /// One name that the certificate has, as libldap takes it.
  fileprivate var anyName: String? {
    if let name = dnsNames.first { return String(decoding: name, as: UTF8.self).replacing("*", with: "any") }
    return addresses.first.flatMap(Certificate.text)
  }

  /// The names for people, bounded.
  fileprivate var names: String {
    let all =
      dnsNames.map { String(decoding: $0.prefix(100), as: UTF8.self) }
      + addresses.compactMap(Certificate.text)
    return all.prefix(5).joined(separator: ", ")
  }

  private static func text(_ address: [UInt8]) -> String? {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard address.count == 4 || address.count == 16,
      inet_ntop(address.count == 4 ? AF_INET : AF_INET6, address, &text, socklen_t(text.count)) != nil
    else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
