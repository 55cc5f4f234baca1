import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// Worlds in which whatever must not be shown is called Kanarie or is a personal number: no rendering has it.
@Suite(.serialized) struct RedactionTests {
  private static let numbers = PersonalNumberTests.personal

  private static let management: Management = {
    var management = TestCatalogue.management
    management.kinds[.person]?.own += ["personalIdentityNumber", "description"]
    management.kinds[.person]?.merge = []
    management.kinds[.person]?.absent = .deactivate
    return management
  }()

  /// Every third person is protected; the others refer to protected ones and have personal numbers all over.
  private func world(_ seed: UInt64) throws -> (plan: Plan, desired: DesiredState, entries: [Entry]) {
    var world = RandomWorld(seed: seed)
    let people = Set(world.before.filter { $0.kind == .person }.map(\.id)).sorted()
    let protected = Set(people.enumerated().filter { $0.offset % 3 == 0 }.map(\.element))
    func mark(_ all: inout [Wanted], _ turn: Int) {
      for index in all.indices where all[index].kind == .person {
        let number = people.firstIndex(of: all[index].id) ?? 7
        if protected.contains(all[index].id) {
          all[index].name = "Kanarie \(number)"
          for name in ["sn", "title", "givenName", "fullName"] {
            all[index].attributes[name] = ["Kanarie \(number + turn * (number % 2))"]
          }
          all[index].attributes["mail"] = ["kanarie\(number).\(turn)@example.org"]
        } else {
          let text = Self.numbers[(number + turn) % Self.numbers.count]
          all[index].attributes["personalIdentityNumber"] = [text]
          all[index].attributes["description"] = ["Se \(text.prefix(8))-\(text.suffix(4)) (\(turn))"]
        }
      }
    }
    mark(&world.before, 0)
    mark(&world.after, 1)
    let directory = try InMemoryDirectory.holding(world.before)
    let names = Dictionary(
      directory.all.compactMap { entry in entry.text("hsaIdentity").map { ($0, entry.dn.description) } },
      uniquingKeysWith: { first, _ in first })
    for index in world.after.indices
    where world.after[index].kind == .person && !protected.contains(world.after[index].id) {
      world.after[index].attributes["manager"] = protected.sorted().prefix(1).compactMap { names[$0] }
    }
    let entries = directory.all.map { entry -> Entry in
      guard protected.contains(entry.text("hsaIdentity") ?? "") else { return entry }
      var entry = entry
      entry["objectClass"] += ["hsaConfidentialPerson"]
      return entry
    }
    let desired = DesiredState.wanting(world.after, complete: [.person])
    return (try makePlan(desired, against: entries, management: Self.management), desired, entries)
  }

  @Test(arguments: Seeds.first(16))
  func `no rendering of a plan tells who is protected, or a personal number`(seed: UInt64) throws {
    let (plan, _, _) = try world(seed)
    var all = [
      PlanFile(plan, profile: TestCatalogue.profile).text(redacted: true), FindingsText(plan.findings).text,
    ]
    for language in Language.allCases {
      for detail in [PlanText.Detail.summary, .normal, .verbose, .full] {
        all.append(
          PlanText(
            plan, profile: TestCatalogue.profile, style: .init(detail: detail, language: language)
          ).text)
        all.append(
          PlanMarkdown(plan, profile: TestCatalogue.profile, detail: detail, language: language).text)
      }
    }
    for text in all { expectNothing(in: text, seed) }
    let shown = PlanText(plan, profile: TestCatalogue.profile, style: .init(detail: .full, reveal: true)).text
    #expect(!shown.lowercased().contains("kanarie"), "seed \(seed)")
  }

  @Test(arguments: Seeds.first(8))
  func `no explanation tells who is protected, or a personal number`(seed: UInt64) throws {
    let (plan, desired, entries) = try world(seed)
    for entry in entries {
      guard let id = entry.text("hsaIdentity") else { continue }
      let explanation = Explanation(
        of: HSAIdentity(id),
        Explanation.Sources(
          desired: desired, observed: [entry], profile: TestCatalogue.profile, management: Self.management,
          schema: TestCatalogue.schema, plan: plan, findings: plan.findings))
      expectNothing(in: ExplanationJSON(explanation, profile: TestCatalogue.profile).text, seed)
      for language in Language.allCases {
        expectNothing(
          in: ExplanationText(
            explanation, isOfOne: true, profile: TestCatalogue.profile,
            style: .init(detail: .full, language: language)
          ).text, seed)
      }
    }
  }

  @Test func `the worlds have what would be told`() throws {
    let plans = try (1...20).map { try world($0).plan }
    let differences = plans.flatMap(\.changes).flatMap(\.differences)
    #expect(plans.contains { $0.changes.contains(where: \.isProtected) })
    #expect(
      differences.contains {
        $0.attribute == "manager" && $0.added.contains { $0.text?.contains("Kanarie") ?? false }
      })
    #expect(differences.contains { $0.attribute == "description" })
    #expect(differences.contains { $0.attribute == "personalIdentityNumber" })
  }

  private func expectNothing(in text: String, _ seed: UInt64) {
    #expect(!text.lowercased().contains("kanarie"), "seed \(seed)")
    for number in Self.numbers {
      let short = number.dropFirst(2)
      for form in [
        number, "\(number.prefix(8))-\(number.suffix(4))", "\(short.prefix(6))-\(short.suffix(4))",
      ]
      where text.contains(form) {
        Issue.record("seed \(seed): a personal number is told")
      }
    }
  }
}
