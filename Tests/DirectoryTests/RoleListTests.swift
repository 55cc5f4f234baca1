import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// Who holds which roles in the sample region by the sample rules, as people and machines read it.
@Suite struct RoleListTests {
  private func text(
    _ selection: RoleSelection = RoleSelection(), _ language: Language = .english,
    detail: PlanText.Detail = .normal, at instant: Date = noon
  ) throws -> String {
    RoleListText(
      RoleList(try RoleRegion.derivation(at: instant), selection),
      style: .init(detail: detail, language: language)
    ).text
  }

  @Test func `the sample region has some dozens of assignments, of every active rule but two`() throws {
    let list = RoleList(try RoleRegion.derivation())
    var counts: [String: Int] = [:]
    for assignment in list.holders.flatMap(\.assignments) { counts[assignment.rule, default: 0] += 1 }
    #expect(
      counts == [
        "webcert-lakare": 12, "webcert-vardadministrator": 61, "vard-uppdrag": 73, "sia-handlaggare": 1,
        "alltid-oppet": 73, "hsa-ombud": 1,
      ])
  }

  @Test(arguments: Language.allCases)
  func `the list is by person, with unit, period, rule and line`(_ language: Language) throws {
    try Golden(name: "role-list-\(language.rawValue).txt").expect(try text(language: language))
  }

  private func text(language: Language) throws -> String {
    try text(RoleSelection(unit: HSAIdentity("SE2321000016-1C05")), language, detail: .verbose)
      + (try text(RoleSelection(role: RolePattern("SIA;*")), language))
      + (try text(RoleSelection(role: RolePattern("HSA;*")), language))
      + (try text(RoleSelection(person: HSAIdentity("SE2321000016-31BP")), language))
      + (try text(RoleSelection(person: HSAIdentity("SE2321000016-0000")), language))
      + (try text(RoleSelection(), language, detail: .summary))
  }

  @Test func `a protected person is an HSA-id and a number`() throws {
    let derivation = try RoleRegion.derivation()
    let list = RoleList(derivation, RoleSelection(person: HSAIdentity("SE2321000016-31R2")))
    #expect(list.assignments == 3)
    #expect(
      RoleListText(list).text.split(separator: "\n").first
        == "SE2321000016-31R2  3 roles  (protected person: not shown)")
    let json = RoleListJSON(list).text
    for secret in ["Webcert", "1C05", "7C02", "Ebba", "webcert"] {
      #expect(!json.contains(secret), "\(secret)")
    }
    #expect(json.contains(#""count":3,"hsaIdentity":"SE2321000016-31R2","protected":true"#))
  }

  @Test func `machines read the same`() throws {
    let list = RoleList(try RoleRegion.derivation(), RoleSelection(person: HSAIdentity("SE2321000016-31B7")))
    let json = RoleListJSON(list).text
    #expect(json.contains(#""role":"Webcert;Läkare","rule":"webcert-lakare","scope":"SE2321000016-1B01""#))
    #expect(
      json.contains(#""commission":"SE2321000016-7B01""#) && json.contains(#""asOf":"2026-06-01T10:00:00Z""#))
    #expect(json.hasSuffix("\n") && json.split(separator: "\n").count == 1)
  }

  @Test func `nothing ends or begins unseen: time alone takes and gives`() throws {
    // Birgitta's membership at VC Norr runs through 2027.
    let person = RoleSelection(person: HSAIdentity("SE2321000016-31BP"), role: RolePattern("Vård;*"))
    let end = Date(timeIntervalSince1970: 1_830_294_000)
    for (offset, count) in [(-1.0, 1), (0, 0), (1, 0)] {
      #expect(
        RoleList(try RoleRegion.derivation(at: end.addingTimeInterval(offset)), person).assignments == count)
    }
  }
}
