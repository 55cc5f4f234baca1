extension Filter {
  /// What the filter says of an entry: true, false or, `nil`, Undefined (RFC 4511 section 4.5.1.7).
  ///
  /// Values are compared by the rules of the schema, as a server does; an attribute that the schema does not know,
  /// or has no rule for, makes an assertion Undefined. Subtypes and attributes with more options count. An
  /// approximate match is an equality match. Object classes include their superclasses.
  public func matches(_ entry: Entry, schema: Schema) -> Bool? {
    switch self {
    case .and(let filters): Self.conjunction(filters.lazy.map { $0.matches(entry, schema: schema) })
    case .or(let filters):
      Self.conjunction(filters.lazy.map { $0.matches(entry, schema: schema).map(!) }).map(!)
    case .not(let filter): filter.matches(entry, schema: schema).map(!)
    default: FilterAssertion(entry: entry, schema: schema).holds(self)
    }
  }

  /// False if one is false, else Undefined if one is, else true.
  private static func conjunction(_ results: some Sequence<Bool?>) -> Bool? {
    var isUndefined = false
    for result in results {
      guard let result else {
        isUndefined = true
        continue
      }
      if !result { return false }
    }
    return isUndefined ? nil : true
  }
}

/// Judges a filter that has no filter in it.
internal struct FilterAssertion {
  let entry: Entry
  let schema: Schema

  func holds(_ filter: Filter) -> Bool? {
    switch filter {
    case .present(let name): !attributes(name).isEmpty
    case .equal(let name, let value), .approximate(let name, let value): isEqual(name, value)
    case .greaterOrEqual(let name, let value): isOrdered(name, value) { $0 >= 0 }
    case .lessOrEqual(let name, let value): isOrdered(name, value) { $0 <= 0 }
    case .substrings(let name, let initial, let any, let final):
      SubstringAssertion(initial: initial, any: any, final: final).holds(
        rule: schema.attributeType(name) == nil ? nil : schema.substring(of: name), values: values(name),
        schema)
    case .extensible(let rule, let name, let isInName, let value): isExtensible(rule, name, isInName, value)
    case .and, .or, .not: nil
    }
  }

  private func isEqual(_ name: String, _ value: Value) -> Bool? {
    guard schema.attributeType(name) != nil, schema.hasEquality(name) else { return nil }
    if schema.canonicalName(name).equalsIgnoringASCIICase("objectClass") { return isOfClass(value) }
    return hasEqual(values(name), value, schema.equality(of: name))
  }

  private func isOfClass(_ value: Value) -> Bool? {
    guard let name = value.text, let wanted = schema.objectClass(name) else { return nil }
    return schema.withSuperclasses(values("objectClass").compactMap(\.text)).contains { $0.oid == wanted.oid }
  }

  private func hasEqual(_ values: [Value], _ value: Value, _ rule: MatchingRule) -> Bool? {
    guard let wanted = normal(value, rule) else { return nil }
    return values.contains { normal($0, rule) == wanted }
  }

  private func isOrdered(_ name: String, _ value: Value, _ isWanted: (Int) -> Bool) -> Bool? {
    guard schema.attributeType(name) != nil, let rule = schema.ordering(of: name),
      let bound = normal(value, rule)
    else { return nil }
    return values(name).contains { value in
      normal(value, rule).map { isWanted(rule.order($0, bound)) } ?? false
    }
  }

  private func isExtensible(_ ruleName: String?, _ name: String?, _ isInName: Bool, _ value: Value) -> Bool? {
    let rule =
      ruleName.map { MatchingRule($0) }
      ?? name.flatMap { schema.hasEquality($0) ? schema.equality(of: $0) : nil }
    guard let rule, name.map({ schema.attributeType($0) != nil }) ?? true, normal(value, rule) != nil else {
      return nil
    }
    let fits: (String) -> Bool = { candidate in
      name.map { schema.isSubtype(candidate, of: $0) } ?? (schema.equality(of: candidate) == rule)
    }
    var candidates = name.map(values) ?? entry.attributes.filter { fits($0.name) }.flatMap(\.values)
    if isInName { candidates += entry.dn.rdns.flatMap(\.pairs).filter { fits($0.type) }.map(\.value) }
    return hasEqual(candidates, value, rule)
  }

  private func normal(_ value: Value, _ rule: MatchingRule) -> [UInt8]? {
    value.bytes.withUnsafeBytes { rule.strictNormalForm($0, schema: schema) }
  }

  private func values(_ name: String) -> [Value] { attributes(name).flatMap(\.values) }

  /// The attributes with values that are the one described, a subtype of it, or have options besides.
  private func attributes(_ name: String) -> [Attribute] {
    let wanted = name.asciiLowercased.split(separator: ";").map(String.init)
    return entry.attributes.filter { attribute in
      let parts = attribute.name.asciiLowercased.split(separator: ";").map(String.init)
      guard let type = parts.first, let wantedType = wanted.first, !attribute.values.isEmpty else {
        return false
      }
      return schema.isSubtype(type, of: wantedType)
        && Set(wanted.dropFirst()).isSubset(of: parts.dropFirst())
    }
  }
}

extension MatchingRule {
  /// Less than, equal to or greater than zero, as the first normal form stands before, at or after the second.
  internal func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard self == .integer || self == .integerFirstComponent else {
      return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    }
    let signs = (left.first == ASCII.hyphen, right.first == ASCII.hyphen)
    if signs.0 != signs.1 { return signs.0 ? -1 : 1 }
    let magnitude =
      left.count != right.count
      ? left.count - right.count : left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    return signs.0 ? -magnitude : magnitude
  }
}
