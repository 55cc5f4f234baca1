import LDAP
import TestKit
import Testing

@Suite struct `Operations on a connection` {
  static let base = DistinguishedName([
    RelativeDistinguishedName("o", "Region Exempel"), RelativeDistinguishedName("c", "SE"),
  ])

  static func person(_ number: Int) throws -> Entry {
    Entry(
      dn: try DistinguishedName(parsing: "cn=Person \(number),\(Slapd.suffix)"),
      attributes: [
        Attribute("objectClass", ["inetOrgPerson"]), Attribute("cn", [Value("Person \(number)")]),
        Attribute("sn", [Value("Number \(number)")]), Attribute("description", ["Åsa", "Örjan"]),
      ])
  }

  @Test func `an entry is added, read, changed, compared, renamed, moved and deleted`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let person = try Self.person(1)
    #expect(try await connection.perform(.add(person)).result == .success)
    let read = try #require(try await connection.entry(person.dn))
    #expect(Set(read["description"]) == ["Åsa", "Örjan"])

    let change = WriteOperation.modify(
      person.dn, [Modification(.delete, "description", ["Åsa"]), Modification(.add, "title", ["Läkare"])])
    #expect(try await connection.perform(change).result == .success)
    #expect(try await connection.compare(person.dn, "title", "LÄKARE"))
    #expect(try await connection.compare(person.dn, "title", "Sjuksköterska") == false)

    let unit = Entry(
      dn: Self.base.child(RelativeDistinguishedName("ou", "Enhet")),
      attributes: [Attribute("objectClass", ["organizationalUnit"]), Attribute("ou", ["Enhet"])])
    #expect(try await connection.perform(.add(unit)).result == .success)
    let newName = RelativeDistinguishedName("cn", "Person ett")
    let move = WriteOperation.rename(person.dn, newRDN: newName, deleteOldRDN: true, newSuperior: unit.dn)
    #expect(try await connection.perform(move).result == .success)
    #expect(try await connection.entry(person.dn) == nil)
    let moved = try #require(try await connection.entry(unit.dn.child(newName)))
    #expect(moved["cn"] == ["Person ett"])
    #expect(moved["title"] == ["Läkare"])
    #expect(try await connection.perform(.delete(unit.dn)).result == .notAllowedOnNonLeaf)
    #expect(try await connection.perform(.delete(moved.dn)).result == .success)
    #expect(try await connection.perform(.delete(moved.dn)).result == .noSuchObject)
  }

  @Test func `a false assertion is answered 122 and changes nothing`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let person = try Self.person(1)
    _ = try await connection.perform(.add(person))
    let change = WriteOperation.modify(person.dn, [Modification(.replace, "sn", ["Berg"])])
    let refused = try await connection.perform(change, controls: [.assertion(.equal("sn", "Lund"))])
    #expect(refused.result == .assertionFailed)
    #expect(try await connection.entry(person.dn)?["sn"] == ["Number 1"])
    let done = try await connection.perform(
      change, controls: [.assertion(.and([.equal("sn", "number 1"), .not(.present("title"))]))])
    #expect(done.result == .success)
    #expect(try await connection.entry(person.dn)?["sn"] == ["Berg"])
  }

  @Test func `each kind of filter means the same in an assertion as in a search`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let person = try Self.person(1)
    _ = try await connection.perform(.add(person))
    let filters: [(Filter, Bool)] = [
      (.equal("cn", "person 1"), true), (.equal("cn", "person 2"), false), (.present("description"), true),
      (.present("title"), false), (.or([.equal("cn", "x"), .present("sn")]), true),
      (.not(.present("sn")), false),
      (.substrings("sn", initial: "num", any: ["b"], final: "1"), true),
      (.substrings("sn", initial: nil, any: ["xyz"], final: nil), false),
      (.greaterOrEqual("createTimestamp", "20000101000000Z"), true),
      (.lessOrEqual("createTimestamp", "20000101000000Z"), false), (.approximate("sn", "Number 1"), true),
      (.extensible(rule: "caseExactMatch", attribute: "sn", dn: false, "Number 1"), true),
      (.extensible(rule: "caseExactMatch", attribute: "sn", dn: false, "number 1"), false),
      (.extensible(rule: nil, attribute: "o", dn: true, "region exempel"), true),
      (.equal("cn", Value("*()\\\u{0}å")), false),
    ]
    for (filter, expected) in filters {
      let change = WriteOperation.modify(person.dn, [Modification(.replace, "sn", ["Number 1"])])
      let asserted = try await connection.perform(change, controls: [.assertion(filter)])
      #expect(asserted.result == (expected ? .success : .assertionFailed), "\(filter)")
      let found = try await connection.entry(person.dn, attributes: ["1.1"], filter: filter)
      #expect((found != nil) == expected, "\(filter)")
    }
  }

  @Test func `pre-read and post-read show the entry before and after`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let person = try Self.person(1)
    let added = try await connection.perform(.add(person), controls: [.postRead(["entryUUID", "entryCSN"])])
    #expect(added.postRead?["entryUUID"].count == 1)
    #expect(added.postRead?["entryCSN"].count == 1)
    let answer = try await connection.perform(
      .modify(person.dn, [Modification(.replace, "sn", ["Ö"])]),
      controls: [.preRead(["sn"]), .postRead(["sn", "entryCSN"])])
    #expect(answer.preRead?["sn"] == ["Number 1"])
    #expect(answer.postRead?["sn"] == ["Ö"])
    #expect(answer.postRead?.dn == person.dn)
    #expect(answer.postRead?["entryCSN"] != added.postRead?["entryCSN"])
  }

  @Test func `a permissive modify takes a value that is there already for done`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let person = try Self.person(1)
    _ = try await connection.perform(.add(person))
    let again = WriteOperation.modify(person.dn, [Modification(.add, "description", ["Åsa"])])
    #expect(try await connection.perform(again).result == .attributeOrValueExists)
    #expect(try await connection.perform(again, controls: [.permissiveModify]).result == .success)
  }

  @Test func `a critical control that the server does not know is refused`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let person = try Self.person(1)
    let answer = try await connection.perform(.add(person), controls: [Control(oid: "1.2.3.4.5")])
    #expect(answer.result == .unavailableCriticalExtension)
    #expect(try await connection.entry(person.dn) == nil)
  }

  @Test func `the server tells what it is and which schema it has`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let root = try await connection.rootDSE()
    #expect(root.namingContexts.contains("c=SE"))
    #expect(root.supportedControls.contains(Control.OID.assertion))
    #expect(root.supportedControls.contains(Control.OID.syncRequest))
    #expect(root.vendor == "OpenLDAP")
    let schema = try await connection.schema()
    #expect(schema.attributeType("surname")?.names.first == "sn")
    #expect(try await connection.whoAmI().lowercased() == "dn:\(Slapd.agentDN)".lowercased())
  }

  @Test func `a name with a NUL is refused before anything is sent`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let change = WriteOperation.modify(Self.base, [Modification(.add, "description\0x", ["1"])])
    let error = await #expect(throws: LDAPError.self) { try await connection.perform(change) }
    #expect(error?.code == .badConfiguration)
    #expect(try await connection.entry(Self.base)?["description"] == [])
  }

  @Test func `three hundred writes through a window of sixty-four are all done`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    try await withThrowingTaskGroup(of: ResultCode.self) { group in
      for number in 1...300 {
        group.addTask { try await connection.perform(.add(Self.person(number))).result }
      }
      for try await result in group { #expect(result == .success) }
    }
    var count = 0
    for try await batch in connection.search(SearchRequest(base: Self.base, filter: .present("sn"))) {
      count += batch.count
    }
    #expect(count == 300)
  }
}
