/// One parenthesised description of RFC 4512 section 4.1, taken apart into keywords and their values.
internal struct SchemaDescription {
  /// Why a description could not be read; tells the rule only.
  struct Fault: Error { var reason: String }

  var oid: String
  private var fields: [String: [String]] = [:]

  /// The longest description that is read, in octets.
  static let maximumLength = 262_144

  /// Reads a description; `resolve` gives what an OID macro stands for.
  init(parsing text: String, resolve: (String) -> String = { $0 }) throws(Fault) {
    guard text.utf8.count <= Self.maximumLength else { throw Fault(reason: "it is too long") }
    var tokens = try Self.tokens(Array(text.utf8))[...]
    guard tokens.popFirst() == .open else { throw Fault(reason: "it does not begin with a parenthesis") }
    guard case .word(let oid)? = tokens.popFirst() else { throw Fault(reason: "its OID is missing") }
    self.oid = resolve(oid)
    while case .word(let keyword) = tokens.first {
      tokens.removeFirst()
      try readField(keyword.uppercased(), from: &tokens, resolve)
    }
    guard tokens.elementsEqual([.close]) else {
      throw Fault(reason: "a keyword or the last parenthesis is missing")
    }
  }

  func has(_ flag: String) -> Bool { fields[flag] != nil }
  func first(_ keyword: String) -> String? { fields[keyword]?.first }
  func all(_ keyword: String) -> [String] { fields[keyword] ?? [] }

  private static let flags: Set<String> = [
    "OBSOLETE", "SINGLE-VALUE", "COLLECTIVE", "NO-USER-MODIFICATION", "ABSTRACT", "STRUCTURAL", "AUXILIARY",
  ]
  private static let macroFields: Set<String> = [
    "SYNTAX", "SUP", "EQUALITY", "ORDERING", "SUBSTR", "MUST", "MAY",
  ]
  private static let keywords = macroFields.union(["NAME", "DESC", "USAGE"])

  private mutating func readField(
    _ keyword: String, from tokens: inout ArraySlice<Token>, _ resolve: (String) -> String
  ) throws(Fault) {
    guard fields[keyword] == nil else { throw Fault(reason: "a keyword stands twice") }
    if Self.flags.contains(keyword) {
      fields[keyword] = []
    } else if Self.keywords.contains(keyword) || keyword.hasPrefix("X-") {
      let values = try Self.values(from: &tokens)
      fields[keyword] = Self.macroFields.contains(keyword) ? values.map(resolve) : values
    } else {
      throw Fault(reason: "a keyword is unknown")
    }
  }

  private static func values(from tokens: inout ArraySlice<Token>) throws(Fault) -> [String] {
    switch tokens.popFirst() {
    case .word(let text), .quoted(let text): return [text]
    case .open: break
    default: throw Fault(reason: "a keyword has no value")
    }
    var values: [String] = []
    while let token = tokens.popFirst() {
      switch token {
      case .word(let text), .quoted(let text): values.append(text)
      case .dollar: continue
      case .close: return values
      case .open: throw Fault(reason: "a list stands in a list")
      }
    }
    throw Fault(reason: "a list does not end")
  }
}

extension SchemaDescription {
  enum Token: Hashable {
    case open, close, dollar
    case word(String)
    case quoted(String)
  }

  private static func tokens(_ text: [UInt8]) throws(Fault) -> [Token] {
    var tokens: [Token] = []
    var position = 0
    while position < text.count {
      switch text[position] {
      case ASCII.open: tokens.append(.open)
      case ASCII.close: tokens.append(.close)
      case ASCII.dollar: tokens.append(.dollar)
      case ASCII.apostrophe:
        guard let end = text[(position + 1)...].firstIndex(of: ASCII.apostrophe) else {
          throw Fault(reason: "a quoted text does not end")
        }
        tokens.append(.quoted(unescaped(text[(position + 1)..<end])))
        position = end
      case let octet where isBlank(octet): break
      default:
        let end = text[position...].firstIndex(where: isDelimiter) ?? text.count
        tokens.append(.word(String(decoding: text[position..<end], as: UTF8.self)))
        position = end - 1
      }
      position += 1
    }
    return tokens
  }

  private static func isBlank(_ octet: UInt8) -> Bool {
    octet == ASCII.space || (0x09...0x0D).contains(octet)
  }

  private static func isDelimiter(_ octet: UInt8) -> Bool {
    octet == ASCII.open || octet == ASCII.close || octet == ASCII.dollar || octet == ASCII.apostrophe
      || isBlank(octet)
  }

  /// `\27` and `\5C` stand for `'` and `\` (RFC 4512 section 4.1).
  private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
    guard text.contains(ASCII.backslash) else { return String(decoding: text, as: UTF8.self) }
    return String(decoding: text, as: UTF8.self).replacing("\\27", with: "'").replacing("\\5C", with: "\\")
      .replacing("\\5c", with: "\\")
  }
}

extension AttributeType {
  internal init(_ description: SchemaDescription) {
    self.init(oid: description.oid, names: description.all("NAME"))
    superior = description.first("SUP")
    equality = description.first("EQUALITY")
    ordering = description.first("ORDERING")
    substring = description.first("SUBSTR")
    isSingleValue = description.has("SINGLE-VALUE")
    isCollective = description.has("COLLECTIVE")
    isNoUserModification = description.has("NO-USER-MODIFICATION")
    isObsolete = description.has("OBSOLETE")
    usage = description.first("USAGE").flatMap(Usage.init(spelled:)) ?? .userApplications
    guard let noidlen = description.first("SYNTAX") else { return }
    let parts = noidlen.split(separator: "{")
    syntax = parts.first.map(String.init)
    maximumLength = parts.count == 2 && parts[1].hasSuffix("}") ? Int(parts[1].dropLast()) : nil
  }
}

extension AttributeType.Usage {
  /// Servers differ in the letter case of the keyword.
  fileprivate init?(spelled text: String) {
    let known: [Self] = [.userApplications, .directoryOperation, .distributedOperation, .dSAOperation]
    guard let usage = known.first(where: { $0.rawValue.equalsIgnoringASCIICase(text) }) else { return nil }
    self = usage
  }
}

extension ObjectClass {
  internal init(_ description: SchemaDescription) {
    self.init(oid: description.oid, names: description.all("NAME"))
    superiors = description.all("SUP")
    kind = description.has("ABSTRACT") ? .abstract : description.has("AUXILIARY") ? .auxiliary : .structural
    must = description.all("MUST")
    may = description.all("MAY")
    isObsolete = description.has("OBSOLETE")
  }
}
