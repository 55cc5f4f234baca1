import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

@Suite struct `The queue of what is touched` {
  private static let unit = "ou=VC Norr,\(IndexFixture.base)"
  private static let entries: [IndexEntry] = [
    .base(), .unit(1, unit), .person(2, "cn=Anna Berg,\(unit)"), .person(3, "cn=Bo Ek,\(unit)"),
  ]

  private func changed(_ number: Int, _ csn: Int) -> SyncEvent {
    [
      .person(
        number, "cn=\(number == 2 ? "Anna Berg" : "Bo Ek"),\(Self.unit)", [("title", ["\(csn)"])], csn: csn)
    ]
    .event
  }

  @Test func `is everything until there has been a refresh`() throws {
    let fixture = try IndexFixture()
    let index = try fixture.open()
    #expect(try index.touched().touched == .whole)
    try index.begin(isReplacement: true)
    #expect(try index.take(Self.entries.event).isEmpty)
    #expect(try index.take(.refreshed(deletes: true)) == .whole)
    #expect(try index.touched().oldest == fixture.now.date)
  }

  @Test func `keeps what is touched while a plan runs`() throws {
    let fixture = try IndexFixture()
    let index = try fixture.filled(Self.entries)
    let began = fixture.now.date
    try index.take(changed(2, 2))
    try index.take(changed(3, 3))
    let first = try index.touched()
    #expect(first.touched.numbers == [2, 3] && first.oldest == began)
    fixture.now.advance(10)
    try index.take(changed(3, 4))
    try index.settle(upTo: first.mark)
    let second = try index.touched()
    #expect(second.touched.numbers == [3] && second.oldest == began.addingTimeInterval(10))
    #expect(second.mark > first.mark)
    try index.settle(upTo: first.mark)
    #expect(try index.touched().touched.numbers == [3])
    try index.settle(upTo: second.mark)
    let last = try index.touched()
    #expect(last.touched.isEmpty && last.oldest == nil)
  }

  @Test func `keeps what is not done, since it came, in one with what is done`() throws {
    let fixture = try IndexFixture()
    let index = try fixture.filled(Self.entries)
    let began = fixture.now.date
    try index.take(changed(2, 2))
    fixture.now.advance(10)
    try index.take(changed(3, 3))
    let first = try index.touched()
    fixture.now.advance(10)
    try index.settle(
      upTo: first.mark, keeping: Touched([HSAIdentity("se2321000016-2"), HSAIdentity("SE2321000016-9")]))
    let second = try index.touched()
    #expect(second.touched.numbers == [2, 9] && second.oldest == began && second.mark > first.mark)
    try index.settle(upTo: second.mark, keeping: Touched([HSAIdentity("SE2321000016-9")]))
    #expect(try index.touched().touched.numbers == [9])
    #expect(try index.touched().oldest == began.addingTimeInterval(20))
  }

  @Test func `has each HSA-id once, and what others add`() throws {
    let fixture = try IndexFixture()
    let index = try fixture.filled(Self.entries)
    try index.touch(
      Touched([HSAIdentity("se2321000016-2"), HSAIdentity("SE2321000016-99")], hasStructure: true))
    try index.take(changed(2, 2))
    try index.touch(Touched())
    #expect(
      try index.touched().touched
        == Touched([HSAIdentity("SE2321000016-2"), HSAIdentity("SE2321000016-99")], hasStructure: true))
    try index.touch(.whole)
    #expect(try index.touched().touched.isWhole)
  }

  @Test func `survives that the process dies, with the change itself and what it was kept with`() throws {
    let fixture = try IndexFixture()
    let index = try fixture.filled(Self.entries)
    try index.set("instant", Data([1, 2]))
    try index.take(changed(2, 2))
    try index.take(.cookie(Array("c2".utf8)))
    // As a process that dies leaves them: the file, and a log that was not brought into it.
    let copy = try IndexFixture()
    try copy.folder.folder("store")
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: fixture.file + suffix, toPath: copy.file + suffix)
    }
    let again = try copy.open()
    #expect(again.beginning == .asLeft)
    #expect(try again.touched().touched.numbers == [2])
    #expect(try again.cookie == Array("c2".utf8))
    #expect(try again.value("instant") == Data([1, 2]) && again.value("other") == nil)
    #expect(try again.all() == index.all())
    let mark = try again.touched().mark
    try again.take(changed(3, 3))
    try again.settle(upTo: mark)
    #expect(try again.touched().touched.numbers == [3])
    try again.set("instant", nil)
    #expect(try again.value("instant") == nil)
  }

  @Test func `takes in whom a boundary in time touches`() throws {
    let index = try IndexFixture().filled(
      Self.entries + [
        .person(4, "cn=C,\(Self.unit)", [("endDate", ["100", "300"])]),
        .person(5, "cn=D,\(Self.unit)", [("endDate", ["200.5"])]),
      ])
    func date(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }
    #expect(try index.nextBoundary(after: date(0)) == date(100))
    #expect(try index.nextBoundary(after: date(100)) == date(200.5))
    #expect(try index.nextBoundary(after: date(300)) == nil)
    #expect(try index.touched(byBoundariesAfter: date(0), upTo: date(100)).numbers == [4])
    #expect(try index.touched(byBoundariesAfter: date(100), upTo: date(200)).isEmpty)
    #expect(try index.touched(byBoundariesAfter: date(100), upTo: date(900)).numbers == [4, 5])
    try index.take([.person(4, "cn=C,\(Self.unit)", [("endDate", ["400"])], csn: 2)].event)
    try index.take(.deleted([.numbered(5)]))
    #expect(try index.nextBoundary(after: date(0)) == date(400))
  }
}

@Suite struct `A check of the index` {
  private static let unit = "ou=VC Norr,\(IndexFixture.base)"
  private static let entries: [IndexEntry] = [
    .base(), .unit(1, unit), .person(2, "cn=Anna Berg,\(unit)"), .person(3, "cn=Bo Ek,\(unit)"),
  ]

  @Test func `finds nothing where the index is what the directory is`() throws {
    let index = try IndexFixture().filled(Self.entries)
    var check = try IndexCheck(index)
    try check.take(Self.entries.table)
    let drift = try check.end(isComplete: true)
    #expect(drift.isNone && drift.touched.isEmpty)
  }

  @Test func `counts and mends what is otherwise`() throws {
    let index = try IndexFixture().filled(Self.entries)
    let there: [IndexEntry] = [
      .base(), .unit(1, Self.unit), .person(2, "cn=Anna Berg,\(IndexFixture.base)"),
      .person(7, "cn=Ny,\(Self.unit)"), .person(8, "cn=Också ny,\(Self.unit)"),
    ]
    for isComplete in [false, true] {
      var check = try IndexCheck(index)
      try check.take(there.table)
      let drift = try check.end(isComplete: isComplete)
      #expect(drift.missing == (isComplete ? 0 : 2) && drift.different == (isComplete ? 0 : 1))
      #expect(drift.surplus == (isComplete ? 1 : 0))
      #expect(drift.touched.numbers == (isComplete ? [3] : [2, 7, 8]))
    }
    #expect(try index.all() == there.map(\.entry.shown).sorted() && index.isSound)
    #expect(try index.touched().touched.numbers == [2, 3, 7, 8])
  }

  @Test func `mends what is newer in the index than in the directory, as after it was restored`() throws {
    let index = try IndexFixture().filled(Self.entries)
    try index.take([.person(3, "cn=Bo Ek,\(Self.unit)", [("title", ["Läkare"])], csn: 9)].event)
    var check = try IndexCheck(index)
    try check.take(Self.entries.table)
    #expect(try check.end(isComplete: true).different == 1)
    #expect(try index.all() == Self.entries.map(\.entry.shown).sorted())
  }

  @Test func `leaves alone what the server told since it began`() throws {
    let index = try IndexFixture().filled(Self.entries)
    var check = try IndexCheck(index)
    let changed = IndexEntry.person(3, "cn=Bo Ek,\(Self.unit)", [("title", ["Läkare"])], csn: 9)
    try index.take([changed].event)
    try index.take(.deleted([.numbered(2)]))
    try index.take([.person(7, "cn=Ny,\(Self.unit)")].event)
    try index.put([IndexEntry.person(8, "cn=Eget,\(Self.unit)")].table)
    try check.take(Self.entries.table)
    #expect(try check.end(isComplete: true).isNone)
    #expect(try index.count == 5)
    #expect(try index.all([index.number(3)]) == [changed.entry.shown])
  }
}
