import LDAP

extension RoleDerivation {
  /// The values that gave an assignment.
  ///
  /// They are in the order of the rule's subjects and of its conditions; a condition on what is *not* there has none.
  package func evidence(for assignment: Assignment) -> [RoleEvidence] {
    guard let person = number(assignment.person), Int(person) < held.count,
      let one = held[Int(person)].first(where: { self.assignment($0, of: person) == assignment })
    else { return [] }
    let rule = rules.rules[Int(one.rule)]
    var found: [RoleEvidence] = []
    func add(_ subject: RoleSubject, _ attribute: String, _ value: Value) {
      let entry = one.entry(subject, of: person)
      guard entry >= 0 else { return }
      let text = value.text ?? "\(value.bytes.count) octets"
      let evidence = RoleEvidence(subject, entries.identity(entry), attribute: attribute, value: text)
      if !found.contains(evidence) { found.append(evidence) }
    }
    for subject in RoleSubject.allCases {
      guard let condition = rule.condition(subject) else { continue }
      for (attribute, value) in entries.support(one.entry(subject, of: person), condition.filter) {
        add(subject, attribute, value)
      }
    }
    if let right = rule.right {
      for value in entries.granting(right, one.commission) {
        add(.commission, entries.attributes.right, value)
      }
    }
    for part in rule.role.parts {
      guard case .attribute(let subject, let name) = part else { continue }
      for value in entries.all(name, of: one.entry(subject, of: person)) { add(subject, name, value) }
    }
    return found
  }
}

extension RoleEntries {
  /// An entry's values of an attribute.
  func all(_ name: String, of entry: Int32) -> [Value] {
    guard entry >= 0, let slot = values.slot(of: name, schema) else { return [] }
    return values.values(slot, set(entry, slot))
  }

  /// The values that give a right.
  func granting(_ right: CommissionRight, _ commission: Int32) -> [Value] {
    all(attributes.right, of: commission).filter { $0.gives(right) }
  }

  /// The values of an entry by which it meets a filter; none when it does not.
  func support(_ entry: Int32, _ filter: Filter) -> [(attribute: String, value: Value)] {
    guard entry >= 0, verdict(entry, filter) == .yes else { return [] }
    switch filter {
    case .and(let parts), .or(let parts): return parts.flatMap { support(entry, $0) }
    case .not: return []
    default:
      // By the filter's spelling, as who wrote the rule knows it.
      let name = filter.attribute
      return slots(concerning: filter).flatMap { slot in
        values.values(slot, set(entry, slot)).filter { judge(filter, slot, [$0]) == .yes }
          .map { (name ?? values.names[slot], $0) }
      }
    }
  }

  /// What a filter says of an entry.
  func verdict(_ entry: Int32, _ filter: Filter) -> RoleVerdict {
    let attributes = filter.attributes.flatMap { name in
      values.names.indices.filter { RoleConditions.concerns(name, values.names[$0], schema) }
    }
    let known = Set(attributes).sorted().map { slot in
      Attribute(values.names[slot], values.values(slot, set(entry, slot)))
    }.filter { !$0.values.isEmpty }
    let name = places.name(of: self[entry].place) ?? DistinguishedName()
    return RoleVerdict(filter.matches(Entry(dn: name, attributes: known), schema: schema))
  }

  private func slots(concerning assertion: Filter) -> [Int] {
    values.names.indices.filter { RoleConditions.concerns(.filter(assertion), values.names[$0], schema) }
  }

  private func judge(_ assertion: Filter, _ slot: Int, _ values: [Value]) -> RoleVerdict {
    RoleConditions.judge(.filter(assertion), self.values.names[slot], values, schema)
  }
}
