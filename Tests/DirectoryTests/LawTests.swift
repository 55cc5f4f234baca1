import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// One world at a time: what computes for long must not keep others, who wait for servers, from their turn.
@Suite(.serialized) struct `The laws of planning` {
  static let seeds = Seeds.first(80)

  @Test(arguments: seeds) func `a directory planned against itself needs nothing`(seed: UInt64) throws {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    let plan = try makePlan(
      .wanting(world.before, complete: [.person], named: seed % 2 == 0), against: directory.all)
    #expect(plan.changes.isEmpty, "seed \(seed): \(plan.changes.map(\.operation))")
    #expect(plan.findings.isEmpty)
    #expect(plan.unchanged == world.before.count)
  }

  @Test(arguments: seeds) func `a plan that was applied leaves nothing to do`(seed: UInt64) throws {
    let world = RandomWorld(seed: seed)
    var directory = try InMemoryDirectory.holding(world.before)
    let desired = DesiredState.wanting(world.after, complete: [.person], named: seed % 2 == 0)
    let first = try makePlan(desired, against: directory.all)
    #expect(
      first.findings.allSatisfy { ["value-taken", "lists-absentee"].contains($0.code) },
      "seed \(seed): \(first.findings)")
    for change in first.changes { try directory.apply(change) }
    let second = try makePlan(desired, against: directory.all)
    #expect(
      second.changes.isEmpty,
      "seed \(seed): \(second.changes.map(\.operation)) after \(first.changes.map(\.operation))")
    #expect(second.findings == first.findings)
  }

  @Test(arguments: seeds) func `every entry is where and what its row wants`(seed: UInt64) throws {
    let world = RandomWorld(seed: seed)
    var directory = try InMemoryDirectory.holding(world.before)
    let plan = try makePlan(.wanting(world.after), against: directory.all)
    for change in plan.changes { try directory.apply(change) }
    let refused = Set(plan.findings.filter { $0.code == "value-taken" }.compactMap(\.subject?.text))
    let entries = Dictionary(uniqueKeysWithValues: directory.all.map { ($0.text("hsaIdentity") ?? "", $0) })
    for one in world.after {
      if refused.contains(one.id), entries[one.id] == nil { continue }
      let entry = try #require(entries[one.id])
      let parent =
        one.parent.isEmpty ? try DistinguishedName(parsing: RandomWorld.base) : entries[one.parent]?.dn
      #expect(entry.dn.parent == parent)
      for (attribute, values) in one.attributes where attribute != "fullName" && !refused.contains(one.id) {
        #expect(Set(entry[attribute]) == Set(values.map { Value($0) }), "seed \(seed) \(one.id) \(attribute)")
      }
    }
  }

  @Test(arguments: seeds) func `any order that respects the edges works`(seed: UInt64) throws {
    let world = RandomWorld(seed: seed)
    var directory = try InMemoryDirectory.holding(world.before)
    let desired = DesiredState.wanting(world.after, complete: [.person], named: seed % 2 == 0)
    var open = try makePlan(desired, against: directory.all).changes
    var generator = SeededGenerator(seed: seed &+ 77)
    var done: Set<Int> = []
    while !open.isEmpty {
      let ready = open.indices.filter {
        open[$0].after.allSatisfy(done.contains) && open[$0].following.allSatisfy(done.contains)
      }
      let index = try #require(ready.randomElement(using: &generator))
      try directory.apply(open[index])
      done.insert(open[index].id)
      open.remove(at: index)
    }
    #expect(try makePlan(desired, against: directory.all).changes.isEmpty)
  }

  @Test(arguments: seeds.prefix(100)) func `the order in which entries are seen makes no difference`(
    seed: UInt64
  ) throws {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    let desired = DesiredState.wanting(world.after, complete: [.person], named: seed % 2 == 0)
    var generator = SeededGenerator(seed: seed)
    let first = try makePlan(desired, against: directory.all)
    let other = try makePlan(desired, against: directory.all.shuffled(using: &generator), size: 3)
    #expect(first.changes.map(\.operation) == other.changes.map(\.operation), "seed \(seed)")
  }

  @Test(arguments: seeds.prefix(100)) func `a short read creates nothing and ends nothing`(seed: UInt64)
    throws
  {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    var proof = TestCatalogue.proof
    proof.add(.sentinelMissing, "a sentinel entry was not seen")
    let plan = try makePlan(.wanting(world.after, complete: [.person]), against: directory.all, proof: proof)
    #expect(!plan.changes.contains { $0.action == .create || $0.isByAbsence })
  }
}
