import Foundation
import LDAP
import TestKit

@testable import Directory

/// Entries that are changed at random, and told to a derivation in one of the ways in which a directory tells.
struct RoleWorld {
  static let profile: Profile = {
    var profile = TestCatalogue.profile
    profile.references["roleoccupant"] = .name
    profile.references["hsaresponsiblehealthcareprovider"] = .identity
    profile.references["hsahealthcareunitmember"] = .identity
    profile.references["hsahealthcareunitmanager"] = .identity
    return profile
  }()
  static let schema = TestCatalogue.schema
  static let base = dn("o=Region Exempel,c=SE")
  static let start = Date(timeIntervalSince1970: 1_774_750_000)  // 2026-03-29, a day when clocks change

  /// By entryUUID.
  private(set) var entries: [String: Entry] = [:]
  private(set) var instant = RoleWorld.start
  var rules: RoleRules
  private(set) var known: [HSAIdentity: String] = [:]
  private var generator: SeededGenerator
  private var nextUUID = 1
  private var nextName = 1
  private var told = Told()

  /// What a change is told by.
  struct Told {
    var put: [Entry] = []
    var removed: [String] = []
    var operations: [WriteOperation] = []
  }

  static func dn(_ text: String) -> DistinguishedName {
    (try? DistinguishedName(parsing: text)) ?? DistinguishedName()
  }

  static func id(_ number: Int) -> String { "SE2321000016-\(number)" }

  var all: [Entry] { entries.keys.sorted().compactMap { entries[$0] } }

  init(seed: UInt64) {
    // Neighbouring seeds would give the same numbers, one later.
    generator = SeededGenerator(seed: (seed &* 0xBF58_476D_1CE4_E5B9) ^ (seed << 17))
    rules = RoleRules(file: "roles.yaml")
    populate()
    rules = RoleWorldRules.make(&generator)
    if chance(30) {
      // Somebody is known by another entryUUID.
      for number in [101, 203, 301] where chance(40) { known[HSAIdentity(Self.id(number))] = "another" }
    }
  }

  // MARK: Dice

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
  mutating func pick<Element>(_ list: [Element]) -> Element {
    list[Int.random(in: 0..<list.count, using: &generator)]
  }
  mutating func shuffled<Element>(_ list: [Element]) -> [Element] { list.shuffled(using: &generator) }

  mutating func date() -> String {
    pick([
      "2026-03-28", "2026-03-29", "20260329", "20260329010000Z", "20260329030000+0200", "2026-10-25",
      "20261025010000Z", "20260101000000Z", "20251231235959Z", "2027-01-01", "20260330000000Z", "never",
    ])
  }

  private mutating func uuid() -> String {
    nextUUID += 1
    return "00000000-0000-0000-0000-\(nextUUID + 100_000_000_000)"
  }

  // MARK: Populating

  private mutating func populate() {
    add(
      "o=Region Exempel,c=SE", ["top", "organization", "hsaHealthCareProvider"], 1, ["orgNo": ["232100-0016"]]
    )
    for number in 100..<100 + Int.random(in: 4...8, using: &generator) {
      let parent = chance(50) ? Self.base : pick(units + [Self.base])
      addUnit(number, below: parent)
    }
    add("ou=Personal,\(pick(units))", ["top", "organizationalUnit"], nil, [:])
    add("o=Annan,c=SE", ["top", "organization"], 2, [:])
    for number in 200..<200 + Int.random(in: 5...10, using: &generator) { addPerson(number) }
    for number in 300..<300 + Int.random(in: 2...6, using: &generator) { addCommission(number) }
    for number in 400..<400 + Int.random(in: 1...4, using: &generator) { addFunction(number) }
    told = Told()
  }

  private var units: [DistinguishedName] {
    all.filter {
      $0["objectClass"].contains("organizationalUnit") || $0["objectClass"].contains("organization")
    }.map(\.dn)
      .filter { $0 != Self.dn("o=Annan,c=SE") }
  }

  private mutating func add(
    _ dn: String, _ classes: [String], _ id: Int?, _ attributes: [String: [String]], uuid: String? = nil
  ) {
    let name = Self.dn(dn)
    guard !entries.values.contains(where: { $0.dn.normalForm(Self.schema) == name.normalForm(Self.schema) })
    else { return }
    var entry = Entry(dn: name)
    entry["objectClass"] = classes.map { Value($0) }
    if let id { entry["hsaIdentity"] = [Value(chance(20) ? Self.id(id).lowercased() : Self.id(id))] }
    if let pair = name.rdns.first?.pairs.first { entry[pair.type] = [pair.value] }
    for (name, values) in attributes.sorted(by: { $0.key < $1.key }) where !values.isEmpty {
      entry[name] = values.map { Value($0) }
    }
    let number = uuid ?? self.uuid()
    entry["entryUUID"] = [Value(number)]
    entries[number] = entry
    told.put.append(entry)
    var bare = entry
    bare.attributes.removeAll { $0.name == "entryUUID" }
    told.operations.append(.add(bare))
  }

  private mutating func dates() -> [String: [String]] {
    var made: [String: [String]] = [:]
    if chance(15) { made["startDate"] = [date()] }
    if chance(20) { made["endDate"] = [date()] }
    return made
  }

  private mutating func addUnit(_ number: Int, below parent: DistinguishedName) {
    let made = unitAttributes()
    add("ou=Enhet \(number),\(parent)", made.classes, number, made.attributes)
  }

  private mutating func unitAttributes() -> (classes: [String], attributes: [String: [String]]) {
    var classes = ["top", "organizationalUnit"]
    if chance(40) { classes.append("hsaHealthCareUnit") }
    if chance(15) { classes.append("hsaHealthCareProvider") }
    if chance(6) { classes.append("hsaArchivedObject") }
    var attributes = dates()
    if chance(40) {
      attributes["hsaResponsibleHealthCareProvider"] = [Self.id(pick([1, 1, 1, 100, 101, 99]))]
    }
    if chance(20) {
      attributes["hsaHealthCareUnitMember"] = [Self.id(pick([101, 102, 103])), Self.id(pick([104, 105]))]
    }
    if chance(20) { attributes["hsaHealthCareUnitManager"] = [Self.id(pick([200, 201, 299]))] }
    if chance(50) { attributes["orgNo"] = ["556000-\(pick([1111, 2222]))"] }
    return (classes, attributes)
  }

  private mutating func addPerson(_ number: Int, uuid: String? = nil) {
    let made = personAttributes()
    add(
      "cn=Person \(number),\(pick(units + [Self.dn("o=Annan,c=SE")]))", made.classes, number, made.attributes,
      uuid: uuid)
  }

  private mutating func personAttributes() -> (classes: [String], attributes: [String: [String]]) {
    var classes = ["top", "person", "hsaPersonExtension"]
    if chance(5) { classes.append("hsaDeletedPersonWithValidCertificates") }
    if chance(5) { classes.append("hsaConfidentialPerson") }
    var attributes = dates()
    attributes["sn"] = ["Exempel"]
    if chance(60) {
      attributes["hsaTitle"] = shuffled(["Läkare", "Sjuksköterska", "LÄKARE "]).prefix(pick([1, 1, 2])).map(
        \.self)
    }
    if chance(30) { attributes["title"] = [pick(["Chef", "chef", "Överläkare; chef", "Samordnare"])] }
    if chance(25) { attributes["validNotAfter"] = [date()] }
    return (classes, attributes)
  }

  private mutating func addCommission(_ number: Int) {
    var attributes = dates()
    if chance(90) {
      attributes["hsaCommissionPurpose"] = [
        pick(["Vård och behandling", "vård och  behandling", "Statistik", " "])
      ]
    }
    if chance(70) {
      attributes["hsaCommissionRight"] = [
        pick(["Läsa;alla;VE", "Läsa;dia;VG", "Skriva;alla;VE", "Läsa;alla"])
      ]
    }
    attributes["hsaCommissionMember"] = members()
    add("cn=Uppdrag \(number),\(pick(units))", ["top", "hsaCommission"], number, attributes)
  }

  private mutating func members() -> [String] {
    var made: [String] = []
    for number in 200..<210 where chance(40) {
      made.append("\(Self.id(number));\(chance(25) ? date() : "");\(chance(25) ? date() : "")")
      if chance(8) { made.append("\(Self.id(number));2025-01-01;2026-12-31") }
    }
    return made
  }

  private mutating func addFunction(_ number: Int) {
    add(
      "cn=Funktion \(number),\(pick(units))", ["top", "organizationalRole"], number,
      dates().merging(["roleOccupant": occupants()]) { $1 })
  }

  private mutating func occupants() -> [String] {
    let persons = all.filter { $0["objectClass"].contains("person") }.map(\.dn.description)
    guard !persons.isEmpty else { return [] }
    return [pick(persons), chance(50) ? pick(persons).uppercased() : "cn=Ingen,\(Self.base)"]
  }

  // MARK: Changing

  /// Changes something; ``takeTold()`` has what is to be told of it.
  mutating func change() {
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<22: modify(of: "person")
    case 22..<38: modify(of: "hsaCommission")
    case 38..<52: modify(of: "organizationalUnit")
    case 52..<57: modify(of: "organizationalRole")
    case 57..<65: move(of: "person", as: "cn")
    case 65..<73: move(of: "organizationalUnit", as: "ou")
    case 73..<76: move(of: "hsaCommission", as: "cn")
    case 76..<82: delete()
    case 82..<90: create()
    case 90..<94: lend()
    default: recreate()
    }
  }

  mutating func takeTold() -> Told {
    defer { told = Told() }
    return told
  }

  private mutating func one(of objectClass: String) -> String? {
    let found = entries.keys.sorted().filter {
      entries[$0]?["objectClass"].contains(Value(objectClass)) ?? false
    }
    return found.isEmpty ? nil : pick(found)
  }

  private mutating func modify(of objectClass: String) {
    guard let uuid = one(of: objectClass), var entry = entries[uuid] else { return }
    let fresh: [String: [String]]
    switch objectClass {
    case "person": fresh = personAttributes().attributes
    case "organizationalUnit": fresh = unitAttributes().attributes
    case "hsaCommission":
      fresh = dates().merging([
        "hsaCommissionMember": members(),
        "hsaCommissionPurpose": [pick(["Statistik", "Vård och behandling"])],
      ]) { $1 }
    default: fresh = dates().merging(["roleOccupant": occupants()]) { $1 }
    }
    var modifications: [Modification] = []
    let names = [
      "startDate", "endDate", "validNotAfter", "hsaResponsibleHealthCareProvider", "hsaHealthCareUnitMember",
      "orgNo", "hsaTitle", "title", "hsaCommissionMember", "hsaCommissionPurpose", "roleOccupant",
      "hsaHealthCareUnitManager",
    ]
    for name in names where chance(60) {
      guard fresh[name] != nil || !entry[name].isEmpty else { continue }
      let (old, new) = (entry[name], (fresh[name] ?? []).map { Value($0) })
      if chance(50) {
        modifications.append(Modification(.replace, name, new))
      } else {
        if !old.isEmpty { modifications.append(Modification(.delete, name, chance(30) ? [] : old)) }
        if !new.isEmpty { modifications.append(Modification(.add, name, new)) }
      }
      entry[name] = new
    }
    if chance(10), objectClass != "hsaCommission" {
      let classes =
        objectClass == "person"
        ? personAttributes().classes
        : objectClass == "organizationalUnit"
          ? unitAttributes().classes : entry["objectClass"].compactMap(\.text)
      entry["objectClass"] = classes.map { Value($0) }
      modifications.append(Modification(.replace, "objectClass", entry["objectClass"]))
    }
    entry.attributes.removeAll { $0.values.isEmpty }
    entries[uuid] = entry
    told.put.append(entry)
    told.operations.append(.modify(entry.dn, modifications))
  }

  private mutating func move(of objectClass: String, as type: String) {
    guard let uuid = one(of: objectClass), var entry = entries[uuid] else { return }
    let old = entry.dn
    let parents = units.filter { $0 != old && !$0.isDescendant(of: old, schema: Self.schema) }
    nextName += 1
    let rdn = chance(50) ? old.rdns[0] : RelativeDistinguishedName(type, Value("Namn \(nextName)"))
    let parent = chance(60) || parents.isEmpty ? (old.parent ?? DistinguishedName()) : pick(parents)
    let new = parent.child(rdn)
    guard new != old, !entries.values.contains(where: { $0.dn == new }) else { return }
    entry.dn = new
    entry[type] = [rdn.pairs[0].value]
    entries[uuid] = entry
    for (key, child) in entries where child.dn.isDescendant(of: old, schema: Self.schema) {
      let above = child.dn.rdns.dropLast(old.rdns.count)
      entries[key]?.dn = DistinguishedName(Array(above) + new.rdns)
    }
    told.put.append(entry)
    told.operations.append(
      .rename(old, newRDN: rdn, deleteOldRDN: true, newSuperior: parent == old.parent ? nil : parent))
  }

  private mutating func delete() {
    let leaves = entries.keys.sorted().filter { key in
      guard let dn = entries[key]?.dn, dn != Self.base else { return false }
      return !entries.values.contains { $0.dn.isDescendant(of: dn, schema: Self.schema) }
    }
    guard !leaves.isEmpty else { return }
    remove(pick(leaves))
  }

  private mutating func remove(_ uuid: String) {
    guard let entry = entries.removeValue(forKey: uuid) else { return }
    told.removed.append(uuid)
    told.operations.append(.delete(entry.dn))
  }

  private mutating func create() {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: addUnit(100 + Int.random(in: 0..<9, using: &generator), below: pick(units))
    case 1: addCommission(300 + Int.random(in: 0..<7, using: &generator))
    case 2: addFunction(400 + Int.random(in: 0..<4, using: &generator))
    default: addPerson(200 + Int.random(in: 0..<11, using: &generator))
    }
  }

  /// Gives an entry the HSA-id of another.
  private mutating func lend() {
    guard let uuid = one(of: pick(["person", "organizationalUnit", "hsaCommission"])),
      var entry = entries[uuid]
    else { return }
    let id = Self.id(pick([1, 100, 101, 102, 200, 201, 202, 203, 300, 301]))
    entry["hsaIdentity"] = [Value(id)]
    entries[uuid] = entry
    told.put.append(entry)
    told.operations.append(.modify(entry.dn, [Modification(.replace, "hsaIdentity", [Value(id)])]))
  }

  /// Deletes a person and makes one of the same name and HSA-id.
  private mutating func recreate() {
    guard let old = one(of: "person"), let entry = entries[old] else { return }
    remove(old)
    let number = uuid()
    var made = entry
    made["entryUUID"] = [Value(number)]
    entries[number] = made
    told.put.append(made)
    made.attributes.removeAll { $0.name == "entryUUID" }
    told.operations.append(.add(made))
  }

  /// Lets time pass or go back: to a boundary or beside it.
  mutating func pass(_ boundaries: [Date]) {
    let near = boundaries.isEmpty ? [RoleWorld.start] : boundaries
    instant = pick(near).addingTimeInterval(pick([-1, 0, 1, 3_600]))
  }
}

extension EntryTable {
  /// A table of entries.
  init(_ entries: [Entry]) {
    var builder = EntryTableBuilder()
    for entry in entries { builder.append(entry) }
    self = builder.take()
  }
}
