import LDAP

extension RoleFileReading {
  /// Reads `role`: text with `{subject.attribute}` in it; `{{` and `}}` are braces.
  func template(
    _ joined: Set<RoleSubject>, _ mapping: inout YAMLMapping, _ places: inout [String: SourcePosition]
  ) -> RoleTemplate? {
    guard let text = mapping.string("role", required: true), let node = mapping.node("role") else {
      return nil
    }
    guard isRole(text) else {
      mapping.report(
        "wrong-role", at: place(in: node), "a role is a text of 1 to 256 octets without control characters",
        advice: "write `system;role`, as in `Webcert;Läkare`")
      return nil
    }
    var scan = TemplateScan(text)
    let pieces = scan.pieces()
    if let fault = scan.fault {
      mapping.report(
        "wrong-template", at: place(fault, in: node), "the braces of this role do not match",
        advice: "write values as `{unit.hsaIdentity}`, and a brace itself as `{{` or `}}`")
      return nil
    }
    var parts: [RoleTemplate.Part] = []
    for piece in pieces {
      guard let part = part(piece, in: node, joined, &mapping, &places) else { return nil }
      parts.append(part)
    }
    guard case .literal = parts.first else {
      mapping.report(
        "open-role", at: place(in: node),
        "the role begins with a value: whoever writes the attribute could choose any system's role",
        advice: "begin it with the system's name, as in `INTYG;Rehab-{unit.hsaIdentity}`")
      return nil
    }
    return RoleTemplate(text: text, parts: parts)
  }

  private func part(
    _ piece: TemplateScan.Piece, in node: YAMLNode, _ joined: Set<RoleSubject>, _ mapping: inout YAMLMapping,
    _ places: inout [String: SourcePosition]
  ) -> RoleTemplate.Part? {
    guard piece.isValue else { return .literal(piece.text) }
    let position = place(piece.offset, in: node)
    let words = piece.text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    guard words.count == 2, !words[1].isEmpty else {
      mapping.report(
        "wrong-template", at: position, "a value is written as subject and attribute",
        advice: "write, for instance, `{person.hsaTitle}` or `{unit.hsaIdentity}`")
      return nil
    }
    guard let subject = RoleSubject(rawValue: words[0]) else {
      unknownSubject(words[0], RoleSubject.allCases.map(\.rawValue), at: position, &mapping)
      return nil
    }
    if !joined.contains(subject) { notJoined(subject.rawValue, at: position, &mapping) }
    let name = serverName(words[1])
    places[RoleRule.placeKey(subject, name)] = places[RoleRule.placeKey(subject, name)] ?? position
    return .attribute(subject, name)
  }
}

/// Takes the text of a role apart.
private struct TemplateScan {
  struct Piece {
    var text: String
    /// Whether it stood in braces.
    var isValue: Bool
    /// Of its first octet.
    var offset: Int
  }
  /// The octet at which braces do not match.
  private(set) var fault: Int?
  private let octets: [UInt8]
  private var found: [Piece] = []
  private var literal: [UInt8] = []

  init(_ text: String) { octets = Array(text.utf8) }

  mutating func pieces() -> [Piece] {
    let open = UInt8(ascii: "{")
    let close = UInt8(ascii: "}")
    var at = 0
    while at < octets.count, fault == nil {
      let isDoubled = at + 1 < octets.count && octets[at + 1] == octets[at]
      switch octets[at] {
      case open where isDoubled, close where isDoubled:
        literal.append(octets[at])
        at += 2
      case open: at = value(from: at + 1)
      case close: fault = at
      default:
        literal.append(octets[at])
        at += 1
      }
    }
    endLiteral(at)
    return found
  }

  private mutating func value(from start: Int) -> Int {
    endLiteral(start - 1)
    let inside = octets[start...].prefix { $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "{") }
    guard inside.endIndex < octets.count, octets[inside.endIndex] == UInt8(ascii: "}"), !inside.isEmpty else {
      fault = start - 1
      return start
    }
    found.append(Piece(text: String(decoding: inside, as: UTF8.self), isValue: true, offset: start))
    return inside.endIndex + 1
  }

  private mutating func endLiteral(_ end: Int) {
    guard !literal.isEmpty else { return }
    found.append(
      Piece(text: String(decoding: literal, as: UTF8.self), isValue: false, offset: end - literal.count))
    literal = []
  }
}

extension RoleTemplate {
  /// Whether a role of this template can be one of those that are meant.
  func mayMatch(_ pattern: RolePattern) -> Bool {
    let mark: Character = "\u{FFFF}"
    let text = parts.map { part in
      switch part {
      case .literal(let text): text
      case .attribute: String(mark)
      }
    }.joined()
    let mine = RoleName.normalForm(text).map { $0 == mark ? nil : $0 }
    let wanted = RoleName.normalForm(pattern.text).map { $0 == "*" ? nil : $0 }
    return RoleTemplate.overlap(mine, wanted)
  }

  /// Whether some text matches both; `nil` stands for any characters.
  private static func overlap(_ left: [Character?], _ right: [Character?]) -> Bool {
    // reached[j]: whether what has been looked at of the left can be the same as the first j of the right.
    var reached = Array(repeating: false, count: right.count + 1)
    reached[0] = true
    for index in right.indices where right[index] == nil && reached[index] { reached[index + 1] = true }
    for letter in left {
      var next = Array(repeating: false, count: right.count + 1)
      for index in 0...right.count {
        if letter == nil, reached[index] { next[index] = true }
        if index < right.count, right[index] == nil, reached[index] { next[index] = true }
        guard index > 0 else { continue }
        if right[index - 1] == nil, next[index - 1] { next[index] = true }
        if letter == nil, next[index - 1] { next[index] = true }
        if let letter, right[index - 1] == letter, reached[index - 1] { next[index] = true }
      }
      reached = next
    }
    return reached[right.count]
  }
}
