import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `A plan` {
  let norr = Wanted(kind: .unit, id: "SE2321000016-1N", parent: "", name: "VC Norr")
  let syd = Wanted(kind: .unit, id: "SE2321000016-1S", parent: "", name: "VC Syd")
  let anna = Wanted(
    kind: .person, id: "SE2321000016-7X3K", parent: "SE2321000016-1N", name: "Anna Berg",
    attributes: ["sn": ["Berg"], "fullName": ["Anna Berg"], "mail": ["anna@example.org"]])

  private func with(_ base: Wanted, _ edit: (inout Wanted) -> Void) -> Wanted {
    var copy = base
    edit(&copy)
    return copy
  }

  private func apply(_ plan: Plan, to directory: InMemoryDirectory) throws -> InMemoryDirectory {
    var copy = directory
    for change in plan.changes { try copy.apply(change) }
    return copy
  }

  @Test func `renames a unit with children by one modify DN`() throws {
    let directory = try InMemoryDirectory.holding([norr, anna])
    let plan = try makePlan(
      .wanting([with(norr) { $0.name = "Vårdcentralen Norr" }, anna]), against: directory.all)
    #expect(plan.changes.map(\.action) == [.rename])
    let after = try apply(plan, to: directory)
    #expect(
      after.all.contains { $0.dn.description == "cn=Anna Berg,ou=Vårdcentralen Norr,o=Region Exempel,c=SE" })
  }

  @Test func `moves a subtree by one modify DN`() throws {
    let directory = try InMemoryDirectory.holding([norr, syd, anna])
    let plan = try makePlan(.wanting([with(norr) { $0.parent = syd.id }, syd, anna]), against: directory.all)
    #expect(plan.changes.map(\.action) == [.move])
    #expect(plan.changes.first?.newDN?.description == "ou=VC Norr,ou=VC Syd,o=Region Exempel,c=SE")
  }

  @Test func `turns two units inside out`() throws {
    let directory = try InMemoryDirectory.holding([norr, with(syd) { $0.parent = norr.id }])
    let wanted = [with(norr) { $0.parent = syd.id }, syd]
    let after = try apply(try makePlan(.wanting(wanted), against: directory.all), to: directory)
    #expect(after.all.contains { $0.dn.description == "ou=VC Norr,ou=VC Syd,o=Region Exempel,c=SE" })
  }

  @Test func `lets two units swap their names`() throws {
    let directory = try InMemoryDirectory.holding([norr, syd, anna])
    let wanted = [with(norr) { $0.name = "VC Syd" }, with(syd) { $0.name = "VC Norr" }, anna]
    let plan = try makePlan(.wanting(wanted), against: directory.all)
    #expect(plan.changes.count == 3)
    let after = try apply(plan, to: directory)
    #expect(after.all.contains { $0.dn.description == "cn=Anna Berg,ou=VC Syd,o=Region Exempel,c=SE" })
  }

  @Test func `changes one value of five thousand by one value`() throws {
    let members = (0..<5_000).map { "SE2321000016-M\($0);20260101000000Z;" }
    let commission = Wanted(
      kind: .commission, id: "SE2321000016-C1", parent: norr.id, name: "Vård och behandling",
      attributes: ["hsaCommissionPurpose": ["Vård och behandling"], "hsaCommissionMember": members])
    let directory = try InMemoryDirectory.holding([norr, commission])
    let wanted = with(commission) {
      $0.attributes["hsaCommissionMember"] = members.dropLast().reversed() + ["SE2321000016-NY;;"]
    }
    let plan = try makePlan(.wanting([norr, wanted]), against: directory.all)
    guard case .modify(_, let modifications)? = plan.changes.first?.operation else {
      Issue.record("no modification")
      return
    }
    #expect(modifications.map(\.values.count) == [1, 1])
    #expect(plan.changes.first?.differences.first?.kept == 4_999)
  }

  @Test func `corrects a spelling once and calls it so`() throws {
    let directory = try InMemoryDirectory.holding([norr, with(anna) { $0.attributes["sn"] = ["BERG"] }])
    let plan = try makePlan(.wanting([norr, anna]), against: directory.all)
    #expect(plan.changes.first?.differences.map(\.style) == [.spelling])
    #expect(try replan([norr, anna], apply(plan, to: directory)).changes.isEmpty)
  }

  @Test func `asserts who the entry is and the values that go`() throws {
    let directory = try InMemoryDirectory.holding([norr, anna])
    let plan = try makePlan(
      .wanting([norr, with(anna) { $0.attributes["mail"] = ["ab@example.org"] }]), against: directory.all)
    let assertion = plan.changes.first?.precondition.assertion?.description ?? ""
    #expect(assertion.contains("(entryUUID="))
    #expect(assertion.contains("(mail=anna@example.org)"))
    #expect(plan.changes.first?.precondition.entryCSN == nil)
  }

  @Test func `hands a unique value over, the giver first`() throws {
    let bo = Wanted(
      kind: .person, id: "SE2321000016-0B", parent: norr.id, name: "Bo Ek",
      attributes: ["sn": ["Ek"], "fullName": ["Bo Ek"]])
    let directory = try InMemoryDirectory.holding([norr, bo, anna])
    let wanted = [
      norr, with(bo) { $0.attributes["mail"] = ["anna@example.org"] },
      with(anna) { $0.attributes["mail"] = nil },
    ]
    let plan = try makePlan(.wanting(wanted), against: directory.all)
    #expect(plan.changes.map(\.identity.text) == [anna.id, bo.id])
    #expect(plan.changes.last?.after == [0])
    _ = try apply(plan, to: directory)
  }

  @Test func `does not take a unique value from one who keeps it`() throws {
    let bo = Wanted(
      kind: .person, id: "SE2321000016-0B", parent: norr.id, name: "Bo Ek",
      attributes: ["sn": ["Ek"], "fullName": ["Bo Ek"]])
    let directory = try InMemoryDirectory.holding([norr, bo, anna])
    let plan = try makePlan(
      .wanting([norr, with(bo) { $0.attributes["mail"] = ["ANNA@example.org"] }]), against: directory.all)
    #expect(plan.changes.isEmpty)
    #expect(plan.findings.map(\.code) == ["value-taken"])
    #expect(plan.findings.allSatisfy { !$0.message.contains("anna") })
  }

  @Test func `ends a person whom a complete source no longer lists, and says by absence`() throws {
    let directory = try InMemoryDirectory.holding([norr, anna])
    let plan = try makePlan(.wanting([norr], complete: [.person]), against: directory.all)
    #expect(plan.changes.map(\.action) == [.deactivate])
    #expect(plan.changes.first?.isByAbsence == true)
    let after = try apply(plan, to: directory)
    #expect(try replan([norr], complete: [.person], after).changes.isEmpty)
  }

  private func replan(_ wanted: [Wanted], complete: Set<Kind> = [], _ directory: InMemoryDirectory) throws
    -> Plan
  {
    try makePlan(.wanting(wanted, complete: complete), against: directory.all)
  }

  @Test func `says which commission lists a person who ends`() throws {
    let commission = Wanted(
      kind: .commission, id: "SE2321000016-C1", parent: norr.id, name: "Vård och behandling",
      attributes: [
        "hsaCommissionPurpose": ["Vård och behandling"], "hsaCommissionMember": ["se2321000016-7x3k;;"],
      ])
    let directory = try InMemoryDirectory.holding([norr, anna, commission])
    let plan = try replan([norr, commission], complete: [.person], directory)
    #expect(plan.findings.map(\.code) == ["lists-absentee"])
    #expect(plan.findings.first?.position?.line == 2)
  }

  @Test func `leaves an entry of unknown class alone and says so`() throws {
    var directory = try InMemoryDirectory.holding([norr])
    var entry = anna.entry(under: try DistinguishedName(parsing: "ou=VC Norr,o=Region Exempel,c=SE"))
    entry["objectClass"] = ["account"]
    try directory.load(entry)
    let plan = try replan([norr, with(anna) { $0.attributes["title"] = ["Läkare"] }], directory)
    #expect(plan.changes.isEmpty && plan.findings.map(\.code) == ["unknown-class"])
  }

  @Test func `ends nobody outside what the source speaks for`() throws {
    let directory = try InMemoryDirectory.holding([norr, syd, anna])
    let desired = DesiredState.wanting(
      [norr, syd], complete: [.person], under: .identity(HSAIdentity(syd.id)))
    #expect(try makePlan(desired, against: directory.all).changes.isEmpty)
  }

  @Test func `deletes one who ended longer ago than the grace`() throws {
    let ended = with(anna) { $0.attributes["endDate"] = ["20260101000000Z"] }
    let directory = try InMemoryDirectory.holding([norr, ended])
    let management = Management([.person: KindManagement(absent: .delete, grace: 30 * 86_400, own: ["sn"])])
    let plan = try makePlan(.wanting([], complete: [.person]), against: directory.all, management: management)
    #expect(plan.changes.map(\.action) == [.delete])
    #expect(plan.changes.first?.precondition.entryCSN != nil)
  }

  @Test func `reactivates one who is listed again`() throws {
    let ended = with(anna) { $0.attributes["endDate"] = ["20260101000000Z"] }
    let directory = try InMemoryDirectory.holding([norr, ended])
    let plan = try makePlan(.wanting([norr, anna], complete: [.person]), against: directory.all)
    #expect(plan.changes.map(\.action) == [.reactivate])
  }

  @Test func `archives a care unit that is gone and never opens it again`() throws {
    let management = Management([.unit: KindManagement(absent: .delete, grace: 0, own: ["ou", "endDate"])])
    var directory = try InMemoryDirectory.holding([norr])
    let name = try DistinguishedName(parsing: "ou=VC Norr,o=Region Exempel,c=SE")
    try directory.apply(
      .modify(name, [Modification(.add, "objectClass", ["hsaHealthCareUnit"])]), assertion: nil)
    let gone = DesiredState.wanting([], complete: [.unit])
    let first = try makePlan(gone, against: directory.all, management: management)
    #expect(first.changes.map(\.action) == [.archive])
    directory = try apply(first, to: directory)
    #expect(try makePlan(gone, against: directory.all, management: management).changes.isEmpty)
    let back = try makePlan(
      .wanting([norr], complete: [.unit]), against: directory.all, management: management)
    #expect(back.changes.isEmpty)
    #expect(back.findings.map(\.code) == ["archived"])
  }

  @Test func `sets a doubled HSA-id aside and goes on with the rest`() throws {
    let twin = with(anna) {
      $0.name = "Anna Bergh"; $0.attributes["mail"] = nil
    }
    var directory = InMemoryDirectory(schema: TestCatalogue.schema, unique: [])
    for entry in try InMemoryDirectory.holding([norr, anna]).all.sorted(by: {
      $0.dn.rdns.count < $1.dn.rdns.count
    }) {
      try directory.load(entry)
    }
    try directory.load(twin.entry(under: DistinguishedName(parsing: "ou=VC Norr,o=Region Exempel,c=SE")))
    let wanted = [with(norr) { $0.name = "Norr" }, with(anna) { $0.attributes["title"] = ["Läkare"] }]
    let plan = try makePlan(.wanting(wanted), against: directory.all)
    #expect(plan.changes.map(\.action) == [.rename])
    #expect(plan.findings.map(\.code) == ["double-entry"])
  }

  @Test func `finds a row without HSA-id by its personal number, or says that it cannot`() throws {
    let number = with(anna) { $0.attributes["personalIdentityNumber"] = ["199001192385"] }
    let directory = try InMemoryDirectory.holding([norr, number])
    let row = with(number) {
      $0.id = ""; $0.attributes["title"] = ["Läkare"]
    }
    let plan = try makePlan(.wanting([norr, row]), against: directory.all)
    #expect(plan.changes.map(\.identity.text) == [anna.id])
    let stranger = with(row) { $0.attributes["personalIdentityNumber"] = ["199003082394"] }
    let none = try replan([norr, stranger], directory)
    #expect(none.changes.isEmpty && none.findings.map(\.code) == ["no-match"])
  }

  @Test func `does not guess between two entries of one person`() throws {
    let first = with(anna) { $0.attributes = ["sn": ["Berg"], "personalIdentityNumber": ["199001192385"]] }
    let second = with(first) {
      $0.id = "SE2321000016-7X3M"; $0.parent = syd.id
    }
    let directory = try InMemoryDirectory.holding([norr, syd, first, second])
    let row = with(first) {
      $0.id = ""; $0.parent = "-"; $0.attributes["title"] = ["Läkare"]
    }
    let plan = try makePlan(.wanting([row]), against: directory.all)
    #expect(plan.changes.isEmpty && plan.findings.map(\.code) == ["ambiguous-match"])
    let placed = try replan([norr, with(row) { $0.parent = syd.id }], directory)
    #expect(placed.changes.map(\.identity.text) == [second.id])
  }

  @Test func `writes a DN-valued attribute from an HSA-id`() throws {
    let wanted = [norr, with(anna) { $0.attributes["manager"] = ["SE2321000016-0B"] }]
    let boss = Wanted(
      kind: .person, id: "SE2321000016-0B", parent: norr.id, name: "Bo Ek",
      attributes: ["sn": ["Ek"], "fullName": ["Bo Ek"]])
    let directory = try InMemoryDirectory.holding([norr, anna])
    let plan = try makePlan(.wanting(wanted + [boss]), against: directory.all)
    #expect(plan.changes.map(\.action) == [.create, .update])
    let after = try apply(plan, to: directory)
    #expect(try replan(wanted + [boss], after).changes.isEmpty)
    #expect(plan.changes.last?.following == [0])
  }

  @Test func `merges our values among others and takes away only what is named`() throws {
    var directory = try InMemoryDirectory.holding([norr, anna])
    let name = try DistinguishedName(parsing: "cn=Anna Berg,ou=VC Norr,o=Region Exempel,c=SE")
    try directory.apply(
      .modify(name, [Modification(.add, "description", ["theirs", "old"])]), assertion: nil)
    let wanted = with(anna) {
      $0.attributes["description"] = ["ours"]; $0.attributes["remove:description"] = ["old"]
    }
    directory = try apply(try replan([norr, wanted], directory), to: directory)
    let entry = directory.all.first { $0.dn == name }
    #expect(Set(entry?["description"] ?? []) == ["theirs", "ours"])
    #expect(try replan([norr, wanted], directory).changes.isEmpty)
  }

  @Test func `replaces an attribute without equality rule whole, under the entry's CSN`() throws {
    let management = Management([.unit: KindManagement(own: ["facsimileTelephoneNumber"])])
    let fax = with(norr) { $0.attributes["facsimileTelephoneNumber"] = ["+46 8 1", "+46 8 2"] }
    let directory = try InMemoryDirectory.holding([fax])
    let wanted = with(fax) { $0.attributes["facsimileTelephoneNumber"] = ["+46 8 2", "+46 8 3"] }
    let plan = try makePlan(.wanting([wanted]), against: directory.all, management: management)
    guard case .modify(_, let modifications)? = plan.changes.first?.operation else {
      Issue.record("no modification")
      return
    }
    #expect(modifications.map(\.kind) == [.replace])
    #expect(plan.changes.first?.precondition.entryCSN != nil)
  }

  @Test func `gives a namesake a name of its own`() throws {
    let directory = try InMemoryDirectory.holding([norr, anna])
    let other = with(anna) {
      $0.id = "SE2321000016-7X4K"; $0.attributes["mail"] = nil
    }
    let plan = try makePlan(.wanting([norr, anna, other]), against: directory.all)
    #expect(plan.changes.first?.dn.description == "cn=Anna Berg (2),ou=VC Norr,o=Region Exempel,c=SE")
    let after = try apply(plan, to: directory)
    #expect(try replan([norr, anna, other], after).changes.isEmpty)
  }

  @Test func `is limited to a scope and what that needs`() throws {
    let directory = try InMemoryDirectory.holding([norr, syd, anna])
    let bo = Wanted(
      kind: .person, id: "SE2321000016-0B", parent: syd.id, name: "Bo Ek",
      attributes: ["sn": ["Ek"], "fullName": ["Bo Ek"]])
    let wanted = [norr, syd, bo, with(anna) { $0.attributes["title"] = ["Läkare"] }]
    let plan = try makePlan(.wanting(wanted), against: directory.all, scope: .identity(HSAIdentity(norr.id)))
    #expect(plan.changes.map(\.identity.text) == [anna.id])
  }

  @Test func `refuses a parent that is missing and a circle of parents`() throws {
    let directory = try InMemoryDirectory.holding([norr, syd])
    let lost = with(anna) { $0.parent = "SE2321000016-XXX" }
    let circle = [with(norr) { $0.parent = syd.id }, with(syd) { $0.parent = norr.id }]
    let plan = try makePlan(.wanting(circle + [lost]), against: directory.all)
    #expect(plan.changes.isEmpty)
    #expect(Set(plan.findings.map(\.code)) == ["parent-missing", "parent-cycle"])
    #expect(plan.findings.allSatisfy { $0.severity == .error })
  }

  @Test func `finds a parent that an LDIF row names as the same plan makes it`() throws {
    let directory = try InMemoryDirectory.holding([norr, syd, anna])
    let renamed = with(norr) {
      $0.name = "Norra"; $0.parent = syd.id
    }
    var desired = DesiredState.wanting([renamed, syd, anna])
    let name = try DistinguishedName(parsing: "ou=NORRA,ou=VC Syd,o=Region Exempel,c=SE")
    desired.parents.append(.name(name))
    desired.rows[2].parent = UInt32(desired.parents.count - 1)
    let plan = try makePlan(desired, against: directory.all)
    #expect(plan.findings.isEmpty && plan.changes.map(\.action) == [.move])
    #expect(try makePlan(desired, against: apply(plan, to: directory).all).changes.isEmpty)
  }

  @Test func `calls a protected person by the HSA-id only`() throws {
    var directory = try InMemoryDirectory.holding([norr, syd, anna])
    let name = try DistinguishedName(parsing: "cn=Anna Berg,ou=VC Norr,o=Region Exempel,c=SE")
    try directory.apply(
      .modify(name, [Modification(.add, "objectClass", ["hsaConfidentialPerson"])]), assertion: nil)
    let plan = try replan([norr, syd, with(anna) { $0.parent = syd.id }], directory)
    #expect(plan.changes.map(\.isProtected) == [true])
    #expect(plan.changes.first?.label == nil)
  }
}
