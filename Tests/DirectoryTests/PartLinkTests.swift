import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `What ties an entry to others` {
  private static let reader: LinkReader = {
    var rules = RoleRules(file: "roles.yaml", rules: RoleWorldRules.all)
    rules.mandatory[.unit] = ["hsaHealthCareUnitManager"]
    return LinkReader(
      profile: RoleWorld.profile, management: TestCatalogue.management, rules: rules,
      schema: TestCatalogue.schema)
  }()

  private func facts(_ attributes: [Attribute], _ reader: LinkReader = Self.reader) -> EntryFacts {
    let table = EntryTable([Entry(dn: RoleWorld.dn("cn=X,c=SE"), attributes: attributes)])
    return table.withRows { reader.facts(of: 0, in: $0, names: table.names) }
  }

  @Test func `a commission names its members, and each period has two bounds`() {
    let facts = facts([
      Attribute("objectClass", ["top", "hsaCommission"]), Attribute("hsaIdentity", ["se1-abc"]),
      Attribute(
        "hsaCommissionMember", ["se1-a;20260101000000Z;", "SE1-B;;2026-03-29", "SE1-C;never;", "SE1-D", ";;"]),
    ])
    #expect(facts.identity == HSAIdentity("SE1-ABC"))
    #expect(facts.identity?.text == "SE1-ABC")
    #expect(facts.kind == .commission && !facts.isContainer)
    #expect(facts.links == ["SE1-A", "SE1-B", "SE1-C", "SE1-D"].map { EntryLink(.member, $0) })
    // The end of 29 March in Stockholm is in summer time.
    #expect(
      facts.boundaries == [
        Date(timeIntervalSince1970: 1_767_225_600), Date(timeIntervalSince1970: 1_774_821_600),
      ])
  }

  @Test func `an entry of no kind that is known may hold others`() {
    #expect(facts([Attribute("objectClass", ["top", "device"])]).isContainer)
    #expect(facts([]).isContainer && facts([]).kind == nil && facts([]).identity == nil)
  }

  @Test func `a unit names its care provider, its care units and its manager`() {
    let facts = facts([
      Attribute("objectClass", ["top", "organizationalUnit"]),
      Attribute("hsaResponsibleHealthCareProvider", ["se1-p"]),
      Attribute("hsaHealthCareUnitMember", ["SE1-U1", "se1-u2"]),
      Attribute("hsaHealthCareUnitManager", ["SE1-M"]),
    ])
    #expect(facts.isContainer && facts.kind == .unit)
    #expect(
      Set(facts.links) == [
        EntryLink(.provider, "SE1-P"), EntryLink(.unitMember, "SE1-U1"), EntryLink(.unitMember, "SE1-U2"),
        EntryLink(.identity, "SE1-M"),
      ])
  }

  @Test func `names meet in their normal form, and values that only one may have`() {
    let facts = facts([
      Attribute("objectClass", ["top", "organizationalRole"]),
      Attribute("roleOccupant", ["CN=Anna  Berg , ou=Ä,c=SE", "no name"]),
      Attribute("mail", [" Anna@example.org"]), Attribute("personalIdentityNumber", ["191212121212"]),
    ])
    #expect(
      Set(facts.links) == [
        EntryLink(.name, "cn=anna berg,ou=ä,c=se"), EntryLink(.identity, "NO NAME"),
        EntryLink(.value, "mail=anna@example.org"),
        EntryLink(.value, "personalidentitynumber=191212121212"),
      ])
    #expect(Self.reader.isUnique("MAIL") && !Self.reader.isUnique("personalIdentityNumber"))
  }

  @Test func `dates that rules end by are boundaries, read as ends`() {
    let facts = facts([
      Attribute("objectClass", ["top", "person"]), Attribute("startDate", ["2026-10-25"]),
      Attribute("endDate", ["2026-10-25"]), Attribute("validNotAfter", ["20300101000000+0100"]),
      Attribute("telephoneNumber", ["20310101000000Z"]),
    ])
    #expect(
      facts.boundaries
        == [1_792_879_200, 1_792_969_200, 1_893_452_400].map {
          Date(timeIntervalSince1970: $0)
        })
  }

  @Test func `without rules nothing is read for roles alone, and the digest tells`() {
    let bare = LinkReader(
      profile: RoleWorld.profile, management: TestCatalogue.management, rules: nil,
      schema: TestCatalogue.schema)
    let facts = facts([Attribute("validNotAfter", ["20300101000000Z"])], bare)
    #expect(facts.boundaries.isEmpty)
    #expect(bare.digest != Self.reader.digest && bare.digest.utf8.count == 64)
    var profile = RoleWorld.profile
    profile.unique.append("employeeNumber")
    let other = LinkReader(
      profile: profile, management: TestCatalogue.management, rules: nil, schema: TestCatalogue.schema)
    #expect(other.digest != bare.digest)
  }
}

@Suite struct `When requests for roles begin and end` {
  @Test func `those whom they are for are touched at each bound, once`() {
    func date(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }
    let (anna, bo) = (HSAIdentity("SE1-A"), HSAIdentity("SE1-B"))
    let place = SourcePosition(file: "requests.yaml", line: 1)
    var rules = RoleRules(file: "roles.yaml")
    rules.requests = [
      RoleRequest(role: "A;B", person: anna, requester: bo, from: date(10), to: date(20), position: place),
      RoleRequest(role: "A;B", person: bo, requester: anna, to: date(15), position: place),
    ]
    #expect(rules.nextBoundary(after: date(0)) == date(10))
    #expect(rules.nextBoundary(after: date(10)) == date(15))
    #expect(rules.nextBoundary(after: date(20)) == nil)
    #expect(rules.touched(after: date(9), upTo: date(10)) == Touched([anna]))
    #expect(rules.touched(after: date(10), upTo: date(14)).isEmpty)
    #expect(rules.touched(after: date(0), upTo: date(30)) == Touched([anna, bo]))
  }
}
