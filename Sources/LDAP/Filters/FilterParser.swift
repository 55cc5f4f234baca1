extension Filter {
  /// Why a text is not a filter. Tells the place and the rule, never the text.
  public struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The octet at which the filter went wrong, from 0.
    public var offset: Int
    /// What is wrong there, without anything of the filter itself.
    public var reason: String

    /// Makes an error.
    public init(offset: Int, reason: String) {
      self.offset = offset
      self.reason = reason
    }

    /// The place and the reason.
    public var description: String { "not a filter (octet \(offset + 1)): \(reason)" }
  }

  /// Reads the string form of RFC 4515 section 3, to the letter: parentheses are needed, spaces count.
  public init(parsing text: String) throws(SyntaxError) {
    var text = text
    let result = text.withUTF8 { bytes in
      Result { () throws(SyntaxError) in
        var parser = try FilterParser(UnsafeRawBufferPointer(bytes))
        return try parser.filter()
      }
    }
    self = try result.get()
  }
}

/// Takes the string form of a filter apart, octet by octet.
internal struct FilterParser {
  typealias SyntaxError = Filter.SyntaxError
  let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer) throws(SyntaxError) {
    self.bytes = bytes
    guard bytes.count <= Filter.maximumLength else {
      throw SyntaxError(offset: Filter.maximumLength, reason: "longer than \(Filter.maximumLength) octets")
    }
  }

  /// Reads the one filter that the text shall be.
  mutating func filter() throws(SyntaxError) -> Filter {
    let filter = try component()
    guard position == bytes.count else { throw fault("something follows the filter") }
    return filter
  }

  private mutating func component() throws(SyntaxError) -> Filter {
    try expect(ASCII.open, "a parenthesis opens each filter")
    depth += 1
    guard depth <= Filter.maximumDepth else { throw fault("nested deeper than \(Filter.maximumDepth)") }
    let filter: Filter
    switch position < bytes.count ? bytes[position] : 0 {
    case UInt8(ascii: "&"): filter = .and(try list())
    case UInt8(ascii: "|"): filter = .or(try list())
    case UInt8(ascii: "!"):
      position += 1
      filter = .not(try component())
    default: filter = try item()
    }
    depth -= 1
    try expect(ASCII.close, "a parenthesis closes each filter")
    return filter
  }

  private mutating func list() throws(SyntaxError) -> [Filter] {
    position += 1
    var filters: [Filter] = []
    while position < bytes.count, bytes[position] == ASCII.open { filters.append(try component()) }
    return filters
  }

  private mutating func item() throws(SyntaxError) -> Filter {
    let start = position
    while position < bytes.count, isNameOctet(bytes[position]) { position += 1 }
    let name = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    guard position < bytes.count else { throw fault("an attribute and one of = >= <= ~= := are wanted here") }
    if bytes[position] == ASCII.colon { return try extensible(name, start) }
    let attribute = try description(name, at: start)
    let sign = bytes[position]
    position += 1
    if sign == ASCII.equals { return try equalityOrSubstrings(attribute) }
    guard sign == ASCII.greater || sign == ASCII.less || sign == ASCII.tilde else {
      position -= 1
      throw fault("one of = >= <= ~= := is wanted after the attribute")
    }
    try expect(ASCII.equals, "= is wanted here")
    let value = try onlyValue()
    switch sign {
    case ASCII.greater: return .greaterOrEqual(attribute, value)
    case ASCII.less: return .lessOrEqual(attribute, value)
    default: return .approximate(attribute, value)
    }
  }

  private mutating func equalityOrSubstrings(_ attribute: String) throws(SyntaxError) -> Filter {
    var parts = [try value()]
    while position < bytes.count, bytes[position] == ASCII.asterisk {
      position += 1
      parts.append(try value())
    }
    if parts.count == 1 { return .equal(attribute, parts[0]) }
    if parts.count == 2, parts.allSatisfy(\.bytes.isEmpty) { return .present(attribute) }
    let any = Array(parts[1..<(parts.count - 1)])
    guard any.allSatisfy({ !$0.bytes.isEmpty }) else {
      throw fault("two asterisks have nothing between them")
    }
    let initial = parts[0].bytes.isEmpty ? nil : parts[0]
    let final = parts[parts.count - 1].bytes.isEmpty ? nil : parts[parts.count - 1]
    return .substrings(attribute, initial: initial, any: any, final: final)
  }
}

extension FilterParser {
  /// Reads what follows the attribute of an extensible match: `[:dn] [:rule] := value`.
  private mutating func extensible(_ name: UnsafeRawBufferPointer, _ start: Int) throws(SyntaxError) -> Filter
  {
    let attribute = name.isEmpty ? nil : try description(name, at: start)
    var isInName = false
    var rule: String?
    while position + 1 < bytes.count, bytes[position] == ASCII.colon, bytes[position + 1] != ASCII.equals {
      position += 1
      let start = position
      while position < bytes.count, isNameOctet(bytes[position]) { position += 1 }
      let word = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
      if !isInName, rule == nil, word.elementsEqual("dn".utf8) || word.elementsEqual("DN".utf8) {
        isInName = true
      } else {
        guard rule == nil, ASCII.isObjectIdentifier(word) else {
          throw SyntaxError(offset: start, reason: "a matching rule is wanted here: a name or a dotted OID")
        }
        rule = String(decoding: word, as: UTF8.self)
      }
    }
    try expect(ASCII.colon, ":= is wanted here")
    try expect(ASCII.equals, ":= is wanted here")
    guard attribute != nil || rule != nil else {
      throw fault("an extensible match names an attribute or a rule")
    }
    return .extensible(rule: rule, attribute: attribute, dn: isInName, try onlyValue())
  }

  private func isNameOctet(_ octet: UInt8) -> Bool {
    ASCII.isKeyOctet(octet) || octet == ASCII.dot || octet == ASCII.semicolon
  }

  private func description(_ name: UnsafeRawBufferPointer, at start: Int) throws(SyntaxError) -> String {
    guard ASCII.isAttributeDescription(name) else {
      throw SyntaxError(offset: start, reason: "an attribute is wanted here: a short name or a dotted OID")
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// A value in which an asterisk has no meaning, and so has to be escaped.
  private mutating func onlyValue() throws(SyntaxError) -> Value {
    let value = try value()
    if position < bytes.count, bytes[position] == ASCII.asterisk {
      throw fault("an asterisk is written \\2a here")
    }
    return value
  }

  /// Ends at a closing parenthesis, at an asterisk or at the end.
  private mutating func value() throws(SyntaxError) -> Value {
    var octets: [UInt8] = []
    while position < bytes.count {
      let octet = bytes[position]
      switch octet {
      case ASCII.close, ASCII.asterisk: return Value(octets)
      case ASCII.open: throw fault("a parenthesis in a value is written \\28")
      case 0: throw fault("NUL in a value is written \\00")
      case ASCII.backslash:
        guard position + 2 < bytes.count, let high = ASCII.hexValue(bytes[position + 1]),
          let low = ASCII.hexValue(bytes[position + 2])
        else { throw fault("a backslash is followed by two hexadecimal digits") }
        octets.append(high << 4 | low)
        position += 3
      default:
        octets.append(octet)
        position += 1
      }
    }
    return Value(octets)
  }

  private mutating func expect(_ octet: UInt8, _ reason: String) throws(SyntaxError) {
    guard position < bytes.count, bytes[position] == octet else { throw fault(reason) }
    position += 1
  }

  private func fault(_ reason: String) -> SyntaxError { SyntaxError(offset: position, reason: reason) }
}
