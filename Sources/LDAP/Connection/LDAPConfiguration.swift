/// How to reach a server, and with what patience.
public struct LDAPConfiguration: Sendable {
  /// The servers, tried in order until one takes the connection and the bind.
  public var urls: [LDAPURL]
  /// Whether `ldap://` is secured by StartTLS before anything else is said (RFC 4511 section 4.14).
  public var startTLS = false
  /// What the server's certificate is checked against.
  public var tls = TLSSettings()
  /// Whether a password may cross the network in plain text. Never needed with `ldapi`, `ldaps` or StartTLS.
  public var allowsPlainText = false
  /// How long finding the host's address and connecting to it may take, for each URL.
  public var connectTimeout: Duration = .seconds(10)
  /// How long StartTLS and the TLS handshake may take together.
  public var handshakeTimeout: Duration = .seconds(10)
  /// How long an answer may take; for a search, the longest silence between two answers.
  public var operationTimeout: Duration = .seconds(60)
  /// How many operations may be outstanding at once; 1 or more. slapd ends a session at about 1,000 (`conn_max_pending_auth`).
  public var window = 64
  /// After how much idle time TCP asks whether the peer still lives; also how long sent octets may stay
  /// unacknowledged (`TCP_KEEPIDLE`, `TCP_USER_TIMEOUT`).
  public var keepAlive: Duration = .seconds(60)

  /// Told of each operation once it has ended, on the connection's own thread: it must not wait for anything.
  public var onOperationEnd: (@Sendable (OperationTime) -> Void)?

  /// Makes a configuration of the servers to try, in order.
  public init(urls: [LDAPURL]) { self.urls = urls }
}

/// What a server's certificate is checked against, and what this client shows of itself.
///
/// Verification cannot be turned off: certificate chain, validity, revocation list, host name and protocol version are
/// checked on every connection.
public struct TLSSettings: Hashable, Sendable {
  /// A version of TLS.
  public enum Version: String, Hashable, Sendable, Comparable {
    /// TLS 1.2 (RFC 5246).
    case v1_2 = "1.2"
    /// TLS 1.3 (RFC 8446).
    case v1_3 = "1.3"

    /// Orders by age.
    public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
  }

  /// The trusted authorities, a PEM file; `nil` with no ``caDirectory`` means the system's.
  public var caFile: String?
  /// The trusted authorities, a folder of PEM files.
  public var caDirectory: String?
  /// This client's certificate, a PEM file; needs ``key``.
  public var certificate: String?
  /// The private key of ``certificate``, a PEM file without passphrase.
  public var key: String?
  /// A certificate revocation list, a PEM file.
  public var crlFile: String?
  /// The lowest version accepted.
  public var minimumVersion = Version.v1_2

  /// The file of the system's trusted authorities on Debian.
  public static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

  /// Makes settings that trust the system's authorities and show no certificate.
  public init() {}
}
