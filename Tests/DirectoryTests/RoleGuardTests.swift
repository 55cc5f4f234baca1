import Foundation
import LDAP
import Testing

@testable import Directory

@Suite struct `A guard on roles` {
  private static let place = Change.Place(unit: GuardFixture.unit, provider: GuardFixture.provider)

  /// A plan that loses and gains roles of persons 0, 1, 2 …, out of so many that are held.
  private static func plan(
    living: Int = 150_000, held: Int, lost: Int = 0, gained: Int = 0, role: String = "NPÖ;Läsare",
    cause: RoleChange.Cause = .noRule, tied: Bool = false
  ) -> Plan {
    var plan = GuardFixture(living: living).plan
    var roles = RolePlan(rules: "ab")
    roles.scale.total = held
    roles.scale.roles = [RoleName.normalForm(role): held]
    roles.scale.units = [GuardFixture.unit: held]
    roles.scale.providers = [GuardFixture.provider: held]
    if tied { roles.scale.tied = [GuardFixture.unit: [RoleName.normalForm(role): held]] }
    roles.changes =
      (0..<lost).map { change(.loss, $0, role, cause: cause, tied: tied) }
      + (0..<gained).map { change(.gain, $0, role, tied: tied) }
    plan.roles = roles
    return plan
  }

  private static func change(
    _ direction: RoleChange.Direction, _ person: Int, _ role: String, at target: String = "ek",
    cause: RoleChange.Cause? = nil, tied: Bool = false
  ) -> RoleChange {
    let identity = HSAIdentity("SE1-\(person)")
    var assignment = Assignment(
      person: identity, role: role, rule: "läsare", position: SourcePosition(file: "roles.yaml", line: 12))
    assignment.unit = GuardFixture.unit
    if tied { assignment.scope = GuardFixture.unit }
    return RoleChange(
      target: target, direction, person: identity, role: role, value: role, assignments: [assignment],
      place: place, cause: direction == .loss ? cause : nil)
  }

  private func verdicts(
    _ plan: Plan, _ settings: GuardSettings = GuardSettings(), _ history: History? = GuardFixture.history()
  ) -> [GuardVerdict] { plan.guarded(by: settings, history: history).guards }

  private func tripped(
    _ plan: Plan, _ settings: GuardSettings = GuardSettings(), _ history: History? = GuardFixture.history()
  ) -> [GuardVerdict] { verdicts(plan, settings, history).filter(\.isTripped) }

  @Test(arguments: [(12, 3), (100, 15), (500, 75), (5_000, 300), (100_000, 1_500)])
  func `lets through losses at its limit and below, and no more`(held: Int, most: Int) {
    #expect(tripped(Self.plan(held: held, lost: most - 1)).isEmpty)
    #expect(tripped(Self.plan(held: held, lost: most)).isEmpty)
    let over = tripped(Self.plan(held: held, lost: most + 1))
    #expect(
      over.map(\.subject) == [
        .everything, .role("NPÖ;Läsare"), .careProvider(GuardFixture.provider), .unit(GuardFixture.unit),
      ])
    #expect(over.allSatisfy { $0.name == .rolesLost && $0.count == most + 1 && $0.population == held })
  }

  @Test func `holds for one role, unit or provider of many`() {
    var plan = Self.plan(held: 12, lost: 4)
    plan.roles?.scale.total = 100_000
    #expect(
      tripped(plan).map(\.subject) == [
        .role("NPÖ;Läsare"), .careProvider(GuardFixture.provider), .unit(GuardFixture.unit),
      ])
    plan.roles?.scale.roles = ["npö;läsare": 9_000]
    plan.roles?.scale.providers[GuardFixture.provider] = 9_000
    #expect(tripped(plan).map(\.subject) == [.unit(GuardFixture.unit)])
    #expect(
      verdicts(plan).contains { $0.name == .rolesLost && $0.subject == .careProvider(GuardFixture.provider) })
  }

  @Test func `counts a person's role once however many targets there are, and no renewal`() {
    var plan = Self.plan(held: 12, lost: 3)
    for person in 0..<3 {
      plan.roles?.changes.append(Self.change(.loss, person, "npö;LÄSARE", at: "scim", cause: .noRule))
    }
    for person in 5..<50 { plan.roles?.changes.append(Self.change(.renewal, person, "NPÖ;Läsare")) }
    #expect(tripped(plan).isEmpty)
    #expect(verdicts(plan).first { $0.name == .rolesLost }?.count == 3)
  }

  @Test func `stops a rule that suddenly gives everybody something`() throws {
    #expect(tripped(Self.plan(living: 500, held: 0, gained: 150)).isEmpty)
    let over = tripped(Self.plan(living: 500, held: 0, gained: 151))
    #expect(Set(over.map(\.name)) == [.rolesGranted])
    #expect(over.first?.population == 500)
    #expect(over.first?.cause == .ruleChanged("läsare"))
    // Where more are held than there are persons, that is the measure.
    #expect(tripped(Self.plan(living: 500, held: 2_000, gained: 151)).isEmpty)
  }

  @Test func `asks before anybody is given a sensitive role`() {
    var settings = GuardSettings()
    settings.sensitiveRoles = [RolePattern("sia;*")]
    let plan = Self.plan(held: 50, gained: 1, role: "SIA;Servicedesk")
    #expect(tripped(plan).isEmpty)
    let over = tripped(plan, settings)
    #expect(over.map(\.name) == [.sensitiveRoles] && over.map(\.subject) == [.role("SIA;Servicedesk")])
    #expect(tripped(Self.plan(held: 50, lost: 1, role: "SIA;Servicedesk"), settings).isEmpty)
    #expect(tripped(Self.plan(held: 50, gained: 1), settings).isEmpty)
  }

  @Test func `asks before the last holder of a role loses it`() {
    #expect(tripped(Self.plan(held: 2, lost: 1)).isEmpty)
    let over = tripped(Self.plan(held: 1, lost: 1))
    #expect(over.map(\.name) == [.lastHolder] && over.map(\.subject) == [.role("NPÖ;Läsare")])
    #expect(tripped(Self.plan(held: 1, lost: 1, gained: 1)).isEmpty)
    var plan = Self.plan(held: 1, lost: 1)
    plan.isOfEndings = true
    #expect(tripped(plan).isEmpty)
  }

  @Test func `asks before the last holder at a unit loses a role that is tied to it`() {
    var plan = Self.plan(held: 1, lost: 1, tied: true)
    plan.roles?.scale.roles = ["npö;läsare": 900]
    plan.roles?.scale.total = 900
    #expect(tripped(plan).map(\.subject) == [.roleAt("NPÖ;Läsare", GuardFixture.unit)])
    plan.roles?.scale.tied = [GuardFixture.unit: ["npö;läsare": 2]]
    #expect(tripped(plan).isEmpty)
    plan.roles?.scale.tied = [GuardFixture.unit: ["npö;läsare": 1]]
    plan.roles?.changes.append(Self.change(.gain, 7, "NPÖ;Läsare", tied: true))
    #expect(tripped(plan).isEmpty)
  }

  @Test func `of endings is their ceiling and the clocks alone`() {
    var plan = Self.plan(held: 500, lost: 150)
    plan.isOfEndings = true
    #expect(tripped(plan).isEmpty)
    #expect(Set(verdicts(plan).map(\.name)) == [.ended, .rolesEnded, .clocks])
    plan = Self.plan(held: 500, lost: 151)
    plan.isOfEndings = true
    #expect(Set(tripped(plan).map(\.name)) == [.rolesEnded])
  }

  @Test(arguments: [(GuardVerdict.Window.day, 20.0, 2), (.week, 144.0, 4)])
  func `stops a slow drip at so many plans' worth`(window: GuardVerdict.Window, hours: Double, plans: Int) {
    func history(_ count: Int, _ direction: RoleChange.Direction = .loss) -> History {
      GuardFixture.history {
        $0.roles = [
          .init(
            hour: GuardFixture.now - hours * 3_600, direction: direction, role: "npö;läsare",
            unit: GuardFixture.unit, provider: GuardFixture.provider, count: count)
        ]
      }
    }
    let plan = Self.plan(held: 500, lost: 50)
    let most = plans * 75 - 50
    #expect(tripped(plan, GuardSettings(), history(most)).isEmpty)
    let over = tripped(plan, GuardSettings(), history(most + 1))
    #expect(over.map(\.window) == [window, window, window, window])
    #expect(over.first?.count == plans * 75 + 1 && over.first?.limitCount == plans * 75)
    #expect(tripped(plan, GuardSettings(), history(most + 1, .gain)).isEmpty)
    #expect(verdicts(plan, GuardSettings(), nil).contains { $0.name == .rolesLost && $0.state == .notKnown })
  }

  @Test func `names what most likely happened`() {
    #expect(tripped(Self.plan(held: 100, lost: 50)).first?.cause == .ruleChanged("läsare"))
    var plan = Self.plan(held: 100, lost: 50)
    for index in plan.roles?.changes.indices ?? 0..<0 { plan.roles?.changes[index].assignments = [] }
    #expect(tripped(plan).first?.cause == .rulesChanged)
    plan.findings = [Finding("commission-withheld", .warning, subject: HSAIdentity("SE1-C1"), "none")]
    #expect(tripped(plan).first?.cause == .commissionWithheld(HSAIdentity("SE1-C1")))
    plan = Self.plan(held: 100, lost: 50, cause: .entryChange)
    #expect(tripped(plan).first?.cause == .reorganised(GuardFixture.unit))
    var fixture = GuardFixture(living: 150_000)
    for person in 0..<50 {
      fixture.add(
        .update, identity: HSAIdentity("SE1-\(person)"), [GuardFixture.difference("title", removed: ["a"])])
    }
    plan.changes = fixture.plan.changes
    #expect(tripped(plan).first?.cause == .attributeEverywhere("title"))
  }

  @Test func `says nothing of a plan without roles`() {
    let names: Set<GuardVerdict.Name> = [
      .rolesLost, .rolesGranted, .rolesEnded, .sensitiveRoles, .lastHolder,
    ]
    #expect(GuardFixture().verdicts().allSatisfy { !names.contains($0.name) })
    #expect(names.isSubset(of: Set(verdicts(Self.plan(held: 10)).map(\.name)).union([.rolesEnded])))
  }

  @Test func `is read from a configuration`() throws {
    func read(_ text: String) throws -> GuardSettings {
      let node = try YAMLDocument(parsing: Array(text.utf8), file: "hsasync.yaml").root
      return try GuardSettings(parsing: node, file: "hsasync.yaml")
    }
    let settings = try read(
      """
      rolesLost: {percent: 10}
      rolesGranted: {count: 20000, percent: 80}
      rolesEnded: {count: 7}
      sensitiveRoles: ["SIA;*", "HSA-ombud"]
      kinds: {person: {rolesLost: {count: 9}}}
      providers: {SE2321000016-1000: {rolesGranted: {count: 3}}}
      """)
    #expect(settings.everywhere[.rolesLost]?.percent == 10 && settings.everywhere[.rolesEnded]?.count == 7)
    #expect(settings.kinds[.person]?[.rolesLost]?.count == 9)
    #expect(settings.limit(.rolesGranted, kind: .person, provider: GuardFixture.provider, of: 500).count == 3)
    #expect(settings.sensitiveRoles.map(\.text) == ["SIA;*", "HSA-ombud"])
    #expect(throws: Findings.self) { try read("sensitiveRoles: [\" \"]") }
    #expect(throws: Findings.self) { try read("lastHolder: {count: 1}") }
    #expect(throws: Findings.self) { try read("rolesLost: {percent: 51}") }
  }

  @Test func `reads well in both languages`() {
    var plan = Self.plan(held: 112, lost: 47)
    plan.guards = [
      GuardVerdict(
        .rolesLost, .unit(GuardFixture.unit), .tripped, count: 47, of: 112, limitPercent: 10,
        cause: .ruleChanged("läsare")),
      GuardVerdict(
        .rolesLost, .role("NPÖ;Läsare"), window: .day, .tripped, count: 47, of: 112, limitCount: 30),
      GuardVerdict(
        .rolesGranted, .careProvider(GuardFixture.provider), .tripped, count: 900, of: 1_000, limitCount: 150,
        cause: .rulesChanged),
      GuardVerdict(
        .rolesEnded, .everything, .tripped, count: 7, of: 10, limitCount: 6,
        cause: .commissionWithheld(HSAIdentity("SE1-C1"))),
      GuardVerdict(.sensitiveRoles, .role("SIA;Desk"), .tripped, count: 1),
      GuardVerdict(.lastHolder, .role("NPÖ;Läsare"), .tripped, count: 2, of: 2),
      GuardVerdict(.lastHolder, .roleAt("NPÖ;Läsare", GuardFixture.unit), .tripped, count: 1, of: 1),
      GuardVerdict(.sensitiveRoles, .everything, .passed, count: 0),
      GuardVerdict(.lastHolder, .everything, .passed, count: 0),
    ]
    #expect(
      GuardText(.english, plan: plan).lines(all: true) == [
        "! guard   role assignments lost at SE2321000016-1A2B (VC Norr): 47 of 112 (42 %), limit 10 %",
        "          likely cause: the rule läsare was changed, or what it rests on",
        "! guard   role assignments lost of NPÖ;Läsare within 24 hours: 47 of 112 (42 %), limit 30",
        "! guard   role assignments granted at SE2321000016-1000 (Region Exempel): 900 of 1 000 (90 %), limit 150",
        "          likely cause: rules were changed or removed, or what they rest on",
        "! guard   role assignments ended in all: 7 of 10 (70 %), limit 6",
        "          likely cause: the commission SE1-C1 gives nobody anything: a mandatory value is missing in it, its unit or its care provider",
        "! guard   the sensitive role SIA;Desk would be given to 1 person",
        "! guard   nobody would have the role NPÖ;Läsare any longer: its last 2 holders would lose it",
        "! guard   nobody would have the role NPÖ;Läsare at SE2321000016-1A2B (VC Norr) any longer: its last holder would lose it",
        "  guard   no sensitive role would be given", "  guard   no role would lose its last holder",
      ])
    #expect(
      GuardText(.swedish, plan: plan).lines(all: true) == [
        "! spärr   förlorade rolltilldelningar på SE2321000016-1A2B (VC Norr): 47 av 112 (42 %), gräns 10 %",
        "          trolig orsak: regeln läsare har ändrats, eller det som den vilar på",
        "! spärr   förlorade rolltilldelningar av rollen NPÖ;Läsare inom 24 timmar: 47 av 112 (42 %), gräns 30",
        "! spärr   beviljade rolltilldelningar hos SE2321000016-1000 (Region Exempel): 900 av 1 000 (90 %), gräns 150",
        "          trolig orsak: regler har ändrats eller tagits bort, eller det som de vilar på",
        "! spärr   avslutade rolltilldelningar totalt: 7 av 10 (70 %), gräns 6",
        "          trolig orsak: uppdraget SE1-C1 ger ingen något: ett obligatoriskt värde saknas i det, i dess enhet eller hos dess vårdgivare",
        "! spärr   den känsliga rollen SIA;Desk skulle ges till 1 person",
        "! spärr   ingen skulle längre ha rollen NPÖ;Läsare: dess 2 sista innehavare skulle förlora den",
        "! spärr   ingen skulle längre ha rollen NPÖ;Läsare på SE2321000016-1A2B (VC Norr): dess sista innehavare skulle förlora den",
        "  spärr   ingen känslig roll skulle ges", "  spärr   ingen roll skulle förlora sin sista innehavare",
      ])
    for verdict in plan.guards { #expect(GuardVerdict(json: verdict.json) == verdict) }
  }
}
