#if canImport(Glibc)
  import Glibc
#endif

extension MatchingRule {
  /// The octets that are the same for two values exactly when the rule holds them equal.
  ///
  /// A value that breaks the syntax of the rule (text that is no UTF-8, `x` as a number) is its own normal form:
  /// it equals itself only.
  public func normalForm(_ bytes: UnsafeRawBufferPointer, schema: Schema) -> [UInt8] {
    strictNormalForm(bytes, schema: schema) ?? Array(bytes)
  }

  /// Whether the rule holds two values equal.
  @inlinable public func equal(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, schema: Schema
  ) -> Bool {
    hasSameOctets(left, right) || equalInNormalForm(left, right, schema: schema)
  }

  @usableFromInline internal func hasSameOctets(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
    return memcmp(first, second, left.count) == 0
  }

  @usableFromInline internal func equalInNormalForm(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, schema: Schema
  ) -> Bool {
    switch self {
    case .octetString, .certificateExact, .bitString, .boolean, .csn: return false
    case .caseIgnore, .caseIgnoreIA5:
      if let equal = TextPreparation.asciiEqual(left, right, foldingCase: true) { return equal }
    case .caseExact, .caseExactIA5:
      if let equal = TextPreparation.asciiEqual(left, right, foldingCase: false) { return equal }
    default: break
    }
    return normalForm(left, schema: schema) == normalForm(right, schema: schema)
  }

  /// The normal form, or `nil` for a value that breaks the syntax of the rule.
  internal func strictNormalForm(_ bytes: UnsafeRawBufferPointer, schema: Schema) -> [UInt8]? {
    switch self {
    case .octetString, .certificateExact, .bitString, .csn: Array(bytes)
    case .boolean: bytes.elementsEqual("TRUE".utf8) || bytes.elementsEqual("FALSE".utf8) ? Array(bytes) : nil
    case .caseIgnore: TextPreparation.normalForm(bytes, foldingCase: true)
    case .caseExact: TextPreparation.normalForm(bytes, foldingCase: false)
    case .caseIgnoreIA5:
      bytes.allSatisfy { $0 < 0x80 } ? TextPreparation.normalForm(bytes, foldingCase: true) : nil
    case .caseExactIA5:
      bytes.allSatisfy { $0 < 0x80 } ? TextPreparation.normalForm(bytes, foldingCase: false) : nil
    case .caseIgnoreList: Self.listNormalForm(bytes)
    case .numericString: Self.withoutOctets(bytes) { $0 == ASCII.space }
    case .telephoneNumber: Self.withoutOctets(bytes) { $0 == ASCII.space || $0 == ASCII.hyphen }
    case .integer, .integerFirstComponent: Self.integerNormalForm(bytes)
    case .generalizedTime: Self.timeNormalForm(bytes)
    case .uuid: Self.uuidNormalForm(bytes)
    case .distinguishedName: (try? DistinguishedName(parsing: bytes))?.normalOctets(schema)
    case .uniqueMember: Self.uniqueMemberNormalForm(bytes, schema)
    case .objectIdentifier, .objectIdentifierFirstComponent: Self.identifierNormalForm(bytes, schema)
    }
  }

  /// Lines parted by `$`, each as text (RFC 4517 section 3.3.28).
  private static func listNormalForm(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    var lines: [[UInt8]] = []
    for line in bytes.split(separator: ASCII.dollar, omittingEmptySubsequences: false) {
      guard let normal = TextPreparation.normalForm(UnsafeRawBufferPointer(rebasing: line), foldingCase: true)
      else {
        return nil
      }
      lines.append(normal)
    }
    return Array(lines.joined(separator: [ASCII.dollar]))
  }

  private static func withoutOctets(
    _ bytes: UnsafeRawBufferPointer, _ isDropped: (UInt8) -> Bool
  ) -> [UInt8]? {
    let kept = bytes.filter { !isDropped($0) }
    return kept.isEmpty && !bytes.isEmpty ? [ASCII.space] : kept
  }

  private static func integerNormalForm(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    let isNegative = bytes.first == ASCII.hyphen
    let digits = isNegative ? bytes.dropFirst() : bytes[...]
    guard !digits.isEmpty, digits.allSatisfy(ASCII.isDigit) else { return nil }
    let significant = digits.drop { $0 == UInt8(ascii: "0") }
    if significant.isEmpty { return [UInt8(ascii: "0")] }
    return (isNegative ? [ASCII.hyphen] : []) + significant
  }

  private static func timeNormalForm(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    GeneralizedTime(parsing: bytes).map { Array($0.description.utf8) }
  }

  private static func uuidNormalForm(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    let hyphens: Set<Int> = [8, 13, 18, 23]
    guard bytes.count == 36,
      bytes.indices.allSatisfy({
        hyphens.contains($0) ? bytes[$0] == ASCII.hyphen : ASCII.hexValue(bytes[$0]) != nil
      })
    else { return nil }
    return bytes.map(\.asciiLowercased)
  }

  private static func identifierNormalForm(_ bytes: UnsafeRawBufferPointer, _ schema: Schema) -> [UInt8]? {
    guard ASCII.isObjectIdentifier(bytes) else { return nil }
    let name = String(decoding: bytes, as: UTF8.self)
    let canonical = schema.objectClass(name)?.name ?? schema.canonicalName(name)
    return canonical.utf8.map(\.asciiLowercased)
  }

  /// A name, and perhaps `#` and a bit string (RFC 4517 section 3.3.21).
  private static func uniqueMemberNormalForm(_ bytes: UnsafeRawBufferPointer, _ schema: Schema) -> [UInt8]? {
    var nameEnd = bytes.count
    if bytes.count >= 4, bytes[bytes.count - 1] == UInt8(ascii: "B"),
      bytes[bytes.count - 2] == ASCII.apostrophe,
      let sharp = bytes.lastIndex(of: ASCII.sharp)
    {
      nameEnd = sharp
    }
    guard let name = try? DistinguishedName(parsing: UnsafeRawBufferPointer(rebasing: bytes[..<nameEnd]))
    else {
      return nil
    }
    return name.normalOctets(schema) + bytes[nameEnd...]
  }
}
