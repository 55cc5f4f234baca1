import LDAP

/// A bearer token (RFC 6750) in a file.
///
/// It is read for each request, so that a new one is found at once, and never stands in a text that is shown.
struct SCIMToken: Sendable {
  let path: String

  /// The value of the `Authorization` header.
  ///
  /// - Throws: `notPermitted` when the file cannot be read, or does not hold a token.
  func header() throws(RoleTargetFault) -> String {
    guard let secret = try? Secret(contentsOf: path) else { throw fault("cannot be read or is empty") }
    let token = secret.withBytes { Array($0) }
    // RFC 6750 section 2.1; also what keeps a line break out of the header.
    guard token.count <= 16_384, token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw fault("holds something else than one token")
    }
    return "Bearer " + String(decoding: token, as: UTF8.self)
  }

  private func fault(_ what: String) -> RoleTargetFault {
    RoleTargetFault(.notPermitted, "the token file \(path) \(what); write the token alone into it")
  }
}
