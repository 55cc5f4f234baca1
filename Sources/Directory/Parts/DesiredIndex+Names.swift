import LDAP

// What rows want their entries to be called.
extension DesiredIndex {
  /// The values after which an entry to be made for a row may be named; the planner takes one of them.
  func namesForNew(_ row: Int) -> [Value] {
    guard let kind = reader.profile[state.rows[row].kind] else { return [] }
    if let written = writtenName(row, kind.naming) { return [written] }
    let wanted = wantedNames(row)
    if let first = wanted.first { return [first] + wanted.dropFirst() }
    return madeName(row, kind).map { [$0] } ?? []
  }

  /// The values after which the entry of a row may be renamed; none: the row leaves that to the directory.
  func namesForKnown(_ row: Int) -> [Value] {
    let of = state.rows[row].kind
    guard rules.ownsName(of), let kind = reader.profile[of] else { return [] }
    if let written = writtenName(row, kind.naming) { return [written] }
    let wanted = wantedNames(row)
    return wanted.isEmpty ? madeName(row, kind).map { [$0] } ?? [] : wanted
  }

  /// The value of the naming attribute in the name that a row was written with.
  private func writtenName(_ row: Int, _ naming: String) -> Value? {
    guard state.rows[row].hasName, let name = try? DistinguishedName(parsing: state.table.dnText(row)) else {
      return nil
    }
    return name.rdns.first?.pairs.first { isSame($0.type, naming) }?.value
  }

  func isSame(_ left: String, _ right: String) -> Bool {
    let schema = reader.schema
    return schema.canonicalName(left).equalsIgnoringASCIICase(schema.canonicalName(right))
  }

  private func wantedNames(_ row: Int) -> [Value] {
    let kind = state.rows[row].kind
    guard let naming = reader.profile[kind]?.naming, let slot = rules.slot(of: naming),
      let ofKind = rulesByKind[kind]
    else { return [] }
    return state.table.withRows { view in
      view.attributes(of: row).filter {
        ofKind[view.name(of: $0)].slot == slot && ofKind[view.name(of: $0)].mode != .remove
      }.flatMap { view.values(of: $0).map { Value(copying: view.bytes(of: $0)) } }
    }
  }

  /// What the templates make of a row.
  private func madeName(_ row: Int, _ kind: Profile.KindProfile) -> Value? {
    guard let ofKind = rulesByKind[state.rows[row].kind] else { return nil }
    var entry = Entry(dn: DistinguishedName())
    state.table.withRows { view in
      for attribute in view.attributes(of: row) {
        let rule = ofKind[view.name(of: attribute)]
        let isIdentity = rule.slot == rules.identity
        guard isIdentity || [.own, .create, .merge].contains(rule.mode) else { continue }
        entry[rule.name] += view.values(of: attribute).map { Value(copying: view.bytes(of: $0)) }
      }
    }
    for (attribute, template) in kind.templates where entry[attribute].isEmpty {
      let made = entry
      if let text = template.text({ made.text($0) }) { entry[attribute] = [Value(text)] }
    }
    return entry[kind.naming].first
  }
}
