import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// A plan of a part is the whole plan, restricted. One world at a time.
@Suite(.serialized) struct `The laws of planning a part` {
  static let seeds = Seeds.first(30)

  struct Tally {
    var parts = 0
    var wholes: [Part.Reason: Int] = [:]
    var smaller = 0
    var actions: [String: Int] = [:]
    var findings: [String: Int] = [:]
  }

  @Test(arguments: seeds) func `a plan of a part is the whole plan restricted to it`(seed: UInt64) throws {
    var tally = Tally()
    try Self.plan(seed, &tally)
  }

  @Test func `the worlds show every action, and what stands in the way`() throws {
    var tally = Tally()
    for seed in UInt64(1)...120 { try Self.plan(seed, &tally) }
    #expect(tally.parts > 300 && tally.smaller > 150, "\(tally)")
    #expect(
      Set(tally.actions.keys).isSuperset(of: [
        "create", "update", "move", "rename", "reactivate", "deactivate", "needed",
      ]), "\(tally)")
    #expect(
      Set(tally.findings.keys).isSuperset(of: [
        "value-taken", "double-entry", "duplicate-identity", "parent-missing", "lists-absentee", "no-parent",
        "on-hold", "other-kind",
      ]), "\(tally)")
  }

  static func plan(_ seed: UInt64, _ tally: inout Tally) throws {
    var world = PartWorld(seed: seed)
    let reader = world.reader
    let lookup = PartLookup(world.entries, reader)
    let index = DesiredIndex(world.state, reader: reader)
    let whole = lookup.table(lookup.all)
    let observed = world.derivation(whole)
    for step in 1...8 {
      let touched = Touched(world.someIdentities())
      let closure = PartClosure(
        lookup, profile: PartWorld.profile, rules: step % 4 == 0 ? nil : world.rules, desired: index,
        limit: 10_000)
      let part = try closure.part(of: touched)
      guard case .some(let extent) = part else {
        if case .whole(let reason) = part { tally.wholes[reason, default: 0] += 1 }
        continue
      }
      tally.parts += 1
      if extent.entries.count < lookup.entries.count { tally.smaller += 1 }
      try #require(extent.focus.isSuperset(of: touched.identities))
      let wanted = world.plan(world.state, whole, focus: extent.focus)
      let found = world.plan(
        world.state.subset(extent.rows), lookup.table(extent.entries), focus: extent.focus, like: index)
      let place = "seed \(seed) step \(step) of \(touched.identities.sorted())"
      try #require(found.lines == wanted.lines, "\(place)")
      try #require(found.findings == wanted.findings, "\(place)")
      try #require(found.absentees == wanted.absentees, "\(place)")
      try #require(found.hidden(in: wanted), "\(place): a protected person's name would be shown")
      tally.note(wanted, extent.focus)
      // A unit that is spelled anew concerns all under it: the whole is planned for that.
      guard step % 4 != 0, !found.changesStructure else { continue }
      try foretell(world, extent, lookup, wanted.changes, observed, place)
    }
  }

  /// What the plan means for roles comes out in the part as in the whole.
  private static func foretell(
    _ world: PartWorld, _ extent: Part.Extent, _ lookup: PartLookup, _ changes: [Change],
    _ observed: RoleDerivation, _ place: String
  ) throws {
    var whole = observed
    var part = world.derivation(lookup.table(extent.entries), of: extent.persons)
    for person in extent.persons { try #require(part.same(as: whole, person), "\(place): \(person) now") }
    let touched = whole.make(changes)
    _ = part.make(changes)
    let silent = touched.subtracting(extent.persons)
    try #require(silent.isEmpty, "\(place): \(silent) are touched and not looked at")
    for person in extent.persons { try #require(part.same(as: whole, person), "\(place): \(person) then") }
  }

  @Test func `too many and structure are planned as a whole`() throws {
    let world = PartWorld(seed: 1)
    let lookup = PartLookup(world.entries, world.reader)
    let index = DesiredIndex(world.state, reader: world.reader)
    func part(_ touched: Touched, rules: RoleRules? = nil, limit: Int = 1_000) throws -> Part {
      try PartClosure(lookup, profile: PartWorld.profile, rules: rules, desired: index, limit: limit)
        .part(of: touched)
    }
    let unit = HSAIdentity(PartWorld.id(100))
    #expect(try part(.whole) == .whole(.structure))
    #expect(try part(Touched(hasStructure: true)) == .whole(.structure))
    #expect(try part(Touched([unit])) == .whole(.structure))
    #expect(try part(Touched()) == .some(Part.Extent()))
    let commission = try #require(
      lookup.all.first { lookup.facts(of: $0).kind == .person }.flatMap { lookup.facts(of: $0).identity })
    #expect(try part(Touched([commission]), rules: world.rules, limit: 1) == .whole(.size))
  }
}

extension `The laws of planning a part`.Tally {
  fileprivate mutating func note(_ plan: Plan, _ focus: Set<HSAIdentity>) {
    for change in plan.changes {
      actions[change.action.rawValue, default: 0] += 1
      if !focus.contains(change.identity) { actions["needed", default: 0] += 1 }
    }
    for finding in plan.findings { findings[finding.code, default: 0] += 1 }
  }
}

extension Plan {
  /// Everything about the changes but their numbers and their order.
  fileprivate var lines: [String] {
    changes.map { change in
      let after = change.after.map { changes[$0].line }.sorted()
      let following = change.following.map { changes[$0].line }.sorted()
      return change.line + " after \(after) following \(following)"
    }.sorted()
  }

  /// Whether it masks all names that another masks in these changes.
  fileprivate func hidden(in other: Plan) -> Bool {
    let names = changes.flatMap { $0.differences }.flatMap { $0.removed + $0.added }.compactMap(\.text)
    let hidden = Set(protectedNames.keys.map { $0.normalForm(RoleWorld.schema) })
    return other.protectedNames.keys.map { $0.normalForm(RoleWorld.schema) }.allSatisfy { name in
      hidden.contains(name)
        || !names.contains {
          (try? DistinguishedName(parsing: $0))?.normalForm(RoleWorld.schema) == name
        }
    }
  }
}

extension Change {
  fileprivate var line: String {
    "\(action) \(kind) \(identity) \(label ?? "-") \(isProtected) \(cause) \(dn) \(newDN?.description ?? "-") "
      + "\(differences) \(operation) \(precondition) \(place) \(destination.debugDescription) \(isEnding)"
  }
}
