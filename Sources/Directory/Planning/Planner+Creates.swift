import LDAP

extension Planner {
  /// The entry that a row nobody has seen becomes; reports and returns `nil` when it cannot be named.
  mutating func newEntry(row: Int, parent: Int) -> Entry? {
    let kind = desired.rows[row].kind
    guard let of = profile[kind] else { return nil }
    var entry = Entry(
      dn: DistinguishedName(), attributes: [Attribute("objectClass", classes(of: row, kind: of))])
    for attribute in plainAttributes(of: row) {
      let slot = comparison.rules.slot(of: attribute.name) ?? -1
      guard !isHeldElsewhere(attribute.values, slot, row: row) else {
        setAside.insert(row)
        return nil
      }
      entry[attribute.name] += attribute.values
    }
    fillTemplates(&entry, of)
    guard let value = nameForNew(row, of, entry) else {
      setAside.insert(row)
      findings.append(
        report(
          "no-name", row: row, "the row says nothing from which the new entry can be named",
          advice: "write `\(of.naming)`"))
      return nil
    }
    if entry[of.naming].isEmpty { entry[of.naming] = [value] }
    let rdn = freeName(RelativeDistinguishedName(of.naming, value), row: row, parent: parent)
    for pair in rdn.pairs where !entry[pair.type].contains(pair.value) { entry[pair.type] += [pair.value] }
    names.take(Names.key(tree.nodes[parent].place, rdn))
    entry.dn = tree.name(of: parent).child(rdn)
    return entry
  }

  private func nameForNew(_ row: Int, _ of: Profile.KindProfile, _ entry: Entry) -> Value? {
    if desired.rows[row].hasName, let name = try? DistinguishedName(parsing: desired.table.dnText(row)),
      let pair = name.rdns.first?.pairs.first(where: { $0.type.equalsIgnoringASCIICase(of.naming) })
    {
      return pair.value
    }
    return entry[of.naming].first
  }

  private func classes(of row: Int, kind: Profile.KindProfile) -> [Value] {
    var result = kind.classes.map { Value($0) }
    for value in wantedValues(of: comparison.rules.objectClass, row: row)
    where !result.contains(where: { $0.text?.equalsIgnoringASCIICase(value.text ?? "") ?? false }) {
      result.append(value)
    }
    return result
  }

  /// What a row says for a new entry: the HSA-id and the attributes that are ours to set.
  private func plainAttributes(of row: Int) -> [Attribute] {
    guard let rules = comparison.rulesByKind[desired.rows[row].kind] else { return [] }
    var result = [Attribute(profile.identity, wantedValues(of: comparison.rules.identity, row: row))]
    desired.table.withRows { view in
      for attribute in view.attributes(of: row) {
        let rule = rules[view.name(of: attribute)]
        guard [.own, .create, .merge].contains(rule.mode), rule.slot != comparison.rules.objectClass else {
          continue
        }
        let values = view.values(of: attribute).map { Value(copying: view.bytes(of: $0)) }
        if !values.isEmpty { result.append(Attribute(rule.name, named(values, rule))) }
      }
    }
    return result
  }

  private func fillTemplates(_ entry: inout Entry, _ of: Profile.KindProfile) {
    for (attribute, template) in of.templates where entry[attribute].isEmpty {
      let made = entry
      if let text = template.text({ made.text($0) }) { entry[attribute] = [Value(text)] }
    }
  }

  /// What a template would make of a row for an attribute.
  func templateValue(of row: Int, attribute: String) -> Value? {
    guard
      let template = profile[desired.rows[row].kind]?.templates.first(where: { $0.attribute == attribute })?
        .template
    else { return nil }
    let plain = Entry(dn: DistinguishedName(), attributes: plainAttributes(of: row))
    return template.text { plain.text($0) }.map { Value($0) }
  }

  /// The relative name itself, or made distinct where a sibling has it: by the HSA-id as a second pair where the
  /// naming attribute is ours (its value must be exactly the one wanted), by a number where it is not.
  func freeName(_ rdn: RelativeDistinguishedName, row: Int, parent: Int) -> RelativeDistinguishedName {
    let place = tree.nodes[parent].place
    guard !names.isFree(Names.key(place, rdn)) else { return rdn }
    if comparison.rules.ownsName(desired.rows[row].kind) {
      return RelativeDistinguishedName(
        rdn.pairs + [AttributeTypeAndValue(profile.identity, Value(identity(of: row).text))])
    }
    let first = rdn.pairs.first?.value.text ?? ""
    for number in 2... {
      var other = rdn
      other.pairs[0].value = Value("\(first) (\(number))")
      if names.isFree(Names.key(place, other)) { return other }
    }
    return rdn
  }

  @discardableResult
  mutating func addCreate(_ entry: Entry, row: Int, parent: Int, phase: Draft.Phase, needs: Set<Int>) -> Int {
    let shown = entry.attributes.filter {
      $0.name != "objectClass" && !$0.name.equalsIgnoringASCIICase(profile.identity)
    }
    .map { Change.Difference($0.name, .initial, removed: [], added: $0.values, kept: 0) }
    var draft = Draft(
      change: change(
        .create, row: row, dn: entry.dn, shown: shown, operation: .add(entry),
        precondition: Change.Precondition()),
      phase: phase)
    draft.needs = needs
    if let rdn = entry.dn.rdns.first, let freed = names.freed(Names.key(tree.nodes[parent].place, rdn)) {
      draft.needs.insert(freed)
    }
    draft.nodes = [parent]
    draft.from = parent
    plannedName[row] = entry.dn
    return add(draft)
  }
}
