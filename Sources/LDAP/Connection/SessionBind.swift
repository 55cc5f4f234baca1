internal import CLDAP
import Foundation
import Synchronization

extension Session {
  /// Binds, and asks the server whom it takes us for (RFC 4532).
  ///
  /// - Returns: the authorization identity, such as `dn:cn=agent,o=x`; empty for nobody, or when the server cannot say.
  internal func bind(
    _ method: BindMethod, expecting identity: String?, _ configuration: LDAPConfiguration, isPrivate: Bool
  ) throws(LDAPError) -> String {
    let deadline = ContinuousClock.now.advanced(by: configuration.operationTimeout)
    socket.patience = deadline
    switch method {
    case .anonymous: break
    case .simple(let dn, let password):
      guard isPrivate || configuration.allowsPlainText else { throw plainTextRefused() }
      try bindSimply(dn, password, until: deadline)
    case .external(let authorization): try bindExternally(authorization, until: deadline)
    case .gssapi(let keytab, let principal):
      try Kerberos.use(keytab: keytab)
      try bindByKerberos(until: deadline)
      if let principal { try check(principal: principal) }
    }
    let name = try whoAmI(until: deadline)
    try check(name, against: identity, method)
    preventReconnection()
    socket.patience = nil
    return name ?? ""
  }

  private func plainTextRefused() -> LDAPError {
    LDAPError(
      .plainTextRefused, "bind", server: url.description,
      reason: "the password would cross the network in plain text",
      advice: "use ldaps://, StartTLS or ldapi://, or allow plain text in the configuration")
  }

  private func bindSimply(
    _ dn: String, _ password: Secret, until deadline: ContinuousClock.Instant
  ) throws(LDAPError) {
    guard !dn.isEmpty else {
      throw LDAPError(
        .badConfiguration, "bind", server: url.description, reason: "the name to bind as is empty",
        advice: "a server takes a bind without a name for an anonymous one")
    }
    var arena = RequestArena()
    var id: Int32 = 0
    let name = try arena.string(dn, of: "bind")
    let code = password.withBytes { octets in
      // libldap takes a pointer to mutable octets and only reads them.
      var credentials = berval(
        bv_len: ber_len_t(octets.count),
        bv_val: UnsafeMutablePointer(mutating: octets.baseAddress?.assumingMemoryBound(to: CChar.self)))
      return ldap_sasl_bind(pointer, name, nil, &credentials, nil, nil, &id)
    }
    try check(code, "bind")
    try finishBind(id, until: deadline)
  }

  private func bindExternally(_ authorization: String?, until deadline: ContinuousClock.Instant)
    throws(LDAPError)
  {
    var arena = RequestArena()
    var id: Int32 = 0
    // Not NULL even when empty: without credentials the server waits for another step (14).
    var credentials = arena.octets(Array((authorization ?? "").utf8))
    let code = ldap_sasl_bind(pointer, nil, "EXTERNAL", &credentials, nil, nil, &id)
    try check(code, "bind")
    try finishBind(id, until: deadline)
  }

  private func finishBind(_ id: Int32, until deadline: ContinuousClock.Instant) throws(LDAPError) {
    let message = try finalAnswer(to: id, "bind", until: deadline)
    guard let answer = message.answer(of: self) else { throw lost("bind") }
    if answer.result != .success { throw refused(answer) }
  }

  private func refused(_ answer: Answer) -> LDAPError {
    var error = answer.error(.bindRefused, "bind", server: url)
    switch answer.result {
    case .invalidCredentials:
      error.advice = "check the bind name and the password; the server does not tell which is wrong"
    case .confidentialityRequired, .strongerAuthRequired:
      error.advice = "the server wants TLS: use ldaps:// or StartTLS"
    case .inappropriateAuthentication, .authMethodNotSupported:
      error.advice =
        "the server does not take this way of binding; for EXTERNAL give a client certificate or use ldapi://"
    default: break
    }
    return error
  }

  private func bindByKerberos(until deadline: ContinuousClock.Instant) throws(LDAPError) {
    var step: Message?
    var id: Int32 = 0
    // libldap leaves the mechanism here at the first step and looks for it at the next ones.
    var mechanism: UnsafePointer<CChar>?
    while true {
      let last = step?.pointer
      let code = ldap_sasl_interactive_bind(
        pointer, nil, "GSSAPI", nil, nil, UInt32(LDAP_SASL_QUIET), Kerberos.answerNothing, nil, last,
        &mechanism, &id)
      step = nil
      if code == LDAP_SUCCESS { return }
      guard code == LDAP_SASL_BIND_IN_PROGRESS else { throw kerberosRefused(code) }
      step = try finalAnswer(to: id, "bind", until: deadline)
    }
  }

  /// Cyrus SASL's name for the client is its principal, without the realm where that is the default one.
  private func check(principal: String) throws(LDAPError) {
    let used = text(LDAP_OPT_X_SASL_USERNAME) ?? ""
    guard used != principal, used.prefix(while: { $0 != "@" }) != principal,
      principal.prefix(while: { $0 != "@" }) != used
    else { return }
    throw LDAPError(
      .identityMismatch, "bind", server: url.description,
      reason: "the keytab's first principal is another than asked for",
      diagnostic: "\(used), expected \(principal)",
      advice: "use a keytab that holds this principal's keys only")
  }

  private func kerberosRefused(_ code: Int32) -> LDAPError {
    if socket.end != nil { return lost("bind") }
    return LDAPError(
      .bindRefused, "bind", server: url.description, result: ResultCode(rawValue: code),
      reason: code < 0 ? "Kerberos gave no ticket for the server" : "",
      diagnostic: text(LDAP_OPT_DIAGNOSTIC_MESSAGE),
      advice:
        "check the keytab, the KDC, the clocks, and that the server's principal is ldap/ and its host as in the URL"
    )
  }

  private func whoAmI(until deadline: ContinuousClock.Instant) throws(LDAPError) -> String? {
    let id = try sendExtended("1.3.6.1.4.1.4203.1.11.3")
    let message = try finalAnswer(to: id, "whoami", until: deadline)
    guard let answer = message.answer(of: self) else { throw lost("whoami") }
    guard answer.result == .success else { return nil }
    return String(decoding: answer.value ?? [], as: UTF8.self)
  }

  /// After a bind that was not anonymous, the server must not hold us for nobody: what nobody may see looks deleted.
  private func check(_ name: String?, against identity: String?, _ method: BindMethod) throws(LDAPError) {
    if case .anonymous = method, identity == nil { return }
    var error = LDAPError(
      .identityMismatch, "bind", server: url.description,
      advice: "check the server's mapping of identities (authz-regexp in slapd) and the expected identity")
    if name == "" {
      error.reason = "the server takes us for nobody"
      throw error
    }
    guard let identity else { return }
    guard let name else {
      error.reason = "the server does not say whom it takes us for"
      throw error
    }
    guard Session.comparable(name) == Session.comparable(identity) else {
      error.reason = "the server takes us for somebody else than expected"
      error.diagnostic = "\(name), expected \(identity)"
      throw error
    }
  }

  /// Servers answer with a name normalised in their own way: compare without case and spacing.
  private static func comparable(_ identity: String) -> String {
    let text = identity.lowercased()
    if text.hasPrefix("u:") { return text }
    let name = text.hasPrefix("dn:") ? String(text.dropFirst(3)) : text
    return (try? DistinguishedName(parsing: name))?.description ?? name
  }
}

/// What the process tells the Kerberos library.
internal enum Kerberos {
  private static let keytabInUse = Mutex<String?>(nil)

  /// Names the client's keytab and keeps tickets in memory. The library reads this from the environment, once for
  /// the process.
  internal static func use(keytab: String?) throws(LDAPError) {
    guard let keytab else { return }
    guard FileManager.default.isReadableFile(atPath: keytab) else {
      throw LDAPError(.badConfiguration, "bind", reason: "the keytab \(keytab) cannot be read")
    }
    let other = keytabInUse.withLock { inUse -> String? in
      if let inUse { return inUse == keytab ? nil : inUse }
      setenv("KRB5_CLIENT_KTNAME", keytab, 1)
      setenv("KRB5CCNAME", "MEMORY:hsasync", 1)
      inUse = keytab
      return nil
    }
    guard let other else { return }
    throw LDAPError(
      .badConfiguration, "bind",
      reason: "this process uses the keytab \(other) already and cannot use \(keytab) too")
  }

  /// GSSAPI asks for nothing that a keytab does not hold.
  internal static let answerNothing:
    @convention(c) (OpaquePointer?, UInt32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Int32 = {
      _, _, _, _ in
      LDAP_SUCCESS
    }
}
