extension Schema {
  /// The attribute type with this name, alias or OID; options after `;` are left aside.
  public func attributeType(_ name: String) -> AttributeType? {
    attributePosition(name).map { attributeTypes[$0] }
  }

  /// The object class with this name, alias or OID.
  public func objectClass(_ name: String) -> ObjectClass? {
    classIndex[name.asciiLowercased].map { objectClasses[$0] }
  }

  /// The first name of the attribute type, whichever alias or OID is given; the name as given when it is unknown.
  ///
  /// Options are kept: they tell other attributes apart (`userCertificate` and `userCertificate;binary`).
  public func canonicalName(_ name: String) -> String {
    guard let position = attributePosition(name) else { return name }
    let canonical = attributeTypes[position].name
    guard let semicolon = name.utf8.firstIndex(of: ASCII.semicolon) else { return canonical }
    return canonical + name[semicolon...]
  }

  /// The rule by which a server holds two values of the attribute equal; octet by octet where there is no rule.
  public func equality(of name: String) -> MatchingRule {
    guard let position = attributePosition(name) else { return .octetString }
    return equalityRules[position] ?? .octetString
  }

  /// Whether the attribute has an EQUALITY rule, so that single values can be added, deleted and asserted.
  public func hasEquality(_ name: String) -> Bool {
    guard let position = attributePosition(name) else { return false }
    return equalityRules[position] != nil
  }

  /// The rule by which values of the attribute are ordered; `nil` without one.
  public func ordering(of name: String) -> MatchingRule? { rule(of: name, \.ordering) }

  /// The rule by which parts of values are compared; `nil` without one.
  public func substring(of name: String) -> MatchingRule? { rule(of: name, \.substring) }

  /// The OID of the syntax of the attribute, inherited if need be.
  public func syntax(of name: String) -> String? {
    attributePosition(name).flatMap { inherited(from: $0, \.syntax) }
  }

  /// Whether the attribute is the other one or a subtype of it (RFC 4512 section 2.5.1).
  public func isSubtype(_ name: String, of other: String) -> Bool {
    guard var position = attributePosition(name), let wanted = attributePosition(other) else {
      return name.equalsIgnoringASCIICase(other)
    }
    for _ in 0..<32 {
      if position == wanted { return true }
      guard let superior = attributeTypes[position].superior, let next = attributePosition(superior) else {
        return false
      }
      position = next
    }
    return false
  }

  /// The attributes that an entry of these classes has to have, superclasses included: canonical names.
  public func required(by classes: [String]) -> Set<String> {
    Set(withSuperclasses(classes).flatMap { $0.must.map(canonicalName) })
  }

  /// The attributes that an entry of these classes has to have or may have, superclasses included: canonical names.
  ///
  /// Operational attributes are not among them, and `extensibleObject` allows every user attribute besides.
  public func allowed(by classes: [String]) -> Set<String> {
    Set(withSuperclasses(classes).flatMap { ($0.must + $0.may).map(canonicalName) })
  }

  /// The known ones of these classes and all classes above them, each once.
  public func withSuperclasses(_ classes: [String]) -> [ObjectClass] {
    var found: [ObjectClass] = []
    var seen: Set<Int> = []
    var pending = classes
    while let name = pending.popLast() {
      guard let index = classIndex[name.asciiLowercased], seen.insert(index).inserted else { continue }
      found.append(objectClasses[index])
      pending += objectClasses[index].superiors
    }
    return found
  }

  internal func attributePosition(_ name: String) -> Int? {
    if let found = attributeIndex[name] { return found }
    let base = name.utf8.firstIndex(of: ASCII.semicolon).map { name[..<$0] } ?? name[...]
    return attributeIndex[base.asciiLowercased]
  }

  private func rule(of name: String, _ field: KeyPath<AttributeType, String?>) -> MatchingRule? {
    attributePosition(name).flatMap { inherited(from: $0, field) }.flatMap { MatchingRule($0) }
  }
}
