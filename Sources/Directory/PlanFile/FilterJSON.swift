import LDAP

extension Filter {
  /// The filter as JSON: its text (RFC 4515) where that means the same filter when it is read, else its structure.
  ///
  /// The text does not when it is longer than what is read, or when parts have no form of their own in it.
  var json: CanonicalJSON {
    let text = description
    return (try? Filter(parsing: text)) == self ? .string(text) : structure
  }

  private var structure: CanonicalJSON {
    switch self {
    case .and(let filters): ["and": .array(filters.map(\.structure))]
    case .or(let filters): ["or": .array(filters.map(\.structure))]
    case .not(let filter): ["not": filter.structure]
    case .equal(let name, let value): ["equal": [.string(name), value.json]]
    case .greaterOrEqual(let name, let value): ["greaterOrEqual": [.string(name), value.json]]
    case .lessOrEqual(let name, let value): ["lessOrEqual": [.string(name), value.json]]
    case .approximate(let name, let value): ["approximate": [.string(name), value.json]]
    case .present(let name): ["present": .string(name)]
    case .substrings(let name, let initial, let any, let final):
      [
        "substrings": CanonicalJSON(present: [
          "attribute": .string(name), "initial": initial?.json, "any": .array(any.map(\.json)),
          "final": final?.json,
        ])
      ]
    case .extensible(let rule, let name, let isInName, let value):
      [
        "extensible": CanonicalJSON(present: [
          "rule": rule.map { .string($0) }, "attribute": name.map { .string($0) }, "dn": .bool(isInName),
          "value": value.json,
        ])
      ]
    }
  }

  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    if case .string(let text) = reading.value {
      guard let filter = try? Filter(parsing: text), filter.description.utf8.elementsEqual(text.utf8) else {
        throw reading.fault("a filter is wanted here")
      }
      self = filter
      return
    }
    try reading.allow(Filter.kinds)
    let members = try reading.members()
    guard members.count == 1, let kind = members.first?.name else {
      throw reading.fault("a filter is wanted here")
    }
    self = try Filter(kind, try reading(kind))
  }

  private static let kinds: Set<String> = [
    "and", "or", "not", "present", "substrings", "extensible", "equal", "greaterOrEqual", "lessOrEqual",
    "approximate",
  ]

  private init(_ kind: String, _ reading: JSONReading) throws(JSONReading.ContentError) {
    switch kind {
    case "and": self = .and(try reading.list { (one) throws(JSONReading.ContentError) in try Filter(one) })
    case "or": self = .or(try reading.list { (one) throws(JSONReading.ContentError) in try Filter(one) })
    case "not": self = .not(try Filter(reading))
    case "present": self = .present(try reading.text())
    case "substrings":
      try reading.allow(["attribute", "initial", "any", "final"])
      self = .substrings(
        try reading("attribute").text(), initial: try reading.optional("initial").read(Value.init),
        any: try reading("any").values(), final: try reading.optional("final").read(Value.init))
    case "extensible":
      try reading.allow(["rule", "attribute", "dn", "value"])
      self = .extensible(
        rule: try reading.optional("rule")?.text(), attribute: try reading.optional("attribute")?.text(),
        dn: try reading("dn").bool(), try Value(try reading("value")))
    default: self = try Filter.comparison(kind, reading)
    }
  }

  private static func comparison(
    _ kind: String, _ reading: JSONReading
  ) throws(JSONReading.ContentError) -> Filter {
    let pair = try reading.list { (one) throws(JSONReading.ContentError) in one }
    guard pair.count == 2 else { throw reading.fault("an attribute and a value are wanted here") }
    let (name, value) = (try pair[0].text(), try Value(pair[1]))
    switch kind {
    case "equal": return .equal(name, value)
    case "greaterOrEqual": return .greaterOrEqual(name, value)
    case "lessOrEqual": return .lessOrEqual(name, value)
    case "approximate": return .approximate(name, value)
    default: throw reading.fault("the kind of filter is not known")
    }
  }
}
