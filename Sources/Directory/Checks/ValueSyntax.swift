import LDAP

/// What the octets of a value must be, by the syntax that the schema gives its attribute (RFC 4517 section 3.3).
enum ValueSyntax: Hashable, Sendable {
  case text, ia5, printable, telephone, numeric, integer, boolean, time, name
  /// Octets that are nobody's to judge.
  case octets

  init(oid: String?) {
    switch oid {
    case Syntax.directoryString?, Syntax.postalAddress?: self = .text
    case Syntax.ia5String?: self = .ia5
    case Syntax.printableString?: self = .printable
    case Syntax.telephoneNumber?: self = .telephone
    case Syntax.numericString?: self = .numeric
    case Syntax.integer?: self = .integer
    case Syntax.boolean?: self = .boolean
    case Syntax.generalizedTime?: self = .time
    case Syntax.distinguishedName?: self = .name
    default: self = .octets
    }
  }

  /// What the value would have to be, when it is not.
  func fault(in octets: UnsafeRawBufferPointer) -> String? {
    switch self {
    case .octets: nil
    case .text: Value.isUTF8(octets) ? nil : "text in UTF-8"
    case .ia5: octets.allSatisfy { $0 < 0x80 } ? nil : "text of ASCII letters, without å, ä and ö"
    case .printable: octets.allSatisfy(isPrintable) ? nil : "letters A-Z, digits, spaces and a few signs"
    case .telephone:
      !octets.isEmpty && octets.allSatisfy { isPrintable($0) || $0 == 0x22 } ? nil : "a telephone number"
    case .numeric:
      !octets.isEmpty && octets.allSatisfy { $0.isDigit || $0 == 0x20 } ? nil : "digits and spaces"
    case .integer: isInteger(octets) ? nil : "a whole number"
    case .boolean:
      octets.elementsEqual("TRUE".utf8) || octets.elementsEqual("FALSE".utf8) ? nil : "`TRUE` or `FALSE`"
    case .time: nil
    case .name: DistinguishedName.isValid(octets) ? nil : "a distinguished name (RFC 4514)"
    }
  }

  /// Whether control characters have no place in it.
  var isReadable: Bool { self != .octets && self != .time }

  /// PrintableString, RFC 4517 section 3.3.29.
  private func isPrintable(_ octet: UInt8) -> Bool {
    octet.isDigit || octet.asciiLowercased &- 97 < 26 || " '()+,-.=/:?".utf8.contains(octet)
  }

  private func isInteger(_ octets: UnsafeRawBufferPointer) -> Bool {
    let digits = octets.first == 0x2D ? octets.dropFirst() : octets[...]
    guard let first = digits.first, digits.allSatisfy(\.isDigit) else { return false }
    return first != 0x30 || (digits.count == 1 && octets.count == 1)
  }
}

extension UnsafeRawBufferPointer {
  /// Whether all octets are those of ASCII signs that can be seen, or spaces; eight at a time.
  var isPrintableASCII: Bool {
    var at = 0
    while at + 8 <= count {
      let octets = loadUnaligned(fromByteOffset: at, as: UInt64.self)
      // An octet over 0x7E, or one under 0x20, leaves its highest bit in one of the two sums.
      let high = (octets & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x0101_0101_0101_0101
      let low = (octets | 0x8080_8080_8080_8080) &- 0x2020_2020_2020_2020
      guard (octets | high | ~low) & 0x8080_8080_8080_8080 == 0 else { return false }
      at += 8
    }
    while at < count {
      guard self[at] &- 0x20 < 0x5F else { return false }
      at += 1
    }
    return true
  }
}
