import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `What a plan knows of places` {
  let region = Wanted(
    kind: .unit, id: "SE2321000016-1R", parent: "", name: "Primärvård",
    attributes: ["objectClass": ["top", "organizationalUnit", "hsaHealthCareProvider"]])
  let norr = Wanted(kind: .unit, id: "SE2321000016-1N", parent: "SE2321000016-1R", name: "VC Norr")
  let syd = Wanted(
    kind: .unit, id: "SE2321000016-1S", parent: "SE2321000016-1N", name: "VC Syd",
    attributes: ["hsaResponsibleHealthCareProvider": ["se2321000016-9p"]])

  private func person(_ number: Int, in unit: String, end: String? = nil) -> Wanted {
    var person = Wanted(
      kind: .person, id: "SE2321000016-P\(number)", parent: unit, name: "Person \(number)",
      attributes: ["sn": ["Ek"], "fullName": ["Person \(number)"]])
    if let end { person.attributes["endDate"] = [end] }
    return person
  }

  private func id(_ text: String) -> HSAIdentity { HSAIdentity(text) }

  @Test func `counts who lives directly in each unit`() throws {
    let archived = Wanted(
      kind: .unit, id: "SE2321000016-1A", parent: norr.id, name: "Nedlagd",
      attributes: ["objectClass": ["top", "organizationalUnit", "hsaArchivedObject"]])
    let people = [
      person(1, in: norr.id), person(2, in: norr.id, end: "20270101000000Z"),
      person(3, in: norr.id, end: "20260101000000Z"), person(4, in: norr.id, end: "20260101010000.5+0100"),
      person(5, in: norr.id, end: "20270101010000+0100"),
      person(6, in: norr.id, end: GeneralizedTime(secondsSince1970: 1_795_000_000).description),
      person(7, in: syd.id),
    ]
    let directory = try InMemoryDirectory.holding([region, norr, syd, archived] + people)
    let population = try makePlan(.wanting([]), against: directory.all).population
    #expect(population.units[id(norr.id)]?.living == [.unit: 1, .person: 3])
    #expect(population.units[id(syd.id)]?.living == [.person: 1])
    #expect(population.units[id(archived.id)]?.living == [:])
    #expect(population.units[id("SE2321000016-0000")]?.living == [.unit: 1])
    #expect(population.units[id(norr.id)]?.label == "VC Norr")
    #expect(population.elsewhere == [.organisation: 1])
    #expect(population.living(.person) == 4 && population.living(.unit) == 3)
  }

  @Test func `holds a container without HSA-id for part of the unit above it`() throws {
    var directory = try InMemoryDirectory.holding([region, norr])
    let people = try DistinguishedName(parsing: "ou=Personer,ou=VC Norr,ou=Primärvård,o=Region Exempel,c=SE")
    try directory.load(
      Entry(
        dn: people,
        attributes: [Attribute("objectClass", ["top", "organizationalUnit"]), Attribute("ou", ["Personer"])]))
    try directory.load(person(1, in: norr.id).entry(under: people))
    var wanted = person(1, in: "-")
    wanted.attributes["title"] = ["Läkare"]
    let plan = try makePlan(.wanting([region, norr, wanted]), against: directory.all)
    #expect(plan.population.units[id(norr.id)]?.living == [.unit: 1, .person: 1])
    #expect(plan.changes.map(\.place) == [.init(unit: id(norr.id), provider: id(region.id))])
  }

  @Test func `finds the provider that a unit names, is, or lies under`() throws {
    let outside = Wanted(kind: .unit, id: "SE2321000016-1X", parent: "", name: "Kansli")
    let below = Wanted(kind: .unit, id: "SE2321000016-1B", parent: syd.id, name: "Under Syd")
    let directory = try InMemoryDirectory.holding([region, norr, syd, outside, below])
    let units = try makePlan(.wanting([]), against: directory.all).population.units
    #expect(units[id(region.id)]?.provider == id(region.id) && units[id(region.id)]?.isProvider == true)
    #expect(units[id(norr.id)]?.provider == id(region.id) && units[id(norr.id)]?.isProvider == false)
    #expect(units[id(syd.id)]?.provider == id("SE2321000016-9P"))
    #expect(units[id(below.id)]?.provider == id("SE2321000016-9P"))
    #expect(units[id(outside.id)]?.provider == nil)
  }

  @Test func `tells of every change where its entry lies and where it is taken`() throws {
    var (updated, moved, renamed) = (person(1, in: norr.id), person(2, in: norr.id), norr)
    let before = [region, norr, syd, updated, moved, person(3, in: syd.id)]
    updated.attributes["title"] = ["Läkare"]
    moved.parent = syd.id
    renamed.name = "Norra"
    let new = Wanted(
      kind: .unit, id: "SE2321000016-1Y", parent: norr.id, name: "Ny",
      attributes: ["objectClass": ["hsaHealthCareProvider"]])
    let wanted = [region, renamed, syd, updated, moved, new, person(9, in: new.id)]
    let directory = try InMemoryDirectory.holding(before)
    let plan = try makePlan(.wanting(wanted, complete: [.person]), against: directory.all)
    let changes = Dictionary(uniqueKeysWithValues: plan.changes.map { ($0.identity.text, $0) })
    let inNorr = Change.Place(unit: id(norr.id), provider: id(region.id))
    let inSyd = Change.Place(unit: id(syd.id), provider: id("SE2321000016-9P"))
    #expect(changes[updated.id]?.place == inNorr && changes[updated.id]?.destination == nil)
    #expect(changes[moved.id]?.place == inNorr && changes[moved.id]?.destination == inSyd)
    #expect(changes["SE2321000016-P3"]?.isByAbsence == true && changes["SE2321000016-P3"]?.place == inSyd)
    #expect(changes[norr.id]?.place == .init(unit: id(region.id), provider: id(region.id)))
    #expect(changes[norr.id]?.destination == nil)
    #expect(changes[new.id]?.place == inNorr)
    #expect(changes["SE2321000016-P9"]?.place == .init(unit: id(new.id), provider: id(new.id)))
  }

  @Test(arguments: `The laws of planning`.seeds.prefix(24))
  func `places are those that a look at every entry finds`(
    seed: UInt64
  ) throws {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    let plan = try makePlan(.wanting(world.after, complete: [.person]), against: directory.all)
    let before = Dictionary(uniqueKeysWithValues: world.before.map { ($0.id, $0) })
    let after = Dictionary(uniqueKeysWithValues: world.after.map { ($0.id, $0) })
    func unit(_ parent: String) -> HSAIdentity { id(parent.isEmpty ? "SE2321000016-0000" : parent) }
    for change in plan.changes {
      let one = try #require(before[change.identity.text] ?? after[change.identity.text])
      #expect(change.place.unit == unit(one.parent), "seed \(seed) \(change.identity)")
      guard change.action == .move, let to = after[one.id]?.parent else { continue }
      #expect(change.destination?.unit == unit(to), "seed \(seed) \(change.identity)")
    }
    for (identity, counted) in plan.population.units {
      let inside = world.before.filter { unit($0.parent) == identity }
      #expect(counted.living == Dictionary(inside.map { ($0.kind, 1) }, uniquingKeysWith: +), "seed \(seed)")
    }
  }
}
