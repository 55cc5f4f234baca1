import LDAP
import TestKit

@testable import Directory

/// A directory in memory, as an index of it answers.
struct PartLookup: EntryLookup {
  let entries: [Int64: Entry]
  private let reader: LinkReader
  private var known: [Int64: EntryFacts] = [:]
  private var keys: [Int64: String] = [:]
  private var byKey: [String: Int64] = [:]
  private var byIdentity: [HSAIdentity: [Int64]] = [:]
  private var byLink: [EntryLink: [Int64]] = [:]
  private var above: [Int64: Int64] = [:]
  private var below: [Int64: [Int64]] = [:]

  /// - Parameter entries: in the order of their numbers.
  init(_ entries: [Entry], _ reader: LinkReader) {
    self.reader = reader
    self.entries = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { (Int64($0.offset + 1), $0.element) })
    let table = EntryTable(entries)
    table.withRows { rows in
      for row in 0..<rows.count { add(Int64(row + 1), reader.facts(of: row, in: rows, names: table.names)) }
    }
    for (number, entry) in self.entries.sorted(by: { $0.key < $1.key }) {
      guard let parent = entry.dn.parent.flatMap({ byKey[$0.normalForm(reader.schema)] }) else { continue }
      above[number] = parent
      below[parent, default: []].append(number)
    }
  }

  private mutating func add(_ number: Int64, _ facts: EntryFacts) {
    known[number] = facts
    let key = entries[number]?.dn.normalForm(reader.schema) ?? ""
    keys[number] = key
    byKey[key] = number
    if let identity = facts.identity { byIdentity[identity, default: []].append(number) }
    for link in Set(facts.links) { byLink[link, default: []].append(number) }
  }

  var all: [Int64] { entries.keys.sorted() }

  func entries(with identity: HSAIdentity) -> [Int64] { byIdentity[identity] ?? [] }
  func entry(named name: DistinguishedName) -> Int64? { byKey[name.normalForm(reader.schema)] }
  func parent(of entry: Int64) -> Int64? { above[entry] }
  func children(of entry: Int64, limit: Int) -> [Int64] { Array((below[entry] ?? []).prefix(limit)) }
  func entries(linking link: EntryLink, limit: Int) -> [Int64] { Array((byLink[link] ?? []).prefix(limit)) }
  func facts(of entry: Int64) -> EntryFacts {
    var facts = known[entry] ?? EntryFacts()
    facts.links.removeAll { $0.sort == .member }
    return facts
  }
  func members(of entry: Int64) -> [EntryLink] { (known[entry]?.links ?? []).filter { $0.sort == .member } }
  func nameKey(of entry: Int64) -> String { keys[entry] ?? "" }

  func table(_ numbers: [Int64]) -> EntryTable { EntryTable(numbers.compactMap { entries[$0] }) }
}

extension PartLookup {
  /// What an index says is touched when these entries have become those: told apart by entryUUID.
  static func touched(from old: PartLookup, to new: PartLookup) -> Touched {
    var touched = Touched()
    let before = old.byUUID, after = new.byUUID
    for uuid in Set(before.keys).union(after.keys) {
      let left = before[uuid], right = after[uuid]
      let (was, is_) = (left.flatMap { old.entries[$0] }, right.flatMap { new.entries[$0] })
      guard was != is_ else { continue }
      let (first, second) = (left.flatMap { old.known[$0] }, right.flatMap { new.known[$0] })
      for facts in [first, second].compactMap({ $0 }) {
        if facts.isContainer { touched.hasStructure = true }
        if let identity = facts.identity { touched.identities.insert(identity) }
      }
      for link in Set(first?.links ?? []).symmetricDifference(second?.links ?? []) {
        touched.add(link, [old, new])
      }
      let (name, other) = (left.map(old.nameKey), right.map(new.nameKey))
      guard name != other else { continue }
      for key in [name, other].compactMap({ $0 }) {
        for lookup in [old, new] {
          for entry in lookup.entries(linking: EntryLink(.name, key), limit: .max) {
            if let identity = lookup.facts(of: entry).identity { touched.identities.insert(identity) }
          }
        }
      }
    }
    return touched
  }

  private var byUUID: [String: Int64] {
    Dictionary(
      entries.map { ($0.value.text("entryUUID") ?? "#\($0.key)", $0.key) },
      uniquingKeysWith: { first, _ in first })
  }

  fileprivate func identity(key: String) -> HSAIdentity? { byKey[key].flatMap { facts(of: $0).identity } }
}

extension Touched {
  fileprivate mutating func add(_ link: EntryLink, _ lookups: [PartLookup]) {
    switch link.sort {
    case .member, .provider, .unitMember, .identity: identities.insert(HSAIdentity(link.target))
    case .name: identities.formUnion(lookups.compactMap { $0.identity(key: link.target) })
    case .value: return
    }
  }
}
