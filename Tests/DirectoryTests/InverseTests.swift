import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct InverseTests {
  private let dn: DistinguishedName
  private let other: DistinguishedName

  init() throws {
    dn = try DistinguishedName(parsing: "cn=Anna Berg,ou=VC Norr,o=Region Exempel,c=SE")
    other = try DistinguishedName(parsing: "cn=Anna Ek,ou=VC Syd,o=Region Exempel,c=SE")
  }

  private func change(
    _ action: Change.Action, _ operation: WriteOperation, id: Int = 0, to newDN: DistinguishedName? = nil,
    uuid: String? = "u1", after: [Int] = [], _ differences: [Change.Difference] = []
  ) -> Change {
    var change = Change(
      id: id, action: action, kind: .person, identity: HSAIdentity("SE2321000016-7X3K"), label: "Anna Berg",
      isProtected: false, cause: .desired(.init(file: "a.yaml", line: 1)), dn: operation.dn, newDN: newDN,
      differences: differences, operation: operation,
      precondition: .init(assertion: uuid.map { .equal("entryUUID", Value($0)) }, entryUUID: uuid),
      after: after)
    change.place = .init(unit: HSAIdentity("N"), provider: HSAIdentity("P"))
    change.isEnding = true
    return change
  }

  private func inverse(_ change: Change, csn: String? = "c1", before: Entry? = nil) throws -> Inverse {
    try change.inverse(
      run: 9, entryUUID: "u1", entryCSN: csn, before: before, profile: TestCatalogue.profile,
      schema: TestCatalogue.schema)
  }

  private func filter(_ inverse: Inverse) -> String? { inverse.change.precondition.assertion?.description }

  @Test func `values are taken back one by one, if what was left is there`() throws {
    let made = change(
      .deactivate,
      .modify(
        dn,
        [
          .init(.delete, "title", ["a"]), .init(.add, "title", ["b"]),
          .init(.add, "endDate", ["20260601000000Z"]),
          .init(.delete, "mail", ["x@example.org"]), .init(.add, "description", ["new"]),
        ]),
      [
        .init("title", removed: ["a"], added: ["b"], kept: 0),
        .init("endDate", removed: [], added: ["20260601000000Z"], kept: 0),
        .init("mail", removed: ["x@example.org"], added: [], kept: 1),
        .init("description", removed: [], added: ["new"], kept: 2),
      ])
    let back = try inverse(made)
    #expect(
      back.change.operation
        == .modify(
          dn,
          [
            .init(.delete, "description", ["new"]), .init(.add, "mail", ["x@example.org"]),
            .init(.delete, "endDate", ["20260601000000Z"]), .init(.delete, "title", ["b"]),
            .init(.add, "title", ["a"]),
          ]))
    #expect(
      filter(back)
        == "(&(entryUUID=u1)(title=b)(!(title=a))(endDate=20260601000000Z)(!(mail=x@example.org))(description=new))"
    )
    #expect(back.change.action == .reactivate && back.change.cause == .undo(run: 9))
    #expect(back.change.precondition.entryCSN == nil && !back.change.isEnding)
    #expect(back.change.differences.map(\.removed) == [["b"], ["20260601000000Z"], [], ["new"]])
    #expect(back.change.differences.map(\.kept) == [0, 0, 1, 2])
    #expect(back.change.place == made.place && back.change.label == "Anna Berg")
  }

  @Test func `what stood there before us is not taken away, and comes back as it was spelled`() throws {
    let made = change(
      .update, .modify(dn, [.init(.delete, "title", ["lärare"]), .init(.add, "title", ["b", "c"])]),
      [.init("title", removed: ["lärare"], added: ["b", "c"], kept: 0)])
    let before = Entry(dn: dn, attributes: [.init("title", ["Lärare", "c"])])
    let back = try inverse(made, before: before)
    #expect(
      back.change.operation
        == .modify(dn, [.init(.delete, "title", ["b"]), .init(.add, "title", ["Lärare"])]))
    #expect(back.change.differences[0].kept == 1)
    let only = change(
      .update, .modify(dn, [.init(.add, "title", ["c"])]),
      [.init("title", removed: [], added: ["c"], kept: 1)])
    #expect(throws: Inverse.Impossible.nothingChanged) { try inverse(only, before: before) }
  }

  @Test func `a spelling is taken back though its rule knows no difference`() throws {
    let made = change(
      .update, .modify(dn, [.init(.delete, "title", ["LÄKARE"]), .init(.add, "title", ["Läkare"])]),
      [.init("title", .spelling, removed: ["LÄKARE"], added: ["Läkare"], kept: 0)])
    #expect(filter(try inverse(made)) == "(&(entryUUID=u1)(title=Läkare))")
    #expect(try inverse(made).change.differences[0].style == .spelling)
  }

  @Test func `an end that was taken away comes back only where nobody has set another`() throws {
    let made = change(
      .reactivate, .modify(dn, [.init(.delete, "endDate", ["20260101000000Z"])]),
      [.init("endDate", removed: ["20260101000000Z"], added: [], kept: 0)])
    let back = try inverse(made)
    #expect(filter(back) == "(&(entryUUID=u1)(!(endDate=*)))" && back.change.action == .deactivate)
  }

  @Test func `what can only be replaced whole is put back whole, bound to the state it was left in`() throws {
    let (old, new, kept): (Value, Value, Value) = (Value([0xFF, 1]), Value([0xFF, 2]), Value([0xFF, 3]))
    let made = change(
      .update, .modify(dn, [.init(.replace, "jpegPhoto", [kept, new])]),
      [.init("jpegPhoto", removed: [old], added: [new], kept: 1)])
    let back = try inverse(made)
    #expect(back.change.operation == .modify(dn, [.init(.replace, "jpegPhoto", [kept, old])]))
    #expect(back.change.precondition.entryCSN == "c1" && filter(back) == "(entryUUID=u1)")
    #expect(throws: Inverse.Impossible.stateNotKnown) { try inverse(made, csn: nil) }
  }

  @Test func `an entry that was created is deleted only as it was left`() throws {
    let made = change(.create, .add(Entry(dn: dn)), uuid: nil)
    let back = try inverse(made)
    #expect(back.change.operation == .delete(dn) && back.change.action == .delete)
    #expect(back.change.precondition.entryUUID == "u1" && back.change.precondition.entryCSN == "c1")
    #expect(throws: Inverse.Impossible.stateNotKnown) { try inverse(made, csn: nil) }
  }

  @Test func `a move goes back, with its place, and the new name's value goes if it came with it`() throws {
    var made = change(
      .move, .rename(dn, newRDN: other.rdns[0], deleteOldRDN: true, newSuperior: other.parent), to: other)
    made.destination = .init(unit: HSAIdentity("S"))
    let back = try inverse(made).change
    #expect(
      back.operation == .rename(other, newRDN: dn.rdns[0], deleteOldRDN: true, newSuperior: dn.parent))
    #expect(back.dn == other && back.newDN == dn && back.action == .move)
    #expect(back.place.unit == HSAIdentity("S") && back.destination == made.place)
    let before = Entry(dn: dn, attributes: [.init("cn", ["Anna Berg", "anna ek"])])
    guard case .rename(_, _, let takesAway, _) = try inverse(made, before: before).change.operation else {
      Issue.record("no rename")
      return
    }
    #expect(!takesAway, "a value that was there before would be lost")
  }

  @Test func `of a name of two values one of which was there, the other is told to stay`() throws {
    let rdn = RelativeDistinguishedName([.init("cn", "X"), .init("uid", "Y")])
    let made = change(
      .rename, .rename(dn, newRDN: rdn, deleteOldRDN: true, newSuperior: nil), to: dn.parent?.child(rdn))
    let before = Entry(dn: dn, attributes: [.init("cn", ["Anna Berg", "x"])])
    #expect(try inverse(made, before: before).unrestorable == ["uid"])
    let spelled = RelativeDistinguishedName("cn", "ANNA BERG")
    let respelling = change(
      .rename, .rename(dn, newRDN: spelled, deleteOldRDN: true, newSuperior: nil),
      to: dn.parent?.child(spelled))
    let back = try inverse(respelling, before: before)
    #expect(back.unrestorable.isEmpty)
    #expect(
      back.change.operation
        == .rename(try #require(respelling.newDN), newRDN: dn.rdns[0], deleteOldRDN: true, newSuperior: nil))
  }

  @Test func `a deleted entry comes back without what the server makes and others publish, which is listed`()
    throws
  {
    var profile = TestCatalogue.profile
    profile.neverOwned = ["usercertificate"]
    let before = Entry(
      dn: dn,
      attributes: [
        .init("objectClass", ["person"]), .init("cn", ["Anna Berg"]),
        .init("hsaIdentity", ["SE2321000016-7X3K"]),
        .init("entryUUID", ["u1"]), .init("entryCSN", ["c"]), .init("createTimestamp", ["20200101000000Z"]),
        .init("structuralObjectClass", ["person"]), .init("userCertificate;binary", [Value([0x30])]),
        .init("jpegPhoto", [Value([0xFF])]),
      ])
    let made = change(.delete, .delete(dn))
    let back = try made.inverse(
      run: 9, entryUUID: nil, entryCSN: nil, before: before, profile: profile, schema: TestCatalogue.schema)
    guard case .add(let entry) = back.change.operation else {
      Issue.record("no add")
      return
    }
    #expect(
      entry.dn == dn && entry.attributes.map(\.name) == ["objectClass", "cn", "hsaIdentity", "jpegPhoto"])
    #expect(back.unrestorable == ["createTimestamp", "entryCSN", "entryUUID", "userCertificate;binary"])
    #expect(back.change.action == .create && back.change.differences.map(\.attribute) == ["cn", "jpegPhoto"])
    #expect(back.change.precondition == Change.Precondition())
    #expect(throws: Inverse.Impossible.entryNotKept) { try inverse(made) }
  }

  @Test func `what stands on something that cannot be undone stays, and is told`() throws {
    let unit = change(.create, .add(Entry(dn: try #require(dn.parent))), uuid: nil)
    let person = change(.create, .add(Entry(dn: dn)), id: 1, uuid: nil, after: [0])
    let records = [
      Undo.Record(unit, isApplied: true, entryUUID: "a", entryCSN: "1"), Undo.Record(person, isApplied: true),
    ]
    let plan = makeUndo(records)
    #expect(plan.changes.isEmpty && plan.findings.map(\.code) == ["not-undone", "not-undone"])
    #expect(plan.findings.allSatisfy { $0.severity == .warning })
  }

  @Test func `an order that went through a change that was not ours stays an order`() throws {
    let changes = [
      change(.create, .add(Entry(dn: dn)), uuid: nil),
      change(.update, .modify(dn, []), id: 1, uuid: "x", after: [0]),
      change(.create, .add(Entry(dn: other)), id: 2, uuid: nil, after: [1]),
    ]
    let records = changes.map {
      Undo.Record($0, isApplied: $0.id != 1, entryUUID: "e\($0.id)", entryCSN: "c")
    }
    let plan = makeUndo(records)
    #expect(plan.changes.map(\.dn) == [other, dn] && plan.changes[1].after == [0])
  }

  @Test func `an entry that was written again is deleted only in the state of its last write`() throws {
    let created = change(.create, .add(Entry(dn: dn)), uuid: nil)
    let updated = change(
      .update, .modify(dn, [.init(.add, "title", ["a"])]), id: 1, after: [0],
      [.init("title", removed: [], added: ["a"], kept: 0)])
    let plan = makeUndo([
      Undo.Record(created, isApplied: true, entryUUID: "u1", entryCSN: "c1"),
      Undo.Record(updated, isApplied: true, entryUUID: "u1", entryCSN: "c2"),
    ])
    #expect(plan.changes.map(\.precondition.entryCSN) == ["c2", "c2"])
    #expect(plan.changes[1].operation == .delete(dn) && plan.changes[1].after == [0])
  }

  @Test func `an entry that comes back is another to the server, and its values are what binds`() throws {
    let updated = change(
      .update, .modify(dn, [.init(.add, "title", ["a"])]),
      [.init("title", removed: [], added: ["a"], kept: 0)])
    let deleted = change(.delete, .delete(dn), id: 1)
    let plan = makeUndo([
      Undo.Record(updated, isApplied: true, entryUUID: "u1", entryCSN: "c1"),
      Undo.Record(
        deleted, isApplied: true, entryUUID: "u1", before: Entry(dn: dn, attributes: [.init("title", ["a"])])),
    ])
    #expect(plan.changes.map(\.action) == [.create, .update])
    #expect(plan.changes[1].precondition == .init(assertion: .equal("title", "a")))
    #expect(plan.changes[1].after == [0])
  }
}
