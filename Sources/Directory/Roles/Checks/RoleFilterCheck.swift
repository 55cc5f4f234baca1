import LDAP

/// Finds conditions that no entry can meet, because the schema cannot compare what they compare.
///
/// What a server answers to such an assertion is Undefined (RFC 4511 section 4.5.1.7), which is not an error there,
/// and here would be a rule that silently gives nobody anything, or, under a negation, is not what it seems.
struct RoleFilterCheck {
  let schema: Schema

  func findings(_ rule: RoleRule) -> [Finding] {
    rule.conditions.flatMap { condition in
      findings(condition.filter, condition.subject.rawValue) { name in
        rule.places[RoleRule.placeKey(condition.subject, name)] ?? condition.position
      }
    }
  }

  func findings(_ constraint: RoleConstraint) -> [Finding] {
    guard case .requesters(let filter?, _) = constraint.limit else { return [] }
    return findings(filter, "person") { _ in constraint.position }
  }

  private func findings(_ filter: Filter, _ subject: String, _ place: (String) -> SourcePosition) -> [Finding]
  {
    let assertions = filter.assertions
    let known = assertions.filter { assertion in
      assertion.attributes.allSatisfy { schema.attributeType($0) != nil }
    }
    // What the schema does not know is told by its name elsewhere.
    guard known.count == assertions.count else { return [] }
    let canBeTrue = outcomes(filter).canBeTrue
    let undefined = assertions.filter { isUndefined($0) }
    if undefined.isEmpty, !canBeTrue {
      return [
        Finding(
          "never-true", at: place(""), "no entry can meet the condition on `\(subject)`",
          advice: "an empty `(|)` is never true; write what is wanted, or `true` for all")
      ]
    }
    return undefined.map { assertion in
      let name = assertion.attributes.first ?? ""
      let (why, advice) = reason(assertion, name)
      return Finding(
        "undefined-filter", canBeTrue ? .warning : .error, at: place(name),
        canBeTrue
          ? "a part of the condition on `\(subject)` is true of nobody: \(why)"
          : "the condition on `\(subject)` can never be true: \(why)",
        advice: advice)
    }
  }

  private func reason(_ assertion: Filter, _ name: String) -> (why: String, advice: String) {
    switch assertion {
    case .equal(_, let value)
    where schema.canonicalName(name).equalsIgnoringASCIICase("objectClass") && value.text != nil:
      let suggestion = Spelling.suggestion(
        for: value.text ?? "", among: schema.objectClasses.lazy.map(\.name))
      return (
        "the schema has no such object class",
        suggestion.map { "did you mean `\($0)`?" } ?? "look the class up in the server's schema"
      )
    case .greaterOrEqual, .lessOrEqual:
      return ("`\(name)` has no order, or the value breaks its syntax", "compare it with `=`")
    case .substrings:
      return ("parts of `\(name)` cannot be compared", "write the whole value, or `(\(name)=*)`")
    default:
      return (
        "`\(name)` cannot be compared, or the value breaks its syntax", "look the attribute up in the schema"
      )
    }
  }

  /// Whether one assertion is Undefined whatever the entry.
  private func isUndefined(_ assertion: Filter) -> Bool {
    assertion.matches(Entry(dn: DistinguishedName()), schema: schema) == nil
  }

  /// What can come of a filter, its assertions being taken for independent.
  private func outcomes(_ filter: Filter) -> (canBeTrue: Bool, canBeFalse: Bool) {
    switch filter {
    case .and(let parts):
      let all = parts.map { outcomes($0) }
      return (all.allSatisfy(\.canBeTrue), all.contains(where: \.canBeFalse))
    case .or(let parts):
      let all = parts.map { outcomes($0) }
      return (all.contains(where: \.canBeTrue), all.allSatisfy(\.canBeFalse))
    case .not(let part):
      let inner = outcomes(part)
      return (inner.canBeFalse, inner.canBeTrue)
    default:
      let isDefined = !isUndefined(filter)
      return (isDefined, isDefined)
    }
  }
}

extension Filter {
  /// What it is made of: filters without filters in them.
  var assertions: [Filter] {
    switch self {
    case .and(let parts), .or(let parts): parts.flatMap(\.assertions)
    case .not(let part): part.assertions
    default: [self]
    }
  }
}
