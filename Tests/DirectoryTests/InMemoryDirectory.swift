import LDAP

@testable import Directory

/// A directory in memory that refuses what a server refuses, for the laws of planning.
struct InMemoryDirectory {
  struct Refusal: Error, CustomStringConvertible { var description: String }

  private(set) var entries: [String: Entry] = [:]
  let schema: Schema
  let unique: [String]
  private var nextUUID = 1
  private var nextCSN = 1

  init(schema: Schema, unique: [String]) {
    self.schema = schema
    self.unique = unique
  }

  var all: [Entry] { entries.sorted { $0.key < $1.key }.map(\.value) }

  mutating func load(_ entry: Entry) throws {
    try apply(.add(entry), assertion: nil)
  }

  mutating func apply(_ change: Change) throws {
    if let csn = change.precondition.entryCSN {
      guard let entry = entries[key(change.operation.dn)] else {
        throw Refusal(description: "no such object")
      }
      guard entry.text("entryCSN") == csn else { throw Refusal(description: "stale by CSN") }
    }
    try apply(change.operation, assertion: change.precondition.assertion)
  }

  mutating func apply(_ operation: WriteOperation, assertion: Filter?) throws {
    if let assertion {
      guard let entry = entries[key(operation.dn)] else {
        throw Refusal(description: "32 no such object \(operation.dn)")
      }
      guard assertion.matches(entry, schema: schema) == true else {
        throw Refusal(description: "122 assertion \(assertion) fails on \(entry)")
      }
    }
    switch operation {
    case .add(let entry): try add(entry)
    case .modify(let dn, let modifications): try modify(dn, modifications)
    case .rename(let dn, let rdn, let deleteOld, let superior): try rename(dn, rdn, deleteOld, superior)
    case .delete(let dn): try delete(dn)
    }
  }

  private func key(_ dn: DistinguishedName) -> String { dn.normalForm(schema) }

  private mutating func add(_ entry: Entry) throws {
    guard entries[key(entry.dn)] == nil else { throw Refusal(description: "68 exists: \(entry.dn)") }
    if let parent = entry.dn.parent, !entries.isEmpty {
      guard entries[key(parent)] != nil else { throw Refusal(description: "32 no parent: \(entry.dn)") }
    }
    for pair in entry.dn.rdns[0].pairs where !entry[pair.type].contains(pair.value) {
      throw Refusal(description: "64 naming violation: \(entry.dn)")
    }
    try checkUnique(entry)
    var stored = entry
    stored["entryUUID"] = [
      Value("00000000-0000-0000-0000-" + String(1_000_000_000_000 + nextUUID).dropFirst())
    ]
    nextUUID += 1
    store(stored)
  }

  private mutating func store(_ entry: Entry) {
    var entry = entry
    entry.attributes.removeAll { $0.values.isEmpty }
    entry["entryCSN"] = [Value("\(nextCSN)")]
    nextCSN += 1
    entries[key(entry.dn)] = entry
  }

  private func checkUnique(_ entry: Entry) throws {
    for attribute in unique {
      for value in entry[attribute] {
        for other in entries.values where other.text("entryUUID") != entry.text("entryUUID") {
          if other[attribute].contains(where: { same(attribute, $0, value) }) {
            throw Refusal(description: "19 not unique: \(attribute) of \(entry.dn), held by \(other.dn)")
          }
        }
      }
    }
  }

  private func same(_ attribute: String, _ left: Value, _ right: Value) -> Bool {
    schema.equality(of: attribute).equal(left, right, schema: schema)
  }

  private mutating func modify(_ dn: DistinguishedName, _ modifications: [Modification]) throws {
    guard var entry = entries[key(dn)] else { throw Refusal(description: "32 no such object \(dn)") }
    for modification in modifications {
      let name = modification.attribute
      switch modification.kind {
      case .add:
        for value in modification.values {
          guard !entry[name].contains(where: { same(name, $0, value) }) else {
            throw Refusal(description: "20 value exists: \(name) of \(dn)")
          }
          entry[name] += [value]
        }
      case .delete:
        for value in modification.values {
          guard let index = entry[name].firstIndex(where: { same(name, $0, value) }) else {
            throw Refusal(description: "16 no such value: \(name) of \(dn)")
          }
          entry[name].remove(at: index)
        }
      case .replace: entry[name] = modification.values
      }
    }
    for attribute in entry.attributes where schema.attributeType(attribute.name)?.isSingleValue ?? false {
      guard attribute.values.count < 2 else {
        throw Refusal(description: "19 single-valued: \(attribute.name)")
      }
    }
    for pair in entry.dn.rdns[0].pairs
    where !entry[pair.type].contains(where: { same(pair.type, $0, pair.value) }) {
      throw Refusal(description: "67 not allowed on RDN: \(dn)")
    }
    try checkUnique(entry)
    store(entry)
  }

  private mutating func rename(
    _ dn: DistinguishedName, _ rdn: RelativeDistinguishedName, _ deleteOld: Bool,
    _ superior: DistinguishedName?
  ) throws {
    guard var entry = entries[key(dn)], let parent = superior ?? dn.parent else {
      throw Refusal(description: "32 no such object \(dn)")
    }
    guard entries[key(parent)] != nil else { throw Refusal(description: "32 no new superior \(parent)") }
    let target = parent.child(rdn)
    guard key(target) == key(dn) || entries[key(target)] == nil else {
      throw Refusal(description: "68 exists: \(target)")
    }
    guard !target.isDescendant(of: dn, schema: schema) else {
      throw Refusal(description: "53 under itself: \(dn)")
    }
    let below = entries.values.filter { $0.dn.isDescendant(of: dn, schema: schema) }
    for child in below {
      entries[key(child.dn)] = nil
    }
    entries[key(dn)] = nil
    if deleteOld {
      for pair in dn.rdns[0].pairs { entry[pair.type].removeAll { same(pair.type, $0, pair.value) } }
    }
    for pair in rdn.pairs where !entry[pair.type].contains(where: { same(pair.type, $0, pair.value) }) {
      entry[pair.type] += [pair.value]
    }
    entry.dn = target
    store(entry)
    for child in below {
      var moved = child
      moved.dn = DistinguishedName(Array(child.dn.rdns.dropLast(dn.rdns.count)) + target.rdns)
      entries[key(moved.dn)] = moved
    }
  }

  private mutating func delete(_ dn: DistinguishedName) throws {
    guard entries[key(dn)] != nil else { throw Refusal(description: "32 no such object \(dn)") }
    guard !entries.values.contains(where: { $0.dn.isDescendant(of: dn, schema: schema) }) else {
      throw Refusal(description: "66 not a leaf: \(dn)")
    }
    entries[key(dn)] = nil
  }
}
