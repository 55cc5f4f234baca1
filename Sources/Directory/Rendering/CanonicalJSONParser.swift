import LDAP

extension CanonicalJSON {
  /// Why octets are not a canonical JSON text. Tells the place and the rule, never the text.
  package struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    package var line: Int
    /// Counted from 1, in characters.
    package var column: Int
    package var reason: String
    /// Whether the text was good so far, and ended too early.
    package var isAtEnd: Bool

    package var description: String { "\(line):\(column): \(reason)" }
  }

  /// How deep values may stand in values.
  package static let maximumDepth = 64
  /// The longest text that is read, in octets.
  package static let maximumLength = 1 << 30

  /// Reads a text that is as ``text`` writes it, octet by octet; any other form of the same values is refused.
  package init(parsing bytes: [UInt8]) throws(SyntaxError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(SyntaxError) in try CanonicalJSON(parsing: bytes) }
    }
    self = try result.get()
  }

  /// Reads one value that is all of a buffer.
  ///
  /// - Parameters:
  ///   - line: the line, from 1, that the buffer begins in, for errors.
  ///   - column: how many characters stand before it in that line.
  init(parsing bytes: UnsafeRawBufferPointer, line: Int = 1, after column: Int = 0) throws(SyntaxError) {
    var parser = CanonicalJSONParser(bytes, line: line, column: column)
    self = try parser.whole()
  }
}

/// Takes a canonical text apart. It has no white space, so what is not expected is a fault.
struct CanonicalJSONParser {
  typealias SyntaxError = CanonicalJSON.SyntaxError
  private let bytes: UnsafeRawBufferPointer
  private let line: Int
  private let column: Int
  private var position = 0
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer, line: Int, column: Int) {
    self.bytes = bytes
    self.line = line
    self.column = column
  }

  mutating func whole() throws(SyntaxError) -> CanonicalJSON {
    guard bytes.count <= CanonicalJSON.maximumLength else {
      throw fault("the text is longer than \(CanonicalJSON.maximumLength) octets")
    }
    let value = try value()
    guard position == bytes.count else { throw fault("something follows the value") }
    return value
  }

  private mutating func value() throws(SyntaxError) -> CanonicalJSON {
    switch position < bytes.count ? bytes[position] : 0 {
    case UInt8(ascii: "{"): return .object(try nested { parser throws(SyntaxError) in try parser.object() })
    case UInt8(ascii: "["): return .array(try nested { parser throws(SyntaxError) in try parser.array() })
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw fault("a value is wanted here")
    }
  }

  private mutating func nested<T>(
    _ read: (inout CanonicalJSONParser) throws(SyntaxError) -> T
  ) throws(SyntaxError) -> T {
    depth += 1
    guard depth <= CanonicalJSON.maximumDepth else {
      throw fault("nested deeper than \(CanonicalJSON.maximumDepth)")
    }
    position += 1
    let result = try read(&self)
    depth -= 1
    return result
  }

  private mutating func object() throws(SyntaxError) -> [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [:]
    if take(UInt8(ascii: "}")) { return members }
    var last: String?
    repeat {
      let start = position
      let key = try string()
      if let last, !last.utf8.lexicographicallyPrecedes(key.utf8) {
        position = start
        throw fault("members stand in the order of their names' octets, each once")
      }
      try expect(UInt8(ascii: ":"), "a colon is wanted here")
      guard members.updateValue(try value(), forKey: key) == nil else {
        position = start
        throw fault("a member of this name is there already")
      }
      last = key
    } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"), "a comma or a closing brace is wanted here")
    return members
  }

  private mutating func array() throws(SyntaxError) -> [CanonicalJSON] {
    var elements: [CanonicalJSON] = []
    if take(UInt8(ascii: "]")) { return elements }
    repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"), "a comma or a closing bracket is wanted here")
    return elements
  }

  private mutating func number() throws(SyntaxError) -> Int {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    while position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let number = Int(text), String(number) == text else {
      if position < bytes.count { position = start }
      throw fault("a whole number of at most 64 bits is wanted here, without sign or zeros before it")
    }
    return number
  }

  private mutating func word(_ word: String, _ value: CanonicalJSON) throws(SyntaxError) -> CanonicalJSON {
    for octet in word.utf8 { try expect(octet, "one of true, false and null is wanted here") }
    return value
  }

  // MARK: Strings

  private mutating func string() throws(SyntaxError) -> String {
    let start = position
    try expect(UInt8(ascii: "\""), "a string is wanted here")
    var isPlain = true
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") {
        isPlain = false
        position += 1
      } else if !(0x20..<0x7F).contains(bytes[position]) {
        isPlain = false
      }
      position += 1
    }
    guard position < bytes.count else {
      position = bytes.count
      throw fault("the string does not end")
    }
    let content = UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<position])
    position += 1
    if isPlain { return String(decoding: content, as: UTF8.self) }
    // Which characters are escaped, and how, is decided in one place: where they are written.
    guard let text = Self.unescaped(content),
      CanonicalJSON.quoted(text).utf8.elementsEqual(bytes[start..<position])
    else {
      position = start
      throw fault("the string is not UTF-8, or not escaped as hsasync escapes")
    }
    return text
  }

  /// What a string's content stands for; `nil` where it is not UTF-8 or has an unknown escape.
  private static func unescaped(_ content: UnsafeRawBufferPointer) -> String? {
    guard content.contains(UInt8(ascii: "\\")) else { return String(validating: content, as: UTF8.self) }
    var octets: [UInt8] = []
    var position = 0
    while position < content.count {
      guard content[position] == UInt8(ascii: "\\") else {
        octets.append(content[position])
        position += 1
        continue
      }
      guard position + 1 < content.count else { return nil }
      switch content[position + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): octets.append(content[position + 1])
      case UInt8(ascii: "n"): octets.append(0x0A)
      case UInt8(ascii: "u"):
        guard let scalar = scalar(in: content, at: &position) else { return nil }
        octets += String(scalar).utf8
        continue
      default: return nil
      }
      position += 2
    }
    return String(validating: octets, as: UTF8.self)
  }

  /// Reads `\uXXXX`, or two of them that are a surrogate pair.
  private static func scalar(in content: UnsafeRawBufferPointer, at position: inout Int) -> Unicode.Scalar? {
    guard let first = unit(in: content, at: position) else { return nil }
    position += 6
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard UTF16.isLeadSurrogate(first), let second = unit(in: content, at: position),
      UTF16.isTrailSurrogate(second)
    else { return nil }
    position += 6
    return Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
  }

  private static func unit(in content: UnsafeRawBufferPointer, at position: Int) -> UInt16? {
    guard position + 6 <= content.count, content[position] == UInt8(ascii: "\\"),
      content[position + 1] == UInt8(ascii: "u"), content[position + 2] != UInt8(ascii: "+"),
      content[position + 2] != UInt8(ascii: "-")
    else { return nil }
    return UInt16(String(decoding: content[(position + 2)..<(position + 6)], as: UTF8.self), radix: 16)
  }

  // MARK: Octets

  private mutating func take(_ octet: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == octet else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ octet: UInt8, _ reason: String) throws(SyntaxError) {
    guard take(octet) else { throw fault(reason) }
  }

  /// The reason, with the place reached.
  private func fault(_ reason: String) -> SyntaxError {
    let read = bytes.prefix(position)
    let lines = read.count { $0 == 0x0A }
    let inLine = read.reversed().prefix { $0 != 0x0A }.count { $0 & 0xC0 != 0x80 }
    return SyntaxError(
      line: line + lines, column: (lines == 0 ? column : 0) + inLine + 1, reason: reason,
      isAtEnd: position >= bytes.count)
  }
}
