import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `A forecast of roles` {
  private let anna = RoleFixture.anna
  private let bo = RoleFixture.bo
  private func held(_ person: HSAIdentity, _ value: String, uuid: String? = nil) -> HeldRole {
    HeldRole(person: person, value: value, holder: "cn=x", entryUUID: uuid)
  }

  @Test func `is empty where targets hold what follows`() {
    var fixture = RoleFixture()
    fixture.observed = [
      RoleFixture.assignment(anna, "NPÖ;Läsare"), RoleFixture.assignment(anna, "NPÖ;Läsare", rule: "två"),
    ]
    fixture.hold(held(anna, "npö;LÄSARE", uuid: "UUID-SE2321000016-7X3K"))
    #expect(fixture.lines == [])
    #expect(fixture.plan.targets == [RolePlan.Target(name: "ek", held: 1, foreign: 4)])
    #expect(fixture.plan.rules == "ab")
  }

  @Test func `gives what a rule gives, once, with all the assignments that give it`() throws {
    var fixture = RoleFixture()
    fixture.observed = [
      RoleFixture.assignment(anna, "NPÖ;Läsare", rule: "två"), RoleFixture.assignment(anna, "NPÖ;Läsare"),
    ]
    fixture.hold()
    let change = try #require(fixture.plan.changes.first)
    #expect(fixture.lines == ["gain NPÖ;Läsare SE2321000016-7X3K ek"])
    #expect(change.assignments.map(\.rule) == ["läsare", "två"])
    #expect(change.evidence.map(\.value) == ["Läkare"])
    #expect(change.label == "Anna Berg" && change.entryUUID == "uuid-SE2321000016-7X3K")
    #expect(change.holder == "cn=Anna Berg")
    #expect(change.place == Change.Place(unit: RoleFixture.north, provider: RoleFixture.provider))
  }

  @Test func `tells why a role is lost`() {
    var fixture = RoleFixture()
    fixture.observed = [RoleFixture.assignment(anna, "by entry")]
    fixture.predicted = []
    fixture.regardless = [RoleFixture.assignment(anna, "over")]
    fixture.refusedThen = [RoleFixture.assignment(anna, "exclusive")]
    fixture.hold(
      held(anna, "by entry"), held(anna, "over"), held(anna, "exclusive"), held(anna, "of no rule"),
      held(anna, "of another entry", uuid: "other"), held(HSAIdentity("SE1-GONE"), "of nobody"))
    #expect(
      fixture.lines == [
        "loss of nobody SE1-GONE ek unknownHolder", "loss by entry SE2321000016-7X3K ek entryChange",
        "loss exclusive SE2321000016-7X3K ek constraint",
        "loss of another entry SE2321000016-7X3K ek unknownHolder",
        "loss of no rule SE2321000016-7X3K ek noRule", "loss over SE2321000016-7X3K ek ended ending",
      ])
    let changes = fixture.plan.changes
    #expect(changes.first { $0.value == "by entry" }?.assignments.count == 1)
    #expect(changes.first { $0.value == "of another entry" }?.label == nil)
  }

  @Test func `calls a loss an ending when an ending alone takes it away`() {
    var fixture = RoleFixture()
    fixture.observed = [RoleFixture.assignment(anna, "a"), RoleFixture.assignment(anna, "b")]
    fixture.predicted = []
    fixture.ended = [RoleFixture.assignment(anna, "b")]
    fixture.hold(held(anna, "a"), held(anna, "b"))
    #expect(
      fixture.lines == [
        "loss a SE2321000016-7X3K ek entryChange ending", "loss b SE2321000016-7X3K ek entryChange",
      ])
    let parts = fixture.plan.split()
    #expect(parts.endings?.changes.map(\.value) == ["a"] && parts.rest.changes.map(\.value) == ["b"])
  }

  @Test func `takes nothing away because of what was not seen`() {
    var fixture = RoleFixture()
    fixture.isComplete = false
    fixture.observed = [RoleFixture.assignment(anna, "by entry"), RoleFixture.assignment(anna, "new")]
    fixture.predicted = [RoleFixture.assignment(anna, "new")]
    fixture.regardless = [
      RoleFixture.assignment(anna, "over"), RoleFixture.assignment(HSAIdentity("SE1-GONE"), "over"),
    ]
    fixture.hold(
      held(anna, "by entry"), held(anna, "over"), held(anna, "of no rule"),
      held(anna, "of another entry", uuid: "other"), held(HSAIdentity("SE1-GONE"), "over"))
    // What keeps "over" up may be a commission that was not seen.
    #expect(fixture.lines == ["gain new SE2321000016-7X3K ek"])
    // Whoever's own time is over has no commission that could.
    fixture.predicted = []
    fixture.observed = []
    for index in fixture.persons.indices { fixture.persons[index].isOutOfTime = true }
    #expect(fixture.lines == ["loss over SE2321000016-7X3K ek ended ending"])
  }

  @Test func `takes a role from the entry that has come in another's place and gives it to the right one`() {
    var fixture = RoleFixture()
    fixture.observed = [RoleFixture.assignment(anna, "a")]
    fixture.hold(held(anna, "a", uuid: "other"))
    #expect(
      fixture.lines == ["loss a SE2321000016-7X3K ek unknownHolder", "gain a SE2321000016-7X3K ek"])
    fixture.hold(held(anna, "a", uuid: "other"), held(anna, "a", uuid: "uuid-SE2321000016-7X3K"))
    #expect(fixture.lines == ["loss a SE2321000016-7X3K ek unknownHolder"])
  }

  @Test func `gives to a person who is about to be created, and what others held by the name is lost`() throws
  {
    var fixture = RoleFixture()
    let new = HSAIdentity("SE1-NEW")
    fixture.predicted = [RoleFixture.assignment(new, "a")]
    fixture.personsThen = fixture.persons + [RoleFixture.person(new, "Ny Ek")]
    fixture.hold(held(new, "a"))
    #expect(fixture.lines == ["loss a SE1-NEW ek unknownHolder", "gain a SE1-NEW ek"])
  }

  @Test func `plans nothing for a target that could not be read, and says so`() {
    var fixture = RoleFixture()
    fixture.observed = [RoleFixture.assignment(anna, "a")]
    fixture.forms = ["scim", "ek", "fil"].map { RoleTargetForm(name: $0, owns: [RolePattern("*")]) }
    fixture.hold(held(anna, "b"), at: "scim")
    fixture.hold(at: "ek")
    fixture.faults = ["scim": "it is away"]
    #expect(fixture.lines == ["gain a SE2321000016-7X3K ek"])
    #expect(fixture.plan.targets.map(\.name) == ["ek", "fil", "scim"])
    #expect(fixture.plan.targets.map(\.fault) == [nil, "it was not read", "it is away"])
  }

  @Test func `leaves alone what is outside a target's namespace`() {
    var fixture = RoleFixture()
    fixture.forms = [
      RoleTargetForm(
        name: "ek", owns: [RolePattern("NPÖ;*")], style: .value(pattern: "{role};{scope}"))
    ]
    fixture.observed = [
      RoleFixture.assignment(anna, "NPÖ;Läsare"),
      RoleFixture.assignment(anna, "NPÖ;Läsare", at: RoleFixture.south),
      RoleFixture.assignment(anna, "NPÖ;Fri", at: nil), RoleFixture.assignment(anna, "Pascal;Läsare"),
    ]
    fixture.hold(held(anna, "NPÖ;Läsare;SE2321000016-1A2B"))
    #expect(fixture.lines == ["gain NPÖ;Läsare;SE2321000016-1A2D SE2321000016-7X3K ek"])
    let view = fixture.comparison.observed
    #expect(
      RoleForecast.untaken(view, fixture.forms).map(\.code) == ["role-without-target"])
    #expect(RoleForecast.untaken(view, []).isEmpty)
  }

  @Test func `renews a record whose period is another, and makes none shorter for want of seeing`() {
    var fixture = RoleFixture()
    fixture.forms = [RoleTargetForm(name: "fil", owns: [RolePattern("*")], style: .record)]
    fixture.observed = [
      RoleFixture.assignment(anna, "a", rule: "x", at: nil, from: 100, to: 200),
      RoleFixture.assignment(anna, "a", rule: "y", at: nil, from: 50.5, to: 150),
    ]
    var role = HeldRole(person: anna, value: "a", from: Date(timeIntervalSince1970: 50), to: nil)
    fixture.hold(role, at: "fil")
    #expect(fixture.lines == ["renewal a SE2321000016-7X3K fil"])
    fixture.isComplete = false
    #expect(fixture.lines == [])
    role.to = Date(timeIntervalSince1970: 150)
    fixture.hold(role, at: "fil")
    #expect(fixture.lines == ["renewal a SE2321000016-7X3K fil"])
    role.to = Date(timeIntervalSince1970: 200)
    fixture.hold(role, at: "fil")
    #expect(fixture.lines == [])
    // Where no period is kept, none becomes another.
    fixture.forms[0].style = .value(pattern: "{role}")
    role.to = nil
    fixture.hold(role, at: "fil")
    #expect(fixture.lines == [])
  }

  @Test func `counts what is held once over targets, by role and place`() {
    var fixture = RoleFixture()
    fixture.forms = ["ek", "fil"].map { RoleTargetForm(name: $0, owns: [RolePattern("*")]) }
    fixture.observed = [
      RoleFixture.assignment(anna, "a"), RoleFixture.assignment(bo, "a", at: RoleFixture.south),
      RoleFixture.assignment(bo, "b", at: nil),
    ]
    fixture.hold(held(anna, "a"), held(bo, "A"), held(bo, "b"), at: "ek")
    fixture.hold(held(anna, "A"), held(HSAIdentity("SE1-GONE"), "a"), at: "fil")
    let scale = fixture.plan.scale
    #expect(scale.total == 4 && scale.roles == ["a": 3, "b": 1])
    #expect(scale.units == [RoleFixture.north: 2, RoleFixture.south: 1])
    #expect(scale.providers == [RoleFixture.provider: 3])
    #expect(scale.tied == [RoleFixture.north: ["a": 1], RoleFixture.south: ["a": 1]])
    #expect(RoleCounts(fixture.plan).lost == 1 && RoleCounts(fixture.plan).gained == 2)
  }

  @Test func `a plan is split with its roles, and an ending of a role alone is a plan of endings`() throws {
    var fixture = RoleFixture()
    fixture.regardless = [RoleFixture.assignment(anna, "over")]
    fixture.hold(held(anna, "over"), held(bo, "of no rule"))
    var plan = GuardFixture().plan
    plan.roles = fixture.plan
    let (endings, rest) = plan.split()
    #expect(endings?.isOfEndings == true && endings?.roles?.changes.map(\.value) == ["over"])
    #expect(rest.roles?.changes.map(\.value) == ["of no rule"])
    // What ends is no longer there for the rest to be measured against.
    #expect(plan.roles?.scale.roles == ["over": 1, "of no rule": 1] && plan.roles?.scale.total == 2)
    #expect(rest.roles?.scale.roles == ["of no rule": 1] && rest.roles?.scale.total == 1)
    #expect(rest.roles?.scale.tied == [RoleFixture.north: [:]] && rest.roles?.scale.providers.count == 1)
    #expect(plan.subset("some") { _ in true }.roles == nil)
  }
}
