import Directory
import LDAP
import Testing

@testable import Reconciler

@Suite struct `The order of writes` {
  /// A change at an entry, after others.
  static func change(_ id: Int, at entry: String = "", after: [Int] = []) throws -> Change {
    let dn = try DistinguishedName(parsing: "cn=\(entry.isEmpty ? "entry \(id)" : entry),c=SE")
    return Change(
      id: id, action: .update, kind: .person, identity: HSAIdentity("SE2321000016-\(id)"), label: nil,
      isProtected: false, cause: .desired(SourcePosition(file: "a.yaml", line: 1)), dn: dn, differences: [],
      operation: .modify(dn, []), precondition: .init(), after: after)
  }

  private func queue(_ changes: [Change]) -> WriteQueue { WriteQueue(changes) { $0.dn.description } }

  private func drain(_ queue: inout WriteQueue) -> [Int] {
    var ids: [Int] = []
    while let id = queue.next() { ids.append(id) }
    return ids
  }

  @Test func `is the plan's for those that are independent`() throws {
    var queue = queue(try (0..<20).map { try Self.change($0) })
    #expect(drain(&queue) == Array(0..<20))
    #expect(queue.outstanding == 20)
  }

  @Test func `holds a change back until all it comes after are applied`() throws {
    var queue = queue([
      try Self.change(0), try Self.change(1), try Self.change(2, after: [0, 1, 0]), try Self.change(3),
    ])
    #expect(drain(&queue) == [0, 1, 3])
    #expect(queue.settle(0, applied: true).isEmpty)
    #expect(queue.next() == nil)
    _ = queue.settle(1, applied: true)
    #expect(queue.next() == 2)
  }

  @Test func `skips what comes after a failure, to the last generation, and nothing else`() throws {
    var queue = queue([
      try Self.change(0), try Self.change(1, after: [0]), try Self.change(2, after: [1]), try Self.change(3),
      try Self.change(4, after: [3]),
    ])
    #expect(drain(&queue) == [0, 3])
    let skipped = queue.settle(0, applied: false)
    #expect(skipped.map(\.id) == [1, 2] && skipped.map(\.because) == [0, 1])
    _ = queue.settle(3, applied: true)
    #expect(drain(&queue) == [4])
    _ = queue.settle(4, applied: true)
    #expect(queue.remaining == 0)
  }

  @Test func `holds a change back until what it follows has ended, however that ended`() throws {
    var changes = [
      try Self.change(0), try Self.change(1, after: [0]), try Self.change(2), try Self.change(3),
    ]
    changes[2].following = [0]
    changes[3].following = [1]
    var queue = queue(changes)
    #expect(drain(&queue) == [0])
    #expect(queue.settle(0, applied: false).map(\.id) == [1])
    #expect(drain(&queue) == [2, 3])
  }

  @Test func `never has two at one entry`() throws {
    var queue = queue([
      try Self.change(0, at: "x"), try Self.change(1, at: "x"), try Self.change(2, at: "x"),
      try Self.change(3),
    ])
    #expect(drain(&queue) == [0, 3])
    // However the first ends, the next at the entry may be sent: it has its own condition.
    _ = queue.settle(0, applied: false)
    #expect(drain(&queue) == [1])
    _ = queue.settle(1, applied: true)
    #expect(drain(&queue) == [2])
  }

  @Test func `waits for the one under way at an entry even when the one between was skipped`() throws {
    var queue = queue([
      try Self.change(0, at: "x"), try Self.change(1), try Self.change(2, at: "x", after: [1]),
      try Self.change(3, at: "x"),
    ])
    #expect(drain(&queue) == [0, 1])
    #expect(queue.settle(1, applied: false).map(\.id) == [2])
    #expect(queue.next() == nil)
    _ = queue.settle(0, applied: true)
    #expect(queue.next() == 3)
  }

  @Test func `can be broken off, with what is under way still to end`() throws {
    var queue = queue([try Self.change(0), try Self.change(1), try Self.change(2, after: [0])])
    #expect(queue.next() == 0)
    #expect(queue.skipRest() == [1, 2])
    #expect(queue.remaining == 1 && queue.next() == nil)
    #expect(queue.settle(0, applied: true).isEmpty)
    #expect(queue.remaining == 0 && queue.next() == nil)
  }

  @Test func `ends for any plan, with each change sent once and after those it comes after`() throws {
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let changes = try (0..<60).map { id in
        let after = (0..<id).filter { _ in random.next() % 20 == 0 }
        return try Self.change(id, at: "e\(random.next() % 40)", after: after)
      }
      var queue = queue(changes)
      var applied: Set<Int> = []
      var ended: Set<Int> = []
      var underWay: [Int] = []
      while queue.remaining > 0 {
        while underWay.count < 7, let id = queue.next() {
          #expect(Set(changes[id].after).isSubset(of: applied))
          #expect(!underWay.contains { changes[$0].dn == changes[id].dn })
          underWay.append(id)
        }
        let id = underWay.remove(at: Int(random.next() % UInt64(underWay.count)))
        let isApplied = random.next() % 10 != 0
        if isApplied { applied.insert(id) }
        #expect(ended.insert(id).inserted)
        for skipped in queue.settle(id, applied: isApplied) { #expect(ended.insert(skipped.id).inserted) }
      }
      #expect(ended.count == changes.count, "seed \(seed)")
    }
  }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
