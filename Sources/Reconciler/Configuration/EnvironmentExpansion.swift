import LDAP

/// Fills `${NAME}` in a path or URL from the environment, as systemd's `${CREDENTIALS_DIRECTORY}`.
struct EnvironmentExpansion {
  enum Fault: Error, Hashable {
    case unset(String)
    /// `${` without `}`, or what stands between is not a variable's name.
    case malformed
  }

  let environment: [String: String]

  func expand(_ text: String) throws(Fault) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      result += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else { throw .malformed }
      let name = String(rest[start.upperBound..<end])
      guard Self.isName(name) else { throw .malformed }
      // Set but empty is no better: "${CREDENTIALS_DIRECTORY}/ldap" would become "/ldap".
      guard let value = environment[name], !value.isEmpty else { throw .unset(name) }
      result += value
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
    return text.utf8.allSatisfy { $0.asciiLowercased &- 97 < 26 || (48...57).contains($0) || $0 == 95 }
  }
}
