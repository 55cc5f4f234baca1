import Directory
import LDAP

extension DesiredState {
  /// Rows as a YAML file would give them (parents by HSA-id), or as an LDIF file would (`named`: every row with the name it wants).
  package static func wanting(
    _ wanted: [Wanted], complete: Set<Kind> = [], under: Parent? = nil,
    provides: [String] = ["mail", "title", "telephoneNumber", "endDate"], named: Bool = false,
    base: String = RandomWorld.base, profile: Profile = TestCatalogue.profile
  ) -> DesiredState {
    var builder = EntryTableBuilder()
    var state = DesiredState(
      sources: [Source(name: "test", completeKinds: complete, completeUnder: under, provides: provides)],
      files: ["test.yaml"])
    let names = named ? DesiredState.names(wanted, base: base, profile: profile) : [:]
    for (index, one) in wanted.enumerated() {
      builder.append(
        Entry(
          dn: names[one.id] ?? DistinguishedName(), attributes: one.row(provides: provides, profile: profile))
      )
      let top = (try? DistinguishedName(parsing: base)) ?? DistinguishedName()
      let above: Parent? =
        one.parent == "-"
        ? nil
        : named
          ? .name(names[one.parent] ?? top)
          : one.parent.isEmpty ? .name(top) : .identity(HSAIdentity(one.parent))
      var number = Int(DesiredState.noParent)
      if let above {
        number = state.parents.firstIndex(of: above) ?? state.parents.count
        if number == state.parents.count { state.parents.append(above) }
      }
      state.rows.append(
        Row(
          kind: one.kind, source: 0, parent: UInt32(number), line: UInt32(index + 1), column: 1, file: 0,
          hasIdentity: !one.id.isEmpty, hasName: named))
    }
    state.table = builder.take()
    return state
  }

  private static func names(
    _ wanted: [Wanted], base: String, profile: Profile
  ) -> [String: DistinguishedName] {
    guard let base = try? DistinguishedName(parsing: base) else { return [:] }
    var names = ["": base]
    for _ in wanted {
      for one in wanted where names[one.id] == nil {
        guard let parent = names[one.parent] else { continue }
        let naming = profile[one.kind]?.naming ?? "cn"
        names[one.id] = parent.child(RelativeDistinguishedName(naming, Value(one.name)))
      }
    }
    return names
  }
}

extension Wanted {
  /// The attributes of the row; what its source provides and it lacks stands there without values.
  fileprivate func row(provides: [String], profile: Profile) -> [Attribute] {
    let naming = profile[kind]?.naming ?? "cn"
    var result = [Attribute("hsaIdentity", id.isEmpty ? [] : [Value(id)])]
    if kind != .person { result.append(Attribute(naming, [Value(name)])) }
    for (name, values) in attributes.sorted(by: { $0.key < $1.key }) {
      result.append(Attribute(name, values.map { Value($0) }))
    }
    if kind == .person {
      for name in provides where attributes[name] == nil { result.append(Attribute(name, [])) }
    }
    if kind == .commission, attributes["hsaCommissionMember"] == nil {
      result.append(Attribute("hsaCommissionMember", []))
    }
    return result
  }
}

extension Wanted {
  /// The entry as it lies in a directory, under the name of its parent.
  package func entry(under parent: DistinguishedName) -> Entry {
    let of = TestCatalogue.profile[kind]
    let naming = of?.naming ?? "cn"
    var entry = Entry(
      dn: parent.child(RelativeDistinguishedName(naming, Value(name))),
      attributes: [
        Attribute("objectClass", (of?.classes ?? []).map { Value($0) }),
        Attribute("hsaIdentity", [Value(id)]),
        Attribute(naming, [Value(name)]),
      ])
    for (attribute, values) in attributes.sorted(by: { $0.key < $1.key }) {
      entry[attribute] = values.map { Value($0) }
    }
    return entry
  }
}
