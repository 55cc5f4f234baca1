import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

extension InMemoryDirectory {
  /// Applies changes as the applier does: an entry's CSN after our own write takes the place of the planned one.
  mutating func run(_ changes: some Sequence<Change>) throws -> [Undo.Record] {
    var csns: [String: String] = [:]
    return try changes.map { change in
      var change = change
      let uuid = change.precondition.entryUUID
      if change.precondition.entryCSN != nil, let own = uuid.flatMap({ csns[$0] }) {
        change.precondition.entryCSN = own
      }
      let before = entry(change.dn)
      try apply(change)
      let after = entry(change.newDN ?? change.dn)
      if let id = after?.text("entryUUID") { csns[id] = after?.text("entryCSN") }
      return Undo.Record(
        change, isApplied: true, entryUUID: after?.text("entryUUID") ?? before?.text("entryUUID"),
        entryCSN: after?.text("entryCSN"), before: before)
    }
  }

  func entry(_ dn: DistinguishedName) -> Entry? { entries[dn.normalForm(schema)] }

  /// All that an undo shall give back: names and values, not what the server makes.
  var content: Set<String> {
    Set(
      all.map { entry in
        let attributes = entry.attributes.filter { !["entryUUID", "entryCSN"].contains($0.name) }
          .map { "\($0.name.asciiLowercased)=\($0.values.sorted().map(\.json.text))" }
        return ([entry.dn.description] + attributes.sorted()).joined(separator: "\n")
      })
  }
}

func makeUndo(_ records: [Undo.Record], run: Int = 7) -> Plan {
  let (plan, _) = Undo.plan(
    of: records, run: run, instant: TestCatalogue.instant, base: DistinguishedName(),
    proof: TestCatalogue.proof, profile: TestCatalogue.profile, schema: TestCatalogue.schema)
  return plan
}

@Suite(.serialized) struct `The laws of undoing` {
  private func expectOrdered(_ plan: Plan) {
    for (index, change) in plan.changes.enumerated() {
      #expect(change.id == index)
      #expect((change.after + change.following).allSatisfy { (0..<index).contains($0) })
    }
  }

  private func directory(_ seed: UInt64) throws -> (InMemoryDirectory, Plan) {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    let desired = DesiredState.wanting(world.after, complete: [.person], named: seed % 2 == 0)
    return (directory, try makePlan(desired, against: directory.all))
  }

  @Test(arguments: Seeds.first(40))
  func `what was applied and undone is as it was, and undone again as applied`(
    seed: UInt64
  ) throws {
    var (directory, plan) = try directory(seed)
    let before = directory.content
    let made = try directory.run(plan.changes)
    let after = directory.content
    let undo = makeUndo(made)
    expectOrdered(undo)
    #expect(undo.findings.isEmpty && undo.changes.count == plan.changes.count, "seed \(seed)")
    let undone = try directory.run(undo.changes)
    #expect(directory.content == before, "seed \(seed)")
    let again = makeUndo(undone, run: 8)
    expectOrdered(again)
    // What was created, and deleted by the undo, comes back; only its entryUUID and CSN are others.
    _ = try directory.run(again.changes)
    #expect(directory.content == after, "seed \(seed)")
  }

  @Test(arguments: Seeds.first(20)) func `what was applied in part is undone in part`(seed: UInt64) throws {
    let (untouched, plan) = try directory(seed)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<4 where !plan.changes.isEmpty {
      var directory = untouched
      let count = Int.random(in: 0...plan.changes.count, using: &generator)
      var records = try directory.run(plan.changes.prefix(count))
      records += plan.changes.dropFirst(count).map { Undo.Record($0, isApplied: false) }
      let undo = makeUndo(records.shuffled(using: &generator))
      expectOrdered(undo)
      #expect(undo.changes.count == count)
      _ = try directory.run(undo.changes)
      #expect(directory.content == untouched.content, "seed \(seed), \(count) of \(plan.changes.count)")
    }
  }

  @Test(arguments: Seeds.first(20)) func `an undo may be applied in any order that respects its edges`(
    seed: UInt64
  ) throws {
    var (directory, plan) = try directory(seed)
    let before = directory.content
    var open = makeUndo(try directory.run(plan.changes)).changes
    var generator = SeededGenerator(seed: seed &+ 5)
    var done: Set<Int> = []
    while !open.isEmpty {
      // Two changes of one entry keep their order, as in the applier's queue.
      let ready = open.indices.filter { index in
        (open[index].after + open[index].following).allSatisfy(done.contains)
          && !open[..<index].contains { $0.identity == open[index].identity }
      }
      let index = try #require(ready.randomElement(using: &generator))
      _ = try directory.run([open[index]])
      done.insert(open[index].id)
      open.remove(at: index)
    }
    #expect(directory.content == before, "seed \(seed)")
  }

  @Test(arguments: Seeds.first(12)) func `what was deleted comes back with all that can be written`(
    seed: UInt64
  ) throws {
    let world = RandomWorld(seed: seed)
    var directory = try InMemoryDirectory.holding(world.before)
    let deleting = Management([.person: KindManagement(absent: .delete, grace: 0, own: ["sn", "title"])])
    let kept = DesiredState.wanting(world.before.filter { $0.kind != .person }, complete: [.person])
    let ending = try makePlan(kept, against: directory.all, management: deleting)
    _ = try directory.run(ending.changes)
    let before = directory.content
    let deletion = try makePlan(kept, against: directory.all, management: deleting)
    #expect(deletion.count(.delete) == world.before.count { $0.kind == .person })
    let undo = makeUndo(try directory.run(deletion.changes))
    #expect(undo.changes.allSatisfy { $0.action == .create && $0.cause == .undo(run: 7) })
    #expect(
      undo.findings.count == undo.changes.count && undo.findings.allSatisfy { $0.code == "not-restored" })
    let undone = try directory.run(undo.changes)
    #expect(directory.content == before)
    _ = try directory.run(makeUndo(undone).changes)
    #expect(directory.all.allSatisfy { !$0["objectClass"].contains("person") })
  }
}
