import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite(.serialized) struct ChangeJSONTests {
  /// Reads a change back from its text, and expects the same one.
  private func expectRoundTrip(_ change: Change, _ comment: Comment = "") throws {
    let text = change.json.text
    let read = try Change(json: CanonicalJSON(parsing: Array(text.utf8)))
    #expect(read.json.text.utf8.elementsEqual(text.utf8), comment)
    #expect("\(read)".utf8.elementsEqual("\(change)".utf8), comment)
    #expect(read.operation == change.operation && read.precondition == change.precondition, comment)
    #expect(read.differences == change.differences, comment)
  }

  @Test(arguments: Seeds.first(16)) func `the changes of any plan are read back as they are`(seed: UInt64)
    throws
  {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    let desired = DesiredState.wanting(world.after, complete: [.person], named: seed % 2 == 0)
    for change in try makePlan(desired, against: directory.all).changes {
      try expectRoundTrip(change, "seed \(seed)")
    }
  }

  private func change(_ filter: Filter?, _ operation: WriteOperation, dn: DistinguishedName) -> Change {
    Change(
      id: 7, action: .update, kind: .person, identity: HSAIdentity("se2321000016-7x3K"), label: "e\u{301}\n",
      isProtected: true, cause: .undo(run: 12), dn: dn, newDN: dn.parent,
      differences: [.init("a;b", .spelling, removed: [Value([])], added: [Value([0xFF, 0])], kept: 3)],
      operation: operation,
      precondition: .init(assertion: filter, entryUUID: "u", entryCSN: "c"), after: [1, 2])
  }

  @Test func `values of any octets are read back in names, filters and values`() throws {
    var generator = SeededGenerator(seed: 3)
    let special: [UInt8] =
      Array("\0*()\\ #,+=\"<>;/\n\t\u{7F}aA".utf8) + [0xC3, 0xA5, 0xFF, 0x80, 0xE2, 0x80, 0xAE]
    for _ in 0..<500 {
      let values = (0..<4).map { _ in
        Value(
          (0..<Int.random(in: 0...6, using: &generator)).map { _ in
            special.randomElement(using: &generator) ?? 0
          })
      }
      let dn = DistinguishedName([
        RelativeDistinguishedName([.init("cn", values[0]), .init("hsaIdentity", values[1])]),
        RelativeDistinguishedName("o", values[2]),
      ])
      let filter = Filter.and([
        .equal("cn", values[0]), .not(.equal("sn;lang-sv", values[1])), .or([]), .present("mail"),
        .substrings("cn", initial: values[0], any: [values[1]], final: nil), .approximate("cn", values[3]),
        .extensible(rule: nil, attribute: "cn", dn: true, values[2]), .greaterOrEqual("x", values[2]),
        .lessOrEqual("x", values[3]),
      ])
      try expectRoundTrip(change(filter, .modify(dn, [.init(.replace, "cn", values)]), dn: dn))
      try expectRoundTrip(change(nil, .add(Entry(dn: dn, attributes: [.init("cn", values)])), dn: dn))
    }
  }

  @Test func `every part of a change is read back`() throws {
    let dn = try DistinguishedName(parsing: "cn=A,ou=B,o=C")
    let other = try DistinguishedName(parsing: "cn=A,ou=D,o=C")
    var one = change(.or([.not(.present("x"))]), .delete(other), dn: dn)
    one.following = [3, 4]
    one.place = .init(unit: HSAIdentity("u"), provider: HSAIdentity("P"))
    one.destination = .init(unit: nil, provider: HSAIdentity("Q"))
    one.isEnding = true
    try expectRoundTrip(one)
    for cause in [Change.Cause.absence(source: "a.yaml"), .desired(.init(file: "å", line: 2, column: 3))] {
      one.cause = cause
      try expectRoundTrip(one)
    }
    for superior in [nil, other] {
      one.operation = .rename(
        dn, newRDN: RelativeDistinguishedName("cn", "X"), deleteOldRDN: superior == nil, newSuperior: superior
      )
      try expectRoundTrip(one)
    }
  }

  @Test func `a filter whose text would not be read is kept by its structure`() throws {
    let dn = try DistinguishedName(parsing: "cn=A")
    let long = Filter.equal("description", Value(String(repeating: "*", count: 400_000)))
    let filters: [Filter] = [
      long, .and([long, .or([.not(long)])]), .substrings("cn", initial: Value([]), any: [], final: Value([])),
      .extensible(rule: nil, attribute: nil, dn: false, "x"), .equal("not a name", "x"),
      .equal("a", Value([0xFF])),
      .and([.greaterOrEqual("a b", "1"), .lessOrEqual("a b", "2"), .approximate("a b", "3"), .present("a b")]
      ),
    ]
    for filter in filters { try expectRoundTrip(change(filter, .delete(dn), dn: dn)) }
  }

  @Test func `an entry that is kept is read back`() throws {
    let entry = Entry(
      dn: try DistinguishedName(parsing: "cn=A\\00\\,,o=C"),
      attributes: [Attribute("jpegPhoto", [Value([0xFF, 0xD8]), "x"]), Attribute("cn;x", [])])
    #expect(try Entry(json: CanonicalJSON(parsing: Array(entry.json.text.utf8))) == entry)
  }

  @Test func `a change with a part that is wrong, missing or unknown is refused, and the place told`() throws
  {
    let dn = try DistinguishedName(parsing: "cn=A,ou=B,o=C")
    let good = change(.present("cn"), .modify(dn, [.init(.add, "cn", ["x"])]), dn: dn).json.text
    let faults = [
      (#""kind":"add""#, #""kind":"ad""#, "operation.modifications[0].kind"),
      (#""type":"modify""#, #""type":"modifx""#, "operation.type"),
      (#""action":"update""#, #""action":"renumber""#, "action"),
      (#""kind":"person""#, #""kind":"persona""#, "kind"), (#""number":8"#, #""number":0"#, "number"),
      (#""after":[2,3]"#, #""after":[2,"3"]"#, "after[1]"),
      (#""assertion":"(cn=*)""#, #""assertion":"cn=*""#, "precondition.assertion"),
      (#""base64":"/wA=""#, #""base64":"/wA""#, "differences[0].added[0].base64"),
      (#""base64":"/wA=""#, #""base64":"YQ==""#, "differences[0].added[0].base64"),
      (#""dn":"cn=A,ou=B,o=C""#, #""dn":"A""#, "dn"), (#","protected":true"#, "", ""),
      (#""ending":false"#, #""ending":0"#, "ending"), (#"{"undoOf":12}"#, #"{"undoOf":12,"x":1}"#, "cause"),
      (#""ending":false"#, #""endinh":false"#, ""),
    ]
    for (old, new, place) in faults {
      let text = good.replacing(old, with: new, maxReplacements: 1)
      #expect(text != good, "\(old)")
      let json = try CanonicalJSON(parsing: Array(text.utf8))
      let error = #expect(throws: CanonicalJSON.ContentError.self) { try Change(json: json) }
      #expect(error?.place == place, "\(new): \(error?.description ?? "")")
    }
  }
}
