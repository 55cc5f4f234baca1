internal import CLDAP
import Foundation

/// What a handshake demands; less than ``full`` only to find out why that one failed, and then nothing is said over it.
internal struct TLSDemands {
  internal var verifies = true
  internal var checksRevocation = true
  internal var keepsFloor = true
  /// The host that libldap compares the certificate with, when it is not the URL's.
  internal var host: String?

  internal static let full = TLSDemands()
}

extension Session {
  /// Connects and, where the URL or the configuration says so, secures the connection and checks with whom it is.
  internal static func open(
    _ url: LDAPURL, _ configuration: LDAPConfiguration, _ interrupt: Interrupt, demands: TLSDemands = .full
  ) throws(LDAPError) -> Session {
    let socket = try Socket.connect(to: url, configuration, interrupt)
    let deadline = ContinuousClock.now.advanced(by: configuration.handshakeTimeout)
    socket.patience = deadline
    let session = try Session(socket, url: demands.host.flatMap { url.with(host: $0) } ?? url)
    if url.scheme == .ldap && configuration.startTLS { try session.askForTLS(until: deadline) }
    if url.scheme == .ldaps || url.scheme == .ldap && configuration.startTLS {
      try session.shakeHands(configuration.tls, demands)
    }
    return session
  }

  private func askForTLS(until deadline: ContinuousClock.Instant) throws(LDAPError) {
    var id: Int32 = 0
    try check(ldap_start_tls(pointer, nil, nil, &id), "StartTLS")
    let message: Message
    do throws(LDAPError) {
      message = try finalAnswer(to: id, "StartTLS", until: deadline)
    } catch {
      guard error.code == .deadlineExceeded else { throw error }
      throw handshakeTimeout("StartTLS")
    }
    guard let answer = message.answer(of: self) else { throw lost("StartTLS") }
    guard answer.result == .success else {
      var error = answer.error(.startTLSRefused, "StartTLS", server: url)
      error.advice = "give the server a certificate, or use ldaps://"
      throw error
    }
  }

  private func shakeHands(_ settings: TLSSettings, _ demands: TLSDemands) throws(LDAPError) {
    try applyTLS(settings, demands)
    let code = ldap_install_tls(pointer)
    guard code == LDAP_SUCCESS else {
      if socket.end == .timedOut { throw handshakeTimeout("TLS handshake") }
      if socket.end == .interrupted { throw LDAPError(.cancelled, "TLS handshake", server: url.description) }
      throw LDAPError(
        .handshakeFailed, "TLS handshake", server: url.description, result: ResultCode(rawValue: code),
        diagnostic: text(LDAP_OPT_DIAGNOSTIC_MESSAGE))
    }
  }

  private func handshakeTimeout(_ operation: String) -> LDAPError {
    LDAPError(
      .handshakeTimeout, operation, server: url.description,
      reason: "the server stays silent in the handshake",
      advice: "check that the port speaks TLS (ldaps) or use StartTLS on the plain port")
  }

  private func applyTLS(_ settings: TLSSettings, _ demands: TLSDemands) throws(LDAPError) {
    let authorities = settings.caFile ?? (settings.caDirectory == nil ? TLSSettings.systemAuthorities : nil)
    let files: [(Int32, String?)] = [
      (LDAP_OPT_X_TLS_CACERTFILE, authorities), (LDAP_OPT_X_TLS_CACERTDIR, settings.caDirectory),
      (LDAP_OPT_X_TLS_CERTFILE, settings.certificate), (LDAP_OPT_X_TLS_KEYFILE, settings.key),
      (LDAP_OPT_X_TLS_CRLFILE, demands.checksRevocation ? settings.crlFile : nil),
    ]
    for (option, file) in files {
      guard let file else { continue }
      guard FileManager.default.isReadableFile(atPath: file) else {
        throw LDAPError(
          .badConfiguration, "TLS", server: url.description, reason: "\(file) cannot be read",
          advice: "check the TLS settings and the file's permissions")
      }
      ldap_set_option(pointer, option, file)
    }
    if let authorities { try checkAuthorities(authorities) }
    let demand = demands.verifies ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER
    cldap_set_int(pointer, LDAP_OPT_X_TLS_REQUIRE_CERT, demand)
    setFloor(demands.keepsFloor ? settings.minimumVersion : nil)
    // Without a context of its own the handle takes the process's, and none of the above counts.
    guard cldap_set_int(pointer, LDAP_OPT_X_TLS_NEWCTX, 0) == LDAP_SUCCESS else {
      throw LDAPError(
        .badConfiguration, "TLS", server: url.description,
        reason: "the CA, certificate, key or revocation list file is not what it should be",
        advice: "each must be PEM, and the key must belong to the certificate")
    }
  }

  /// GnuTLS takes a file without any certificate for no authorities at all, without a word.
  private func checkAuthorities(_ file: String) throws(LDAPError) {
    let text = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    guard !text.contains("CERTIFICATE-----") else { return }
    throw LDAPError(
      .badConfiguration, "TLS", server: url.description, reason: "\(file) holds no certificate in PEM form",
      advice: "give the authorities' certificates as PEM")
  }

  /// libldap's own option for the version is accepted and ignored where it is built on GnuTLS.
  private func setFloor(_ version: TLSSettings.Version?) {
    let versions =
      switch version {
      case .v1_3?: "+VERS-TLS1.3"
      case .v1_2?: "+VERS-TLS1.3:+VERS-TLS1.2"
      case nil: "+VERS-TLS1.3:+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0"
      }
    if text(LDAP_OPT_X_TLS_PACKAGE) == "GnuTLS" {
      ldap_set_option(pointer, LDAP_OPT_X_TLS_CIPHER_SUITE, "NORMAL:-VERS-ALL:\(versions)")
    } else if let version {
      cldap_set_int(pointer, LDAP_OPT_X_TLS_PROTOCOL_MIN, version == .v1_3 ? 0x304 : 0x303)
    }
  }

  /// The version of TLS that was agreed on, such as `TLS1.3`; `nil` without TLS.
  internal var tlsVersion: String? { text(LDAP_OPT_X_TLS_VERSION) }
  /// The cipher suite that was agreed on.
  internal var tlsCipher: String? { text(LDAP_OPT_X_TLS_CIPHER) }

  /// The server's certificate.
  internal var peerCertificate: Certificate? {
    var der = berval()
    guard ldap_get_option(pointer, LDAP_OPT_X_TLS_PEERCERT, &der) == LDAP_SUCCESS, let octets = der.bv_val
    else { return nil }
    defer { ldap_memfree(octets) }
    return Certificate(der: Array(UnsafeRawBufferPointer(start: octets, count: Int(der.bv_len))))
  }

  /// A text option of the handle.
  internal func text(_ option: Int32) -> String? {
    var value: UnsafeMutablePointer<CChar>?
    guard ldap_get_option(pointer, option, &value) == LDAP_SUCCESS, let value else { return nil }
    defer { ldap_memfree(value) }
    return String(cString: value)
  }
}

extension LDAPURL {
  fileprivate func with(host: String) -> LDAPURL? {
    try? LDAPURL("\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)")
  }
}
