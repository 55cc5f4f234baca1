import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct RoleRulesCheckTests {
  private func check(
    _ yaml: String, profile: Profile = Catalogue.profile, schema: Schema = Catalogue.schema
  ) throws -> [Finding] {
    try RoleRules(parsing: Array(yaml.utf8), file: "a.yaml", profile: profile)
      .check(profile: profile, schema: schema, asOf: noon)
  }

  /// What is found about a rule without examples, but that it has none.
  private func check(
    when: String, role: String = "S;R", besides: String = "", after: String = ""
  ) throws -> [Finding] {
    try check(
      """
      rules:
        - rule: r
          role: "\(role)"
          description: {sv: a, en: b}
          source: s
          when: \(when)
          \(besides)
      \(after)
      """
    ).filter { $0.code != "no-example" }
  }

  @Test func `an attribute that the schema does not know is found where it stands, with what was meant`()
    throws
  {
    let found = try check(
      when: #"{person: "(&(mail=*)(hsaTitel=x))", unit: "(hsaHealthCareUnitMembr=x)"}"#,
      role: "S;{person.givnName}", besides: "until: [person.endDatum]",
      after: "mandatory: {provider: [orgNr]}")
    #expect(
      found.brief
        == [
          "unknown-attribute 1:1", "unknown-attribute 3:15", "unknown-attribute 6:32",
          "unknown-attribute 6:55", "unknown-attribute 7:13",
        ])
    #expect(
      found.map(\.advice) == [
        "did you mean `orgNo`?", "did you mean `givenName`?", "did you mean `hsaTitle`?",
        "did you mean `hsaHealthCareUnitMember`?", "did you mean `endDate`?",
      ])
  }

  @Test func `an attribute that such an entry cannot have is found, and whose it is`() throws {
    let found = try check(
      when: """
        {person: "(hsaCommissionPurpose=x)", commission: "(hsaTitle=x)", unit: "(hsaPassportNumber=x)", \
        provider: "(roleOccupant=*)", function: "(orgNo=1)"}
        """)
    #expect(found.map(\.code) == Array(repeating: "attribute-of-another", count: 5))
    #expect(
      found.map(\.advice) == [
        "it is an attribute of: commission", "it is an attribute of: person", "it is an attribute of: person",
        "it is an attribute of: function", "it is an attribute of: unit, provider",
      ])
  }

  @Test(arguments: [
    "{person: \"(&(entryUUID=*)(createTimestamp>=20200101000000Z)(objectClass=person))\"}",
    "{person: \"(&(cn=a*)(name=b)(hsaSystemRole=x)(userCertificate;binary=*))\"}",
    "{unit: \"(|(ou=x)(o=x)(postalCode=1))\", provider: \"(orgNo=1)\"}",
    "{function: \"(&(cn=x)(roleOccupant=*)(hsaBusinessType=02))\", commission: \"(hsaCommissionRight=*;VE)\"}",
  ])
  func `what entries can have is not found fault with`(_ when: String) throws {
    #expect(try check(when: when).brief == [])
  }

  @Test func `a schema that does not know the classes of a kind is not asked what they allow`() throws {
    let vgr = try Profile(parsing: try Repository.bytes("conf/profiles/vgr.yaml"), file: "vgr.yaml")
    let found = try check(
      """
      rules:
        - rule: r
          role: S;R
          description: {sv: a, en: b}
          source: s
          when: {unit: "(hsaTitle=x)", person: "(hsaCommissionPurpose=x)"}
      """, profile: vgr)
    // The shipped schema has no vgrOrganizationalUnit; it knows what a person is.
    #expect(found.filter { $0.code == "attribute-of-another" }.brief == ["attribute-of-another 6:44"])
  }

  @Test(arguments: [
    ("(title>=x)", "undefined-filter 6:21"),
    ("(objectClass=hsaHealthCarUnit)", "undefined-filter 6:21"),
    ("(startDate=yesterday)", "undefined-filter 6:21"),
    ("(!(objectClass=hsaHealthCarUnit))", "undefined-filter 6:23"),
    ("(&(mail=*)(objectClass=x))", "undefined-filter 6:31"),
    ("(|(mail=*)(objectClass=x))", "undefined-filter? 6:31"),
    ("(&(mail=*)(|))", "never-true 6:20"),
    ("(!(&))", "never-true 6:20"),
    ("(|(&)(mail=*))", ""),
    ("(!(|))", ""),
  ])
  func `a condition that nobody can meet is found`(_ filter: String, _ brief: String) throws {
    let found = try check(when: "{person: \(filter)}")
    #expect(found.brief == (brief.isEmpty ? [] : [brief]))
  }

  @Test func `a class that is misspelled is suggested`() throws {
    let found = try check(when: "{unit: (objectClass=hsaHealthCarUnit)}")
    #expect(found.map(\.advice) == ["did you mean `hsaHealthCareUnit`?"])
  }

  @Test func `an end that is no date, and requests that are over`() throws {
    let found = try check(
      when: "{person: true}", besides: "request: required\n    until: [person.jpegPhoto]",
      after: """
        requests:
          - {role: S;R, person: SE2321000016-31S0, by: SE2321000016-31S7, until: 2026-05-31}
          - {role: S;R, person: SE2321000016-31S0, by: SE2321000016-31S7, until: 2026-06-01}
        """)
    #expect(found.brief == ["no-date 8:13", "ended-request? 10:5"])
  }

  @Test func `a rule without examples is a warning, and so is what the file itself is warned of`() throws {
    let found = try check(
      "rules: [{rule: r, role: S;R, description: {sv: a, en: b}, when: {person: true}}]")
    #expect(found.brief == ["no-source? 1:9", "no-example? 1:9"])
  }
}
