import LDAP

/// Reads the keys of a mapping one by one, collecting findings, and at the end reports the keys nobody asked for.
///
///     let name = mapping.string("name", required: true)
///     mapping.mapping("tls") { tls in file = tls.string("ca") }
///     findings += mapping.finish()
package struct YAMLMapping {
  package let file: String
  package let mark: YAMLMark
  package let pairs: [YAMLPair]
  /// What was found so far, here and in nested mappings that were read.
  package var findings: [Finding] = []
  private var known: [String] = []

  package init(_ pairs: [YAMLPair], at mark: YAMLMark, file: String) {
    self.pairs = pairs
    self.mark = mark
    self.file = file
  }

  /// The value of a key as it stands, `nil` when the key is not there; the key counts as known from now on.
  package mutating func node(_ key: String) -> YAMLNode? {
    known.append(key)
    return pairs.first { $0.key == key }?.value
  }

  /// Whether the key is there, with or without a value.
  package func has(_ key: String) -> Bool { pairs.contains { $0.key == key } }

  /// Where the key's value stands, or the mapping itself when the key is missing.
  package func position(of key: String) -> SourcePosition {
    (pairs.first { $0.key == key }?.value.mark ?? mark).position(in: file)
  }

  /// Where the key itself stands, or the mapping when it is missing.
  package func keyPosition(_ key: String) -> SourcePosition {
    (pairs.first { $0.key == key }?.mark ?? mark).position(in: file)
  }

  /// Notes a fault at a place.
  package mutating func report(
    _ code: String, _ severity: Finding.Severity = .error, at position: SourcePosition, _ message: String,
    advice: String? = nil
  ) {
    findings.append(Finding(code, severity, at: position, message, advice: advice))
  }

  /// Reports the keys nobody asked for, and gives all findings.
  package mutating func finish() -> [Finding] {
    for pair in pairs where !known.contains(pair.key) {
      let suggestion = Spelling.suggestion(for: pair.key, among: known)
      let choice = known.sorted().joined(separator: ", ")
      report(
        "unknown-key", at: pair.mark.position(in: file),
        "the key \(Spelling.shown(pair.key)) is not known here",
        advice: suggestion.map { "did you mean `\($0)`?" } ?? "known here: \(choice)")
    }
    return findings.inOrder
  }

  /// Every pair in order, for mappings whose keys are free; all count as known.
  package mutating func all() -> [YAMLPair] {
    known += pairs.map(\.key)
    return pairs
  }
}

extension YAMLMapping {
  /// The text of a key; an empty value counts as missing.
  package mutating func string(_ key: String, required: Bool = false) -> String? {
    guard let node = node(key), !node.isNull else {
      if required { missing(key) }
      return nil
    }
    guard let text = node.text else {
      shape(node.mark, "`\(key)` must be one text")
      return nil
    }
    return text
  }

  /// The texts of a list; one text alone counts as a list of one.
  package mutating func strings(_ key: String) -> [String] {
    guard let node = node(key) else { return [] }
    return texts(of: node, "`\(key)`")
  }

  /// The texts of a node that is a list of texts, one text, or nothing.
  package mutating func texts(of node: YAMLNode, _ what: String) -> [String] {
    switch node.content {
    case .null: return []
    case .scalar(let text): return [text]
    case .mapping:
      shape(node.mark, "\(what) must be a list of texts")
      return []
    case .list(let items):
      return items.compactMap { item in
        if item.text == nil { shape(item.mark, "each item of \(what) must be one text") }
        return item.text
      }
    }
  }

  /// A whole number within a range.
  package mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = string(key) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      report(
        "wrong-number", at: position(of: key),
        "`\(key)` must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  /// `true` or `false`, and nothing that resembles them.
  package mutating func boolean(_ key: String) -> Bool? {
    guard let text = string(key) else { return nil }
    if text == "true" { return true }
    if text == "false" { return false }
    report("wrong-boolean", at: position(of: key), "`\(key)` must be `true` or `false`")
    return nil
  }

  /// One of the given words.
  package mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, of type: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    guard let text = string(key) else { return nil }
    if let value = Choice(rawValue: text) { return value }
    let words = type.allCases.map(\.rawValue)
    report(
      "wrong-choice", at: position(of: key), "`\(key)` must be one of: \(words.joined(separator: ", "))",
      advice: Spelling.suggestion(for: text, among: words).map { "did you mean `\($0)`?" })
    return nil
  }

  /// A stretch of time in seconds, written `30d`, `12h`, `15m` or `45s`.
  package mutating func seconds(_ key: String, in range: ClosedRange<Int> = 0...(100 * 366 * 86_400)) -> Int?
  {
    guard let text = string(key) else { return nil }
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    if let unit = text.last.flatMap({ units[$0] }), text.dropLast().utf8.allSatisfy({ $0 &- 48 < 10 }),
      let count = Int(text.dropLast()), count <= range.upperBound / unit, range.contains(count * unit)
    {
      return count * unit
    }
    report(
      "wrong-duration", at: position(of: key), "`\(key)` must be a time such as `30d`, `12h`, `15m` or `45s`")
    return nil
  }

  /// Reads a nested mapping: unknown keys in it are reported, its findings are kept.
  @discardableResult
  package mutating func mapping<Result>(_ key: String, _ read: (inout YAMLMapping) -> Result) -> Result? {
    guard let node = node(key), !node.isNull else { return nil }
    return nested(node, "`\(key)`", read)
  }

  /// Reads each item of a list of mappings.
  package mutating func mappings<Result>(_ key: String, _ read: (inout YAMLMapping) -> Result) -> [Result] {
    items(key).compactMap { nested($0, "each item of `\(key)`", read) }
  }

  /// The items of a list; one value alone is reported.
  package mutating func items(_ key: String) -> [YAMLNode] {
    guard let node = node(key), !node.isNull else { return [] }
    guard case .list(let items) = node.content else {
      shape(node.mark, "`\(key)` must be a list")
      return []
    }
    return items
  }

  /// Reads a node that must be a mapping.
  package mutating func nested<Result>(
    _ node: YAMLNode, _ what: String, _ read: (inout YAMLMapping) -> Result
  ) -> Result? {
    guard case .mapping(let pairs) = node.content else {
      shape(node.mark, "\(what) must be a mapping of keys to values")
      return nil
    }
    var inner = YAMLMapping(pairs, at: node.mark, file: file)
    let result = read(&inner)
    findings += inner.finish()
    return result
  }

  /// Notes that a key is missing.
  package mutating func missing(_ key: String) {
    report("missing-key", at: mark.position(in: file), "`\(key)` is missing", advice: "add `\(key)`")
  }

  private mutating func shape(_ mark: YAMLMark, _ message: String) {
    report("yaml-shape", at: mark.position(in: file), message)
  }
}
