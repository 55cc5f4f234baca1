import Directory
import Foundation
import GRDB
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

/// An index in a folder of its own, of entries that are read by a few rules.
struct IndexFixture {
  let folder: TemporaryFolder
  let now = TestClock()
  var path: String { folder.path("store") }
  var file: String { path + "/index.sqlite" }

  static let base = "o=Region Exempel,c=SE"
  static let binding = IndexBinding(
    servers: ["ldap://a"], base: DistinguishedName(parsed: base), filter: "(objectClass=*)",
    attributes: ["objectClass", "hsaIdentity"], identity: "dn:cn=agent", reading: "1")

  init() throws { folder = try TemporaryFolder() }

  func open(_ binding: IndexBinding = binding) throws -> TreeIndex {
    // Whoever has the index has its folder, which is removed with its last holder.
    let (now, folder) = (now, folder)
    return try TreeIndex.open(path, binding: binding, reading: Self.reading) {
      withExtendedLifetime(folder) { now.date }
    }
  }

  /// An index that has had its first refresh, of these entries.
  func filled(_ entries: [IndexEntry], cookie: String = "c1") throws -> TreeIndex {
    let index = try open()
    try index.fill(entries, cookie: cookie)
    return index
  }

  /// Units hold others; members, seeAlso, mail and ends tie entries.
  static let reading = EntryReading(schema: .standard) { row, rows, names in
    var facts = EntryFacts()
    for attribute in rows.attributes(of: row) {
      let name = names[rows.name(of: attribute)].lowercased()
      for value in rows.values(of: attribute) {
        facts.take(name, String(decoding: rows.bytes(of: value), as: UTF8.self))
      }
    }
    return facts
  }
}

extension EntryFacts {
  fileprivate mutating func take(_ name: String, _ text: String) {
    switch name {
    case "hsaidentity": identity = HSAIdentity(text)
    case "objectclass":
      kind = ["organizationalUnit": .unit, "person": .person, "commission": .commission][text]
      isContainer = kind?.isContainer ?? true
    case "member": links.append(EntryLink(.member, HSAIdentity.normalForm(text)))
    case "seealso":
      links.append(EntryLink(.name, DistinguishedName(parsed: text).normalForm(.standard)))
    case "mail": links.append(EntryLink(.value, "mail=" + text.lowercased()))
    case "enddate": boundaries.append(Date(timeIntervalSince1970: Double(text) ?? 0))
    default: return
    }
  }
}

/// A clock that stands until it is set.
final class TestClock: Sendable {
  private let seconds = Mutex(1_800_000_000.0)
  var date: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
  func advance(_ by: Double) { seconds.withLock { $0 += by } }
}

extension DistinguishedName {
  init(parsed text: String) {
    do { try self.init(parsing: text) } catch { preconditionFailure("\(error)") }
  }
}

/// An entry as a server would send it.
struct IndexEntry {
  var uuid: EntryUUID
  var dn: String
  var attributes: [(String, [String])]

  init(_ number: Int, _ dn: String, _ attributes: [(String, [String])], csn: Int = 1) {
    uuid = EntryUUID.numbered(number)
    self.dn = dn
    self.attributes =
      attributes + [("entryUUID", [uuid.description]), ("entryCSN", [IndexEntry.csn(csn)])]
  }

  static func csn(_ number: Int) -> String {
    "20260101000000.\(String(String(1_000_000 + number).dropFirst()))Z#000000#000#000000"
  }

  static func base(csn: Int = 1) -> IndexEntry {
    IndexEntry(
      0, IndexFixture.base,
      [("objectClass", ["organizationalUnit"]), ("hsaIdentity", ["SE2321000016-0000"])], csn: csn)
  }

  static func unit(_ number: Int, _ dn: String, csn: Int = 1) -> IndexEntry {
    IndexEntry(
      number, dn, [("objectClass", ["organizationalUnit"]), ("hsaIdentity", ["SE2321000016-\(number)"])],
      csn: csn)
  }

  static func person(_ number: Int, _ dn: String, _ more: [(String, [String])] = [], csn: Int = 1)
    -> IndexEntry
  {
    IndexEntry(
      number, dn, [("objectClass", ["person"]), ("hsaIdentity", ["SE2321000016-\(number)"])] + more, csn: csn)
  }

  static func commission(_ number: Int, _ dn: String, _ members: [Int], csn: Int = 1) -> IndexEntry {
    IndexEntry(
      number, dn,
      [
        ("objectClass", ["commission"]), ("hsaIdentity", ["SE2321000016-\(number)"]),
        ("member", members.map { "SE2321000016-\($0)" }),
      ], csn: csn)
  }

  var entry: Entry {
    Entry(
      dn: DistinguishedName(parsed: dn),
      attributes: attributes.map { Attribute($0.0, $0.1.map { Value($0) }) })
  }
}

extension EntryUUID {
  static func numbered(_ number: Int) -> EntryUUID {
    let bytes = withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
    guard let uuid = EntryUUID(bytes: [0xAB, 0, 0, 0, 0, 0, 0, 1] + bytes) else { preconditionFailure() }
    return uuid
  }
}

extension [IndexEntry] {
  /// The raw names are those given, not what parsing and writing makes of them.
  var table: EntryTable {
    var builder = EntryTableBuilder()
    for entry in self {
      Array<UInt8>(entry.dn.utf8).withUnsafeBytes { builder.beginEntry(dn: $0) }
      for (name, values) in entry.attributes {
        Array<UInt8>(name.utf8).withUnsafeBytes { builder.beginAttribute($0) }
        for value in values { Array<UInt8>(value.utf8).withUnsafeBytes { builder.appendValue($0) } }
      }
      builder.endEntry()
    }
    return builder.take()
  }

  var event: SyncEvent { .entries(table, map(\.uuid)) }
}

extension TreeIndex {
  func fill(_ entries: [IndexEntry], cookie: String = "c1") throws {
    try begin(isReplacement: true)
    try take(entries.event)
    try take(.cookie(Array(cookie.utf8)))
    try take(.refreshed(deletes: true))
    try settle(upTo: touched().mark)
  }

  /// All entries, by their names in normal form; an entry that is there twice is there twice.
  func all(_ numbers: [Int64]? = nil) throws -> [String] {
    var result: [String] = []
    try entries(numbers) { table in
      for row in 0..<table.count { result.append(try table.entry(row).shown) }
    }
    return result.sorted()
  }

  /// Answers each question by itself.
  var lookup: EachLookup { EachLookup(index: self) }

  func number(_ uuid: Int) throws -> Int64 { try #require(try entry(of: .numbered(uuid))) }
}

extension Entry {
  /// The entry as one text that is the same for entries that are.
  var shown: String {
    let attributes = attributes.map { attribute in
      "\(attribute.name.lowercased())=" + attribute.values.compactMap(\.text).sorted().joined(separator: "|")
    }
    return "\(dn.normalForm(.standard)): " + attributes.sorted().joined(separator: "; ")
  }
}

extension Touched {
  /// The numbers of those touched, of the tests' HSA-ids.
  var numbers: Set<Int> { Set(identities.compactMap { Int($0.text.split(separator: "-").last ?? "") }) }
}

extension IndexFixture {
  /// The facts of an entry, as an index keeps them.
  static func facts(_ entry: IndexEntry) -> EntryFacts {
    let table = [entry].table
    var facts = table.withRows { reading.facts(0, $0, table.names) }
    facts.links = IndexUpdate.sorted(facts.links)
    return facts
  }
}

extension TreeIndex {
  /// Whether nothing is in its tables that has no entry, and counts are right.
  var isSound: Bool {
    get throws {
      try look { db, _ in
        let faults = [
          "SELECT count(*) FROM link WHERE entry NOT IN (SELECT id FROM entry WHERE uuid IS NOT NULL)",
          "SELECT count(*) FROM boundary WHERE entry NOT IN (SELECT id FROM entry WHERE uuid IS NOT NULL)",
          "SELECT count(*) FROM candidate", "SELECT count(*) FROM unread",
          "SELECT count(*) FROM entry WHERE uuid IS NULL OR isOut",
          "SELECT count(*) FROM entry WHERE parent <> 0 AND parent NOT IN (SELECT id FROM entry)",
          "SELECT (SELECT sum(count) FROM tally) - (SELECT count(*) FROM entry)",
        ]
        return try faults.allSatisfy { try Int.fetchOne(db, sql: $0) == 0 }
      }
    }
  }
}

/// The index's entries, each looked up by itself.
struct EachLookup: EntryLookup {
  let index: TreeIndex

  func entries(with identity: HSAIdentity) throws -> [Int64] {
    try index.lookUp { try $0.entries(with: identity) }
  }
  func entry(named name: DistinguishedName) throws -> Int64? {
    try index.lookUp { try $0.entry(named: name) }
  }
  func parent(of entry: Int64) throws -> Int64? { try index.lookUp { try $0.parent(of: entry) } }
  func children(of entry: Int64, limit: Int) throws -> [Int64] {
    try index.lookUp { try $0.children(of: entry, limit: limit) }
  }
  func entries(linking link: EntryLink, limit: Int) throws -> [Int64] {
    try index.lookUp { try $0.entries(linking: link, limit: limit) }
  }
  func facts(of entry: Int64) throws -> EntryFacts { try index.lookUp { try $0.facts(of: entry) } }
  func members(of entry: Int64) throws -> [EntryLink] { try index.lookUp { try $0.members(of: entry) } }
  func nameKey(of entry: Int64) throws -> String { try index.lookUp { try $0.nameKey(of: entry) } }
}
