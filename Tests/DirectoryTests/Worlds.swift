import Foundation
import LDAP
import TestKit

@testable import Directory

/// The catalogue that planning is tested against: the shipped schema and a profile made by hand.
enum TestCatalogue {
  static let schema: Schema = {
    let text =
      (try? String(contentsOf: Repository.root.appending(path: "schemas/hsa.schema"), encoding: .utf8)) ?? ""
    return Schema.standard.merging((try? Schema.parsing(slapdSchema: [text])) ?? Schema.standard)
  }()

  static let profile = Profile(
    name: "test",
    kinds: [
      (.commission, .init(recognise: ["hsaCommission"], classes: ["top", "hsaCommission"], naming: "cn")),
      (
        .person,
        .init(
          recognise: ["person"], classes: ["top", "person", "hsaPersonExtension"], naming: "cn",
          templates: [("cn", Template(parts: [.attribute("fullName")]))])
      ),
      (
        .function,
        .init(recognise: ["organizationalRole"], classes: ["top", "organizationalRole"], naming: "cn")
      ),
      (.organisation, .init(recognise: ["organization"], classes: ["top", "organization"], naming: "o")),
      (
        .unit, .init(recognise: ["organizationalUnit"], classes: ["top", "organizationalUnit"], naming: "ou")
      ),
    ],
    references: ["hsacommissionmember": .memberPeriod, "manager": .name], unique: ["hsaIdentity", "mail"],
    personalNumbers: ["personalidentitynumber"], correlation: ["personalIdentityNumber"])

  static let management = Management([
    .unit: KindManagement(absent: .keep, own: ["ou", "telephoneNumber"]),
    .person: KindManagement(
      absent: .deactivate,
      own: ["sn", "mail", "title", "telephoneNumber", "endDate", "givenName", "manager"],
      create: ["fullName", "cn"], merge: ["description"]),
    .commission: KindManagement(absent: .keep, own: ["cn", "hsaCommissionPurpose", "hsaCommissionMember"]),
  ])

  static let instant = Date(timeIntervalSince1970: 1_795_000_000)  // 2026-11-18
  static let proof = ReadProof(
    method: .search, origin: "memory", authorizationIdentity: "dn:test", finished: true)
}

extension Wanted {
  /// The entry as it lies in a directory, under the name of its parent.
  func entry(under parent: DistinguishedName) -> Entry {
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

extension InMemoryDirectory {
  /// A directory that holds these entries, parents first.
  static func holding(_ wanted: [Wanted]) throws -> InMemoryDirectory {
    var directory = InMemoryDirectory(schema: TestCatalogue.schema, unique: TestCatalogue.profile.unique)
    let base = try DistinguishedName(parsing: RandomWorld.base)
    try directory.load(
      Entry(
        dn: base,
        attributes: [
          Attribute("objectClass", ["top", "organization"]), Attribute("o", ["Region Exempel"]),
          Attribute("hsaIdentity", ["SE2321000016-0000"]),
        ]))
    var names = ["": base]
    var open = wanted
    while !open.isEmpty {
      let ready = open.filter { names[$0.parent] != nil }
      guard !ready.isEmpty else { throw Refusal(description: "an entry has no parent") }
      for one in ready {
        let entry = one.entry(under: names[one.parent] ?? base)
        try directory.load(entry)
        names[one.id] = entry.dn
      }
      open.removeAll { one in ready.contains { $0.id == one.id } }
    }
    return directory
  }
}

extension DesiredState {
  /// Rows as a YAML file would give them (parents by HSA-id), or as an LDIF file would (`named`: every row with the name it wants).
  static func wanting(
    _ wanted: [Wanted], complete: Set<Kind> = [], under: Parent? = nil,
    provides: [String] = ["mail", "title", "telephoneNumber", "endDate"], named: Bool = false
  ) -> DesiredState {
    var builder = EntryTableBuilder()
    var state = DesiredState(
      sources: [Source(name: "test", completeKinds: complete, completeUnder: under, provides: provides)],
      files: ["test.yaml"])
    let names = named ? DesiredState.names(wanted) : [:]
    for (index, one) in wanted.enumerated() {
      builder.append(Entry(dn: names[one.id] ?? DistinguishedName(), attributes: one.row(provides: provides)))
      let base = (try? DistinguishedName(parsing: RandomWorld.base)) ?? DistinguishedName()
      let above: Parent? =
        one.parent == "-"
        ? nil
        : named
          ? .name(names[one.parent] ?? base)
          : one.parent.isEmpty ? .name(base) : .identity(HSAIdentity(one.parent))
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

  private static func names(_ wanted: [Wanted]) -> [String: DistinguishedName] {
    guard let base = try? DistinguishedName(parsing: RandomWorld.base) else { return [:] }
    var names = ["": base]
    for _ in wanted {
      for one in wanted where names[one.id] == nil {
        guard let parent = names[one.parent] else { continue }
        let naming = TestCatalogue.profile[one.kind]?.naming ?? "cn"
        names[one.id] = parent.child(RelativeDistinguishedName(naming, Value(one.name)))
      }
    }
    return names
  }
}

extension Wanted {
  /// The attributes of the row; what its source provides and it lacks stands there without values.
  fileprivate func row(provides: [String]) -> [Attribute] {
    let naming = TestCatalogue.profile[kind]?.naming ?? "cn"
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

/// Plans against a directory in memory, its entries given in batches of `size` in the order given.
func makePlan(
  _ desired: DesiredState, against entries: [Entry], size: Int = 7, proof: ReadProof = TestCatalogue.proof,
  management: Management = TestCatalogue.management, scope: Comparison.Scope? = nil
) throws -> Plan {
  var comparison = Comparison(
    desired: desired, profile: TestCatalogue.profile, management: management, schema: TestCatalogue.schema,
    base: try DistinguishedName(parsing: RandomWorld.base), instant: TestCatalogue.instant, scope: scope)
  var builder = EntryTableBuilder()
  for (index, entry) in entries.enumerated() {
    builder.append(entry)
    if index % size == size - 1 { comparison.take(builder.take()) }
  }
  comparison.take(builder.take())
  return comparison.plan(proof: proof)
}
