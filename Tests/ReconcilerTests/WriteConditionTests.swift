import Directory
import LDAP
import TestKit
import Testing

@testable import Reconciler

@Suite struct `A server without assertion control` {
  private func applier(_ catalogue: Catalogue) throws -> Applier {
    var settings = Applier.Settings()
    settings.support = WriteSupport(assertion: false, postRead: true, permissiveModify: true)
    settings.errors = 1
    return try catalogue.applier(settings)
  }

  @Test func `still lets values be exchanged for those that were seen, and says how it was checked`()
    async throws
  {
    let catalogue = try await Catalogue(persons: 3)
    var made = HandMade()
    for number in 0..<3 { made.update(try await catalogue.person(number), "title", to: "Läkare") }
    try await catalogue.change(
      .modify(try Catalogue.dn(1), [Modification(.replace, "title", ["Barnmorska"])]))
    try await catalogue.change(.delete(try Catalogue.dn(2)))
    let result = try await applier(catalogue).apply(made.plan)
    #expect(result.outcomes.map(\.verdict) == [.applied, .stale(.changed), .stale(.gone)])
    #expect(result.outcomes[0].notes == [.checkedByReading])
    #expect(try await catalogue.person(1)["title"] == ["Barnmorska"])
  }

  @Test func `is sent no deletion and no rename, each with its reason, and the rest is done`() async throws {
    let catalogue = try await Catalogue(persons: 3)
    var made = HandMade()
    made.delete(try await catalogue.person(0))
    made.move(try await catalogue.person(1), to: RelativeDistinguishedName("cn", "Annan"))
    made.update(try await catalogue.person(2), "title", to: "Läkare")
    let result = try await applier(catalogue).apply(made.plan)
    #expect(
      result.outcomes.map(\.verdict) == [
        .refused(.deletionWithoutAssertion), .refused(.renameWithoutAssertion), .applied,
      ])
    #expect(result.exitCode == .someFailed && result.stop == nil)
    #expect(try await catalogue.entry(Catalogue.dn(0)) != nil)
    #expect(try await catalogue.entry(Catalogue.dn(1)) != nil)
  }

  @Test func `is not sent what has no equality rule and was changed, even if it knows no CSN`() async throws {
    let catalogue = try await Catalogue(persons: 2)
    let fax = "facsimileTelephoneNumber"
    for number in 0..<2 {
      try await catalogue.change(.modify(try Catalogue.dn(number), [Modification(.add, fax, ["+46 1"])]))
    }
    var made = HandMade()
    for number in 0..<2 { made.update(try await catalogue.person(number), fax, to: "+46 2", bindsCSN: true) }
    var plan = made.plan
    for index in plan.changes.indices { plan.changes[index].precondition.entryCSN = nil }
    try await catalogue.change(.modify(try Catalogue.dn(1), [Modification(.replace, fax, ["+46 3"])]))
    let result = try await applier(catalogue).apply(plan)
    #expect(result.outcomes.map(\.verdict) == [.applied, .stale(.changed)])
    #expect(try await catalogue.person(0)[fax] == ["+46 2"])
    #expect(try await catalogue.person(1)[fax] == ["+46 3"])
  }

  @Test func `is warned of when a plan has what it will not be sent`() throws {
    var made = HandMade()
    var entry = Entry(dn: try Catalogue.dn(1))
    entry["entryUUID"] = ["0"]
    made.update(entry, "title", to: "Läkare")
    let without = WriteSupport(assertion: false, postRead: true, permissiveModify: true)
    #expect(without.warnings(of: made.plan).isEmpty)
    made.delete(entry)
    made.move(entry, to: RelativeDistinguishedName("cn", "Annan"))
    let warnings = without.warnings(of: made.plan)
    #expect(warnings.map(\.code) == ["no-assertion-control"] && !warnings.haveErrors)
    #expect(warnings[0].message.contains("(moves and renames: 1, deletions: 1)"))
    let with = WriteSupport(assertion: true, postRead: true, permissiveModify: true)
    #expect(with.warnings(of: made.plan).isEmpty)
  }

  @Test func `is asked to take the exact old values out where a whole attribute would be replaced`() throws {
    var made = HandMade()
    var entry = Entry(dn: try Catalogue.dn(1))
    entry["entryUUID"] = ["0"]
    entry["telephoneNumber"] = ["1", "2"]
    entry["facsimileTelephoneNumber"] = ["3"]
    made.update(entry, "telephoneNumber", to: "4", bindsCSN: true)
    made.update(entry, "facsimileTelephoneNumber", to: "5", bindsCSN: true)
    let without = WriteSupport(assertion: false, postRead: false, permissiveModify: true)
    let operations = made.plan.changes.map { without.operation($0, schema: .standard) }
    #expect(
      operations[0]
        == .modify(
          entry.dn,
          [
            Modification(.delete, "telephoneNumber", ["1", "2"]),
            Modification(.add, "telephoneNumber", ["4"]),
          ]))
    // Without equality rule no value can be taken out by itself.
    #expect(operations[1] == made.plan.changes[1].operation)
    #expect(without.controls(made.plan.changes[0], condition: nil).isEmpty)
    let with = WriteSupport(assertion: true, postRead: true, permissiveModify: true)
    #expect(with.operation(made.plan.changes[0], schema: .standard) == made.plan.changes[0].operation)
    let oids = with.controls(made.plan.changes[0], condition: .present("cn")).map(\.oid)
    #expect(oids == [Control.OID.assertion, Control.OID.postRead, Control.OID.permissiveModify])
  }
}

@Suite struct `The condition of a write` {
  @Test func `names the entry, the values and, where it must, the newest state that is ours`() throws {
    var made = HandMade()
    var entry = Entry(dn: try Catalogue.dn(1))
    entry["entryUUID"] = ["u"]
    entry["entryCSN"] = ["c"]
    entry["title"] = ["A"]
    made.update(entry, "title", to: "B")
    made.update(entry, "title", to: "B", bindsCSN: true)
    let changes = made.plan.changes
    #expect(changes[0].condition(csn: "d")?.description == "(&(entryUUID=u)(title=A))")
    #expect(changes[1].condition(csn: nil)?.description == "(&(entryUUID=u)(entryCSN=c))")
    #expect(changes[1].condition(csn: "d")?.description == "(&(entryUUID=u)(entryCSN=d))")
    made.createPerson(3, in: try DistinguishedName(parsing: Catalogue.unit))
    #expect(made.plan.changes[2].condition(csn: "d") == nil)
  }
}

@Suite struct `Whether an entry is as a change wants it` {
  private let fulfilment = Fulfilment(schema: .standard)

  private func entry(_ titles: Value...) throws -> Entry {
    Entry(dn: try Catalogue.dn(1), attributes: [Attribute("title", titles)])
  }

  private func modify(_ modifications: [Modification], isSpelling: Bool = false) throws -> Change {
    var change = try WriteQueueOrder.change()
    change.operation = .modify(change.dn, modifications)
    if isSpelling { change.differences = [.init("title", .spelling, removed: [], added: [], kept: 0)] }
    return change
  }

  private func isFulfilled(_ modifications: [Modification], _ titles: Value..., isSpelling: Bool = false)
    throws -> Bool
  {
    let entry = Entry(dn: try Catalogue.dn(1), attributes: [Attribute("TITLE", titles)])
    return fulfilment.isFulfilled(try modify(modifications, isSpelling: isSpelling), by: entry)
  }

  @Test func `goes by the schema's idea of equal, and by what came and went`() throws {
    let exchange = [Modification(.delete, "title", ["A"]), Modification(.add, "title", ["B"])]
    #expect(try isFulfilled(exchange, "b"))
    #expect(try isFulfilled(exchange, "B", "C"))
    #expect(try !isFulfilled(exchange, "A"))
    #expect(try !isFulfilled(exchange, "A", "B"))
    #expect(try !isFulfilled(exchange))
    #expect(try isFulfilled([Modification(.replace, "title", ["A"])], "a"))
    #expect(try !isFulfilled([Modification(.replace, "title", ["A"])], "a", "b"))
    #expect(try isFulfilled([Modification(.delete, "title")]))
    #expect(try !isFulfilled([Modification(.delete, "title")], "A"))
    #expect(!fulfilment.isFulfilled(try modify(exchange), by: nil))
  }

  @Test func `goes by the letter where only the spelling changes`() throws {
    let respell = [Modification(.delete, "title", ["VC NORR"]), Modification(.add, "title", ["VC Norr"])]
    #expect(try isFulfilled(respell, "VC Norr", isSpelling: true))
    #expect(try !isFulfilled(respell, "VC NORR", isSpelling: true))
    #expect(try !isFulfilled(respell, "VC NORR"))
  }

  @Test func `for a new name means the new name, for a deletion nothing`() throws {
    var made = HandMade()
    made.move(try entry(), to: RelativeDistinguishedName("cn", "Ny"))
    made.delete(try entry())
    var moved = try entry()
    #expect(!fulfilment.isFulfilled(made.plan.changes[0], by: moved))
    moved.dn.rdns[0] = RelativeDistinguishedName("CN", "ny")
    #expect(fulfilment.isFulfilled(made.plan.changes[0], by: moved))
    #expect(fulfilment.isFulfilled(made.plan.changes[1], by: nil))
    #expect(!fulfilment.isFulfilled(made.plan.changes[1], by: moved))
  }
}

enum WriteQueueOrder {
  static func change() throws -> Change { try `The order of writes`.change(0) }
}

@Suite struct `What the server stored` {
  @Test func `is told where it is spelled otherwise than sent, with what to do`() async throws {
    let catalogue = try await Catalogue()
    let session = WriteSession(catalogue.admin, deadline: .seconds(1), progress: { _ in }) { _ in
      catalogue.admin
    }
    let writer = Writer(
      session: session, schema: try await catalogue.admin.schema(),
      support: WriteSupport(assertion: true, postRead: true, permissiveModify: false),
      base: DistinguishedName(), serverSpells: ["mail"], unique: [],
      identity: "hsaIdentity", settings: .init())
    let dn = try Catalogue.dn(1)
    let sent = WriteOperation.modify(
      dn,
      [
        Modification(.add, "title", ["VC Norr"]), Modification(.replace, "mail", ["A@example.org"]),
        Modification(.add, "manager", ["cn=A, c=SE"]), Modification(.add, "sn", ["Berg"]),
      ])
    let stored = Entry(
      dn: dn,
      attributes: [
        Attribute("title", ["VC NORR"]), Attribute("mail", ["a@example.org"]),
        Attribute("manager", ["cn=A,c=SE"]), Attribute("sn", ["Berg", "Other"]),
      ])
    let notes = writer.respelled(sent, stored)
    #expect(notes == [.respelled(attribute: "title")])
    #expect(notes.first?.advice == "list title under serverSpells in the profile")
    // What may not be read back tells nothing.
    #expect(writer.respelled(sent, Entry(dn: dn)).isEmpty)
  }
}
