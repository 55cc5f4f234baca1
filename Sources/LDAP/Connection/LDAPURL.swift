import Foundation

/// Where a server is: scheme, host and port, or the path of its Unix socket (RFC 4516, the part before the base).
public struct LDAPURL: Hashable, Sendable {
  /// How the server is spoken to.
  public enum Scheme: String, Hashable, Sendable {
    /// Plain TCP, secured by StartTLS if asked for; port 389.
    case ldap
    /// TLS from the first octet; port 636.
    case ldaps
    /// A Unix socket on this machine.
    case ldapi
  }

  /// How the server is spoken to.
  public let scheme: Scheme
  /// The host's name or address without brackets; for `ldapi` the path of the socket.
  public let host: String
  /// The TCP port; 0 for `ldapi`.
  public let port: UInt16

  /// Where Debian's slapd has its socket when the URL names none.
  public static let defaultSocketPath = "/var/run/slapd/ldapi"

  /// Reads `ldap://host:389`, `ldaps://host`, `ldap://[::1]:389` or `ldapi://%2Fpath%2Fldapi`.
  ///
  /// - Throws: ``LDAPError`` with `badConfiguration` for everything else; base, filter and attributes have no place here.
  public init(_ text: String) throws(LDAPError) {
    guard let separator = text.range(of: "://"),
      let scheme = Scheme(rawValue: text[..<separator.lowerBound].asciiLowercased)
    else { throw LDAPURL.fault(text, "it does not begin with ldap://, ldaps:// or ldapi://") }
    var rest = text[separator.upperBound...]
    if rest.hasSuffix("/") { rest.removeLast() }
    guard !rest.contains(where: { "/?#@".contains($0) }) else {
      throw LDAPURL.fault(
        text, "only scheme, host and port may be given (write %2F for / in a socket's path)")
    }
    self.scheme = scheme
    if scheme == .ldapi {
      let path = rest.isEmpty ? LDAPURL.defaultSocketPath : rest.removingPercentEncoding ?? ""
      guard path.hasPrefix("/"), path.utf8.count <= 107 else {
        throw LDAPURL.fault(text, "the socket needs an absolute path of at most 107 octets")
      }
      (host, port) = (path, 0)
    } else {
      (host, port) = try LDAPURL.hostAndPort(rest, default: scheme == .ldap ? 389 : 636, of: text)
    }
  }

  private static func hostAndPort(
    _ rest: Substring, default standard: UInt16, of text: String
  ) throws(LDAPError) -> (String, UInt16) {
    var host = rest
    var port = ""[...]
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      host = rest[rest.index(after: rest.startIndex)..<end]
      port = rest[rest.index(after: end)...]
    } else if let colon = rest.firstIndex(of: ":") {
      host = rest[..<colon]
      port = rest[colon...]
    }
    guard !host.isEmpty else { throw fault(text, "it names no host") }
    if port.isEmpty { return (String(host), standard) }
    guard port.hasPrefix(":"), let number = UInt16(port.dropFirst()), number > 0 else {
      throw fault(text, "the port is not a number from 1 to 65535")
    }
    return (String(host), number)
  }

  private static func fault(_ text: String, _ reason: String) -> LDAPError {
    LDAPError(.badConfiguration, "connect", reason: "'\(text)' is not the URL of a server: \(reason)")
  }
}

extension LDAPURL: CustomStringConvertible {
  /// The URL with its port, in the form that ``init(_:)`` reads.
  public var description: String {
    if scheme == .ldapi { return "ldapi://" + host.replacing("%", with: "%25").replacing("/", with: "%2F") }
    return host.contains(":") ? "\(scheme)://[\(host)]:\(port)" : "\(scheme)://\(host):\(port)"
  }
}
