import Directory
import Foundation
import LDAP
import TestKit

@testable import Reconciler

/// A directory in memory, plainly kept, that changes at random and tells what a server with content sync would tell.
struct TreeWorld {
  struct Node {
    var number: Int
    /// `nil`: the base itself, or, of what lies outside, nothing.
    var parent: Int?
    var rdn: String
    var attributes: [(String, [String])]
    var isUnit: Bool
    var csn: Int
  }

  /// By number; 0 is the base.
  private(set) var nodes: [Int: Node] = [:]
  /// The units that lie outside of the base, with all that lies under them.
  private(set) var outside: Set<Int> = []
  /// Whose own entry changed since the last refresh, in that order.
  private(set) var changed: [Int] = []
  private(set) var deleted: [Int] = []
  private var generator: SeededGenerator
  private var next = 1
  private var csn = 1

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    nodes[0] = Node(
      number: 0, parent: nil, rdn: "", attributes: [("objectClass", ["organizationalUnit"])], isUnit: true,
      csn: 1)
    for _ in 0..<20 { add() }
    forgetChanges()
  }

  mutating func forgetChanges() {
    changed = []
    deleted = []
  }

  mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }
  mutating func shuffled<Element>(_ list: [Element]) -> [Element] { list.shuffled(using: &generator) }

  // MARK: what is there

  func isInside(_ number: Int) -> Bool {
    var here: Int? = number
    while let node = here {
      if outside.contains(node) { return false }
      here = nodes[node]?.parent
    }
    return true
  }

  /// Those below the base, in order of their numbers.
  var inside: [Int] { nodes.keys.filter(isInside).sorted() }

  func name(_ number: Int) -> String {
    guard let node = nodes[number], let parent = node.parent else { return IndexFixture.base }
    return "\(node.rdn),\(name(parent))"
  }

  func entry(_ number: Int) -> IndexEntry? {
    guard let node = nodes[number], isInside(number) else { return nil }
    return IndexEntry(number, name(number), node.attributes, csn: node.csn)
  }

  var entries: [IndexEntry] { inside.compactMap(entry) }
  var shown: [String] { entries.map(\.entry.shown).sorted() }

  func children(_ number: Int) -> [Int] {
    nodes.values.filter { $0.parent == number && !outside.contains($0.number) }.map(\.number).sorted()
  }

  private func isUnder(_ number: Int, _ other: Int) -> Bool {
    var here: Int? = number
    while let node = here {
      if node == other { return true }
      here = nodes[node]?.parent
    }
    return false
  }

  /// All under one, itself first.
  func subtree(_ number: Int) -> [Int] { [number] + children(number).flatMap(subtree) }

  // MARK: what happens

  /// Lets something happen.
  ///
  /// - Returns: what the server tells of it at once.
  mutating func step() -> [SyncEvent] {
    switch number(0..<12) {
    case 0, 1, 2: return tell([add()])
    case 3, 4: return change()
    case 5: return rename()
    case 6, 7, 8: return move()
    case 9: return delete()
    case 10: return leave()
    default: return comeBack()
    }
  }

  private mutating func tell(_ numbers: [Int]) -> [SyncEvent] {
    let there = numbers.compactMap(entry)
    return there.isEmpty ? [] : [there.event]
  }

  private mutating func pick(_ isWanted: (Node) -> Bool) -> Int? {
    let wanted = inside.filter { nodes[$0].map(isWanted) == true }
    return wanted.randomElement(using: &generator)
  }

  private mutating func touch(_ number: Int) {
    csn += 1
    nodes[number]?.csn = csn
    changed.removeAll { $0 == number }
    changed.append(number)
  }

  private func isFree(_ rdn: String, under parent: Int) -> Bool {
    !nodes.values.contains {
      $0.parent == parent && !outside.contains($0.number) && $0.rdn.lowercased() == rdn.lowercased()
    }
  }

  /// Few names, so that they are taken again by others.
  private mutating func freeName(under parent: Int, isUnit: Bool) -> String {
    let names = [#"Å\, ett"#, "b", "C", "d  e", "f"]
    while true {
      let name = names[number(0..<names.count)] + (number(0..<3) == 0 ? " \(number(0..<9))" : "")
      let rdn = (isUnit ? "ou=" : "cn=") + name
      if isFree(rdn, under: parent) { return rdn }
      let spare = "\(rdn)-\(number(0..<100_000))"
      if isFree(spare, under: parent) { return spare }
    }
  }

  @discardableResult
  private mutating func add() -> Int {
    let parent = pick { $0.isUnit } ?? 0
    let isUnit = number(0..<3) == 0
    let new = next
    next += 1
    let identity = "SE2321000016-\(number(0..<20) == 0 ? max(1, new - 1) : new)"
    let rdn = freeName(under: parent, isUnit: isUnit)
    let kind = isUnit ? "organizationalUnit" : number(0..<4) == 0 ? "commission" : "person"
    nodes[new] = Node(
      number: new, parent: parent, rdn: rdn,
      attributes: [
        ("objectClass", [kind]), ("hsaIdentity", [identity]),
      ], isUnit: isUnit, csn: 1)
    fill(new)
    touch(new)
    return new
  }

  private mutating func fill(_ number: Int) {
    guard var attributes = nodes[number].map({ Array($0.attributes.prefix(2)) }) else { return }
    if self.number(0..<2) == 0 { attributes.append(("mail", ["m\(self.number(0..<30))@example.org"])) }
    if self.number(0..<3) == 0 {
      attributes.append(
        ("member", (0..<self.number(1..<5)).map { "SE2321000016-\($0 * 7 + self.number(1..<7))" }))
    }
    if self.number(0..<4) == 0, let other = pick({ _ in true }) {
      attributes.append(("seeAlso", [name(other)]))
    }
    if self.number(0..<4) == 0 { attributes.append(("endDate", ["\(self.number(1..<50))"])) }
    attributes.append(("title", ["t\(self.number(0..<1_000_000))"]))
    nodes[number]?.attributes = attributes
  }

  private mutating func change() -> [SyncEvent] {
    guard let one = pick({ $0.number != 0 }) else { return [] }
    fill(one)
    touch(one)
    return tell([one])
  }

  private mutating func rename() -> [SyncEvent] {
    guard let one = pick({ $0.number != 0 }), let node = nodes[one], let parent = node.parent else {
      return []
    }
    let rdn = freeName(under: parent, isUnit: node.isUnit)
    nodes[one]?.rdn = rdn
    touch(one)
    return tell([one])
  }

  private mutating func move() -> [SyncEvent] {
    let world = self
    guard let one = pick({ $0.number != 0 }), let node = nodes[one],
      let parent = pick({ $0.isUnit && !world.isUnder($0.number, one) })
    else { return [] }
    if !isFree(node.rdn, under: parent) {
      let rdn = freeName(under: parent, isUnit: node.isUnit)
      nodes[one]?.rdn = rdn
    }
    nodes[one]?.parent = parent
    touch(one)
    return tell([one])
  }

  /// A leaf, or leaf by leaf all under a unit.
  private mutating func delete() -> [SyncEvent] {
    guard let one = pick({ $0.number != 0 }) else { return [] }
    let gone = subtree(one).reversed()
    guard gone.count < 6 else { return [] }
    var events: [SyncEvent] = []
    for number in gone {
      nodes[number] = nil
      changed.removeAll { $0 == number }
      deleted.append(number)
      events.append(.deleted([.numbered(number)]))
    }
    return events
  }

  /// A unit is moved out of the base: the server tells of it alone.
  private mutating func leave() -> [SyncEvent] {
    guard let one = pick({ $0.number != 0 && $0.isUnit }) else { return [] }
    outside.insert(one)
    touch(one)
    return [.deleted([.numbered(one)])]
  }

  /// A unit is moved back into the base, with all that lies under it: the server tells of it alone.
  private mutating func comeBack() -> [SyncEvent] {
    guard let one = outside.sorted().first,
      let parent = pick({ $0.isUnit }), let node = nodes[one]
    else { return [] }
    let rdn = freeName(under: parent, isUnit: node.isUnit)
    nodes[one]?.rdn = rdn
    nodes[one]?.parent = parent
    outside.remove(one)
    touch(one)
    return tell([one])
  }

  // MARK: what a refresh tells

  /// A refresh from before the changes: those whose own entry changed in any order, and all that are there as a list.
  mutating func presentPhase() -> [SyncEvent] {
    var events: [SyncEvent] = []
    for number in shuffled(changed.filter { isInside($0) }) { events += tell([number]) }
    let list = shuffled(inside.map { EntryUUID.numbered($0) })
    events.append(.present(Array(list.prefix(list.count / 2))))
    events.append(.present(Array(list.suffix(list.count - list.count / 2))))
    return events
  }

  /// The same with a session log: who was deleted, or moved out, in any order.
  mutating func deletePhase() -> [SyncEvent] {
    let gone = deleted + changed.filter { !isInside($0) }
    var events: [SyncEvent] = [.deleted(shuffled(gone.map { .numbered($0) }))]
    for number in shuffled(changed.filter { isInside($0) }) { events += tell([number]) }
    return events
  }

  mutating func wholeContent() -> [SyncEvent] {
    let all = shuffled(entries)
    return stride(from: 0, to: all.count, by: 7).map { Array(all[$0..<min($0 + 7, all.count)]).event }
  }
}

extension TreeIndex {
  /// Asks the directory what the server did not tell, as the one who follows it does.
  func settle(with world: TreeWorld) throws {
    for _ in 0..<20 {
      let (candidates, unread) = (try candidates(), try unread())
      if candidates.isEmpty && unread.isEmpty { return }
      let read = try beginRead()
      let byUUID = Dictionary(uniqueKeysWithValues: world.inside.map { (EntryUUID.numbered($0), $0) })
      try put(candidates.compactMap { byUUID[$0].flatMap(world.entry) }.table, read)
      try confirmGone(candidates.filter { byUUID[$0] == nil })
      for uuid in unread {
        guard let number = byUUID[uuid] else { continue }
        try put(world.subtree(number).compactMap(world.entry).table, read)
      }
      try markRead(unread)
    }
  }
}
