import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// Why and why not, and how far rules reach, as people and machines read it.
@Suite struct RoleExplanationTextTests {
  private func text(
    _ id: String, role: String? = nil, _ language: Language = .english, detail: PlanText.Detail = .normal,
    in derivation: RoleDerivation
  ) -> String {
    let identity = HSAIdentity(id)
    return RoleExplanationText(
      derivation.explain(identity, role: role), person: derivation.person(identity), rules: derivation.rules,
      profile: Catalogue.profile,
      style: .init(detail: detail, language: language)
    ).text
  }

  private func json(_ id: String, in derivation: RoleDerivation) -> String {
    RoleExplanationJSON(derivation.explain(HSAIdentity(id)), profile: Catalogue.profile).text
  }

  @Test(arguments: Language.allCases)
  func `why a role is held and why another is not, with the values and what would have to change`(
    _ language: Language
  ) throws {
    let derivation = try RoleRegion.derivation()
    let people: [(String, String?, PlanText.Detail)] = [
      ("SE2321000016-31B7", nil, .normal), ("SE2321000016-31BP", "webcert;läkare", .verbose),
      ("SE2321000016-31QT", "Vård;Uppdrag-SE2321000016-7C02", .normal),
      ("SE2321000016-31HC", "Webcert;Läkare", .normal),
      ("SE2321000016-31S7", "SIA;Handläggare", .normal), ("SE2321000016-31S7", "HSA;Ombud", .normal),
      ("SE2321000016-31R2", nil, .normal), ("SE2321000016-0000", nil, .normal),
      ("SE2321000016-31B7", "X;Y", .normal),
    ]
    let texts = people.map { text($0, role: $1, language, detail: $2, in: derivation) }
    try Golden(name: "role-explanation-\(language.rawValue).txt").expect(texts.joined(separator: "\n"))
  }

  @Test(arguments: Language.allCases)
  func `how far the rules reach`(_ language: Language) throws {
    let coverage = try RoleRegion.derivation().coverage()
    let style = PlanText.Style(language: language)
    try Golden(name: "role-coverage-\(language.rawValue).txt").expect(
      RoleCoverageText(coverage, style: style).text + RoleCoverageText(strained, style: style).text)
  }

  /// A coverage of which everything is to be told.
  private var strained: RoleCoverage {
    func place(_ line: Int) -> SourcePosition { SourcePosition(file: "roles.yaml", line: line, column: 3) }
    var coverage = RoleCoverage()
    coverage.persons = 1_020
    coverage.withoutRoles = (1...20).map { HSAIdentity("SE5599999991-\($0)") }
    coverage.rules = [
      .init(name: "a", position: place(1), persons: 1_000, assignments: 1_200, refused: 0),
      .init(name: "en-annan", position: place(20), persons: 1, assignments: 1, refused: 7),
      .init(name: "idle", position: place(300), persons: 0, assignments: 0, refused: 0),
    ]
    coverage.overlaps = [.init(rules: ["a", "en-annan"], role: "S;R", persons: 1)]
    coverage.refusals = [
      .init(constraint: 0, position: place(400), persons: 7, assignments: 7),
      .init(constraint: 1, position: place(401), persons: 0, assignments: 0),
    ]
    coverage.withheld = [
      .init(
        commission: HSAIdentity("SE5599999991-C1"), fault: HSAIdentity("SE5599999991-P1"), attribute: "orgNo",
        persons: 40)
    ]
    return coverage
  }

  @Test func `of a protected person neither text nor JSON tells roles, values, dates or other entries`()
    throws
  {
    let derivation = try RoleRegion.derivation()
    let secrets = [
      "Ebba", "Hassan", "Medicinsk", "Webcert;", "Vård;", "7C02", "1C05", "2321000016-1000", "Akut", "20200",
      "2024-",
      "från", "from 2",
    ]
    for language in Language.allCases {
      let shown = text("SE2321000016-31R2", language, detail: .full, in: derivation)
      for secret in secrets { #expect(!shown.contains(secret), "\(secret)") }
      #expect(shown.contains("webcert-vardadministrator") && shown.contains("hsaTitle"))
    }
    let machine = json("SE2321000016-31R2", in: derivation)
    for secret in secrets { #expect(!machine.contains(secret), "\(secret)") }
    #expect(
      machine.contains(#""protected":true"#) && machine.contains(#""attributes":["hsaCommissionPurpose"]"#))
  }

  @Test func `personal numbers and names of others are masked where values are told`() throws {
    let yaml = """
      rules:
        - rule: r
          role: "S;R-{person.personalIdentityNumber}"
          description: {sv: a, en: b}
          source: s
          when: {person: "(&(personalIdentityNumber=*)(manager=*)(fullName=*))"}
      """
    let rules = try RoleRules(parsing: Array(yaml.utf8), file: "a.yaml", profile: Catalogue.profile)
    let derivation = try RoleRegion.derivation(rules)
    let id = "SE2321000016-31DB"
    let list = RoleList(derivation, RoleSelection(person: HSAIdentity(id)))
    let texts = [
      text(id, detail: .full, in: derivation), json(id, in: derivation), RoleListText(list).text,
      RoleListJSON(list).text,
    ]
    #expect(list.assignments == 1)
    for text in texts {
      #expect(!text.contains("199009182396") && !text.contains("Maja"), "\(text)")
    }
    #expect(
      texts[0].contains("personalIdentityNumber <personal number>") && texts[0].contains("manager <name>"))
    #expect(texts[0].contains("Håkan Berg"))
  }

  @Test func `machines read the same as people, of everybody in the region`() throws {
    let derivation = try RoleRegion.derivation()
    for id in ["SE2321000016-31B7", "SE2321000016-31HC", "SE2321000016-31S7", "SE2321000016-0000"] {
      let text = json(id, in: derivation)
      #expect(text.hasPrefix("{\"asOf\":\"2026-06-01T10:00:00Z\",") && text.hasSuffix("}\n"))
      #expect(text.contains("\"hsaIdentity\":\"\(id)\""))
    }
    let doctor = json("SE2321000016-31B7", in: derivation)
    #expect(
      doctor.contains(
        #""filter":"(hsaTitle=Läkare)","hsaIdentity":"SE2321000016-31B7","matter":"condition","met":true"#))
    #expect(doctor.contains(#""failing":["(hsaTitle=Tandläkare)","(!(hsaTitle=Läkare))"]"#))
    let coverage = RoleCoverageJSON(derivation.coverage()).text
    #expect(coverage.contains(#""rule":"vard-uppdrag""#) && coverage.contains(#""withheld":[]"#))
  }
}
