import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite(.serialized) struct ExplanationTests {
  private func explain(
    _ id: String, _ desired: DesiredState, _ observed: [Entry], _ plan: Plan?, attribute: String? = nil,
    findings: [Finding]? = nil, history: History? = nil, past: [Explanation.Past] = []
  ) -> Explanation {
    Explanation(
      of: HSAIdentity(id), attribute: attribute,
      Explanation.Sources(
        desired: desired,
        observed: observed.filter { $0.text("hsaIdentity")?.uppercased() == id.uppercased() },
        profile: TestCatalogue.profile, management: TestCatalogue.management, schema: TestCatalogue.schema,
        plan: plan, findings: findings ?? plan?.findings ?? [], history: history, past: past))
  }

  private func text(_ explanation: Explanation, _ language: Language = .english, isOfOne: Bool = false)
    -> String
  {
    ExplanationText(
      explanation, isOfOne: isOfOne, profile: TestCatalogue.profile, style: .init(language: language)
    ).text
  }

  @Test(arguments: Seeds.first(12))
  func `what differs is what the plan changes, and what agrees it leaves alone`(seed: UInt64) throws {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    let desired = DesiredState.wanting(world.after, complete: [.person], named: seed % 2 == 0)
    let plan = try makePlan(desired, against: directory.all)
    for one in world.after {
      let explanation = explain(one.id, desired, directory.all, plan)
      let changed = Set(
        plan.changes.filter { $0.identity.text == one.id && $0.action != .create }
          .flatMap { change in
            // A rename gives the naming attribute its value without saying so among the differences.
            let renamed = change.newDN.map { $0.rdns.first != change.dn.rdns.first } ?? false
            return change.differences.map(\.attribute)
              + (renamed ? change.newDN?.rdns.first?.pairs.map(\.type) ?? [] : [])
          }.map { $0.lowercased() })
      for attribute in explanation.attributes where attribute.desired != nil {
        let isChanged = changed.contains(attribute.name.lowercased())
        switch attribute.agreement {
        case .agrees, .notCompared:
          #expect(!isChanged, "seed \(seed): \(one.id) \(attribute.name)")
        case .spelling, .differs:
          #expect(isChanged || !explanation.findings.isEmpty, "seed \(seed): \(one.id) \(attribute.name)")
        }
      }
    }
  }

  private let unit = Wanted(
    kind: .unit, id: "SE2321000016-1", parent: "", name: "VC Norr", attributes: ["ou": ["VC Norr"]])

  private func person(_ id: String, _ attributes: [String: [String]]) -> Wanted {
    Wanted(
      kind: .person, id: id, parent: "SE2321000016-1", name: "Anna Berg",
      attributes: attributes.merging(["sn": ["Berg"], "fullName": ["Anna Berg"], "cn": ["Anna Berg"]]) {
        first, _ in first
      })
  }

  @Test func `an attribute is told with its owner, its rule, its line and both sides`() throws {
    let before = [unit, person("SE2321000016-2", ["title": ["Läkare"], "description": ["annat"]])]
    let after = [unit, person("SE2321000016-2", ["title": ["läkare"], "description": ["vårt"]])]
    let directory = try InMemoryDirectory.holding(before)
    let desired = DesiredState.wanting(after)
    let plan = try makePlan(desired, against: directory.all)
    let all = explain("se2321000016-2", desired, directory.all, plan)
    #expect(all.row?.description == "test.yaml:2:1")
    #expect(all.kind == .person)
    let title = try #require(all.attributes.first { $0.name == "title" })
    #expect(title.owner == .own)
    #expect(title.agreement == .spelling)
    #expect(title.matching == .caseIgnore)
    #expect(title.desired?.map(\.value) == ["läkare"])
    #expect(title.observed == ["Läkare"])
    let description = try #require(all.attributes.first { $0.name == "description" })
    #expect(description.owner == .merge)
    #expect(description.agreement == .differs)
    #expect(all.attributes.first { $0.name == "cn" }?.owner == .create)
    #expect(all.attributes.first { $0.name == "hsaIdentity" }?.owner == .identity)
    #expect(all.attributes.first { $0.name == "objectClass" }?.owner == .untouched)
    let one = explain("SE2321000016-2", desired, directory.all, plan, attribute: "TITLE")
    #expect(one.attributes.map(\.name) == ["title"])
    let shown = text(one, isOfOne: true)
    #expect(shown.contains("differs in spelling only (caseIgnoreMatch)"))
    #expect(shown.contains("\"läkare\"  test.yaml:2:1"))
    #expect(text(one, .swedish, isOfOne: true).contains("skiljer sig bara i stavning"))
  }

  @Test func `what is on one side only, or on none, is explained too`() throws {
    let before = [unit, person("SE2321000016-2", [:])]
    let after = [unit, person("SE2321000016-3", [:])]
    let directory = try InMemoryDirectory.holding(before)
    let desired = DesiredState.wanting(after)
    let plan = try makePlan(desired, against: directory.all)
    let gone = explain("SE2321000016-2", desired, directory.all, plan)
    #expect(gone.row == nil)
    #expect(gone.hindrances == [.noSourceSpeaks])
    #expect(text(gone).contains("no source says that it has all of this kind"))
    let new = explain("SE2321000016-3", desired, directory.all, plan)
    #expect(new.names.isEmpty)
    #expect(new.changes.map(\.action) == [.create])
    #expect(text(new).contains("not in the directory"))
    let none = explain("SE2321000016-33", desired, directory.all, plan)
    #expect(none.isUnknown)
    #expect(none.suggestion?.text == "SE2321000016-3")
    #expect(text(none).contains("neither in the desired state nor in the directory"))
    #expect(text(none, .swedish).contains("finns varken i det önskade läget eller i katalogen"))
  }

  @Test func `absence is explained by the source that should have it`() throws {
    let directory = try InMemoryDirectory.holding([unit, person("SE2321000016-2", [:])])
    let desired = DesiredState.wanting([unit], complete: [.person, .unit])
    let plan = try makePlan(desired, against: directory.all)
    let explanation = explain("SE2321000016-2", desired, directory.all, plan)
    #expect(explanation.sources == ["test"])
    #expect(explanation.changes.map(\.action) == [.deactivate])
    #expect(text(explanation).contains("absent from test"))
  }

  @Test func `what stands in the way is told with what to do`() throws {
    let directory = try InMemoryDirectory.holding([unit, person("SE2321000016-2", [:])])
    let desired = DesiredState.wanting([unit, person("SE2321000016-2", ["title": ["Läkare"]])])
    var plan = try makePlan(desired, against: directory.all)
    plan.guards = [GuardVerdict(.updated, .everything, .tripped, count: 12, of: 20, limitCount: 10)]
    plan.proof.referrals = 1
    var history = History()
    history.holds[HSAIdentity("SE2321000016-2")] = History.Hold(
      run: 7, since: Date(timeIntervalSince1970: 1_782_856_800), desired: "serial 1")
    let past = Explanation.Past(
      run: 6, at: Date(timeIntervalSince1970: 1_782_856_800), action: .update, outcome: "applied",
      attributes: ["title"])
    let explanation = explain(
      "SE2321000016-2", desired, directory.all, plan, history: history, past: [past])
    let shown = text(explanation)
    for part in [
      "guards hold the plan back: updated", "on hold since run 7 was undone (2026-07-01)",
      "hsasync release SE2321000016-2", "not everything was read",
      "2026-07-01  run 6  updated  applied  title",
    ] { #expect(shown.contains(part), "\(part) in \(shown)") }
    let wrong = explain(
      "SE2321000016-2", desired, directory.all, nil,
      findings: [
        Finding(
          "x", at: SourcePosition(file: "a", line: 1), subject: HSAIdentity("SE2321000016-2"), "it is wrong")
      ])
    #expect(wrong.hindrances == [.errors(1)])
    #expect(text(wrong).contains("! a:1:1: error: it is wrong [x]"))
    #expect(text(wrong, .swedish).contains("det finns ingen plan: det önskade läget har 1 fel"))
  }

  @Test func `of a protected person the names of attributes are told, and no values`() throws {
    var anna = person("SE2321000016-2", ["title": ["Hemlig"], "personalIdentityNumber": ["199001192385"]])
    anna.attributes["objectClass"] = ["top", "person", "hsaPersonExtension", "hsaConfidentialPerson"]
    var entry = anna.entry(under: try DistinguishedName(parsing: "ou=VC Norr," + RandomWorld.base))
    entry["objectClass"] = ["top", "person", "hsaPersonExtension", "hsaConfidentialPerson"]
    let desired = DesiredState.wanting([unit, person("SE2321000016-2", ["title": ["Hemligast"]])])
    let plan = try makePlan(desired, against: [entry])
    let explanation = explain("SE2321000016-2", desired, [entry], plan)
    #expect(explanation.isProtected)
    var all = [ExplanationJSON(explanation, profile: TestCatalogue.profile).text]
    for language in Language.allCases {
      for detail in [PlanText.Detail.normal, .full] {
        all.append(
          ExplanationText(
            explanation, isOfOne: true, profile: TestCatalogue.profile,
            style: .init(detail: detail, language: language, reveal: true)
          ).text)
      }
    }
    for shown in all {
      #expect(shown.contains("title"))
      for secret in ["Hemlig", "Anna", "Berg", "VC Norr", "199001192385"] {
        #expect(!shown.contains(secret), "\(secret)")
      }
    }
  }
}
