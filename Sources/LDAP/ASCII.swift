/// The octets that the grammars of LDAP are made of.
internal enum ASCII {
  static let space = UInt8(ascii: " ")
  static let sharp = UInt8(ascii: "#")
  static let quote = UInt8(ascii: "\"")
  static let plus = UInt8(ascii: "+")
  static let comma = UInt8(ascii: ",")
  static let equals = UInt8(ascii: "=")
  static let backslash = UInt8(ascii: "\\")
  static let asterisk = UInt8(ascii: "*")
  static let colon = UInt8(ascii: ":")
  static let semicolon = UInt8(ascii: ";")
  static let less = UInt8(ascii: "<")
  static let greater = UInt8(ascii: ">")
  static let tilde = UInt8(ascii: "~")
  static let open = UInt8(ascii: "(")
  static let close = UInt8(ascii: ")")
  static let dollar = UInt8(ascii: "$")
  static let hyphen = UInt8(ascii: "-")
  static let dot = UInt8(ascii: ".")
  static let apostrophe = UInt8(ascii: "'")
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let delete: UInt8 = 0x7F

  static func isDigit(_ octet: UInt8) -> Bool { octet &- 48 < 10 }
  static func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 97 < 26 }
  /// A letter, digit or hyphen: what names of schema elements are made of (RFC 4512 section 1.4).
  static func isKeyOctet(_ octet: UInt8) -> Bool { isLetter(octet) || isDigit(octet) || octet == hyphen }
  static func isControl(_ octet: UInt8) -> Bool { octet < 0x20 || octet == delete }

  /// The number that a hexadecimal digit stands for, or `nil`.
  static func hexValue(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 48...57: octet - 48
    case 65...70: octet - 55
    case 97...102: octet - 87
    default: nil
    }
  }

  /// Appends the two hexadecimal digits of an octet, as capitals.
  static func appendHex(_ octet: UInt8, to output: inout [UInt8]) {
    output.append(hexDigit(octet >> 4))
    output.append(hexDigit(octet & 0x0F))
  }

  private static func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 55 + nibble }

  /// Whether the octets are a short name or a dotted-decimal OID (`oid` of RFC 4512 section 1.4).
  static func isObjectIdentifier(_ octets: some Collection<UInt8>) -> Bool {
    guard let first = octets.first else { return false }
    guard isDigit(first) else { return isLetter(first) && octets.allSatisfy(isKeyOctet) }
    let arcs = octets.split(separator: dot, omittingEmptySubsequences: false)
    return arcs.count > 1
      && arcs.allSatisfy { arc in
        !arc.isEmpty && arc.allSatisfy(isDigit) && (arc.count == 1 || arc.first != 48)
      }
  }

  /// Whether the octets are an attribute description: an OID and options (RFC 4512 section 2.5).
  static func isAttributeDescription(_ octets: some Collection<UInt8>) -> Bool {
    let parts = octets.split(separator: semicolon, omittingEmptySubsequences: false)
    guard let type = parts.first, isObjectIdentifier(type) else { return false }
    return parts.dropFirst().allSatisfy { !$0.isEmpty && $0.allSatisfy(isKeyOctet) }
  }
}
