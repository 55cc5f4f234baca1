import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

/// Held against a plain directory in memory that changes at random.
@Suite struct `The index of the tree is what the directory is` {
  @Test(arguments: Seeds.first(10)) func `after each change that it is told of at once`(_ seed: UInt64) throws
  {
    var world = TreeWorld(seed: seed)
    let index = try IndexFixture().filled(world.entries)
    for step in 0..<60 {
      let before = world
      var touched = Touched()
      for event in world.step() { touched.formUnion(try index.take(event)) }
      try index.settle(with: world)
      touched.formUnion(try index.touched().touched)
      try index.settle(upTo: index.touched().mark)
      try #require(try index.all() == world.shown, "seed \(seed), step \(step)")
      expect(touched, tells: before, from: world, "seed \(seed), step \(step)")
    }
    try expectLookup(index, world)
  }

  @Test(arguments: Seeds.first(10), ["present", "deletes", "whole", "emptyCookie"])
  func `after a refresh of all that happened meanwhile`(_ seed: UInt64, _ phase: String) throws {
    var world = TreeWorld(seed: seed)
    let fixture = try IndexFixture()
    var index = try fixture.filled(world.entries)
    for round in 0..<5 {
      let before = world
      for _ in 0..<world.number(0..<25) { _ = world.step() }
      if round == 3 { index = try fixture.open() }
      let events =
        switch phase {
        case "present": world.presentPhase()
        case "deletes": world.deletePhase()
        default: world.wholeContent()
        }
      try index.begin(isReplacement: phase == "whole")
      for event in events { try index.take(event) }
      try index.take(.cookie(phase == "emptyCookie" ? [] : Array("c\(round)".utf8)))
      try index.take(.refreshed(deletes: phase != "present"))
      try index.settle(with: world)
      world.forgetChanges()
      let place = "seed \(seed), \(phase), round \(round)"
      let (known, real) = (Set(try index.all()), Set(world.shown))
      try #require(
        known == real,
        "\(place): \(known.subtracting(real).sorted()), not \(real.subtracting(known).sorted())")
      #expect(try index.all() == world.shown, "\(place)")
      #expect(try index.cookie == (phase == "emptyCookie" ? nil : Array("c\(round)".utf8)))
      let queue = try index.touched()
      expect(queue.touched, tells: before, from: world, place)
      try index.settle(upTo: queue.mark)
      #expect(try index.isSound, "\(place)")
    }
    try expectLookup(index, world)
  }

  /// Who has become another is touched, unless the whole has to be looked at.
  private func expect(_ touched: Touched, tells before: TreeWorld, from after: TreeWorld, _ place: String) {
    if touched.isWhole || touched.hasStructure { return }
    for number in Set(before.inside).union(after.inside) {
      let (old, new) = (before.entry(number), after.entry(number))
      let isSame = old.map { $0.entry.shown } == new.map { $0.entry.shown }
      guard !isSame else { continue }
      for entry in [old, new].compactMap({ $0 }) {
        for (name, values) in entry.attributes where name == "hsaIdentity" {
          #expect(touched.identities.contains(HSAIdentity(values[0])), "\(place)")
        }
      }
      let members = [old, new].map { entry in
        Set(entry?.attributes.first { $0.0 == "member" }?.1 ?? [])
      }
      for member in members[0].symmetricDifference(members[1]) {
        #expect(touched.identities.contains(HSAIdentity(member)), "\(place)")
      }
    }
  }

  private func expectLookup(_ index: TreeIndex, _ world: TreeWorld) throws {
    #expect(try index.count == world.inside.count)
    var ends: Set<Double> = []
    for number in world.inside {
      let node = try #require(world.nodes[number])
      let row = try index.number(number)
      let name = DistinguishedName(parsed: world.name(number))
      #expect(try index.lookup.entry(named: name) == row)
      #expect(try index.lookup.nameKey(of: row) == name.normalForm(.standard))
      #expect(try index.lookup.parent(of: row) == node.parent.map { try index.number($0) })
      #expect(
        try Set(index.lookup.children(of: row, limit: 1_000))
          == Set(world.children(number).map { try index.number($0) }))
      var facts = try index.lookup.facts(of: row)
      facts.links = (facts.links + (try index.lookup.members(of: row))).sorted {
        ($0.sort.rawValue, $0.target) < ($1.sort.rawValue, $1.target)
      }
      #expect(facts == IndexFixture.facts(try #require(world.entry(number))))
      for link in facts.links { #expect(try index.lookup.entries(linking: link, limit: 1_000).contains(row)) }
      if let identity = facts.identity { #expect(try index.lookup.entries(with: identity).contains(row)) }
      ends.formUnion(facts.boundaries.map(\.timeIntervalSince1970))
    }
    var at = Date(timeIntervalSince1970: 0)
    for end in ends.sorted() {
      let next = try #require(try index.nextBoundary(after: at))
      #expect(next.timeIntervalSince1970 == end)
      #expect(try !index.touched(byBoundariesAfter: at, upTo: next).isEmpty)
      at = next
    }
    #expect(try index.nextBoundary(after: at) == nil)
  }
}
