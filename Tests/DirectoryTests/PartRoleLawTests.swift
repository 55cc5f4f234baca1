import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// What is looked at for a change is enough to derive the roles of all whom it concerns. One world at a time.
@Suite(.serialized) struct `The laws of roles in a part` {
  static let seeds = Array(1...60) as [UInt64]

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
    for seed in Self.seeds.prefix(20) {
      let tally = try Self.follow(seed)
      all.parts += tally.parts
      all.persons += tally.persons
      all.smaller += tally.smaller
    }
    #expect(all.parts > 100 && all.persons > 200 && all.smaller > 60, "\(all)")
  }

  static func follow(_ seed: UInt64) throws -> Tally {
    var world = RoleWorld(seed: seed)
    world.rules.constraints.removeAll { if case .maximum = $0.limit { true } else { false } }
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
      tally.parts += 1
      tally.persons += extent.persons.count
      if extent.entries.count < now.entries.count { tally.smaller += 1 }
      let silent = before.changed(to: after).subtracting(extent.persons)
      try #require(
        silent.isEmpty, "seed \(seed) step \(step): \(silent) changed and are not told of \(touched)")
      var part = world.emptyDerivation()
      part.take(now.table(extent.entries))
      part.derive(at: world.instant)
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
