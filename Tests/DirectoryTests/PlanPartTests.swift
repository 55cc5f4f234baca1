import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// What is compared of two directories: everything but what a server makes.
private func content(_ directory: InMemoryDirectory) -> [String: [String: Set<Value>]] {
  Dictionary(
    uniqueKeysWithValues: directory.all.map { entry in
      let own = entry.attributes.filter { !["entryUUID", "entryCSN"].contains($0.name) }
      return (entry.dn.description, Dictionary(uniqueKeysWithValues: own.map { ($0.name, Set($0.values)) }))
    })
}

private func applied(_ plan: Plan, to directory: InMemoryDirectory) throws -> InMemoryDirectory {
  var copy = directory
  for change in plan.changes { try copy.apply(change) }
  return copy
}

/// One world at a time, as for the laws of planning.
@Suite(.serialized) struct `The laws of a plan's parts` {
  static let seeds = Array(`The laws of planning`.seeds.prefix(40))

  private struct Case {
    var directory: InMemoryDirectory
    var desired: DesiredState
    var plan: Plan
    var generator: SeededGenerator

    init(_ seed: UInt64) throws {
      let world = RandomWorld(seed: seed)
      directory = try InMemoryDirectory.holding(world.before)
      desired = DesiredState.wanting(world.after, complete: [.person], named: seed % 2 == 0)
      plan = try makePlan(desired, against: directory.all)
      generator = SeededGenerator(seed: seed &+ 4711)
    }

    func replanned(_ directory: InMemoryDirectory) throws -> Plan {
      try makePlan(desired, against: directory.all)
    }
  }

  private func isSound(_ part: Plan, of whole: Plan) {
    for (index, change) in part.changes.enumerated() {
      #expect(change.id == index)
      #expect(change.after.allSatisfy { $0 < index } && change.following.allSatisfy { $0 < index })
    }
    #expect(part.unchanged == whole.unchanged && part.population == whole.population)
  }

  /// Which changes there are, whatever their numbers and order.
  private func names(_ changes: some Sequence<Change>) -> [String] {
    changes.map { "\($0.identity.text) \($0.action.rawValue)" }.sorted()
  }

  private func expectRest(_ part: Plan, _ one: Case, seed: UInt64) throws {
    isSound(part, of: one.plan)
    let between = try applied(part, to: one.directory)
    let again = try one.replanned(between)
    #expect(
      (names(again.changes) + names(part.changes)).sorted() == names(one.plan.changes),
      "seed \(seed): \(names(part.changes)) and then \(names(again.changes))")
    let end = try applied(again, to: between)
    #expect(try one.replanned(end).changes.isEmpty, "seed \(seed)")
  }

  @Test(arguments: seeds) func `any part leaves a sound directory, and planning again gives the rest`(
    seed: UInt64
  ) throws {
    var one = try Case(seed)
    let wanted = Set(one.plan.changes.map(\.id).filter { _ in Bool.random(using: &one.generator) })
    let part = one.plan.subset("some") { wanted.contains($0.id) }
    #expect(part.part == "some")
    try expectRest(part, one, seed: seed)
  }

  @Test(arguments: seeds) func `leaving changes out leaves out what cannot do without them`(seed: UInt64)
    throws
  {
    var one = try Case(seed)
    let unwanted = Set(
      one.plan.changes.map(\.id).filter { _ in Int.random(in: 0..<5, using: &one.generator) == 0 })
    let part = one.plan.subset(excluding: "not those") { unwanted.contains($0.id) }
    #expect(part.changes.count <= one.plan.changes.count - unwanted.count)
    try expectRest(part, one, seed: seed)
  }

  @Test(arguments: seeds) func `endings and then the rest come to the whole plan`(seed: UInt64) throws {
    let one = try Case(seed)
    let (endings, rest) = one.plan.split()
    #expect(endings == nil || endings?.changes.isEmpty == false)
    #expect((endings?.changes.count ?? 0) + rest.changes.count == one.plan.changes.count)
    #expect(endings?.changes.allSatisfy { $0.isEnding && !$0.isByAbsence } ?? true)
    isSound(rest, of: one.plan)
    let between = try endings.map { try applied($0, to: one.directory) } ?? one.directory
    #expect(try content(applied(rest, to: between)) == content(applied(one.plan, to: one.directory)))
  }

  @Test func `worlds have endings, and parts that need more than was asked for`() throws {
    let plans = try (UInt64(1)...110).map { try Case($0).plan }
    #expect(plans.contains { $0.split().endings != nil })
    #expect(
      plans.contains { plan in
        plan.changes.contains { change in plan.subset("one") { $0.id == change.id }.changes.count > 1 }
      })
  }
}

@Suite struct `An ending by positive evidence` {
  let norr = Wanted(kind: .unit, id: "SE2321000016-1N", parent: "", name: "VC Norr")
  let anna = Wanted(
    kind: .person, id: "SE2321000016-7X3K", parent: "SE2321000016-1N", name: "Anna Berg",
    attributes: ["sn": ["Berg"], "fullName": ["Anna Berg"], "telephoneNumber": ["+46 8 1"]])
  let commission = Wanted(
    kind: .commission, id: "SE2321000016-C1", parent: "SE2321000016-1N", name: "Vård",
    attributes: ["hsaCommissionMember": ["SE2321000016-7X3K;20260101000000Z;", "SE2321000016-7X4K;;"]])

  private func isEnding(
    _ before: [String: [String]] = [:], _ after: [String: [String]],
    management: Management = TestCatalogue.management
  ) throws -> Bool {
    let isMember = after.keys.contains { $0.contains("Member") }
    var (old, new) = isMember ? (commission, commission) : (anna, anna)
    if isMember { new.attributes = [:] }
    old.attributes.merge(before) { $1 }
    new.attributes.merge(after) { $1 }
    let directory = try InMemoryDirectory.holding([norr, old])
    let plan = try makePlan(.wanting([norr, new]), against: directory.all, management: management)
    try #require(plan.changes.count == 1)
    #expect((plan.split().endings != nil) == plan.changes[0].isEnding)
    return plan.changes[0].isEnding
  }

  @Test func `is an end that has come, with what else is taken away`() throws {
    #expect(try isEnding(["endDate": []], ["endDate": ["20261101000000Z"]]))
    #expect(try isEnding(["endDate": ["20270101000000Z"]], ["endDate": ["20261101000000Z"]]))
    #expect(try isEnding([:], ["endDate": ["20261101000000Z"], "telephoneNumber": []]))
  }

  @Test func `is no end that is to come, is put off or is lifted, and nothing that also gives`() throws {
    #expect(try !isEnding([:], ["endDate": ["20270101000000Z"]]))
    #expect(try !isEnding(["endDate": ["20260101000000Z"]], ["endDate": ["20260201000000Z"]]))
    #expect(try !isEnding(["endDate": ["20260101000000Z"]], ["endDate": []]))
    #expect(try !isEnding([:], ["endDate": ["20261101000000Z"], "telephoneNumber": ["+46 8 2"]]))
    #expect(try !isEnding([:], ["telephoneNumber": []]))
  }

  @Test func `is every member who goes because the row says so`() throws {
    #expect(try isEnding([:], ["hsaCommissionMember": []]))
    #expect(
      try isEnding(
        [:],
        ["hsaCommissionMember": ["SE2321000016-7X3K;20260101000000Z;20261101000000Z", "SE2321000016-7X4K;;"]])
    )
    let merging = Management([.commission: KindManagement(own: ["cn"], merge: ["hsaCommissionMember"])])
    #expect(
      try isEnding(
        [:], ["hsaCommissionMember": [], "remove:hsaCommissionMember": ["SE2321000016-7X4K;;"]],
        management: merging))
  }

  @Test func `is no member who merely is not listed, and nobody new`() throws {
    #expect(try !isEnding([:], ["hsaCommissionMember": ["SE2321000016-7X4K;;"]]))
    #expect(
      try !isEnding(
        [:], ["hsaCommissionMember": ["SE2321000016-7X3K;20260101000000Z;20261101000000Z"]]))
    #expect(
      try !isEnding(
        [:],
        ["hsaCommissionMember": ["SE2321000016-7X3K;20250101000000Z;20261101000000Z", "SE2321000016-7X4K;;"]])
    )
    #expect(
      try !isEnding(
        [:],
        [
          "hsaCommissionMember": [
            "SE2321000016-7X3K;20260101000000Z;", "SE2321000016-7X4K;;", "SE2321000016-7X5K;;",
          ]
        ]))
  }

  @Test func `is no member whose list the source provides and the row lacks`() throws {
    let directory = try InMemoryDirectory.holding([norr, commission])
    var row = commission
    row.attributes = [:]
    let desired = DesiredState.wanting([norr, row], provides: ["hsaCommissionMember"])
    let plan = try makePlan(desired, against: directory.all)
    #expect(plan.changes.map(\.isEnding) == [false])
  }

  @Test func `waits with the rest where it needs something else done first`() throws {
    let syd = Wanted(kind: .unit, id: "SE2321000016-1S", parent: "", name: "VC Syd")
    var ended = anna
    ended.parent = syd.id
    ended.attributes["endDate"] = ["20261101000000Z"]
    let directory = try InMemoryDirectory.holding([norr, syd, anna])
    let plan = try makePlan(.wanting([norr, syd, ended]), against: directory.all)
    #expect(plan.changes.map(\.action) == [.move, .deactivate])
    let (endings, rest) = plan.split()
    #expect(endings == nil && rest.changes.count == 2)
  }
}
