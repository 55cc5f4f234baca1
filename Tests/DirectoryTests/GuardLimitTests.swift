import Foundation
import LDAP
import Testing

@testable import Directory

/// What of how many passes.
struct Sample: Sendable, CustomStringConvertible {
  var name: GuardVerdict.Name
  var living: Int
  var most: Int
  var description: String { "\(name) \(most) of \(living)" }
}

@Suite struct `A guard's limit` {
  private static let actions: [(GuardVerdict.Name, Change.Action)] = [
    (.deleted, .delete), (.deactivated, .deactivate), (.deactivated, .archive), (.moved, .move),
    (.moved, .rename),
    (.updated, .update), (.updated, .reactivate),
  ]

  @Test(arguments: [
    Sample(name: .deactivated, living: 3, most: 1), Sample(name: .deactivated, living: 40, most: 4),
    Sample(name: .deactivated, living: 500, most: 25), Sample(name: .deactivated, living: 150_000, most: 500),
    Sample(name: .moved, living: 3, most: 1), Sample(name: .moved, living: 40, most: 8),
    Sample(name: .moved, living: 500, most: 75), Sample(name: .moved, living: 150_000, most: 2_000),
    Sample(name: .updated, living: 3, most: 3), Sample(name: .updated, living: 40, most: 30),
    Sample(name: .updated, living: 500, most: 150), Sample(name: .updated, living: 60_000, most: 6_000),
  ])
  func `lets through what is at it and below, and no more`(sample: Sample) throws {
    for (name, action) in Self.actions where name == sample.name {
      for (count, isTripped) in [(sample.most - 1, false), (sample.most, false), (sample.most + 1, true)]
      where count <= sample.living {
        var fixture = GuardFixture(living: sample.living)
        fixture.add(action, times: count)
        let found = fixture.verdicts().filter { $0.name == name && $0.window == .plan }
        // The whole, the kind, and the kind at its provider: all have the same population here.
        #expect(
          found.map(\.state) == Array(repeating: isTripped ? .tripped : .passed, count: count > 0 ? 3 : 1))
        #expect(found.allSatisfy { $0.count == count && $0.population == sample.living })
      }
    }
  }

  @Test func `for deletions counts what has ended besides the living`() {
    var fixture = GuardFixture(living: 36)
    fixture.add(.delete, times: 4)
    #expect(fixture.tripped().isEmpty)
    fixture.add(.delete)
    let tripped = fixture.tripped()
    #expect(
      tripped.map(\.subject) == [.everything, .kind(.person), .provider(GuardFixture.provider, .person)])
    #expect(
      tripped.first?.population == 41 && tripped.first?.limitCount == 5 && tripped.first?.limitPercent == 10)
  }

  @Test(arguments: [
    GuardVerdict.Name.deleted, .deactivated, .moved, .updated, .ended, .membersRemoved, .desiredShrank,
    .observedShrank, .rolesLost, .rolesGranted, .rolesEnded,
  ])
  func `never lets fewer through where there are more`(name: GuardVerdict.Name) {
    var before = 0
    let sizes = Array(1...1_200) + stride(from: 1_300, to: 20_000, by: 100) + [20_000, 20_001]
    for population in sizes + stride(from: 30_000, to: 300_000, by: 10_000) {
      let limit = GuardLimit.standard(name, of: population)
      let most = max(1, min(limit.count, population * limit.percent / 100))
      #expect(!limit.trips(most, of: population) && limit.trips(most + 1, of: population))
      #expect(most >= before, "\(most) of \(population)")
      before = most
    }
  }

  @Test func `is what stands nearest: provider, kind, all, and else the standard one`() {
    var settings = GuardSettings()
    settings.everywhere[.deleted] = .init(count: 40, percent: 9)
    settings.kinds[.person] = [.deleted: .init(count: 30)]
    settings.providers[GuardFixture.provider] = [.deleted: .init(percent: 2)]
    let provider = GuardFixture.provider
    #expect(settings.limit(.deleted, of: 5_000) == GuardLimit(count: 40, percent: 9))
    #expect(settings.limit(.deleted, kind: .unit, of: 5_000) == GuardLimit(count: 40, percent: 9))
    #expect(settings.limit(.deleted, kind: .person, of: 5_000) == GuardLimit(count: 30, percent: 9))
    #expect(
      settings.limit(.deleted, kind: .person, provider: provider, of: 5_000)
        == GuardLimit(count: 30, percent: 2))
    #expect(settings.limit(.deactivated, kind: .person, of: 5_000) == GuardLimit(count: 100, percent: 3))
  }

  @Test func `holds for a small provider in a large region`() {
    var fixture = GuardFixture(living: 150_000)
    fixture.edit {
      $0.population.units[GuardFixture.otherUnit] = .init(
        provider: GuardFixture.other, isProvider: false, living: [.person: 3])
    }
    let place = Change.Place(unit: GuardFixture.otherUnit, provider: GuardFixture.other)
    fixture.add(.deactivate, at: place)
    #expect(fixture.tripped().isEmpty)
    fixture.add(.deactivate, times: 2, at: place)
    #expect(
      fixture.tripped().map(\.subject) == [
        .provider(GuardFixture.other, .person), .unit(GuardFixture.otherUnit),
      ])
  }

  @Test func `counts a move at the provider that is left`() {
    var fixture = GuardFixture(living: 150_000)
    fixture.edit {
      $0.population.units[GuardFixture.otherUnit] = .init(
        provider: GuardFixture.other, isProvider: false, living: [.person: 20])
    }
    fixture.add(
      .move, times: 5, at: .init(unit: GuardFixture.otherUnit, provider: GuardFixture.other),
      to: .init(unit: GuardFixture.unit, provider: GuardFixture.provider))
    #expect(fixture.tripped().map(\.subject) == [.provider(GuardFixture.other, .person)])
    #expect(fixture.tripped().first?.cause == .reorganised(GuardFixture.otherUnit))
  }

  @Test func `does not count what completes a creation of the same plan`() {
    var fixture = GuardFixture(living: 3)
    for person in 0..<20 {
      fixture.add(.create, identity: HSAIdentity("SE1-\(person)"))
      fixture.add(.update, identity: HSAIdentity("SE1-\(person)"), after: [person * 2])
    }
    #expect(fixture.tripped().isEmpty)
    fixture.add(.update, times: 4, after: [0])
    #expect(fixture.names() == [.updated])
  }

  @Test func `is shown for every guard, tripped or not, in a stable order`() {
    var fixture = GuardFixture(living: 40)
    fixture.add(.update, times: 4)
    fixture.add(.deactivate, .function)
    let verdicts = fixture.verdicts()
    // Those on roles look at a plan that has some.
    let others: Set<GuardVerdict.Name> = [
      .ended, .rolesLost, .rolesGranted, .rolesEnded, .sensitiveRoles, .lastHolder,
    ]
    #expect(Set(verdicts.map(\.name)) == Set(GuardVerdict.Name.allCases).subtracting(others))
    #expect(verdicts == fixture.verdicts())
    #expect(fixture.plan.guarded(by: GuardSettings(), history: nil).guards.contains { $0.state == .notKnown })
  }
}

@Suite struct `A guard over time` {
  private func applied(_ hours: Double, _ count: Int, _ action: Change.Action = .deactivate)
    -> History.Applied
  {
    .init(
      hour: GuardFixture.now - hours * 3_600, action: action, kind: .person, provider: GuardFixture.provider,
      count: count)
  }

  @Test(arguments: [(GuardVerdict.Window.day, 20.0, 2), (.week, 144.0, 4)])
  func `stops a slow drip at so many plans' worth`(window: GuardVerdict.Window, hours: Double, plans: Int) {
    let history = GuardFixture.history { $0.applied = [applied(hours, plans * 25 - 20)] }
    var fixture = GuardFixture(living: 500)
    fixture.add(.deactivate, times: 20)
    #expect(fixture.tripped(GuardSettings(), history).isEmpty)
    fixture.add(.deactivate)
    let tripped = fixture.tripped(GuardSettings(), history)
    #expect(tripped.map(\.window) == [window, window, window])
    #expect(tripped.first?.count == plans * 25 + 1 && tripped.first?.limitCount == plans * 25)
  }

  @Test func `forgets what was applied before its window`() {
    var fixture = GuardFixture(living: 500)
    fixture.add(.deactivate, times: 20)
    let history = GuardFixture.history { $0.applied = [applied(25.1, 40), applied(7 * 24 + 1.1, 1_000)] }
    #expect(fixture.tripped(GuardSettings(), history).isEmpty)
    let within = GuardFixture.history { $0.applied = [applied(24.9, 40)] }
    #expect(fixture.tripped(GuardSettings(), within).map(\.window) == [.day, .day, .day])
  }

  @Test func `measures by our own clock, whatever day is planned for`() {
    var fixture = GuardFixture(living: 500)
    fixture.add(.deactivate, times: 20)
    fixture.edit { $0.instant = GuardFixture.now + 365 * 86_400 }
    let history = GuardFixture.history { $0.applied = [applied(2, 40)] }
    #expect(!fixture.tripped(GuardSettings(), history).isEmpty)
  }

  @Test func `does not hold back a plan that adds nothing to what was too much`() {
    var fixture = GuardFixture(living: 500)
    fixture.add(.update)
    let history = GuardFixture.history { $0.applied = [applied(2, 400)] }
    #expect(fixture.tripped(GuardSettings(), history).isEmpty)
  }

  @Test func `counts members by themselves`() {
    var fixture = GuardFixture(living: 40)
    fixture.add(
      .update, .commission,
      [GuardFixture.difference("hsaCommissionMember", removed: ["SE1-A;20260101;"], kept: 90)])
    let history = GuardFixture.history {
      $0.applied = [
        .init(
          hour: GuardFixture.now, action: .update, kind: .commission, provider: GuardFixture.provider,
          count: 3, membersRemoved: 50)
      ]
    }
    #expect(
      fixture.tripped(GuardSettings(), history).map { "\($0.name) \($0.window) \($0.count)" } == [
        "membersRemoved day 51", "membersRemoved day 51", "membersRemoved day 51",
      ])
  }
}
