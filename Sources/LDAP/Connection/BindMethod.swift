/// How this client tells a server who it is.
public enum BindMethod: Sendable {
  /// Nobody (RFC 4513 section 5.1.1).
  case anonymous
  /// A name and a password (RFC 4513 section 5.1.3). Refused in plain text, except over `ldapi` or when allowed.
  case simple(dn: String, password: Secret)
  /// What the layer below knows: the peer of a Unix socket or the client's certificate (SASL EXTERNAL, RFC 4422 appendix A).
  case external(authorizationIdentity: String? = nil)
  /// Kerberos with a client keytab (SASL GSSAPI, RFC 4752).
  ///
  /// The Kerberos library takes keytab and ticket cache from the process's environment: the first connection that
  /// names a keytab decides for the process, a later one that names another is refused.
  /// The Kerberos library takes the keytab's first principal, and talks to the KDC with time-outs of its own (krb5.conf).
  /// - Parameters:
  ///   - keytab: the keytab's path; `nil` for the system's or what the environment says.
  ///   - principal: whom to be, as `name@REALM` or `name`; a bind as somebody else is refused. `nil` for anybody.
  case gssapi(keytab: String? = nil, principal: String? = nil)

  internal var name: String {
    switch self {
    case .anonymous: "anonymous"
    case .simple: "simple"
    case .external: "SASL EXTERNAL"
    case .gssapi: "SASL GSSAPI"
    }
  }
}
