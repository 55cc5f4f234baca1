import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct PlanDigestTests {
  private func plan(_ seed: UInt64 = 11) throws -> Plan {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    return try makePlan(.wanting(world.after, complete: [.person]), against: directory.all)
  }

  /// The digest after an alteration, which must alter something that can be written.
  private func digest(_ alter: (inout Plan) throws -> Void) throws -> PlanDigest {
    var plan = try plan()
    try alter(&plan)
    return plan.digest
  }

  private func modification(in plan: Plan) throws -> Int {
    try #require(plan.changes.firstIndex { if case .modify = $0.operation { true } else { false } })
  }

  @Test func `a plan made twice of the same has the same digest, whatever the server calls its states`()
    throws
  {
    let first = try plan().digest
    #expect(first.hex.count == 64 && first.hex == first.hex.lowercased())
    #expect(try plan().digest == first)
    let world = RandomWorld(seed: 11)
    var directory = try InMemoryDirectory.holding(world.before)
    for entry in directory.all {
      let touch = Modification(.replace, "description", entry["description"])
      try directory.apply(.modify(entry.dn, [touch]), assertion: nil)
    }
    var generator = SeededGenerator(seed: 1)
    let again = try makePlan(
      .wanting(world.after, complete: [.person]), against: directory.all.shuffled(using: &generator), size: 3)
    #expect(again.digest == first)
  }

  @Test func `what does not alter what is done leaves the digest`() throws {
    let first = try plan().digest
    #expect(
      try digest { plan in
        for index in plan.changes.indices {
          plan.changes[index].label = "\(index)"
          plan.changes[index].place = .init(unit: HSAIdentity("x"))
          plan.changes[index].destination = .init()
          if case .desired = plan.changes[index].cause {
            plan.changes[index].cause = .desired(.init(file: "other", line: index + 1))
          }
          plan.changes[index].differences = plan.changes[index].differences.map {
            var difference = $0
            difference.removed.reverse()
            difference.added.reverse()
            difference.kept += 1
            return difference
          }
        }
        plan.proof.entries += 1
        plan.proof.contextAfter = ["x"]
        plan.proof.clockSkew = 1
        plan.population.elsewhere = [.person: 4]
        plan.part = "a part"
        plan.observed[.person, default: 0] += 1
        plan.unchanged += 1
        plan.instant += 0.25
        plan.guards = [GuardVerdict(.moved, .everything, .passed, count: 4, of: 9)]
      } == first)
    let bound = try digest { $0.changes[0].precondition.entryCSN = "1" }
    #expect(try digest { $0.changes[0].precondition.entryCSN = "2" } == bound && bound != first)
  }

  @Test func `what an approval lifts does not depend on the hour`() throws {
    let tripped = GuardVerdict(.clocks, .everything, .tripped, count: 40)
    let later = GuardVerdict(.clocks, .everything, .tripped, count: 41)
    #expect(try digest { $0.guards = [tripped] } == digest { $0.guards = [later] })
    let day = GuardVerdict(.moved, .everything, window: .day, .tripped, count: 40, of: 100)
    let dayLater = GuardVerdict(.moved, .everything, window: .day, .tripped, count: 39, of: 101)
    #expect(try digest { $0.guards = [day, later] } == digest { $0.guards = [tripped, dayLater] })
  }

  @Test func `whatever is done, or made the plan stop, alters the digest`() throws {
    let modification = try modification(in: plan())
    let alterations: [(inout Plan) throws -> Void] = [
      { $0.instant += 3_600 }, { $0.base = DistinguishedName() }, { $0.isOfEndings = true },
      { $0.desired.serial = 4 }, { $0.desired.digest = "ab" },
      { $0.guards = [GuardVerdict(.moved, .everything, .tripped, count: 4)] },
      { $0.guards = [GuardVerdict(.moved, .everything, .tripped, count: 5)] },
      { $0.guards = [GuardVerdict(.moved, .everything, window: .day, .tripped, count: 4)] },
      { $0.guards = [GuardVerdict(.moved, .kind(.person), .tripped, count: 4)] },
      { $0.guards = [GuardVerdict(.moved, .provider(HSAIdentity("a"), .person), .tripped, count: 4)] },
      { $0.guards = [GuardVerdict(.observedShrank, .everything, .tripped, count: 5, of: 100)] },
      { $0.guards = [GuardVerdict(.observedShrank, .everything, .tripped, count: 6, of: 100)] },
      { $0.changes.removeLast() }, { $0.changes.swapAt(0, 1) },
      { $0.changes[0].action = .archive }, { $0.changes[0].kind = .organisation },
      { $0.changes[0].identity = HSAIdentity("x") }, { $0.changes[0].cause = .absence(source: "a") },
      { $0.changes[0].cause = .absence(source: "b") }, { $0.changes[0].cause = .undo(run: 3) },
      { $0.changes[0].isEnding.toggle() }, { $0.changes[0].dn = $0.base }, { $0.changes[0].newDN = $0.base },
      { $0.changes[0].precondition.entryUUID = "x" },
      { $0.changes[0].precondition.assertion = .present("title") },
      { $0.changes[0].precondition.assertion = .not(.present("title")) },
      { $0.changes[1].after = $0.changes[1].after.isEmpty ? [0] : [] },
      { $0.changes[1].following = [0] }, { $0.changes[0].operation = .delete($0.changes[0].dn) },
      {
        $0.changes[0].operation = .rename(
          $0.changes[0].dn, newRDN: .init("cn", "x"), deleteOldRDN: true, newSuperior: nil)
      },
      {
        $0.changes[0].operation = .rename(
          $0.changes[0].dn, newRDN: .init("cn", "x"), deleteOldRDN: false, newSuperior: nil)
      },
      { $0.changes[modification].differences[0].added.append("x") },
      { $0.changes[modification].differences[0].removed.append("x") },
      { $0.changes[modification].differences[0].style = .initial },
      { plan in
        guard case .modify(let dn, var modifications) = plan.changes[modification].operation else { return }
        modifications[0].values[0].bytes[0] ^= 1
        plan.changes[modification].operation = .modify(dn, modifications)
      },
      { plan in
        guard case .modify(let dn, var modifications) = plan.changes[modification].operation else { return }
        modifications[0].attribute += "x"
        plan.changes[modification].operation = .modify(dn, modifications)
      },
    ]
    var seen = [try plan().digest]
    for (index, alter) in alterations.enumerated() {
      let digest = try digest(alter)
      #expect(!seen.contains(digest), "alteration \(index)")
      seen.append(digest)
    }
  }

  @Test func `a code is eight digits in two groups, however it is typed`() throws {
    let digest = try plan().digest
    #expect(digest.code.count == 9 && digest.code.filter { $0 != "-" }.lowercased() == digest.hex.prefix(8))
    #expect(PlanDigest.code(parsing: "7f3a91c2") == "7F3A-91C2")
    #expect(PlanDigest.code(parsing: "7F3A-91C2") == "7F3A-91C2")
    for text in ["", "7F3A", "7F3A-91C", "7F3A-91CG", "7F3A-91C2A", "plan.json"] {
      #expect(PlanDigest.code(parsing: text) == nil)
    }
  }
}
