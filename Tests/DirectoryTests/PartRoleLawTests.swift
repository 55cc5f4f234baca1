import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// What is looked at for a change is enough to derive the roles of all whom it concerns. One world at a time.
@Suite(.serialized) struct `The laws of roles in a part` {
  static let seeds = Seeds.first(24)

  /// What became of a number of changes.
  struct Tally {
    var parts = 0
    var wholes = 0
    var persons = 0
    /// Parts that were smaller than the world.
    var smaller = 0
  }

  @Test(arguments: seeds) func `roles from a part are those from the whole, and nobody else's change`(
    seed: UInt64
  ) throws {
    _ = try Self.follow(seed)
  }

  @Test func `most changes of leaves are parts, smaller than the world`() throws {
    var all = Tally()
    for seed in 1...20 as ClosedRange<UInt64> {
      let tally = try Self.follow(seed)
      all.parts += tally.parts
      all.persons += tally.persons
      all.smaller += tally.smaller
    }
    #expect(all.parts > 100 && all.persons > 200 && all.smaller > 60, "\(all)")
  }

  @Test(arguments: seeds.prefix(12)) func `what is counted is no matter where nobody has it or had it`(
    seed: UInt64
  ) throws {
    _ = try Self.follow(seed, isCounting: true)
  }

  @Test func `where holders of some roles are counted, most changes are parts still`() throws {
    var all = Tally()
    for seed in 1...30 as ClosedRange<UInt64> {
      let tally = try Self.follow(seed, isCounting: true)
      (all.parts, all.wholes) = (all.parts + tally.parts, all.wholes + tally.wholes)
    }
    #expect(all.parts > 50 && all.wholes > 20, "\(all)")
  }

  @Test func `who holds a counted role at a target, or may, is not told from a part`() throws {
    let world = try #require(
      (1...50).lazy.map { RoleWorld(seed: $0) }.first { !$0.rules.countedRoles.isEmpty })
    var nobody = world.emptyDerivation()
    nobody.derive(at: world.instant)
    let form = RoleTargetForm(name: "t", owns: [RolePattern("*")])
    func counts(_ values: [String], isAway: Bool = false) -> Bool {
      let held = values.map { HeldRole(person: HSAIdentity("SE2321000016-1"), value: $0) }
      return RoleForecast(
        derivation: nobody, held: isAway ? [] : [HeldRoles(target: "t", roles: held)],
        faults: isAway ? ["t": "away"] : [:], forms: [form], proofIsComplete: true
      ).countsHolders(after: [])
    }
    let counted = try #require(world.rules.countedRoles.first?.text.replacing("*", with: "x"))
    #expect(!counts([]) && !counts(["something else"]))
    #expect(counts(["something else", counted]) && counts([], isAway: true))
  }

  /// - Parameter isCounting: whether there are roles whose holders are counted.
  static func follow(_ seed: UInt64, isCounting: Bool = false) throws -> Tally {
    var world = RoleWorld(seed: seed)
    world.rules.constraints.removeAll { if case .maximum = $0.limit { !isCounting } else { false } }
    if isCounting, world.rules.countedRoles.isEmpty { return Tally() }
    let reader = LinkReader(
      profile: RoleWorld.profile, management: Management(), rules: world.rules, schema: RoleWorld.schema)
    let desired = DesiredIndex(DesiredState(), reader: reader)
    var before = world.derivation()
    var lookup = PartLookup(world.all, reader)
    var tally = Tally()
    for step in 1...14 {
      world.change()
      let now = PartLookup(world.all, reader)
      let after = world.derivation()
      let touched = PartLookup.touched(from: lookup, to: now)
      defer { (before, lookup) = (after, now) }
      let closure = PartClosure(
        now, profile: RoleWorld.profile, rules: world.rules, desired: desired, limit: 10_000)
      guard case .some(let extent) = try closure.part(of: touched) else {
        tally.wholes += 1
        continue
      }
      var part = world.emptyDerivation()
      part.take(now.table(extent.entries))
      part.derive(at: world.instant)
      let counted = world.rules.countedRoles
      if part.countsHolders
        || extent.persons.contains(where: { person in
          before.assignments(of: person).contains { counted.match($0.role) }
        })
      {
        tally.wholes += 1
        continue
      }
      tally.parts += 1
      tally.persons += extent.persons.count
      if extent.entries.count < now.entries.count { tally.smaller += 1 }
      let silent = before.changed(to: after).subtracting(extent.persons)
      try #require(
        silent.isEmpty, "seed \(seed) step \(step): \(silent) changed and are not told of \(touched)")
      for person in extent.persons.sorted() {
        try #require(part.same(as: after, person), "seed \(seed) step \(step) \(person) of \(touched)")
      }
    }
    return tally
  }
}

extension RoleDerivation {
  /// Whether a person is the same and holds the same.
  func same(as other: RoleDerivation, _ person: HSAIdentity) -> Bool {
    self.person(person) == other.person(person)
      && assignments(of: person) == other.assignments(of: person)
      && refused(of: person).map(\.assignment) == other.refused(of: person).map(\.assignment)
      && assignmentsRegardlessOfTime(of: person) == other.assignmentsRegardlessOfTime(of: person)
  }
}
