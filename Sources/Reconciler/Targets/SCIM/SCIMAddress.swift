import Foundation

/// The base of a service provider's resources, checked, and the URLs below it.
struct SCIMAddress: Hashable, Sendable {
  /// Without a slash at its end.
  let base: String
  let isEncrypted: Bool

  /// - Throws: `unsuitable` when it is no absolute https URL; http is taken for this machine only.
  init(_ text: String) throws(RoleTargetFault) {
    guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty else {
      throw Self.fault("is not a URL")
    }
    guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
      throw Self.fault("has a user, a password, a query or a fragment")
    }
    switch parts.scheme?.lowercased() {
    case "https": isEncrypted = true
    case "http" where Self.isThisMachine(host): isEncrypted = false
    case "http": throw Self.fault("is not encrypted, and would show the token to anyone on the way")
    default: throw Self.fault("is not an https URL")
    }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Self.fault("has characters that must be percent-encoded")
    }
    base = text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// The URL of a resource or a list, with a query.
  func url(_ path: [String], _ query: [(String, String)] = []) -> String {
    let path = path.map { "/" + Self.encoded($0) }.joined()
    let query = query.map { Self.encoded($0) + "=" + Self.encoded($1) }.joined(separator: "&")
    return base + path + (query.isEmpty ? "" : "?" + query)
  }

  /// RFC 3986 section 2.1, all but unreserved characters encoded.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var octets: [UInt8] = []
    for octet in text.utf8 {
      switch octet {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: octets.append(octet)
      default: octets += [0x25, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
      }
    }
    return String(decoding: octets, as: UTF8.self)
  }

  private static func isThisMachine(_ host: String) -> Bool {
    if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func fault(_ what: String) -> RoleTargetFault {
    RoleTargetFault(
      .unsuitable,
      "the URL of the SCIM target \(what); give its base, such as https://idp.example.org/scim/v2")
  }
}
