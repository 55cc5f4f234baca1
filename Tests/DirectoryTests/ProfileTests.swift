import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct ProfileTests {
  private func faults(_ yaml: String) -> [String] {
    refusal { _ = try Profile(parsing: yaml, file: "a.yaml") }.brief
  }

  private func faults(manage yaml: String) -> [String] {
    refusal { _ = try Catalogue.managed(yaml, Catalogue.profile) }.map { finding in
      var finding = finding
      finding.position?.file = "a.yaml"
      finding.other?.file = "a.yaml"
      return finding
    }.brief
  }

  @Test func `the national profile is read as it ships`() {
    let profile = Catalogue.profile
    #expect(
      profile.kinds.map(\.kind) == [
        .commission, .administrativeCommission, .person, .function, .organisation, .unit,
      ])
    #expect(profile[.person]?.templates.map(\.attribute) == ["fullName", "cn"])
    #expect(
      profile[.person]?.templates.first?.template.parts == [
        .attribute("givenName"), .literal(" "), .attribute("sn"),
      ])
    #expect(profile.lengths["route"] == 1024)
    #expect(profile.references["hsacommissionmember"] == .memberPeriod)
    #expect(profile.memberAttribute == "hsaCommissionMember")
    #expect(profile.neverOwned.contains("usercertificate"))
    #expect(profile.correlation == ["hsaSyncId", "personalIdentityNumber"])
  }

  @Test func `a regional profile maps canonical names to the server's everywhere`() throws {
    let profile = try Profile(parsing: try Repository.bytes("conf/profiles/vgr.yaml"), file: "vgr.yaml")
    #expect(profile.serverName("telephoneNumber") == "hsaPublicTelephoneNumber")
    #expect(profile.serverName("TELEPHONENUMBER") == "hsaPublicTelephoneNumber")
    #expect(profile.startDate == "hsaStartDate" && profile.endDate == "hsaEndDate")
    #expect(profile.lengths["hsaroute"] == 1024 && profile.lengths["route"] == nil)
    #expect(profile.personalNumbers == ["hsapersonidentitynumber"])
    let management = try Catalogue.managed("unit: {own: [telephoneNumber, route]}", profile)
    #expect(management[.unit]?.own == ["hsaPublicTelephoneNumber", "hsaRoute"])
  }

  @Test func `everything wrong with a profile is said at once`() {
    let yaml = """
      nme: x
      kinds:
        persn: {recognise: [person], classes: [top], naming: cn}
        unit: {recognise: [], classes: [top]}
        person: {recognise: [person], classes: [person], naming: cn, templates: {cn: "{givenName"}}
      lengths: {route: many}
      references: {manager: nmae}
      attributes: {a: x, b: X}
      """
    #expect(
      faults(yaml) == [
        "missing-key 1:1", "unknown-key 1:1", "unknown-kind 3:3", "missing-key 4:9", "missing-key 4:9",
        "wrong-template 5:80", "wrong-number 6:18", "wrong-choice 7:23", "attribute-twice 8:20 & 8:14",
      ])
  }

  @Test func `templates have braces for attributes and doubled ones for themselves`() {
    #expect(Template(parsing: "{a} {{x}}{b}")?.parts == [.attribute("a"), .literal(" {x}"), .attribute("b")])
    for text in ["{a", "a}", "{}", "{a{b}}"] { #expect(Template(parsing: text) == nil, "\(text)") }
  }

  @Test func `what must not be owned is refused, each with its place`() {
    let yaml = """
      person: {own: [sn, userCertificate, hsaIdentity, title], create: [cn], merge: [SN, userCertificate;binary]}
      persom: {own: [sn]}
      unit: {absent: remove, grace: 30, ovn: [ou]}
      """
    #expect(
      faults(manage: yaml) == [
        "never-owned 1:20", "identity-owned 1:37", "attribute-twice 1:80 & 1:16", "never-owned 1:84",
        "unknown-kind 2:1",
        "wrong-choice 3:16", "wrong-duration 3:31", "unknown-key 3:35",
      ])
  }

  @Test func `management has defaults, grace in seconds, and places`() throws {
    let management = try Catalogue.managed(
      "person: {own: [sn], grace: 12h}\nunit: {absent: delete}", Catalogue.profile)
    #expect(management[.person]?.absent == .keep && management[.person]?.grace == 43_200)
    #expect(management[.unit]?.absent == .delete && management[.unit]?.grace == 2_592_000)
    #expect(management[.person]?.places["sn"] == SourcePosition(file: "hsasync.yaml", line: 1, column: 16))
  }

  @Test func `the schema has its say on what is managed`() throws {
    let management = try Catalogue.managed("person: {own: [givnName, entryUUID, sn]}", Catalogue.profile)
    let findings = management.check(schema: Catalogue.schema)
    #expect(findings.map(\.code) == ["unknown-attribute", "never-owned"])
    #expect(findings.map { $0.position?.column } == [16, 26])
    #expect(findings.first?.advice == "did you mean `givenName`?")
  }
}
