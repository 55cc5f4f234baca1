import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// One world at a time: what computes for long must not keep others, who wait for servers, from their turn.
@Suite(.serialized) struct `The laws of role derivation` {
  static let seeds = Seeds.first(16)

  @Test(arguments: seeds) func `what is derived is what the plainest reading of the rules gives`(seed: UInt64)
    throws
  {
    let world = RoleWorld(seed: seed)
    let derivation = world.derivation()
    #expect(world.difference(derivation) == nil, "seed \(seed)")
    let timeless = world.oracle(timeless: true).everything()
    for person in world.oracle().persons.compactMap(\.id) {
      let wanted = (timeless[person] ?? []).filter { $0.refusal == nil }.map(\.assignment).inOrder
      #expect(derivation.assignmentsRegardlessOfTime(of: person) == wanted, "seed \(seed) \(person)")
    }
  }

  @Test(arguments: seeds) func `deriving what changed gives what deriving everything gives`(seed: UInt64)
    throws
  {
    var world = RoleWorld(seed: seed)
    var derivation = world.derivation()
    for step in 1...12 {
      let before = derivation
      let touched: Set<HSAIdentity>
      if world.chance(25) {
        world.pass(derivation.boundaries)
        touched = derivation.advance(to: world.instant)
      } else {
        world.change()
        if world.chance(30) { world.change() }
        let told = world.takeTold()
        touched = derivation.remove(told.removed).union(derivation.put(EntryTable(told.put)))
      }
      let fresh = world.derivation()
      try #require(fresh.difference(from: derivation) == nil, "seed \(seed) step \(step)")
      try #require(world.difference(derivation) == nil, "seed \(seed) step \(step)")
      let silent = before.changed(to: derivation).subtracting(touched)
      try #require(silent.isEmpty, "seed \(seed) step \(step): \(silent) changed and were not told")
    }
  }

  @Test(arguments: seeds) func `what a plan foretells is what follows once it is applied`(seed: UInt64) throws
  {
    var world = RoleWorld(seed: seed)
    let derivation = world.derivation()
    var foretold = derivation
    for step in 1...6 {
      world.change()
      let operations = world.takeTold().operations
      let touched = foretold.make(operations.map(RoleWorld.change))
      let fresh = world.derivation(foretelling: foretold)
      try #require(fresh.difference(from: foretold) == nil, "seed \(seed) step \(step) \(operations)")
      let silent = derivation.changed(to: foretold).subtracting(touched)
      try #require(step > 1 || silent.isEmpty, "seed \(seed) step \(step): \(silent)")
    }
  }

  @Test(arguments: seeds) func `the order of entries, values and batches makes no difference`(seed: UInt64)
    throws
  {
    var world = RoleWorld(seed: seed)
    let wanted = world.derivation()
    for _ in 1...3 {
      var entries = world.shuffled(world.all)
      for index in entries.indices {
        entries[index].attributes = world.shuffled(entries[index].attributes).map {
          Attribute($0.name, world.shuffled($0.values))
        }
      }
      var other = world.emptyDerivation()
      let cut = Int(seed) % (entries.count + 1)
      other.take(EntryTable(Array(entries[..<cut])))
      other.take(EntryTable(Array(entries[cut...])))
      other.derive(at: world.instant)
      #expect(wanted.difference(from: other) == nil, "seed \(seed)")
    }
  }

  @Test(arguments: seeds) func `an unrelated entry changes nothing`(seed: UInt64) throws {
    let world = RoleWorld(seed: seed)
    let before = world.derivation()
    var after = before
    let stranger = Entry(
      dn: RoleWorld.dn("cn=Ny,o=Region Exempel,c=SE"),
      attributes: [
        Attribute("objectClass", ["top", "device"]), Attribute("cn", ["Ny"]), Attribute("entryUUID", ["new"]),
      ])
    #expect(after.put(EntryTable([stranger])).isEmpty)
    #expect(before.difference(from: after) == nil, "seed \(seed)")
  }

  @Test(arguments: seeds) func `taking a membership or a licence away gives nobody a role`(seed: UInt64)
    throws
  {
    // Negations and limits on others give one something when another loses it: they are left out of this law.
    var world = RoleWorld(seed: seed)
    world.rules.rules.removeAll { $0.name == "inte chef" }
    world.rules.constraints = []
    let before = world.derivation()
    for entry in world.all {
      for attribute in ["hsaCommissionMember", "hsaTitle"] {
        for value in entry[attribute] {
          var after = before
          var less = entry
          less[attribute] = entry[attribute].filter { $0 != value }
          less.attributes.removeAll { $0.values.isEmpty }
          _ = after.put(EntryTable([less]))
          for person in after.holders {
            // Of two spellings of one role the other may remain.
            func roles(_ derivation: RoleDerivation) -> Set<String> {
              Set(derivation.assignments(of: person).map { RoleName.normalForm($0.role) })
            }
            let gained = roles(after).subtracting(roles(before))
            #expect(gained.isEmpty, "seed \(seed) \(attribute)")
          }
        }
      }
    }
  }

  @Test func `the worlds show all that rules, constraints and findings are for`() {
    var (rules, refusing, codes): (Set<String>, Set<Int>, Set<String>) = ([], [], [])
    for seed in UInt64(1)...40 {
      let world = RoleWorld(seed: seed)
      for held in world.oracle().everything().values.flatMap(\.self) {
        if let refusal = held.refusal {
          switch world.rules.constraints[refusal].limit {
          case .units: refusing.insert(0)
          case .requesters: refusing.insert(1)
          case .exclusive: refusing.insert(2)
          case .maximum: refusing.insert(3)
          }
        } else {
          rules.insert(held.assignment.rule)
        }
      }
      codes.formUnion(world.derivation().findings.map(\.code))
    }
    #expect(rules == Set(RoleWorldRules.all.map(\.name)))
    #expect(refusing == [0, 1, 2, 3])
    #expect(
      codes.isSuperset(of: [
        "commission-withheld", "date-unreadable", "identity-replaced", "membership-unreadable",
        "outside-bases",
      ]))
  }
}
