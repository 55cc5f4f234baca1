import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// Examples in rules, run on entries that are made for them.
@Suite struct RoleExampleTests {
  private func check(
    _ examples: String, when: String = #"{person: "(hsaTitle=Läkare)"}"#, besides: String = "",
    role: String = "S;R",
    profile: Profile = Catalogue.profile
  ) throws -> [Finding] {
    let lines = examples.split(separator: "\n").map { "      " + $0 }.joined(separator: "\n")
    return try RoleRules(
      parsing: Array(
        """
        rules:
          - rule: r
            role: "\(role)"
            description: {sv: a, en: b}
            source: s
            when: \(when)
            \(besides)
            examples:
        \(lines)
        """.utf8), file: "a.yaml", profile: profile
    ).check(profile: profile, schema: Catalogue.schema, asOf: noon)
  }

  @Test(arguments: RoleSampleTests.files)
  func `the examples of every shipped rule come true`(_ file: String) throws {
    let rules = try RoleRules(parsing: try Repository.bytes(file), file: file, profile: Catalogue.profile)
    let found = rules.check(profile: Catalogue.profile, schema: Catalogue.schema, asOf: noon)
    #expect(found.map { "\($0.position?.description ?? "") \($0.message): \($0.advice ?? "")" } == [])
  }

  @Test func `an example that gives something else is told at its place, with what it gave and why`() throws {
    let found = try check(
      """
      - {given: {person: {hsaTitle: Läkare}}, at: 2026-06-01, gives: [S;R]}
      - {given: {person: {hsaTitle: Läkare}}, at: 2026-06-01, gives: []}
      - {given: {person: {hsaTitle: Tandläkare}}, at: 2026-06-01, gives: [S;R]}
      - {given: {person: {hsaTitle: Läkare}}, at: 2026-06-01, gives: [S;Q, S;R]}
      - {given: {person: {hsaTitle: Läkare, endDate: 2026-05-31}}, at: 2026-06-01, gives: [S;R]}
      - {given: {person: {hsaTitle: Läkare, endDate: 2026-05-32}}, at: 2026-06-01, gives: [S;R]}
      """)
    #expect(
      found.brief == [
        "example-fails 10:9", "example-fails 11:9", "example-fails 12:9", "example-fails 13:9",
        "impossible-date 14:9",
      ])
    #expect(found.first?.message == "the rule `r` gives `S;R`, and the example says nothing")
    #expect(found.dropFirst().first?.advice?.hasPrefix("the person does not meet the condition") == true)
  }

  @Test(arguments: [
    ("{commission: none}", "the example has no commission"),
    (
      "{request: none, commission: {hsaCommissionRight: Läsa;alla;VE}}",
      "nobody has asked for the role in the example"
    ),
    (
      "{commission: {hsaCommissionRight: Läsa;dia;VE}}",
      "the commission does not give the right; add `hsaCommissionRight` to the example"
    ),
    (
      "{commission: {hsaCommissionRight: Läsa;alla;VE}, membership: {to: 2026-05-31}}",
      "the membership is not running at the example's instant"
    ),
    (
      "{commission: {hsaCommissionRight: Läsa;alla;VE}, provider: {orgNo: []}}",
      "something is missing or its time has not come or is over: look at dates and mandatory attributes"
    ),
  ])
  func `why an example gives nothing`(_ given: String, _ why: String) throws {
    let found = try check(
      "- {given: \(given), at: 2026-06-01, gives: [S;R]}", when: "{commission: true, right: Läsa;alla;VE}",
      besides: "request: required")
    #expect(found.map(\.code) == ["example-fails"])
    #expect(found.first?.advice == why)
  }

  @Test func `what is not given is sound, wherever commission and function lie`() throws {
    let found = try check(
      """
      - {given: {}, at: 2026-06-01, gives: ["S;5599999991-Vård och behandling"]}
      - {given: {commission: {hsaCommissionPurpose: Statistik}}, at: 2026-06-01, gives: ["S;5599999991-Statistik"]}
      - {given: {unit: {hsaResponsibleHealthCareProvider: []}}, at: 2026-06-01, gives: []}
      - {given: {unit: {hsaIdentity: SE2321000016-1B01}, provider: {hsaIdentity: SE2321000016-1000, orgNo: "1"}}, at: 2026-06-01, gives: ["S;1-Vård och behandling"]}
      - {given: {provider: none}, at: 2026-06-01, gives: []}
      - {given: {function: none}, at: 2026-06-01, gives: []}
      """,
      when:
        "{person: true, commission: true, unit: (objectClass=hsaHealthCareUnit), provider: true, function: true}",
      role: "S;{provider.orgNo}-{commission.hsaCommissionPurpose}")
    #expect(found.map { "\($0.position?.line ?? 0) \($0.message)" } == [])
  }

  @Test func `a commission directly under a provider has no unit`() throws {
    let found = try check(
      """
      - {given: {unit: none}, at: 2026-06-01, gives: [S;5599999991]}
      - {given: {unit: none, provider: {orgNo: []}}, at: 2026-06-01, gives: []}
      """, when: "{commission: true, provider: true}", role: "S;{provider.orgNo}")
    #expect(found.map { "\($0.position?.line ?? 0) \($0.message)" } == [])
  }

  @Test func `several values make a role of each, and order makes no difference`() throws {
    let found = try check(
      """
      - {given: {person: {hsaTitle: [Läkare, Tandläkare]}}, at: 2026-06-01, gives: [S;TANDLÄKARE, S;Läkare]}
      - {given: {person: {hsaTitle: [Läkare, Tandläkare]}}, at: 2026-06-01, gives: [S;Läkare]}
      """, role: "S;{person.hsaTitle}")
    #expect(found.brief == ["example-fails 10:9"])
  }

  @Test func `in a regional catalogue examples use its names and classes`() throws {
    let vgr = try Profile(parsing: try Repository.bytes("conf/profiles/vgr.yaml"), file: "vgr.yaml")
    let found = try check(
      """
      - {given: {person: {personalIdentityNumber: "1", endDate: 2026-06-30}}, at: 2026-06-30T23:59:59+02:00, gives: [S;R]}
      - {given: {person: {personalIdentityNumber: "1", endDate: 2026-06-30}}, at: 2026-07-01T00:00:00+02:00, gives: []}
      - {given: {person: {personalIdentityNumber: "1"}, function: none}, at: 2026-06-30, gives: []}
      """,
      when:
        #"{person: "(personalIdentityNumber=*)", commission: true, function: true, unit: true, provider: true}"#,
      profile: vgr)
    #expect(
      found.filter { $0.code == "example-fails" }.map {
        "\($0.position?.line ?? 0) \($0.message) \($0.advice ?? "")"
      } == [])
  }
}
