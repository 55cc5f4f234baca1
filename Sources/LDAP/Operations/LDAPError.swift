/// Why an operation on a directory, or the connection to it, did not succeed.
///
/// `description` is fit for a log: it tells nobody's data, neither names nor values nor what the server wrote.
/// `debugDescription` tells all, for the terminal of whoever may see it.
public struct LDAPError: Error, Hashable, Sendable {
  /// What went wrong.
  public var code: Code
  /// What was being done: `connect`, `bind`, `search`, `modify` and so on.
  public var operation: String
  /// The server as `scheme://host:port`, when one was concerned.
  public var server: String?
  /// The server's or libldap's result, when there was one.
  public var result: ResultCode?
  /// In our words, without anybody's data; may be empty.
  public var reason: String
  /// How much of the name exists (RFC 4511 section 4.1.9). A name: not for logs.
  public var matchedDN: String?
  /// What the server wrote. May repeat values: not for logs.
  public var diagnostic: String?
  /// What to do about it, when there is something.
  public var advice: String?

  /// Makes an error.
  public init(
    _ code: Code, _ operation: String, server: String? = nil, result: ResultCode? = nil, reason: String = "",
    matchedDN: String? = nil, diagnostic: String? = nil, advice: String? = nil
  ) {
    self.code = code
    self.operation = operation
    self.server = server
    self.result = result
    self.reason = reason
    self.matchedDN = matchedDN
    self.diagnostic = diagnostic
    self.advice = advice
  }

  /// The kind of failure; open, so that a later version may know more.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The kind's name.
    public var rawValue: String
    /// Makes a kind of any name.
    public init(rawValue: String) { self.rawValue = rawValue }
    private init(_ rawValue: String) { self.rawValue = rawValue }

    /// Whether a kind is the one asked for, in `switch` and `catch`.
    public static func ~= (pattern: Code, value: Code) -> Bool { pattern == value }

    /// What was asked for cannot be done as configured; nothing was sent.
    public static let badConfiguration = Code("bad configuration")
    /// No address of the server took the connection.
    public static let connectFailed = Code("connect failed")
    /// The server did not take the connection in time.
    public static let connectTimeout = Code("connect timed out")
    /// The TLS handshake did not end in time.
    public static let handshakeTimeout = Code("TLS handshake timed out")
    /// The TLS handshake failed for a reason other than those below.
    public static let handshakeFailed = Code("TLS handshake failed")
    /// The server refused StartTLS.
    public static let startTLSRefused = Code("StartTLS refused")
    /// The server's certificate does not lead to a trusted authority.
    public static let unknownAuthority = Code("certificate of an unknown authority")
    /// The server's certificate names other hosts.
    public static let hostMismatch = Code("certificate of another host")
    /// The server's certificate has expired.
    public static let certificateExpired = Code("certificate expired")
    /// The server's certificate is not valid yet.
    public static let certificateNotYetValid = Code("certificate not yet valid")
    /// The server's certificate is on the revocation list.
    public static let certificateRevoked = Code("certificate revoked")
    /// The revocation list has ended, and so the server's certificate cannot be checked.
    public static let revocationListOutdated = Code("revocation list outdated")
    /// The server speaks only older TLS versions than allowed.
    public static let tlsVersionTooLow = Code("TLS version too low")
    /// A password was not sent because the connection is in plain text.
    public static let plainTextRefused = Code("plain text refused")
    /// The server refused the bind.
    public static let bindRefused = Code("bind refused")
    /// The server holds us for somebody else than expected.
    public static let identityMismatch = Code("identity mismatch")
    /// The server answered, and the answer was no.
    public static let operationFailed = Code("operation failed")
    /// The answer did not come in time. Nothing was changed: it was a read, or it was never sent.
    public static let deadlineExceeded = Code("deadline exceeded")
    /// The connection is gone. Nothing was changed: it was a read, or it was never sent.
    public static let connectionLost = Code("connection lost")
    /// A write was sent and its answer never came: it may or may not be done. Read before trying again.
    public static let unknownOutcome = Code("outcome unknown")
    /// The task was cancelled. Nothing was changed: it was a read, or it was never sent.
    public static let cancelled = Code("cancelled")
    /// The server sent something that is not what the protocol says.
    public static let malformedAnswer = Code("malformed answer")
  }
}

extension LDAPError: CustomStringConvertible, CustomDebugStringConvertible {
  /// What, where and why, without anybody's data.
  public var description: String {
    var text = "\(operation): \(code.rawValue)"
    if let result { text += ", \(result)" }
    if let server { text += ", \(server)" }
    if !reason.isEmpty { text += ": \(reason)" }
    return text
  }

  /// All there is, with names and the server's own words.
  public var debugDescription: String {
    var text = description
    if let diagnostic, !diagnostic.isEmpty { text += "; the server says: \(diagnostic)" }
    if let matchedDN, !matchedDN.isEmpty { text += "; exists up to: \(matchedDN)" }
    if let advice { text += "; \(advice)" }
    return text
  }
}
