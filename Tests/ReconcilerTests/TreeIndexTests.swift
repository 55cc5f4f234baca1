import Directory
import Foundation
import GRDB
import Glibc
import LDAP
import TestKit
import Testing

@testable import Reconciler

@Suite struct `The index of the tree` {
  private static let unit = "ou=VC Norr,\(IndexFixture.base)"
  private static let entries: [IndexEntry] = [
    .base(), .unit(1, unit), .person(2, "cn=Anna Berg,\(unit)", [("mail", ["a@example.org"])]),
    .person(3, "cn=Bo Ek,\(unit)"), .commission(4, "cn=Uppdrag,\(unit)", [2, 3]),
  ]

  @Test func `gives back what the server sent, after it was opened again too`() throws {
    let fixture = try IndexFixture()
    let wanted = Self.entries.map(\.entry.shown).sorted()
    do {
      let index = try fixture.filled(Self.entries)
      #expect(index.beginning == .new)
      #expect(try index.all() == wanted)
    }
    let index = try fixture.open()
    #expect(index.beginning == .asLeft)
    #expect(try index.isComplete && index.count == 5)
    #expect(try index.counts() == [.unit: 2, .person: 2, .commission: 1])
    #expect(try index.cookie == Array("c1".utf8))
    #expect(try index.all() == wanted)
    #expect(try index.all([index.number(4), index.number(2)]) == [wanted[0], wanted[2]])
  }

  @Test func `is for nobody else to look into, and leaves no trace of what is deleted`() throws {
    let fixture = try IndexFixture()
    let index = try fixture.filled(Self.entries)
    for suffix in ["", "-wal", "-shm"] {
      var status = stat()
      #expect(stat(fixture.file + suffix, &status) == 0 && status.st_mode & 0o777 == 0o600, "\(suffix)")
    }
    let pragmas = [
      "journal_mode": "wal", "synchronous": "1", "temp_store": "2", "secure_delete": "1",
      "cache_size": "-8000",
    ]
    for (name, wanted) in pragmas {
      #expect(try index.look { db, _ in try String.fetchOne(db, sql: "PRAGMA \(name)") } == wanted, "\(name)")
    }
  }

  @Test func `touches nobody when an entry comes as it was`() throws {
    let index = try IndexFixture().filled(Self.entries)
    #expect(try index.take(Self.entries.event).isEmpty)
    #expect(try index.put(Self.entries.table).isEmpty)
    #expect(try index.take(.present(Self.entries.map(\.uuid))).isEmpty)
    #expect(try index.touched().touched.isEmpty)
  }

  @Test func `touches nobody when only the time of the last change is another, and remembers it`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let changed = IndexEntry.person(3, "cn=Bo Ek,\(Self.unit)", csn: 9)
    #expect(try index.take([changed].event).isEmpty)
    #expect(try index.all([index.number(3)]) == [changed.entry.shown])
  }

  @Test func `touches an entry that became another, by its old and its new HSA-id`() throws {
    let index = try IndexFixture().filled(Self.entries)
    var changed = IndexEntry.person(3, "cn=Bo Ek,\(Self.unit)", [("title", ["Läkare"])], csn: 2)
    #expect(try index.take([changed].event) == Touched([HSAIdentity("SE2321000016-3")]))
    changed.attributes[1].1 = ["SE2321000016-33"]
    #expect(try index.take([changed].event).numbers == [3, 33])
    #expect(try index.lookup.entries(with: HSAIdentity("se2321000016-33")) == [index.number(3)])
    #expect(try index.lookup.entries(with: HSAIdentity("SE2321000016-3")).isEmpty)
  }

  @Test func `touches who was taken out of a commission and who was put in`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let changed = IndexEntry.commission(4, "cn=Uppdrag,\(Self.unit)", [3, 7], csn: 2)
    #expect(
      try index.take([changed].event) == Touched(Set([2, 4, 7].map { HSAIdentity("SE2321000016-\($0)") })))
    #expect(try index.take(.deleted([changed.uuid])).numbers == [3, 4, 7])
  }

  @Test func `touches who names an entry that moves or goes`() throws {
    let named = "cn=Bo Ek,\(Self.unit)"
    let index = try IndexFixture().filled(
      Self.entries + [.person(5, "cn=Cilla Å,\(Self.unit)", [("seeAlso", ["CN=bo ek, \(Self.unit)"])])])
    #expect(try index.take([.person(3, "cn=Bo Ek,\(IndexFixture.base)", csn: 2)].event).numbers == [3, 5])
    #expect(try index.take([.person(3, named, csn: 3)].event).numbers == [3, 5])
    // Whom it named.
    #expect(try index.take([.person(5, "cn=Cilla Å,\(Self.unit)", csn: 4)].event).numbers == [3, 5])
  }

  @Test func `calls it structure when a unit comes, goes, moves or changes`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let came = IndexEntry.unit(8, "ou=Ny,\(Self.unit)")
    #expect(try index.take([came].event).hasStructure)
    #expect(try index.take([.unit(8, "ou=Ny,\(IndexFixture.base)", csn: 2)].event).hasStructure)
    var changed = IndexEntry.unit(8, "ou=Ny,\(IndexFixture.base)", csn: 3)
    changed.attributes.append(("street", ["Gatan 1"]))
    #expect(try index.take([changed].event).hasStructure)
    #expect(try index.take(.deleted([changed.uuid])).hasStructure)
    #expect(try !index.take([.person(2, "cn=Anna Berg,\(Self.unit)", csn: 2)].event).hasStructure)
  }

  @Test func `keeps all entries of an HSA-id that is not unique`() throws {
    var twin = IndexEntry.person(6, "cn=Anna Berg,\(IndexFixture.base)")
    twin.attributes[1].1 = ["se2321000016-2"]
    let index = try IndexFixture().filled(Self.entries + [twin])
    #expect(
      try index.lookup.entries(with: HSAIdentity("SE2321000016-2"))
        == [index.number(2), index.number(6)].sorted())
  }

  @Test(arguments: [
    #"cn=Berg\, Anna,"#, #"cn=Anna \2B Bo,"#, #"cn=A\20,"#, ##"cn=\#Ett,"##, #"cn=Åsa\C3\96berg,"#,
    #"cn=a\\,"#,
    #"cn=Anna+uid=7,"#, #"cn=\00x,"#, #"CN=Anna  Berg,"#,
  ]) func `keeps names with escapes as they were spelled`(_ rdn: String) throws {
    let fixture = try IndexFixture()
    let unit = #"ou=Avd 1\, medicin"# + ",\(IndexFixture.base)"
    let entries: [IndexEntry] = [.base(), .unit(1, unit), .person(2, rdn + unit)]
    let index = try fixture.filled(entries)
    var names: [String] = []
    try index.entries([index.number(2)]) { names.append($0.dnText(0)) }
    #expect(names == [rdn + unit])
    let name = DistinguishedName(parsed: rdn + unit)
    #expect(try index.lookup.entry(named: name) == index.number(2))
    #expect(try index.lookup.nameKey(of: index.number(2)) == name.normalForm(.standard))
    #expect(try index.take(entries.event).isEmpty)
    // Another spelling of the same name is no other place.
    let moved = IndexEntry.unit(1, #"OU=avd 1\2C Medicin,"# + IndexFixture.base, csn: 2)
    _ = try index.take([moved].event)
    #expect(try index.lookup.entry(named: name) == index.number(2))
    #expect(try index.candidates().isEmpty)
  }

  @Test func `is begun anew for another binding, and says so`() throws {
    let fixture = try IndexFixture()
    _ = try fixture.filled(Self.entries)
    var others = Array(repeating: IndexFixture.binding, count: 6)
    others[0].servers = ["ldap://b"]
    others[1].base = DistinguishedName(parsed: "c=SE")
    others[2].filter = "(cn=*)"
    others[3].attributes.append("mail")
    others[4].identity = "dn:cn=other"
    others[5].reading = "2"
    #expect(Set(others.map(\.digest)).count == 6)
    for binding in others {
      let index = try fixture.open(binding)
      #expect(index.beginning == .otherBinding)
      #expect(try index.count == 0 && !index.isComplete && index.cookie == nil)
      #expect(try index.touched().touched.isWhole)
      try index.begin(isReplacement: true)
      try index.take(.refreshed(deletes: true))
    }
    var same = others[5]
    same.attributes.reverse()
    #expect(try fixture.open(same).beginning == .asLeft)
  }

  @Test(arguments: [
    "", "no database at all, but longer than its header would have to be", "SQLite format 3\0",
  ])
  func `is begun anew when the file is damaged or none of ours`(_ text: String) throws {
    let fixture = try IndexFixture()
    _ = try fixture.filled(Self.entries)
    try fixture.folder.write("store/index.sqlite", text)
    let index = try fixture.open()
    #expect(index.beginning == .damaged)
    try index.fill(Self.entries)
    #expect(try index.count == 5)
  }

  @Test func `is begun anew when pages in the midst of the file are damaged`() throws {
    let fixture = try IndexFixture()
    do {
      let index = try fixture.filled(Self.entries)
      try index.queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
      try index.queue.close()
    }
    let handle = try FileHandle(forUpdating: URL(filePath: fixture.file))
    try handle.seek(toOffset: 4_096 * 2)
    try handle.write(contentsOf: Data(repeating: 0xA5, count: 4_096 * 4))
    try handle.close()
    #expect(try fixture.open().beginning == .damaged)
  }

  @Test func `is begun anew when its first refresh had not ended`() throws {
    let fixture = try IndexFixture()
    do {
      let index = try fixture.open()
      try index.begin(isReplacement: true)
      try index.take(Self.entries.event)
      #expect(try index.cookie == nil && !index.isComplete)
    }
    let index = try fixture.open()
    #expect(index.beginning == .unfinished)
    #expect(try index.count == 0)
  }

  @Test func `refuses an entry from outside of the base, and one without entryUUID`() throws {
    let index = try IndexFixture().filled(Self.entries)
    for name in ["cn=x,o=Annan,c=SE", "c=SE", "o=Region Exempel\\,c=SE", ""] {
      let refusal = #expect(throws: Refusal.self) { try index.take([.person(9, name)].event) }
      #expect(refusal?.code == .directoryUnsuitable)
    }
    var nameless = IndexEntry.person(9, "cn=x,\(Self.unit)")
    nameless.attributes.removeAll { $0.0 == "entryUUID" }
    let refusal = #expect(throws: Refusal.self) { try index.put([nameless].table) }
    #expect(refusal?.code == .directoryUnsuitable)
    #expect(try index.count == 5)
  }

  @Test func `takes in all of an event or nothing`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let before = try index.all()
    #expect(throws: Refusal.self) {
      try index.take([.person(8, "cn=Ny,\(Self.unit)"), .person(9, "cn=x,o=Annan,c=SE")].event)
    }
    #expect(try index.all() == before)
    #expect(try index.touched().touched.isEmpty)
    #expect(try index.take([.person(8, "cn=Ny,\(Self.unit)", [("nytt", ["1"])])].event).numbers == [8])
    #expect(try index.all().count == 6)
  }

  @Test func `fills with thousands of entries`() throws {
    let fixture = try IndexFixture()
    let units = (1...50).map { IndexEntry.unit($0, "ou=Enhet \($0),\(IndexFixture.base)") }
    let people = (100..<5_000).map { number in
      IndexEntry.person(
        number, "cn=Person \(number),ou=Enhet \(number % 50 + 1),\(IndexFixture.base)",
        [("mail", ["p\(number)@example.org"])])
    }
    let index = try fixture.open()
    try index.begin(isReplacement: true)
    for start in stride(from: 0, to: people.count, by: 1_000) {
      try index.take(Array(people[start..<min(start + 1_000, people.count)]).event)
    }
    try index.take(([.base()] + units).event)
    try index.take(.refreshed(deletes: true))
    #expect(try index.count == 4_951)
    #expect(try index.all() == ([.base()] + units + people).map(\.entry.shown).sorted())
    #expect(try index.candidates().isEmpty && index.unread().isEmpty)
    let name = DistinguishedName(parsed: "cn=person 4999,ou=enhet 50,\(IndexFixture.base)")
    #expect(try index.lookup.entry(named: name) == index.number(4_999))
    #expect(try index.lookup.entries(linking: EntryLink(.value, "mail=p77@example.org"), limit: 5) == [])
    #expect(
      try index.lookup.entries(linking: EntryLink(.value, "mail=p777@example.org"), limit: 5) == [
        index.number(777)
      ])
  }
}
