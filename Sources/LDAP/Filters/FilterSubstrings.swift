/// The parts that a value shall have, in their order (RFC 4511 section 4.5.1.7.2).
internal struct SubstringAssertion {
  let initial: Value?
  let any: [Value]
  let final: Value?

  /// Whether one of the values has the parts; `nil` without a rule, or when a part breaks its syntax.
  func holds(rule: MatchingRule?, values: [Value], _ schema: Schema) -> Bool? {
    guard let rule, let initial = prepared(initial, rule, trimming: .leading),
      let final = prepared(final, rule, trimming: .trailing)
    else { return nil }
    var middle: [[UInt8]] = []
    for part in any {
      guard let part = prepared(part, rule, trimming: .neither) else { return nil }
      middle.append(part)
    }
    return values.contains { value in
      let normal = value.bytes.withUnsafeBytes { rule.strictNormalForm($0, schema: schema) }
      return normal.map { has($0[...], initial, middle, final) } ?? false
    }
  }

  private enum Trimming { case leading, trailing, neither }

  /// A part in the form of the values it is looked for in. Spaces at the ends stay where the value goes on.
  private func prepared(_ part: Value?, _ rule: MatchingRule, trimming: Trimming) -> [UInt8]? {
    guard let part else { return [] }
    let isText =
      switch rule {
      case .caseIgnore, .caseExact, .caseIgnoreIA5, .caseExactIA5, .caseIgnoreList: true
      default: false
      }
    guard isText else { return part.bytes.withUnsafeBytes { rule.strictNormalForm($0, schema: Schema()) } }
    // A mark at the end keeps the spaces beside it from being taken for the ends of a value.
    let mark: [UInt8] = [UInt8(ascii: "x")]
    let marked = (trimming == .leading ? [] : mark) + part.bytes + (trimming == .trailing ? [] : mark)
    guard let normal = marked.withUnsafeBytes({ rule.strictNormalForm($0, schema: Schema()) }) else {
      return nil
    }
    return Array(normal.dropFirst(trimming == .leading ? 0 : 1).dropLast(trimming == .trailing ? 0 : 1))
  }

  private func has(_ value: ArraySlice<UInt8>, _ initial: [UInt8], _ middle: [[UInt8]], _ final: [UInt8])
    -> Bool
  {
    guard value.starts(with: initial) else { return false }
    var rest = value.dropFirst(initial.count)
    for part in middle {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.count >= final.count && rest.suffix(final.count).elementsEqual(final)
  }
}
