import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `Explaining roles` {
  @Test func `why: rule, conditions, the values that met them, the period`() throws {
    var clinic = RoleClinic()
    clinic.rules.rules = [
      RoleWorldRules.rule(
        "vård", "NPÖ;Läsare", person: "(&(sn=*)(!(title=chef)))",
        commission: "(hsaCommissionPurpose=vård och behandling)")
    ]
    clinic.rules.rules[0].right = CommissionRight(activity: "läsa", type: "dia", scope: .unit)
    clinic.set("p", "sn", "Exempel")
    clinic.set("c", "hsaCommissionRight", "Läsa;alla;VG", "Skriva;alla;VE")
    clinic.set("c", "hsaCommissionMember", "\(RoleClinic.person.text);2026-01-01;")
    let explanation = clinic.derivation().explain(RoleClinic.person, role: "npö;läsare")
    #expect(explanation.fault == nil && explanation.missing.isEmpty)
    let given = try #require(explanation.given.first)
    #expect(given.membership?.from == .at("20251231230000Z"))
    #expect(given.requirements.allSatisfy { $0.isMet })
    let values = given.requirements.flatMap(\.values).map(\.value)
    #expect(values == ["Exempel", "Vård och behandling", "Läsa;alla;VG"])
  }

  @Test func `why not: every condition that fails, the first first, with what is there instead`() throws {
    var clinic = RoleClinic()
    clinic.rules.rules = [
      RoleWorldRules.rule(
        "vård", "NPÖ;Läsare", person: "(&(sn=*)(title=chef))", commission: "(hsaCommissionPurpose=Statistik)")
    ]
    clinic.set("p", "sn", "Exempel")
    clinic.set("p", "title", "Läkare")
    clinic.set("c", "endDate", "20260101000000Z")
    let missing = try #require(clinic.derivation().explain(RoleClinic.person).missing.first)
    #expect(missing.rule == "vård" && missing.roles == ["NPÖ;Läsare"])
    #expect(missing.entries[.commission] == RoleClinic.commission)
    #expect(missing.failing.map(\.subject) == [.person, .commission, .commission])
    #expect(missing.failing[0].failing == ["(title=chef)"])
    #expect(missing.failing[0].values.map(\.value) == ["Läkare"])
    #expect(missing.failing[1].fault == .ended(.at("20260101000000Z")))
    #expect(missing.failing[2].values.map(\.value) == ["Vård och behandling"])
  }

  @Test func `why not: of two commissions the one that lacks less is told of`() throws {
    var clinic = RoleClinic()
    clinic.rules.rules = [
      RoleWorldRules.rule("vård", "R", commission: "(&(description=a)(hsaCommissionPurpose=b))")
    ]
    clinic.put(
      "c2", "cn=Andra,ou=VC Norr,\(RoleClinic.region)", ["hsaCommission"], "SE2321000016-C0",
      [
        "hsaCommissionPurpose": "b", "endDate": "20260101000000Z",
        "hsaCommissionMember": "\(RoleClinic.person.text);;",
      ])
    let missing = try #require(clinic.derivation().explain(RoleClinic.person).missing.first)
    #expect(missing.entries[.commission] == RoleClinic.commission)
    #expect(missing.failing.flatMap(\.failing) == ["(description=a)", "(hsaCommissionPurpose=b)"])
  }

  @Test func `why not: no membership, a membership that has ended, a commission withheld`() throws {
    var clinic = RoleClinic()
    clinic.set("c", "hsaCommissionMember", "\(RoleClinic.person.text);;2026-01-01")
    var failing = try #require(clinic.derivation().explain(RoleClinic.person).missing.first).failing
    #expect(failing.map(\.matter) == [.membership])
    #expect(failing.first?.fault == .ended(.at("20260101230000Z")))
    clinic.set("c", "hsaCommissionMember", "SE2321000016-OTHER;;")
    failing = try #require(clinic.derivation().explain(RoleClinic.person).missing.first).failing
    #expect(failing.map(\.matter) == [.membership] && failing.first?.fault == .notSeen)
    clinic.set("c", "hsaCommissionMember", "\(RoleClinic.person.text);;")
    clinic.set("u", "hsaResponsibleHealthCareProvider", "SE2321000016-9999")
    failing = try #require(clinic.derivation().explain(RoleClinic.person).missing.first).failing
    #expect(failing.map(\.matter) == [.soundness(attribute: "hsaResponsibleHealthCareProvider")])
    #expect(
      failing.first?.identity == RoleClinic.unit
        && failing.first?.values.map(\.value) == ["SE2321000016-9999"])
  }

  @Test func `why not: nobody has asked, or a constraint refuses it`() throws {
    var clinic = RoleClinic()
    clinic.rules.rules[0].needsRequest = true
    var failing = try #require(clinic.derivation().explain(RoleClinic.person).missing.first).failing
    #expect(failing.map(\.matter) == [.request] && failing.first?.fault == .notSeen)
    clinic.rules.requests = [
      RoleRequest(
        role: "npö;läsare", person: RoleClinic.person, requester: RoleClinic.person,
        position: SourcePosition(file: "requests.yaml", line: 3))
    ]
    #expect(clinic.roles() == ["NPÖ;Läsare"])
    clinic.rules.constraints = [
      RoleConstraint(
        roles: [RolePattern("NPÖ;*")], .requesters(nil, units: []), position: RoleClinic.position)
    ]
    failing = try #require(clinic.derivation().explain(RoleClinic.person).missing.first).failing
    #expect(failing.map(\.matter) == [.constraint(0)])
    #expect(clinic.derivation().refused(of: RoleClinic.person).map(\.assignment.role) == ["NPÖ;Läsare"])
  }

  @Test func `why not: the person as such gets nothing`() {
    var clinic = RoleClinic()
    #expect(clinic.derivation().explain(HSAIdentity("SE2321000016-NONE")).fault == .notSeen)
    #expect(clinic.derivation().explain(RoleClinic.unit).fault == .otherKind)
    clinic.set("p", "endDate", "20260101000000Z")
    #expect(clinic.derivation().explain(RoleClinic.person).fault == .ended(.at("20260101000000Z")))
    clinic.put("twin", "cn=Tvilling,\(RoleClinic.region)", ["person"], RoleClinic.person.text)
    #expect(clinic.derivation().explain(RoleClinic.person).fault == .seenTwice)
  }

  /// What is explained is what is derived: whatever is not given lacks something, and what is given lacks nothing.
  @Test(arguments: Seeds.first(12)) func `an explanation agrees with what is derived`(seed: UInt64) {
    let derivation = RoleWorld(seed: seed).derivation()
    for person in derivation.everybody.sorted() where derivation.person(person) != nil {
      let explanation = derivation.explain(person)
      #expect(
        explanation.given.map(\.assignment) == derivation.assignments(of: person), "seed \(seed) \(person)")
      for missing in explanation.missing {
        #expect(!missing.failing.isEmpty, "seed \(seed) \(person) \(missing.rule): \(missing.requirements)")
      }
      let named = Set(explanation.given.map(\.assignment.rule) + explanation.missing.map(\.rule))
      #expect(named == Set(derivation.rules.rules.map(\.name)), "seed \(seed) \(person)")
    }
  }
}
