import LDAP

extension HSAIdentity {
  /// Whether octets have the form of an HSA-id: `SE`, ten digits, `-`, and letters A-Z or digits; 31 characters at most.
  ///
  /// `prefixes` are those of test catalogues, such as `TSTNMT`, that stand for `SE` and the ten digits.
  package static func isWellFormed(_ octets: UnsafeRawBufferPointer, prefixes: [String] = []) -> Bool {
    guard octets.count <= 31 else { return false }
    guard let hyphen = octets.firstIndex(of: 0x2D), hyphen + 1 < octets.count,
      octets[(hyphen + 1)...].allSatisfy(isLetterOrDigit)
    else { return false }
    let owner = octets[..<hyphen]
    if owner.count == 12, owner[0] == 0x53, owner[1] == 0x45, owner.dropFirst(2).allSatisfy(\.isDigit) {
      return true
    }
    return prefixes.contains { prefix in
      let wanted = prefix.utf8.last == 0x2D ? prefix.utf8.dropLast() : prefix.utf8[...]
      return !wanted.isEmpty && owner.starts(with: wanted)
        && owner.dropFirst(wanted.count).allSatisfy(isLetterOrDigit)
    }
  }

  private static func isLetterOrDigit(_ octet: UInt8) -> Bool {
    octet.isDigit || octet.asciiLowercased &- 97 < 26
  }
}
