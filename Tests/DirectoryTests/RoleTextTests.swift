import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `The text of roles` {
  private static let north = HSAIdentity("SE2321000016-1A2C")

  private static func change(
    _ direction: RoleChange.Direction, _ person: String, _ label: String?, _ role: String,
    at target: String = "ek", line: Int? = 12, unit: HSAIdentity? = north, cause: RoleChange.Cause? = nil,
    isProtected: Bool = false, isEnding: Bool = false
  ) -> RoleChange {
    let identity = HSAIdentity(person.contains(" ") ? person : "SE2321000016-" + person)
    let assignments = line.map {
      [RoleFixture.assignment(identity, role, line: $0, at: unit, to: 1_800_000_000)]
    }
    return RoleChange(
      target: target, direction, person: identity, role: role, value: role, label: label,
      isProtected: isProtected, assignments: assignments ?? [],
      place: Change.Place(unit: north, provider: HSAIdentity("SE2321000016-1000")), cause: cause,
      isEnding: isEnding, holder: "cn=\(label ?? "Skyddad Person \(person)"),ou=VC Norr,o=Region Exempel,c=SE"
    )
  }

  private static func plan() throws -> Plan {
    var plan = try SamplePlan.placed()
    var roles = RolePlan(rules: "ab")
    roles.changes = [
      change(.loss, "7X3K", "Anna Berg", "NPÖ;Läsare", cause: .entryChange),
      change(.loss, "7X3K", "Anna Berg", "NPÖ;Läsare", at: "scim", cause: .entryChange),
      change(.loss, "9A2A", "Gun Rolf", "Pascal;Förskrivare", line: nil, cause: .noRule),
      change(.loss, "P001", nil, "Hemlig;Roll", cause: .noRule, isProtected: true),
      change(.loss, "P002", nil, "Hemlig;Roll", line: nil, cause: .noRule, isProtected: true),
      change(.loss, "Hemlig Okänd", "Hemlig", "x", line: nil, cause: .unknownHolder),
      change(.loss, "entryUUID 9b1f3c5e-0000", nil, "x", line: nil, unit: nil, cause: .unknownHolder),
      change(.gain, "7X3K", "Anna Berg", "Vaccinera;Vaccinatör", at: "scim", line: 30),
      change(.gain, "9A1E", "Eva Slut", "SIA;Servicedesk", line: 40, unit: nil),
    ]
    roles.changes += (1...5).map { change(.gain, "9A2A", "Gun Rolf", "INTYG;Rehab-\($0)", line: 50) }
    roles.changes += [change(.renewal, "9A2A", "Gun Rolf", "Svevac;Läsare", at: "scim", line: 60)]
    roles.targets = [
      RolePlan.Target(name: "ek", held: 112, foreign: 4),
      RolePlan.Target(name: "fil", held: 0, foreign: 0, fault: "it is away"),
      RolePlan.Target(name: "scim", held: 90, foreign: 0),
    ]
    roles.scale.total = 112
    roles.scale.roles = ["npö;läsare": 80, "pascal;förskrivare": 32]
    plan.roles = roles
    return plan
  }

  private func text(
    _ plan: Plan, endings: Plan? = nil, _ detail: PlanText.Detail = .normal, width: Int? = 120,
    in language: Language = .english
  ) -> String {
    PlanText(
      plan, endings: endings, profile: SamplePlan.profile,
      style: .init(width: width, detail: detail, language: language)
    ).text
  }

  @Test(arguments: Language.allCases, [PlanText.Detail.summary, .normal, .verbose])
  func `stands beneath each person, as a person found it right`(
    language: Language, detail: PlanText.Detail
  ) throws {
    let shown = text(try Self.plan(), detail, in: language)
    try Golden(name: "roles-\(detail)-\(language.rawValue).txt").expect(shown)
  }

  @Test(arguments: Language.allCases) func `is in Markdown too`(language: Language) throws {
    let shown = PlanMarkdown(try Self.plan(), profile: SamplePlan.profile, language: language).text
    try Golden(name: "roles-\(language.rawValue).md").expect(shown)
  }

  @Test func `tells nothing of protected persons and of holders that nobody knows`() throws {
    let plan = try Self.plan()
    for language in Language.allCases {
      for detail in [PlanText.Detail.summary, .normal, .verbose, .full] {
        let all = [
          text(plan, detail, width: nil, in: language),
          PlanMarkdown(plan, profile: SamplePlan.profile, detail: detail, language: language).text,
        ]
        for shown in all {
          for secret in SamplePlan.secrets { #expect(!shown.contains(secret), "\(detail)") }
          #expect(detail == .summary || shown.contains("SE2321000016-P002"))
        }
      }
    }
  }

  @Test func `is there when nothing but roles changes, and agreement is told of targets too`() throws {
    var plan = try SamplePlan.empty()
    plan.roles = RolePlan(rules: "ab", targets: [RolePlan.Target(name: "ek", held: 1, foreign: 0)])
    #expect(
      text(plan).contains("The directory agrees with the desired state, and the targets with the rules"))
    plan.roles?.targets[0].fault = "it is away"
    #expect(text(plan).contains("Nothing to change in what was read, which was not everything"))
    #expect(text(plan).contains("! target ek could not be read: nothing is planned for it (it is away)\n"))
    plan.roles = try Self.plan().roles
    plan.roles?.isProposed = true
    let shown = text(plan)
    #expect(shown.contains("! the rules are proposed ones"))
    #expect(shown.contains("\nPlan \(plan.digest.code): 7 roles gained, 6 lost, 1 with another period; "))
    #expect(shown.contains("~ person  SE2321000016-9A2A"))
  }

  @Test func `of endings stands with them`() throws {
    var (plan, endings) = (try Self.plan(), try SamplePlan.empty())
    plan.roles?.changes = []
    endings.roles = RolePlan(
      rules: "ab",
      changes: [Self.change(.loss, "9A2A", "Gun Rolf", "NPÖ;Läsare", cause: .ended, isEnding: true)])
    endings.isOfEndings = true
    let shown = text(plan, endings: endings)
    #expect(shown.contains("\n= Endings \(endings.digest.code) ("))
    #expect(shown.contains("\nEndings \(endings.digest.code): 1 role lost\n"))
    #expect(shown.contains("- NPÖ;Läsare @ VC Norr  roles.yaml:12  time is over\n"))
  }
}
