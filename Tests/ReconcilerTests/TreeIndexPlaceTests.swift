import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

@Suite struct `Places in the index of the tree` {
  private static let base = IndexFixture.base
  private static let unit = "ou=VC Norr,\(base)"
  private static let entries: [IndexEntry] = [
    .base(), .unit(1, unit), .person(2, "cn=Anna Berg,\(unit)"), .unit(3, "ou=Labb,\(unit)"),
    .person(4, "cn=Bo Ek,ou=Labb,\(unit)"),
  ]

  private func names(_ index: TreeIndex, _ number: Int) throws -> String {
    var names: [String] = []
    try index.entries([index.number(number)]) { names.append($0.dnText(0)) }
    return try #require(names.first)
  }

  @Test func `move with a unit without being sent`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let touched = try index.take([.unit(1, "ou=VC Syd,\(Self.base)", csn: 2)].event)
    #expect(touched == Touched([HSAIdentity("SE2321000016-1")], hasStructure: true))
    #expect(try names(index, 4) == "cn=Bo Ek,ou=Labb,ou=VC Syd,\(Self.base)")
    let name = DistinguishedName(parsed: "cn=bo ek,ou=LABB,ou=vc  syd,\(Self.base)")
    #expect(try index.lookup.entry(named: name) == index.number(4))
    #expect(try index.unread().isEmpty)
  }

  @Test func `are kept for units that come after what lies under them`() throws {
    let index = try IndexFixture().open()
    try index.begin(isReplacement: true)
    for entry in Self.entries.reversed() { try index.take([entry].event) }
    try index.take(.refreshed(deletes: true))
    #expect(try index.all() == Self.entries.map(\.entry.shown).sorted())
    #expect(try index.lookup.parent(of: index.number(4)) == index.number(3))
    #expect(try index.count == 5)
    #expect(try index.candidates().isEmpty)
  }

  @Test func `that another has come to are asked about, and the older entry is not lost meanwhile`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let touched = try index.take([.person(9, "cn=anna berg,\(Self.unit)")].event)
    #expect(touched.numbers == [2, 9])
    #expect(try index.candidates() == [.numbered(2)])
    #expect(try index.count == 6)
    let name = DistinguishedName(parsed: "cn=Anna Berg,\(Self.unit)")
    #expect(try index.lookup.entry(named: name) == index.number(9))
    #expect(try index.all().count == 6)
    // It has another name by now.
    #expect(try index.put([IndexEntry.person(2, "cn=Anna Ek,\(Self.unit)", csn: 2)].table).numbers == [2])
    #expect(try index.candidates().isEmpty)
  }

  @Test func `that another has come to are free again when the older entry is gone`() throws {
    let index = try IndexFixture().filled(Self.entries)
    try index.take([.person(9, "cn=Anna Berg,\(Self.unit)")].event)
    try index.settle(upTo: index.touched().mark)
    #expect(try index.confirmGone([.numbered(2), .numbered(9)]).numbers == [2])
    #expect(try index.entry(of: .numbered(2)) == nil)
    #expect(try index.all().count == 5 && index.isSound)
  }

  @Test func `are changed by two who take each other's`() throws {
    let other = "cn=Cilla Dahl,\(Self.unit)"
    let index = try IndexFixture().filled(Self.entries + [.person(5, other)])
    try index.take([.person(5, "cn=Anna Berg,\(Self.unit)", csn: 2)].event)
    #expect(try index.candidates() == [.numbered(2)])
    try index.take([.person(2, other, csn: 3)].event)
    #expect(try index.candidates().isEmpty)
    #expect(try names(index, 2) == other)
  }

  @Test func `are changed by a unit and the one it lies in`() throws {
    let index = try IndexFixture().filled(Self.entries)
    // The server has ou=Labb above ou=VC Norr by now, and tells of the lower one first.
    let moved: [IndexEntry] = [
      .unit(1, "ou=VC Norr,ou=Labb,\(Self.base)", csn: 2), .unit(3, "ou=Labb,\(Self.base)", csn: 3),
    ]
    for order in [moved, moved.reversed()] {
      let index = try IndexFixture().filled(Self.entries)
      for entry in order { try index.take([entry].event) }
      #expect(try names(index, 2) == "cn=Anna Berg,ou=VC Norr,ou=Labb,\(Self.base)")
      #expect(try names(index, 4) == "cn=Bo Ek,ou=Labb,\(Self.base)")
      #expect(try index.isSound)
    }
    // One that lies under a name which was its own.
    let deeper: [IndexEntry] = [
      .unit(1, "ou=VC Syd,ou=Labb,\(Self.unit)", csn: 4), .unit(3, "ou=Labb,\(Self.unit)", csn: 5),
      .unit(8, Self.unit, csn: 6),
    ]
    for entry in deeper { try index.take([entry].event) }
    #expect(try names(index, 2) == "cn=Anna Berg,ou=VC Syd,ou=Labb,\(Self.unit)")
    #expect(try names(index, 4) == "cn=Bo Ek,ou=Labb,\(Self.unit)")
    #expect(try index.candidates().isEmpty && index.count == 6)
  }

  @Test func `under an entry that holds others by exception go with it`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let below = "cn=Bil,cn=Anna Berg,\(Self.unit)"
    try index.take([.person(6, below)].event)
    try index.take(.deleted([.numbered(6)]))
    try index.take(.deleted([.numbered(2)]))
    try index.take([.person(7, below)].event)
    try index.take([.person(8, "cn=Anna Berg,\(Self.unit)")].event)
    #expect(try index.lookup.parent(of: index.number(7)) == index.number(8))
    try index.take([.person(8, "cn=Anna Ek,\(Self.unit)", csn: 2)].event)
    #expect(try names(index, 7) == "cn=Bil,cn=Anna Ek,\(Self.unit)")
    #expect(try index.count == 6 && index.isSound)
  }

  @Test func `under a unit that left the base are asked about, down to the last`() throws {
    let index = try IndexFixture().filled(Self.entries)
    #expect(try index.take(.deleted([.numbered(1)])).hasStructure)
    #expect(try index.candidates() == [2, 3, 4].map { .numbered($0) })
    #expect(try index.all().count == 4)
    let touched = try index.confirmGone([2, 3, 4].map { .numbered($0) })
    #expect(touched.numbers == [2, 3, 4] && touched.hasStructure)
    #expect(try index.all() == [Self.entries[0].entry.shown] && index.isSound)
  }

  @Test func `under a unit that came into the base have to be read`() throws {
    let index = try IndexFixture().filled([Self.entries[0]])
    try index.take([Self.entries[1]].event)
    #expect(try index.unread() == [.numbered(1)])
    let read = try index.beginRead()
    try index.put(Array(Self.entries[1...]).table, read)
    try index.markRead([.numbered(1)])
    #expect(try index.unread().isEmpty && index.candidates().isEmpty)
    #expect(try index.all() == Self.entries.map(\.entry.shown).sorted())
  }

  @Test func `are candidates when a refresh neither sends nor lists them, and until that is asked`() throws {
    let fixture = try IndexFixture()
    do {
      let index = try fixture.filled(Self.entries)
      try index.begin(isReplacement: false)
      try index.take(.present([0, 1, 3, 7].map { .numbered($0) }))
      try index.take([.person(4, "cn=Bo Ek,ou=Labb,\(Self.unit)", csn: 4)].event)
      #expect(try index.candidates().isEmpty)
      try index.take(.cookie(Array("c2".utf8)))
      #expect(try index.cookie == Array("c1".utf8))
      try index.take(.refreshed(deletes: false))
    }
    let index = try fixture.open()
    #expect(try index.cookie == Array("c2".utf8))
    #expect(try index.candidates() == [.numbered(2)])
    #expect(try index.unread() == [.numbered(7)])
    // The next refresh lists it.
    try index.begin(isReplacement: false)
    try index.take(.present((0...4).map { .numbered($0) }))
    try index.take(.refreshed(deletes: false))
    #expect(try index.candidates().isEmpty)
    #expect(try index.confirmGone([.numbered(2)]).isEmpty)
    #expect(try index.count == 5)
  }

  @Test func `are no candidates where the server said no word about what is there`() throws {
    let index = try IndexFixture().filled(Self.entries)
    try index.begin(isReplacement: false)
    try index.take(.refreshed(deletes: false))
    #expect(try index.candidates().isEmpty)
    try index.begin(isReplacement: true)
    try index.take([Self.entries[0]].event)
    try index.take(.refreshed(deletes: true))
    #expect(try index.candidates() == (1...4).map { .numbered($0) })
    #expect(try index.cookie == nil)
  }

  @Test func `of a refresh that was not begun are not judged`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let refusal = #expect(throws: Refusal.self) { try index.take(.refreshed(deletes: false)) }
    #expect(refusal?.code == .storeUnavailable)
    try index.begin(isReplacement: true)
    #expect(throws: Refusal.self) { try index.take([.person(9, "cn=x,c=SE")].event) }
    #expect(throws: Refusal.self) { try index.take(.refreshed(deletes: false)) }
    #expect(try index.candidates().isEmpty && index.count == 5)
  }

  @Test func `that somebody read beside give way to what the server told since`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let read = try index.beginRead()
    let old = [
      IndexEntry.person(2, "cn=Anna Berg,\(Self.unit)"), .person(4, "cn=Bo Ek,ou=Labb,\(Self.unit)"),
    ]
    try index.take(.deleted([.numbered(2)]))
    try index.take([.unit(3, "ou=Labb,\(Self.base)", csn: 2)].event)
    #expect(try index.put(old.table, read).isEmpty)
    #expect(try index.entry(of: .numbered(2)) == nil)
    #expect(try names(index, 4) == "cn=Bo Ek,ou=Labb,\(Self.base)")
    // What was changed earlier than what is known never counts, whenever it was read.
    let newer = IndexEntry.person(4, "cn=Bo Ek,ou=Labb,\(Self.base)", [("title", ["Läkare"])], csn: 7)
    try index.take([newer].event)
    #expect(try index.put([IndexEntry.person(4, "cn=Bo Ek,ou=Labb,\(Self.base)", csn: 6)].table).isEmpty)
    #expect(try index.all([index.number(4)]) == [newer.entry.shown])
  }
}
