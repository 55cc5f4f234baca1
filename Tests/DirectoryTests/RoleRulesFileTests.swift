import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct RoleRulesFileTests {
  private func read(_ yaml: String, requests: String..., profile: Profile = Catalogue.profile) throws
    -> RoleRules
  {
    try RoleRules(
      parsing: Array(yaml.utf8), file: "a.yaml", profile: profile,
      requests: requests.enumerated().map { (Array($1.utf8), "r\($0 + 1).yaml") })
  }

  private func faults(_ yaml: String, requests: String...) -> [String] {
    refusal {
      _ = try RoleRules(
        parsing: Array(yaml.utf8), file: "a.yaml", profile: Catalogue.profile,
        requests: requests.enumerated().map { (Array($1.utf8), "r\($0 + 1).yaml") })
    }.brief
  }

  /// A file with one rule that has nothing wrong, and these lines besides.
  private func one(_ lines: String, when: String = #"{person: "(hsaTitle=Läkare)"}"#) -> String {
    """
    rules:
      - rule: r
        role: "S;R"
        description: {sv: a, en: b}
        source: s
        when: \(when)
    \(lines.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
    """
  }

  @Test func `a rule is read whole`() throws {
    let rules = try read(
      """
      rules:
        - rule: intyg-rehab
          role: "INTYG;Rehab-{unit.hsaIdentity}"
          description: {sv: Rehabkoordinator, en: Rehabilitation coordinator}
          source: a document
          when:
            person: "(hsaTitle=Läkare)"
            commission: (hsaCommissionPurpose=Vård och behandling)
            right: Läsa;alla;VE
            unit: true
            provider:
          request: required
          scope: unit
          until: [commission.endDate, membership.end, person.hsaPassportValidThrough]
          examples:
            - given:
                person: {hsaTitle: [Läkare, Tandläkare]}
                membership: {from: 2026-01-01, to: 2026-06-30}
                request: {from: 2026-03-01, until: 2026-03-31}
              at: 2026-03-29
              gives: ["INTYG;Rehab-SE2321000016-1B01"]
            - {given: {commission: none, request: none}, at: 2026-06-01T12:00:00Z, gives: []}
      """)
    let rule = try #require(rules.rules.first)
    #expect(rule.name == "intyg-rehab")
    #expect(rule.role.parts == [.literal("INTYG;Rehab-"), .attribute(.unit, "hsaIdentity")])
    #expect(rule.description == [.swedish: "Rehabkoordinator", .english: "Rehabilitation coordinator"])
    #expect(rule.conditions.map(\.subject) == [.person, .commission, .unit, .provider])
    #expect(
      rule.conditions.map(\.filter) == [
        .equal("hsaTitle", "Läkare"), .equal("hsaCommissionPurpose", "Vård och behandling"),
        .present("objectClass"), .present("objectClass"),
      ])
    #expect(rule.right == CommissionRight(activity: "läsa", type: "alla", scope: .unit))
    #expect(rule.needsRequest && rule.scope == .unit)
    #expect(rule.until == [.end(.commission), .membership, .attribute(.person, "hsaPassportValidThrough")])
    #expect(rule.position == SourcePosition(file: "a.yaml", line: 2, column: 5))
    let example = try #require(rule.examples.first)
    #expect(example.given == [.person: [Attribute("hsaTitle", ["Läkare", "Tandläkare"])]])
    // Through the last day, in Swedish summer time.
    #expect(example.membership.to == Date(timeIntervalSince1970: 1_782_856_800))
    #expect(example.instant == Date(timeIntervalSince1970: 1_774_738_800))
    #expect(example.request?.to == Date(timeIntervalSince1970: 1_774_994_400))
    #expect(rule.examples.last?.absent == [.commission] && rule.examples.last?.request == nil)
    #expect(rules.warnings.isEmpty)
  }

  @Test func `what is not written has its usual meaning`() throws {
    let rules = try read(one(""))
    let rule = try #require(rules.rules.first)
    #expect(rule.scope == .none && rule.until == RoleEnd.all && !rule.needsRequest && rule.right == nil)
    #expect(rules.bases.isEmpty && rules.constraints.isEmpty && rules.requests.isEmpty)
    #expect(rules.mandatory[.commission] == ["hsaIdentity", "cn", "hsaCommissionPurpose"])
    #expect(rules.mandatory[.unit] == ["hsaIdentity", "hsaResponsibleHealthCareProvider"])
    #expect(rules.mandatory[.provider] == ["hsaIdentity", "orgNo"])
  }

  @Test func `canonical names become the server's in filters, roles, ends, examples and mandatory`() throws {
    let vgr = try Profile(parsing: try Repository.bytes("conf/profiles/vgr.yaml"), file: "vgr.yaml")
    let rules = try read(
      """
      rules:
        - rule: r
          role: "S;{person.personalPrescriptionCode}"
          description: {sv: a, en: b}
          source: s
          when: {person: "(&(personalIdentityNumber=1*)(!(telephoneNumber;lang-sv=x)))"}
          until: [person.endDate, person.startDate]
          examples: [{given: {person: {personalPrescriptionCode: "1"}}, at: 2026-01-01, gives: S;1}]
      mandatory: {unit: [careType], provider: []}
      """, profile: vgr)
    let rule = try #require(rules.rules.first)
    #expect(
      rule.condition(.person)?.filter.description
        == "(&(hsaPersonIdentityNumber=1*)(!(hsaPublicTelephoneNumber;lang-sv=x)))")
    #expect(rule.role.parts.last == .attribute(.person, "hsaPersonPrescriptionCode"))
    #expect(rule.until == [.end(.person), .attribute(.person, "hsaStartDate")])
    #expect(rule.examples.first?.given[.person]?.first?.name == "hsaPersonPrescriptionCode")
    #expect(rules.mandatory[.unit] == ["vgrCareType"] && rules.mandatory[.provider] == [])
    #expect(rules.mandatory[.commission]?.first == "hsaIdentity")
  }

  @Test func `constraints, bases and requests are read`() throws {
    let rules = try read(
      """
      rules:
        - {rule: a, role: "SIA;Handläggare", description: {sv: a, en: b}, source: s, when: {person: true}, request: required}
        - {rule: b, role: "SIA;Chef", description: {sv: a, en: b}, source: s, when: {person: true}}
      bases: ["ou=Stab,o=Region Exempel,c=SE"]
      constraints:
        - {roles: ["SIA;*"], units: [SE2321000016-1D00]}
        - {roles: ["SIA;*"], requestedBy: {person: "(title=Chef)", units: [SE2321000016-1D00]}}
        - {roles: ["SIA;*"], requestedBy: {person: true}}
        - {roles: [SIA;Chef, SIA;Handläggare], exclusive: true}
        - {roles: SIA;Chef, maximum: 5}
      requests:
        - {role: SIA;Handläggare, person: SE2321000016-31S0, by: SE2321000016-31S7, until: 2026-12-31, reason: x}
      """,
      requests:
        "requests: [{role: sia;handläggare, person: SE2321000016-31SG, by: SE2321000016-31S7, from: 2026-01-01}]"
    )
    #expect(rules.bases.map(\.description) == ["ou=Stab,o=Region Exempel,c=SE"])
    let limits = rules.constraints.map { constraint in
      switch constraint.limit {
      case .units(let units): "units \(units)"
      case .requesters(let filter, let units): "requesters \(filter?.description ?? "-") \(units)"
      case .exclusive: "exclusive \(constraint.roles)"
      case .maximum(let count): "maximum \(count)"
      }
    }
    #expect(
      limits == [
        "units [SE2321000016-1D00]", "requesters (title=Chef) [SE2321000016-1D00]",
        "requesters (objectClass=*) []", "exclusive [SIA;Chef, SIA;Handläggare]", "maximum 5",
      ])
    #expect(rules.requests.map(\.person.text) == ["SE2321000016-31S0", "SE2321000016-31SG"])
    #expect(rules.requests.map(\.position.file) == ["a.yaml", "r1.yaml"])
    // A bare date as end is through that day: midnight after, in Swedish winter time.
    #expect(rules.requests.first?.to == Date(timeIntervalSince1970: 1_798_758_000))
    #expect(rules.warnings.isEmpty)
  }

  @Test func `the digest is of every octet of every file`() throws {
    let text = one("")
    let digest = try read(text).digest
    #expect(digest.utf8.count == 64)
    #expect(try read(text).digest == digest)
    #expect(try read(text + "\n# comment").digest != digest)
    #expect(try read(text, requests: "requests: []").digest != digest)
  }

  @Test func `everything wrong with a rule is said at once, each at its place`() {
    let yaml = """
      rules:
        - rule: a b
          rule2: x
          role: "S;{persn.hsaTitle}"
          description: {sv: a}
          when:
            person: "(hsaTitle=Läkare"
            right: Läsa;allt;SJF
            unti: true
          scope: units
          request: maybe
          until: [endDate, membership.start, membership.end, unit.endDate, clinic.endDate]
          examples:
            - {given: {person: {hsaTitle: x}, comission: {}}, at: 2026-13-01}
            - {given: {membership: {from: 2026-02-01, to: 2026-01-31}}, gives: []}
        - {rule: c, role: "{person.title}", when: {}, scope: unit}
      """
    #expect(
      faults(yaml) == [
        "no-source? 2:5", "wrong-rule-name 2:11", "unknown-key 3:5", "unknown-subject 4:15",
        "missing-key 5:18",
        "wrong-filter 7:32", "right-without-commission 8:7", "wrong-right 8:14", "unknown-key 9:7",
        "wrong-scope 10:12", "wrong-choice 11:14", "wrong-until 12:13", "wrong-until 12:22",
        "not-joined 12:40",
        "not-joined 12:56", "unknown-subject 12:70", "missing-key 14:9", "unknown-key 14:41",
        "impossible-date 14:61", "missing-key 15:9", "empty-period 15:53", "missing-key 16:5",
        "no-source? 16:5", "open-role 16:21", "missing-key 16:45", "scope-not-joined 16:56",
      ])
  }

  @Test func `a fault in a filter is told at its very character`() {
    #expect(faults(one("", when: #"{person: "(hsaTitle=Läkare)(x=y)"}"#)) == ["wrong-filter 6:38"])
    #expect(faults(one("", when: #"{person: '(å=y)'}"#)) == ["wrong-filter 6:22"])
    #expect(faults(one("", when: "{person: (hsaTitle=Läkare)", )).first?.hasPrefix("yaml-syntax") == true)
    #expect(
      faults(one("", when: "\n      person: >-\n        (&(title=å)\n          (mail=(x)))")) == [
        "wrong-filter 9:17"
      ])
    #expect(
      faults(one("", when: "\n      person: |\n        (&(title=å)\n          (mail=(x)))")) == [
        "wrong-filter 9:17"
      ])
    #expect(
      faults(one("", when: "\n      person: \"(&(title=å)\\\n          (mail=(x)))\"")) == [
        "wrong-filter 8:17"
      ])
    #expect(faults(one("", when: #"{person: ""}"#)) == ["wrong-filter 6:20"])
    #expect(faults(one("", when: #"{person: [x]}"#)) == ["yaml-shape 6:20"])
  }

  @Test func `a filter may be written on several lines, and values keep their spaces`() throws {
    let rules = try read(
      one("", when: "\n      person: >-\n        (| (title=a b)\n          (& (mail=*)  (title=c) ) )"))
    #expect(rules.rules.first?.condition(.person)?.filter.description == "(|(title=a b)(&(mail=*)(title=c)))")
  }

  @Test(arguments: [
    ("S;{", "wrong-template 3:14"), ("S;{}", "wrong-template 3:14"), ("S;}", "wrong-template 3:14"),
    ("S;{a{b}}", "wrong-template 3:14"), ("S;{title}", "wrong-template 3:15"),
    ("S;{person.}", "wrong-template 3:15"), ("S;{unit.ou}", "not-joined 3:15"),
    ("Å;å-{person.hsaTitle}-{persons.title}", "unknown-subject 3:35"), ("{person.title}", "open-role 3:11"),
    ("{{x}}{person.title}", ""), ("S;{person.title}{{", ""),
  ])
  func `templates are read strictly`(_ role: String, _ fault: String) {
    let yaml = one("").replacing("role: \"S;R\"", with: "role: \"\(role)\"")
    #expect(faults(yaml) == (fault.isEmpty ? [] : [fault]))
  }

  @Test func `two rules of one name are found, with both places`() {
    let rule = "{rule: a, role: S;R, description: {sv: a, en: b}, source: s, when: {person: true}}"
    #expect(
      faults("rules:\n  - \(rule)\n  - \(rule.replacing("rule: a", with: "rule: A"))")
        == ["duplicate-rule 3:12 & 2:12"])
  }

  @Test func `constraints and requests that cannot be meant are refused`() {
    let yaml =
      one("") + """

        constraints:
          - {roles: ["S;*"]}
          - {roles: ["S;*"], maximum: 0}
          - {roles: ["S;*"], maximum: 5, units: [SE2321000016-1D00]}
          - {roles: [], exclusive: true}
          - {roles: ["S;*"], exclusive: true}
          - {roles: ["S;*"], units: [x]}
          - {roles: ["S;*"], units: []}
          - {roles: ["S;*"], requestedBy: {}}
          - {roles: ["S;*"], requestedBy: {persn: x}}
          - {units: [SE2321000016-1D00]}
        bases: ["x", "o=a"]
        mandatory: {person: [cn]}
        requests:
          - {role: "S;*", person: x, by: SE2321000016-1D00}
          - {role: S;R, person: SE2321000016-1D00, by: SE2321000016-1D01, from: 2026-01-02, until: 2026-01-01}
          - {rolle: S;R}
        """
    #expect(
      faults(yaml, requests: "reqests: []", "[]") == [
        "constraint-limit 9:5", "wrong-number 10:31", "constraint-limit 11:5", "missing-key 12:5",
        "constraint-limit 12:28", "constraint-limit 13:33", "wrong-identity 14:30", "constraint-limit 15:29",
        "constraint-limit 16:35", "unknown-key 17:36", "missing-key 18:5", "wrong-name 19:9",
        "unknown-key 20:13", "wrong-role 22:12", "wrong-identity 22:27", "idle-request? 23:5",
        "empty-period 23:92", "missing-key 24:5", "missing-key 24:5", "missing-key 24:5", "unknown-key 24:6",
        "missing-key r1.yaml:1:1", "unknown-key r1.yaml:1:1", "yaml-shape r2.yaml:1:1",
      ])
  }

  @Test func `what says something of no role is a warning`() throws {
    let rules = try read(
      one("") + """

        constraints:
          - {roles: ["S;*", "T;*"], maximum: 2}
        requests:
          - {role: S;R, person: SE2321000016-1D00, by: SE2321000016-1D01}
          - {role: S;Q, person: SE2321000016-1D00, by: SE2321000016-1D00}
        """)
    #expect(
      rules.warnings.brief == [
        "idle-constraint? 9:21", "idle-request? 11:5", "idle-request? 12:5", "own-request? 12:48",
      ])
  }

  @Test(arguments: [
    ("S;R", "S;*", true), ("S;R", "s;r", true), ("S;R", "S;", false), ("S;{person.title}", "S;Läkare", true),
    ("S;{person.title}", "T;*", false), ("S;{person.title}-x", "*-x", true),
    ("S;{person.title}-x", "*-y", false),
    ("S;{unit.hsaIdentity}", "S;a*b*c", true), ("S;R", "*", true), ("S  R", "s r", true),
    ("S;abc", "S;a*c*", true),
    ("S;abc", "S;a*d*", false),
  ])
  func `whether a rule's role can be one that a pattern means`(_ role: String, _ pattern: String, _ may: Bool)
    throws
  {
    let yaml = one("", when: "{person: true, unit: true}").replacing("S;R", with: role)
    let rule = try #require(try read(yaml).rules.first)
    #expect(rule.role.mayMatch(RolePattern(pattern)) == may)
  }

  @Test func `no message holds what somebody wrote`() {
    let findings = refusal {
      _ = try RoleRules(
        parsing: Array(
          """
          rules:
            - rule: "hemlig text!"
              role: "S;{hemlig text.x}"
              description: {sv: a, en: b}
              when: {person: "(hemlig text=x)", right: "hemlig text"}
              scope: hemlig text
              until: [hemlig text.x, hemlig text]
          requests: [{role: "hemlig text*", person: hemlig text, by: hemlig text, from: hemlig text}]
          """.utf8), file: "a.yaml", profile: Catalogue.profile)
    }
    #expect(findings.count >= 10)
    for finding in findings {
      #expect(!finding.message.contains("hemlig"))
      #expect(!(finding.advice ?? "").contains("hemlig"))
    }
  }
}
