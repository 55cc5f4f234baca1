/// Reads JSON (RFC 8259) from a server that is not trusted: bounded in depth, nothing twice, nothing left over.
///
/// Written out because Foundation's readers let the last of two members of one name win, and round numbers.
package struct SCIMJSONParser {
  /// That octets are not JSON; what they are is told to nobody.
  package struct SyntaxError: Error, Hashable {
    /// In octets, from 0.
    var position: Int
  }

  static let maximumDepth = 64
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads one value that is all of the octets, white space around it apart.
  package static func parse(_ bytes: [UInt8]) throws(SyntaxError) -> SCIMJSON {
    var parser = SCIMJSONParser(bytes)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.fault }
    return value
  }

  private var fault: SyntaxError { SyntaxError(position: position) }
  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let octet = next, octet == 0x20 || octet == 0x0A || octet == 0x0D || octet == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(SyntaxError) -> SCIMJSON {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ text: StaticString, _ value: SCIMJSON) throws(SyntaxError) -> SCIMJSON {
    let expected = text.withUTF8Buffer { Array($0) }
    guard bytes[position...].starts(with: expected) else { throw fault }
    position += expected.count
    return value
  }

  private mutating func members() throws(SyntaxError) -> [SCIMJSON.Member] {
    try enter()
    defer { depth -= 1 }
    var members: [SCIMJSON.Member] = []
    var names: Set<[UInt8]> = []
    if take("}") { return members }
    repeat {
      skipSpace()
      let name = try string()
      // Which of two would count is a guess.
      guard names.insert(name.utf8.map(SCIMJSON.small)).inserted, take(":") else { throw fault }
      members.append(SCIMJSON.Member(name: name, value: try value()))
    } while take(",")
    guard take("}") else { throw fault }
    return members
  }

  private mutating func elements() throws(SyntaxError) -> [SCIMJSON] {
    try enter()
    defer { depth -= 1 }
    var elements: [SCIMJSON] = []
    if take("]") { return elements }
    repeat { elements.append(try value()) } while take(",")
    guard take("]") else { throw fault }
    return elements
  }

  private mutating func enter() throws(SyntaxError) {
    depth += 1
    guard depth <= Self.maximumDepth else { throw fault }
    position += 1
  }

  private mutating func number() throws(SyntaxError) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(SyntaxError) {
    let start = position
    while let octet = next, octet &- 48 < 10 { position += 1 }
    guard position > start else { throw fault }
  }
}

// Strings.
extension SCIMJSONParser {
  private mutating func string() throws(SyntaxError) -> String {
    guard next == UInt8(ascii: "\"") else { throw fault }
    position += 1
    var octets: [UInt8] = []
    while let octet = next, octet != UInt8(ascii: "\"") {
      guard octet >= 0x20 else { throw fault }
      position += 1
      if octet == UInt8(ascii: "\\") {
        octets += try escaped().utf8
      } else {
        octets.append(octet)
      }
    }
    guard next != nil, let text = String(validating: octets, as: UTF8.self) else { throw fault }
    position += 1
    return text
  }

  private mutating func escaped() throws(SyntaxError) -> String {
    guard let octet = next else { throw fault }
    position += 1
    switch octet {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(octet))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicode()
    default: throw fault
    }
  }

  /// What follows `\u`; half a surrogate pair is no character.
  private mutating func unicode() throws(SyntaxError) -> String {
    let first = try unit()
    var units = [first]
    if UTF16.isLeadSurrogate(first) {
      guard bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { throw fault }
      position += 2
      units.append(try unit())
    }
    guard let text = String(validating: units, as: UTF16.self) else { throw fault }
    return text
  }

  private mutating func unit() throws(SyntaxError) -> UInt16 {
    guard position + 4 <= bytes.count else { throw fault }
    var unit: UInt16 = 0
    for octet in bytes[position..<position + 4] {
      switch octet {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt16(octet - 48)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt16(octet - 87)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt16(octet - 55)
      default: throw fault
      }
    }
    position += 4
    return unit
  }
}
