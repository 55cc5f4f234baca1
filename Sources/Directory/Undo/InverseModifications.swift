import LDAP

/// What takes modifications back, value by value, and the conditions that what they left is still there.
struct InverseModifications {
  private(set) var modifications: [Modification] = []
  private(set) var differences: [Change.Difference]
  private(set) var conditions: [Filter] = []
  /// Whether an attribute is concerned whose values cannot be asserted: the whole entry must be as it was left.
  private(set) var needsCSN = false

  private let before: Entry?
  private let schema: Schema

  /// - Parameter before: the entry before the modifications; of an attribute that it does not have nothing is known.
  init(_ forward: [Modification], _ differences: [Change.Difference], before: Entry?, schema: Schema) {
    self.before = before
    self.schema = schema
    self.differences = differences.map(\.reversed)
    for modification in forward.reversed() { takeBack(modification) }
    for index in self.differences.indices { settle(index) }
    self.differences.removeAll { $0.removed.isEmpty && $0.added.isEmpty }
    for difference in self.differences where !isReplaced(difference.attribute) {
      conditions += condition(difference)
    }
  }

  private mutating func takeBack(_ modification: Modification) {
    let name = modification.attribute
    switch modification.kind {
    case .add:
      let ours = modification.values.filter { !wasThere($0, name) }
      if !ours.isEmpty { modifications.append(Modification(.delete, name, ours)) }
    case .delete where !modification.values.isEmpty:
      let gone = modification.values.compactMap { original($0, name) }
      if !gone.isEmpty { modifications.append(Modification(.add, name, gone)) }
    case .delete, .replace:
      needsCSN = true
      modifications.append(Modification(.replace, name, replaced(modification)))
    }
  }

  /// All the values that an attribute had before it was replaced.
  private func replaced(_ modification: Modification) -> [Value] {
    let known = before?[modification.attribute] ?? []
    if !known.isEmpty { return known }
    let difference = differences.first { $0.attribute.equalsIgnoringASCIICase(modification.attribute) }
    guard let difference else { return [] }
    return modification.values.filter { !difference.removed.contains($0) } + difference.added
  }

  private func isReplaced(_ name: String) -> Bool {
    modifications.contains { $0.kind == .replace && $0.attribute.equalsIgnoringASCIICase(name) }
  }

  /// Shows what is done and no more.
  private mutating func settle(_ index: Int) {
    let name = differences[index].attribute
    guard !isReplaced(name) else { return }
    let own = modifications.filter { $0.attribute.equalsIgnoringASCIICase(name) }
    let removed = own.filter { $0.kind == .delete }.flatMap(\.values)
    differences[index].kept += differences[index].removed.count - removed.count
    differences[index].removed = removed
    differences[index].added = own.filter { $0.kind == .add }.flatMap(\.values)
  }

  /// What we left: the values we added are there, and those we took away are not.
  private func condition(_ difference: Change.Difference) -> [Filter] {
    let name = difference.attribute
    var conditions = difference.removed.prefix(Differences.assertedValues).map { Filter.equal(name, $0) }
    if difference.removed.isEmpty, schema.attributeType(name)?.isSingleValue ?? false {
      conditions.append(.not(.present(name)))
    } else {
      // A value that only became another spelling is there under its rule, as the other.
      conditions += difference.added.filter { value in !difference.removed.contains { same($0, value, name) }
      }
      .prefix(Differences.assertedValues).map { .not(.equal(name, $0)) }
    }
    return conditions
  }

  private func same(_ left: Value, _ right: Value, _ name: String) -> Bool {
    schema.equality(of: name).equal(left, right, schema: schema)
  }

  /// Whether a value that was to be added stood there already, so spelled.
  private func wasThere(_ value: Value, _ name: String) -> Bool { before?[name].contains(value) ?? false }

  /// A value that was taken away, as it was spelled; `nil` when it is known not to have been there.
  private func original(_ value: Value, _ name: String) -> Value? {
    let known = before?[name] ?? []
    return known.isEmpty ? value : known.first { $0 == value } ?? known.first { same($0, value, name) }
  }
}
