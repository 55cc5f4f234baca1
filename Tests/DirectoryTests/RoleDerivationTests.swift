import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `Deriving roles` {
  @Test func `an assignment tells commission, care unit, care provider and what gave it`() throws {
    var clinic = RoleClinic()
    clinic.rules.rules = [
      RoleWorldRules.rule(
        "vård", "NPÖ;{unit.hsaIdentity}", commission: "(hsaCommissionPurpose=vård och behandling)")
    ]
    clinic.rules.rules[0].scope = .unit
    let derivation = clinic.derivation()
    let one = try #require(derivation.assignments(of: RoleClinic.person).first)
    #expect(one.role == "NPÖ;SE2321000016-U1")
    #expect(one.commission == RoleClinic.commission)
    #expect(one.unit == RoleClinic.unit)
    #expect(one.provider == RoleClinic.provider)
    #expect(one.scope == RoleClinic.unit)
    #expect(
      derivation.evidence(for: one) == [
        RoleEvidence(
          .commission, RoleClinic.commission, attribute: "hsaCommissionPurpose", value: "Vård och behandling"
        ),
        RoleEvidence(.unit, RoleClinic.unit, attribute: "hsaIdentity", value: "SE2321000016-U1"),
      ])
    #expect(
      derivation.participants == [
        RoleClinic.person: "p", RoleClinic.unit: "u", RoleClinic.commission: "c",
        RoleClinic.provider: "o",
      ])
  }

  @Test func `a member of two commissions holds the role in both`() {
    var clinic = RoleClinic()
    clinic.put(
      "c2", "cn=Andra,\(RoleClinic.region)", ["hsaCommission"], "SE2321000016-C2",
      ["hsaCommissionPurpose": "Statistik", "hsaCommissionMember": RoleClinic.person.text.lowercased()])
    let found = clinic.derivation().assignments(of: RoleClinic.person)
    #expect(found.map(\.commission) == [RoleClinic.commission, HSAIdentity("SE2321000016-C2")])
    #expect(found.map(\.unit) == [RoleClinic.unit, nil])
    #expect(found.map(\.provider) == [RoleClinic.provider, RoleClinic.provider])
  }

  @Test(arguments: ["u", "c", "o", "p"]) func `nothing is given through what is archived`(key: String) {
    var clinic = RoleClinic()
    #expect(clinic.roles() == ["NPÖ;Läsare"])
    clinic.entries[key]?["objectClass"].append("hsaArchivedObject")
    #expect(clinic.roles() == [])
  }

  @Test func `a removed person whose certificates still run holds nothing`() {
    var clinic = RoleClinic()
    clinic.entries["p"]?["objectClass"].append("hsaDeletedPersonWithValidCertificates")
    #expect(clinic.roles() == [])
  }

  @Test func `an entry made anew under an old HSA-id gives nothing until it is adopted`() throws {
    for key in ["p", "c", "u", "o"] {
      var clinic = RoleClinic()
      let id = try #require(clinic.entries[key]?.text("hsaIdentity"))
      clinic.known[HSAIdentity(id)] = key.uppercased()
      #expect(clinic.roles() == ["NPÖ;Läsare"], "letter case makes no other entryUUID")
      clinic.known[HSAIdentity(id)] = "the old one"
      #expect(clinic.roles() == [], "\(key)")
      let finding = try #require(clinic.derivation().findings.first { $0.code == "identity-replaced" })
      #expect(finding.subject == HSAIdentity(id))
      #expect(finding.advice?.contains("hsasync adopt \(id)") ?? false)
    }
  }

  @Test func `an entry that a plan makes anew under a known HSA-id is foretold to give nothing`() throws {
    var clinic = RoleClinic()
    clinic.known[RoleClinic.person] = "p"
    let entry = try #require(clinic.entries["p"])
    var foretold = clinic.derivation()
    let anew = [WriteOperation.delete(entry.dn), .add(entry)].map(RoleWorld.change)
    #expect(foretold.make(anew) == [RoleClinic.person])
    #expect(foretold.holders == [])
    // One whose entryUUID may not be read is no stranger.
    clinic.entries["p"]?.attributes.removeAll { $0.name == "entryUUID" }
    #expect(clinic.roles() == ["NPÖ;Läsare"])
  }

  @Test func `two entries with one HSA-id give nobody anything, whatever they are`() {
    for key in ["p", "c", "u", "o"] {
      var clinic = RoleClinic()
      clinic.put(
        "twin", "cn=Tvilling,\(RoleClinic.region)", ["device"], clinic.entries[key]?.text("hsaIdentity"))
      #expect(clinic.roles() == [], "\(key)")
      #expect(clinic.derivation().findings.contains { $0.code == "identity-twice" })
    }
  }

  @Test func `an entry planted outside of the bases gives nothing and takes nothing`() {
    var clinic = RoleClinic()
    clinic.rules.bases = [RoleWorld.dn("ou=VC Norr,\(RoleClinic.region)")]
    clinic.set("u", "hsaResponsibleHealthCareProvider")
    #expect(clinic.roles() == ["NPÖ;Läsare"])
    clinic.put(
      "planted", "cn=Falsk,ou=Annat,\(RoleClinic.region)", ["hsaCommission"], "SE2321000016-C9",
      ["hsaCommissionMember": "\(RoleClinic.person.text);;"])
    clinic.put("look-alike", "cn=Anna,ou=Annat,\(RoleClinic.region)", ["person"], RoleClinic.person.text)
    let derivation = clinic.derivation()
    #expect(derivation.assignments(of: RoleClinic.person).map(\.commission) == [RoleClinic.commission])
    #expect(derivation.findings.map(\.code) == ["outside-bases"])
  }

  @Test func `a commission with a bad mandatory value gives nobody anything, and says whom it concerns`()
    throws
  {
    var clinic = RoleClinic()
    clinic.rules.mandatory = [
      .commission: ["hsaCommissionPurpose"], .unit: ["hsaResponsibleHealthCareProvider"],
      .provider: ["orgNo"],
    ]
    #expect(clinic.roles() == ["NPÖ;Läsare"])
    for (key, attribute, value) in [
      ("c", "hsaCommissionPurpose", nil), ("c", "hsaCommissionPurpose", " "),
      ("u", "hsaResponsibleHealthCareProvider", "SE2321000016-9999"),
      ("u", "hsaResponsibleHealthCareProvider", RoleClinic.person.text), ("o", "orgNo", nil),
    ] {
      var bad = clinic
      bad.entries[key]?[attribute] = [value].compactMap(\.self).map { Value($0) }
      bad.entries[key]?.attributes.removeAll { $0.values.isEmpty }
      #expect(bad.roles() == [], "\(attribute)")
      let finding = try #require(bad.derivation().findings.first { $0.code == "commission-withheld" })
      #expect(finding.subject == RoleClinic.commission)
      #expect(
        finding.message.contains(attribute) && finding.message.contains("1 person"), "\(finding.message)")
      #expect(bad.derivation().coverage().withheld.map(\.attribute) == [attribute])
    }
  }

  @Test func `values that could make another role of the text give nothing`() {
    var clinic = RoleClinic()
    clinic.rules.rules = [RoleWorldRules.rule("titel", "T;{person.title}")]
    for title in ["Chef;Admin", "Chef\u{0}", "Chef\n", "Chef\u{202E}", "Chef\u{A0}A"] {
      clinic.set("p", "title", title)
      #expect(clinic.roles() == [], "\(title.debugDescription)")
    }
    clinic.set("p", "title", "Chef", "Admin;x", "Läkare")
    #expect(clinic.roles() == ["T;Chef", "T;Läkare"])
  }

  @Test func `a rule gives at most a hundred roles at once, or none`() {
    var clinic = RoleClinic()
    clinic.rules.rules = [RoleWorldRules.rule("titel", "T;{person.title}")]
    clinic.entries["p"]?["title"] = (1...100).map { Value("T\($0)") }
    #expect(clinic.roles().count == 100)
    clinic.entries["p"]?["title"] = (1...101).map { Value("T\($0)") }
    #expect(clinic.roles() == [])
    #expect(clinic.derivation().findings.map(\.code) == ["too-many-roles"])
  }

  @Test func `two rules that give one role both stand, and coverage tells`() {
    var clinic = RoleClinic()
    clinic.rules.rules.append(RoleWorldRules.rule("även", "npö;läsare", commission: "(cn=*)"))
    clinic.rules.rules.append(RoleWorldRules.rule("ingen", "X;Y", commission: "(cn=nobody)"))
    let derivation = clinic.derivation()
    #expect(derivation.assignments(of: RoleClinic.person).map(\.rule) == ["vård", "även"])
    let coverage = derivation.coverage()
    #expect(coverage.matchingNobody == ["ingen"])
    #expect(coverage.overlaps.map(\.rules) == [["vård", "även"]])
    #expect(coverage.overlaps.map(\.persons) == [1])
    #expect(coverage.persons == 1 && coverage.withoutRoles.isEmpty)
  }

  @Test func `a commission of five thousand members loses and gains them one by one`() {
    var clinic = RoleClinic()
    clinic.rules.rules.append(RoleWorldRules.rule("alla", "A;Alla"))
    for number in 0..<5_000 {
      clinic.put("p\(number)", "cn=P\(number),\(RoleClinic.region)", ["person"], "SE2321000016-M\(number)")
    }
    let all = (0..<5_000).map { Value("SE2321000016-M\($0);;") }
    clinic.entries["c"]?["hsaCommissionMember"] = all
    var derivation = clinic.derivation()
    let change = RoleWorld.change(
      .modify(
        RoleWorld.dn("cn=Uppdrag,ou=VC Norr,\(RoleClinic.region)"),
        [
          Modification(.delete, "hsaCommissionMember", [all[17], all[4_999]]),
          Modification(.add, "hsaCommissionMember", [Value("\(RoleClinic.person.text);;")]),
        ]))
    _ = derivation.make([change])
    let commissionRoles = derivation.holders.filter { person in
      derivation.assignments(of: person).contains { $0.rule == "vård" }
    }
    #expect(commissionRoles.count == 4_999)
    #expect(derivation.assignments(of: HSAIdentity("SE2321000016-M17")).map(\.role) == ["A;Alla"])
    #expect(derivation.assignments(of: RoleClinic.person).count == 2)
  }

  @Test func `a protected person has no label`() {
    var clinic = RoleClinic()
    #expect(clinic.derivation().person(RoleClinic.person)?.label == "Anna")
    clinic.entries["p"]?["objectClass"].append("hsaConfidentialPerson")
    let person = clinic.derivation().person(RoleClinic.person)
    #expect(person?.label == nil && person?.isProtected == true)
  }

  @Test func `what is read of entries is all that rules speak of`() {
    let rules = RoleClinic().rules
    let names = RoleDerivation.attributes(rules, RoleWorld.profile)
    for name in [
      "objectClass", "entryUUID", "hsaIdentity", "startDate", "endDate", "hsaCommissionMember",
      "roleOccupant",
      "hsaCommissionRight", "hsaResponsibleHealthCareProvider", "hsaHealthCareUnitMember", "cn",
    ] { #expect(names.contains { $0.equalsIgnoringASCIICase(name) }, "\(name)") }
    #expect(Set(names.map(\.asciiLowercased)).count == names.count)
  }
}
