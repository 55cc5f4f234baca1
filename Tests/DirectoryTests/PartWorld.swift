import Foundation
import LDAP
import TestKit

@testable import Directory

/// A directory and a desired state that disagree about nearly everything but where units lie: names that many want,
/// values that change hands, entries seen twice, rows that mean each other's entries.
struct PartWorld {
  static let profile: Profile = {
    var profile = RoleWorld.profile
    profile.unique = ["hsaIdentity", "mail"]
    profile.correlation = ["personalIdentityNumber", "mail"]
    return profile
  }()
  static let management: Management = {
    var management = TestCatalogue.management
    management.kinds[.function] = KindManagement(
      absent: .keep, own: ["cn", "roleOccupant", "telephoneNumber"])
    management.kinds[.commission]?.absent = .deactivate
    management.kinds[.person]?.merge.append("hsaTitle")
    return management
  }()
  static let base = RoleWorld.base
  static let top = "o=Region Exempel,c=SE"

  private(set) var entries: [Entry] = []
  private(set) var state = DesiredState()
  private(set) var history: History?
  let isComplete: Bool
  /// Whether persons are named by their rows too.
  let ownsNames: Bool
  let rules: RoleRules
  private var generator: SeededGenerator
  private var builder = EntryTableBuilder(continuing: ["hsaIdentity", "objectClass"])
  private var units: [(id: String, dn: DistinguishedName)] = []
  private var nextUUID = 1

  init(seed: UInt64) {
    generator = SeededGenerator(seed: (seed &* 0x94D0_49BB_1331_11EB) ^ (seed << 21))
    var made = RoleWorldRules.make(&generator)
    made.constraints.removeAll { if case .maximum = $0.limit { true } else { false } }
    rules = made
    isComplete = Int.random(in: 0..<10, using: &generator) > 0
    ownsNames = Int.random(in: 0..<3, using: &generator) == 0
    observe()
    want()
    if chance(20) {
      var history = History()
      for number in [203, 207, 301] {
        history.holds[HSAIdentity(Self.id(number))] = .init(
          run: 7, since: TestCatalogue.instant, desired: DesiredSummary().identifier)
      }
      self.history = history
    }
  }

  var usedManagement: Management {
    var management = Self.management
    if ownsNames {
      management.kinds[.person]?.create = ["fullName"]
      management.kinds[.person]?.own.append("cn")
    }
    return management
  }

  var proof: ReadProof {
    var proof = TestCatalogue.proof
    if !isComplete { proof.add(.sentinelMissing, "a sentinel entry was not seen") }
    return proof
  }

  var reader: LinkReader {
    LinkReader(profile: Self.profile, management: usedManagement, rules: rules, schema: RoleWorld.schema)
  }

  static func id(_ number: Int) -> String { RoleWorld.id(number) }

  // MARK: Dice

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
  mutating func pick<Element>(_ list: [Element]) -> Element {
    list[Int.random(in: 0..<list.count, using: &generator)]
  }

  // MARK: What is there

  private mutating func observe() {
    add(Self.base, ["top", "organization", "hsaHealthCareProvider"], 1, [:])
    units = [(Self.id(1), Self.base)]
    for number in 100..<100 + Int.random(in: 2...4, using: &generator) {
      let dn = RoleWorld.dn("ou=Enhet \(number),\(pick(units).dn)")
      var attributes: [String: [String]] = [:]
      if chance(30) { attributes["hsaResponsibleHealthCareProvider"] = [Self.id(1)] }
      if chance(20) { attributes["hsaHealthCareUnitMember"] = [Self.id(pick([100, 101, 102]))] }
      if chance(20) { attributes["hsaHealthCareUnitManager"] = [Self.id(pick([201, 202]))] }
      let classes = ["top", "organizationalUnit"] + (chance(40) ? ["hsaHealthCareUnit"] : [])
      add(dn, classes, number, attributes)
      units.append((Self.id(number), dn))
    }
    for number in 200..<200 + Int.random(in: 4...14, using: &generator) where chance(85) {
      observePerson(number)
    }
    for number in 300..<304 where chance(60) {
      add(
        name(pick(["Uppdrag A", "Uppdrag B", "Uppdrag C"]), pick(units).dn), ["top", "hsaCommission"], number,
        ["hsaCommissionMember": members(), "hsaCommissionPurpose": ["Vård och behandling"]])
    }
    for number in 400..<403 where chance(50) {
      let occupants = entries.filter { $0["objectClass"].contains("person") }.map(\.dn.description)
      add(
        name(pick(["Funktion A", "Anna Berg"]), pick(units).dn), ["top", "organizationalRole"], number,
        ["roleOccupant": occupants.isEmpty ? [] : [pick(occupants)]])
    }
  }

  private func name(_ text: String, _ parent: DistinguishedName) -> DistinguishedName {
    parent.child(RelativeDistinguishedName("cn", Value(text)))
  }

  private mutating func observePerson(_ number: Int) {
    var classes = ["top", "person", "hsaPersonExtension"]
    if chance(8) { classes.append("hsaConfidentialPerson") }
    if chance(3) { classes = ["top", "device"] }
    var attributes = personValues()
    if chance(15) { attributes["endDate"] = [pick(["20260101000000Z", "20270101000000Z", "2026-01-01"])] }
    attributes["fullName"] = ["Anna Berg"]
    if chance(30), let other = entries.last(where: { $0["objectClass"].contains("person") }) {
      attributes["manager"] = [chance(30) ? other.dn.description.uppercased() : other.dn.description]
    }
    add(name(names(), pick(units).dn), classes, chance(6) ? number - 1 : number, attributes)
  }

  private mutating func names() -> String {
    pick(["Anna Berg", "Anna Berg", "anna  berg", "Anna Berg (2)", "Anna Berg (3)", "Bo Ek", "Bo Ek (2)"])
  }

  private mutating func personValues() -> [String: [String]] {
    var made: [String: [String]] = ["sn": ["Berg"]]
    if chance(60) { made["mail"] = [pick(["a", "b", "c", "d", "E"]) + "@example.org"] }
    if chance(40) { made["title"] = [pick(["Läkare", "Chef"])] }
    if chance(40) { made["hsaTitle"] = [pick(["Läkare", "Sjuksköterska"])] }
    if chance(40) { made["personalIdentityNumber"] = [pick(["1912", "1913", "1914", "1915", "1916"])] }
    return made
  }

  private mutating func members() -> [String] {
    (200..<214).filter { _ in chance(25) }.map { "\(Self.id($0));;\(chance(15) ? "20260101000000Z" : "")" }
  }

  private mutating func add(
    _ dn: DistinguishedName, _ classes: [String], _ id: Int, _ attributes: [String: [String]]
  ) {
    let key = dn.normalForm(RoleWorld.schema)
    guard !entries.contains(where: { $0.dn.normalForm(RoleWorld.schema) == key }) else { return }
    var entry = Entry(dn: dn)
    entry["objectClass"] = classes.map { Value($0) }
    entry["hsaIdentity"] = [Value(chance(15) ? Self.id(id).lowercased() : Self.id(id))]
    if let pair = dn.rdns.first?.pairs.first { entry[pair.type] = [pair.value] }
    for (name, values) in attributes.sorted(by: { $0.key < $1.key }) where !values.isEmpty {
      entry[name] = values.map { Value($0) }
    }
    entry["entryUUID"] = [Value("00000000-0000-0000-0000-\(100_000_000_000 + nextUUID)")]
    entry["entryCSN"] = [Value("\(nextUUID)")]
    nextUUID += 1
    entries.append(entry)
  }

  // MARK: What is wanted

  private mutating func want() {
    let complete: Set<Kind> = chance(70) ? [.person] : chance(50) ? [.person, .commission] : []
    var source = DesiredState.Source(name: "test", completeKinds: complete)
    if chance(30), let unit = units.last {
      source.completeUnder = chance(50) ? .identity(HSAIdentity(unit.id)) : .name(unit.dn)
    }
    state = DesiredState(sources: [source], files: ["test.yaml"])
    for (id, dn) in units.dropFirst() where chance(60) { wantUnit(id, dn) }
    var order = Array(200..<215) + Array(300..<304) + Array(400..<403)
    order.shuffle(using: &generator)
    for number in order where chance(80) {
      switch number {
      case ..<300: wantPerson(number)
      case ..<400:
        row(
          .commission, number,
          ["cn": [pick(["Uppdrag A", "uppdrag  b", "Uppdrag C"])], "hsaCommissionMember": members()])
      default:
        var attributes = ["cn": [pick(["Funktion A", "Anna Berg", "Bo Ek"])]]
        if chance(50) { attributes["roleOccupant"] = [Self.id(pick([200, 201, 202, 203]))] }
        row(.function, number, attributes)
      }
    }
    state.table = builder.take()
  }

  private mutating func wantUnit(_ id: String, _ dn: DistinguishedName) {
    let value = dn.rdns[0].pairs[0].value
    let isOther = chance(4)
    let above = units.first { $0.dn == dn.parent }?.id ?? Self.id(1)
    let isNamed = chance(40)
    row(
      .unit, id, ["ou": [isOther ? "Annan" : chance(10) ? value.text?.uppercased() ?? "" : value.text ?? ""]],
      parent: chance(3) ? pick(units).id : above, name: isNamed ? dn : nil)
  }

  private mutating func wantPerson(_ number: Int) {
    var attributes = personValues()
    attributes["fullName"] = [names()]
    if ownsNames, chance(80) { attributes["cn"] = [names()] }
    if chance(40) { attributes["manager"] = [Self.id(Int.random(in: 200..<215, using: &generator))] }
    if chance(10) { attributes["endDate"] = [] }
    if chance(8) { attributes["objectClass"] = ["hsaConfidentialPerson"] }
    if chance(20) { attributes["remove:description"] = ["gammal"] }
    let isUnknown = chance(12)
    row(.person, isUnknown ? nil : Self.id(number), attributes, parent: nil)
    if chance(4) { row(.person, Self.id(number), attributes, parent: nil) }
  }

  private mutating func row(_ kind: Kind, _ number: Int, _ attributes: [String: [String]]) {
    row(chance(3) ? .person : kind, Self.id(number), attributes, parent: nil)
  }

  private mutating func row(
    _ kind: Kind, _ id: String?, _ attributes: [String: [String]], parent: String?,
    name: DistinguishedName? = nil
  ) {
    let dn = name ?? DistinguishedName()
    var entry = Entry(dn: dn)
    entry["hsaIdentity"] = id.map { [Value($0)] } ?? []
    for (name, values) in attributes.sorted(by: { $0.key < $1.key }) {
      entry[name] = values.map { Value($0) }
    }
    builder.append(entry)
    let unit = pick(units)
    var above: DesiredState.Parent? = parent.map { .identity(HSAIdentity($0)) }
    if parent == nil {
      switch Int.random(in: 0..<20, using: &generator) {
      case 0: above = .identity(HSAIdentity(Self.id(199)))
      case 1..<4: above = nil
      case 4..<9: above = .name(unit.dn)
      default: above = .identity(HSAIdentity(unit.id))
      }
    }
    var number = Int(DesiredState.noParent)
    if let above {
      number = state.parents.firstIndex(of: above) ?? state.parents.count
      if number == state.parents.count { state.parents.append(above) }
    }
    state.rows.append(
      .init(
        kind: kind, source: 0, parent: UInt32(number), line: UInt32(state.rows.count + 1), column: 1, file: 0,
        hasIdentity: id != nil, hasName: name != nil))
  }
}

extension PartWorld {
  /// The plan of some rows against some entries.
  func plan(
    _ desired: DesiredState, _ table: EntryTable, focus: Set<HSAIdentity>, like index: DesiredIndex? = nil
  ) -> Plan {
    var comparison = Comparison(
      desired: desired, profile: Self.profile, management: usedManagement, schema: RoleWorld.schema,
      base: Self.base, instant: TestCatalogue.instant, scope: .identities(focus), history: history,
      like: index)
    comparison.take(table)
    return comparison.plan(proof: proof)
  }

  func derivation(_ table: EntryTable, of persons: Set<HSAIdentity>? = nil) -> RoleDerivation {
    var derivation = RoleDerivation(
      rules, profile: Self.profile, schema: RoleWorld.schema, base: Self.base)
    if let persons { derivation.takeMembers(only: persons) }
    derivation.take(table)
    derivation.derive(at: RoleWorld.start)
    return derivation
  }

  /// HSA-ids of the world, some of nobody.
  mutating func someIdentities() -> Set<HSAIdentity> {
    let numbers = Array(200..<215) + Array(300..<304) + Array(400..<403)
    return Set((0..<pick([1, 1, 1, 2, 3])).map { _ in HSAIdentity(Self.id(pick(numbers))) })
  }
}
