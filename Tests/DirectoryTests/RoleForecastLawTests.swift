import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// Forecasts made from derivations of random directories, and what targets have once they are followed.
@Suite(.serialized) struct `The laws of forecasting roles` {
  private static let rules: RoleRules = {
    func rule(_ name: String, _ role: [RoleTemplate.Part], _ conditions: [RoleSubject: Filter]) -> RoleRule {
      let position = SourcePosition(file: "roles.yaml", line: 1)
      var rule = RoleRule(
        name: name, role: RoleTemplate(text: name, parts: role),
        conditions: RoleSubject.allCases.compactMap { subject in
          conditions[subject].map { RoleCondition(subject, $0, position: position) }
        }, position: position)
      rule.scope = conditions[.unit] == nil ? .none : .unit
      return rule
    }
    return RoleRules(
      file: "roles.yaml", digest: "ab",
      rules: [
        rule("titel", [.literal("T;"), .attribute(.person, "title")], [.person: .present("title")]),
        rule("alla", [.literal("A;Alla")], [.person: .present("sn")]),
        rule("enhet", [.literal("E;Enhet")], [.person: .present("sn"), .unit: .present("ou")]),
      ])
  }()

  private static let forms = [
    RoleTargetForm(name: "ek", owns: [RolePattern("T;*"), RolePattern("E;*")]),
    RoleTargetForm(name: "fil", owns: [RolePattern("*")], style: .record),
  ]

  private func derivation(_ directory: InMemoryDirectory) throws -> RoleDerivation {
    var derivation = RoleDerivation(
      Self.rules, profile: TestCatalogue.profile, schema: TestCatalogue.schema,
      base: try DistinguishedName(parsing: RandomWorld.base))
    var builder = EntryTableBuilder()
    for entry in directory.all { builder.append(entry) }
    derivation.take(builder.take())
    derivation.derive(at: TestCatalogue.instant)
    return derivation
  }

  /// What targets would have by now, with some of it missing and some that nobody shall have.
  private func held(_ derivation: RoleDerivation, _ generator: inout SeededGenerator) -> [HeldRoles] {
    Self.forms.map { form in
      var roles: [HeldRole] = []
      for person in derivation.holders {
        for (_, wanted) in RoleView(derivation).wanted(by: form, of: person).sorted(by: { $0.key < $1.key }) {
          let uuid = derivation.person(person)?.entryUUID
          switch Int.random(in: 0..<8, using: &generator) {
          case 0: continue
          case 1: roles.append(HeldRole(person: person, value: wanted.value + "x", entryUUID: uuid))
          case 2: roles.append(HeldRole(person: person, value: wanted.value, entryUUID: "another"))
          default: roles.append(HeldRole(person: person, value: wanted.value.uppercased(), entryUUID: uuid))
          }
        }
      }
      roles.append(HeldRole(person: HSAIdentity("SE1-GHOST"), value: "T;Spöke"))
      return HeldRoles(target: form.name, roles: roles)
    }
  }

  private func forecast(
    _ derivation: RoleDerivation, _ held: [HeldRoles], isComplete: Bool = true
  ) -> RoleForecast {
    RoleForecast(derivation: derivation, held: held, forms: Self.forms, proofIsComplete: isComplete)
  }

  private func follow(_ changes: [RoleChange], from held: [HeldRoles]) -> [HeldRoles] {
    held.map { target in
      var target = target
      for change in changes where change.target == target.target {
        switch change.direction {
        case .loss:
          target.roles.removeAll { $0.isOf(change) }
        case .gain, .renewal:
          target.roles.removeAll { change.direction == .renewal && $0.isOf(change) }
          target.roles.append(HeldRole(made: change))
        }
      }
      return target
    }
  }

  @Test(arguments: Seeds.first(12))
  func `a forecast that is followed leaves nothing to do once its plan is applied`(seed: UInt64) throws {
    let world = RandomWorld(seed: seed)
    var directory = try InMemoryDirectory.holding(world.before)
    let plan = try makePlan(.wanting(world.after, complete: [.person]), against: directory.all)
    let before = try derivation(directory)
    var generator = SeededGenerator(seed: seed)
    let held = held(before, &generator)
    let roles = forecast(before, held).roles(for: plan.changes)
    #expect(!roles.changes.isEmpty)
    let parts = roles.split()
    #expect((parts.endings?.changes ?? []).allSatisfy { $0.isEnding && $0.direction == .loss })
    #expect((parts.endings?.changes.count ?? 0) + parts.rest.changes.count == roles.changes.count)
    for change in plan.changes { try directory.apply(change.operation, assertion: nil) }
    let after = forecast(try derivation(directory), follow(roles.changes, from: held)).roles(for: [])
    #expect(
      after.changes.map { "\($0.direction) \($0.person) \($0.value) \($0.target)" } == [], "seed \(seed)")
  }

  @Test(arguments: Seeds.first(12))
  func `a forecast from what was not all seen takes away what time has ended, and no more`(seed: UInt64)
    throws
  {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    let plan = try makePlan(.wanting(world.after, complete: [.person]), against: directory.all)
    let before = try derivation(directory)
    var generator = SeededGenerator(seed: seed)
    let held = held(before, &generator)
    let changes = forecast(before, held, isComplete: false).roles(for: plan.changes).changes
    #expect(changes.allSatisfy { $0.direction != .loss || ($0.cause == .ended && $0.isEnding) })
    #expect(
      changes.filter { $0.direction == .gain }
        == forecast(before, held).roles(for: plan.changes).changes.filter { $0.direction == .gain })
  }

  @Test func `the worlds have losses of several causes, and gains`() throws {
    var causes: Set<RoleChange.Cause> = []
    var gains = 0
    for seed in 1...25 as ClosedRange<UInt64> {
      let world = RandomWorld(seed: seed)
      let directory = try InMemoryDirectory.holding(world.before)
      let plan = try makePlan(.wanting(world.after, complete: [.person]), against: directory.all)
      let before = try derivation(directory)
      var generator = SeededGenerator(seed: seed)
      let roles = forecast(before, held(before, &generator)).roles(for: plan.changes)
      causes.formUnion(roles.changes.compactMap(\.cause))
      gains += roles.count(.gain)
    }
    #expect(causes.isSuperset(of: [.entryChange, .noRule, .unknownHolder]) && gains > 100)
  }
}

extension HeldRole {
  fileprivate func isOf(_ change: RoleChange) -> Bool {
    person == change.person && value == change.value && entryUUID == change.entryUUID
  }

  /// What a target has once a change is made.
  fileprivate init(made change: RoleChange) {
    let period = RolePeriod(change.assignments)
    self.init(
      person: change.person, value: change.value, entryUUID: change.entryUUID,
      from: period.from.map { Date(timeIntervalSince1970: Double($0)) },
      to: period.to.map { Date(timeIntervalSince1970: Double($0)) })
  }
}
