extension DistinguishedName {
  /// Why a text is not a distinguished name. Tells the place and the rule, never the text.
  public struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The octet at which the name went wrong, from 0.
    public var offset: Int
    /// What is wrong there, without anything of the name itself.
    public var reason: String

    /// Makes an error.
    public init(offset: Int, reason: String) {
      self.offset = offset
      self.reason = reason
    }

    /// The place and the reason.
    public var description: String { "not a distinguished name (octet \(offset + 1)): \(reason)" }
  }

  /// The longest name that is read, in octets.
  public static let maximumLength = 65_536

  /// Reads the string form of RFC 4514 section 3.
  ///
  /// Spaces beside `,`, `+` and `=` are skipped, as RFC 4514 section 4 lets one do for the forms of old. Quoted
  /// values, `;` between names and `OID.` (RFC 1779, RFC 2253) are refused: no server writes them, and a name
  /// taken apart in a second way is a second entry. An empty text is the root.
  public init(parsing text: String) throws(SyntaxError) {
    var text = text
    let result = text.withUTF8 { bytes in
      Result { () throws(SyntaxError) in try DistinguishedName(parsing: UnsafeRawBufferPointer(bytes)) }
    }
    self = try result.get()
  }

  /// Reads the string form of RFC 4514 section 3 from octets, which shall be UTF-8.
  public init(parsing bytes: UnsafeRawBufferPointer) throws(SyntaxError) {
    var parser = try DistinguishedNameParser(bytes)
    self.init(try parser.name())
  }
}

extension RelativeDistinguishedName {
  /// Reads one relative name in the string form of RFC 4514 section 3.
  public init(parsing text: String) throws(DistinguishedName.SyntaxError) {
    let name = try DistinguishedName(parsing: text)
    guard name.rdns.count == 1, let rdn = name.rdns.first else {
      throw DistinguishedName.SyntaxError(
        offset: 0,
        reason: "one relative name is wanted, such as cn=Anna Andersson; this has \(name.rdns.count)")
    }
    self = rdn
  }
}

/// Takes the string form of a distinguished name apart, octet by octet.
internal struct DistinguishedNameParser {
  typealias SyntaxError = DistinguishedName.SyntaxError
  let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) throws(SyntaxError) {
    self.bytes = bytes
    guard bytes.count <= DistinguishedName.maximumLength else {
      throw SyntaxError(
        offset: DistinguishedName.maximumLength,
        reason: "longer than \(DistinguishedName.maximumLength) octets")
    }
    if let fault = UTF8Sequence.firstFault(in: bytes) {
      throw SyntaxError(
        offset: fault, reason: "not UTF-8; write other octets as \\ and two hexadecimal digits")
    }
  }

  mutating func name() throws(SyntaxError) -> [RelativeDistinguishedName] {
    skipSpaces()
    if position == bytes.count { return [] }
    var rdns = [try relativeName()]
    while position < bytes.count {
      position += 1
      rdns.append(try relativeName())
    }
    return rdns
  }

  /// Ends at a comma or at the end.
  private mutating func relativeName() throws(SyntaxError) -> RelativeDistinguishedName {
    var pairs = [try pair()]
    while position < bytes.count, bytes[position] == ASCII.plus {
      position += 1
      pairs.append(try pair())
    }
    return RelativeDistinguishedName(pairs)
  }

  /// Ends at a comma, at a plus sign or at the end.
  private mutating func pair() throws(SyntaxError) -> AttributeTypeAndValue {
    skipSpaces()
    let type = try type()
    skipSpaces()
    guard position < bytes.count, bytes[position] == ASCII.equals else {
      throw fault("an attribute type and = are wanted here")
    }
    position += 1
    skipSpaces()
    if position < bytes.count, bytes[position] == ASCII.sharp {
      return AttributeTypeAndValue(type, try hexadecimalValue())
    }
    return AttributeTypeAndValue(type, try stringValue())
  }

  private mutating func type() throws(SyntaxError) -> String {
    let start = position
    while position < bytes.count, ASCII.isKeyOctet(bytes[position]) || bytes[position] == ASCII.dot {
      position += 1
    }
    let octets = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    guard ASCII.isObjectIdentifier(octets) else {
      position = start
      throw fault("an attribute type is wanted here: a short name or a dotted OID")
    }
    return String(decoding: octets, as: UTF8.self)
  }

  private mutating func stringValue() throws(SyntaxError) -> Value {
    var octets: [UInt8] = []
    // Spaces at the end count only when escaped.
    var kept = 0
    while position < bytes.count {
      let octet = bytes[position]
      if octet == ASCII.comma || octet == ASCII.plus { break }
      if octet == ASCII.backslash {
        octets.append(try escapedOctet())
        kept = octets.count
        continue
      }
      try refuseUnescaped(octet)
      octets.append(octet)
      position += 1
      if octet != ASCII.space { kept = octets.count }
    }
    octets.removeLast(octets.count - kept)
    return Value(octets)
  }

  private func refuseUnescaped(_ octet: UInt8) throws(SyntaxError) {
    switch octet {
    case ASCII.quote: throw fault("a quotation mark is written \\\"; quoted values (RFC 2253) are not read")
    case ASCII.semicolon: throw fault("a semicolon is written \\;; names are separated by commas")
    case ASCII.less, ASCII.greater: throw fault("< and > are written \\< and \\>")
    case 0: throw fault("NUL is written \\00")
    default: return
    }
  }

  /// Reads a backslash and what it escapes (`pair` of RFC 4514 section 3).
  private mutating func escapedOctet() throws(SyntaxError) -> UInt8 {
    guard position + 1 < bytes.count else { throw fault("a backslash at the end escapes nothing") }
    let next = bytes[position + 1]
    switch next {
    case ASCII.backslash, ASCII.quote, ASCII.plus, ASCII.comma, ASCII.semicolon, ASCII.less, ASCII.greater,
      ASCII.space, ASCII.sharp, ASCII.equals:
      position += 2
      return next
    default:
      guard let high = ASCII.hexValue(next), position + 2 < bytes.count,
        let low = ASCII.hexValue(bytes[position + 2])
      else { throw fault("a backslash escapes one of \\ \" + , ; < > # = space, or two hexadecimal digits") }
      position += 3
      return high << 4 | low
    }
  }

  private mutating func skipSpaces() {
    while position < bytes.count, bytes[position] == ASCII.space { position += 1 }
  }

  private func fault(_ reason: String) -> SyntaxError { SyntaxError(offset: position, reason: reason) }
}

extension DistinguishedNameParser {
  /// Reads `#` and the BER form of a value in hexadecimal; gives the octets inside.
  private mutating func hexadecimalValue() throws(SyntaxError) -> Value {
    let start = position
    position += 1
    var encoding: [UInt8] = []
    while position < bytes.count, let high = ASCII.hexValue(bytes[position]) {
      guard position + 1 < bytes.count, let low = ASCII.hexValue(bytes[position + 1]) else {
        throw fault("hexadecimal digits come in pairs")
      }
      encoding.append(high << 4 | low)
      position += 2
    }
    skipSpaces()
    guard position == bytes.count || bytes[position] == ASCII.comma || bytes[position] == ASCII.plus else {
      throw fault("hexadecimal digits are wanted after #; a value that begins with # is written \\#")
    }
    guard let content = Self.stringContent(ofBER: encoding) else {
      position = start
      throw fault("# is followed by the BER form of a string, such as #04024869")
    }
    return Value(content)
  }

  /// The content of one definite, primitive BER string; `nil` for anything else.
  private static func stringContent(ofBER encoding: [UInt8]) -> [UInt8]? {
    // OCTET STRING, UTF8String, NumericString, PrintableString, IA5String: LDAP carries their content as it is.
    guard encoding.count >= 2, [0x04, 0x0C, 0x12, 0x13, 0x16].contains(encoding[0]) else { return nil }
    var length = Int(encoding[1])
    var start = 2
    if length >= 0x80 {
      let size = length & 0x7F
      guard (1...3).contains(size), encoding.count >= 2 + size else { return nil }
      length = encoding[2..<(2 + size)].reduce(0) { $0 << 8 | Int($1) }
      start += size
    }
    return encoding.count - start == length ? Array(encoding[start...]) : nil
  }
}
