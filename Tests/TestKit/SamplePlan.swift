import Directory
import Foundation
import LDAP

/// A plan with every action, made by hand, so that its rendering depends on nothing else.
package struct SamplePlan {
  package static let base = "o=Region Exempel,c=SE"
  /// Must appear in no rendering but LDIF.
  package static let secrets = ["Skyddad Person", "Skyddsgatan", "195808052384", "199001192385", "Hemlig"]

  private var changes: [Change] = []

  package static let profile = Profile(
    name: "hsa", kinds: [], references: ["manager": .name, "hsacommissionmember": .memberPeriod],
    unique: ["mail"], personalNumbers: ["personalidentitynumber"])

  private mutating func add(
    _ action: Change.Action, _ kind: Kind, _ id: String, _ label: String?, _ dn: String,
    to newDN: String? = nil,
    line: Int = 1, file: String = "desired/vc-norr.yaml", absentFrom source: String? = nil,
    protected: Bool = false,
    after: [Int] = [], _ differences: [Change.Difference] = []
  ) throws {
    let name = try DistinguishedName(parsing: dn + "," + Self.base)
    let newName = try newDN.map { try DistinguishedName(parsing: $0 + "," + Self.base) }
    let uuid = "9b1f3c5e-0000-4000-8000-" + String(repeating: "0", count: 10) + String(10 + changes.count)
    let condition: Filter = .and(
      [.equal("entryUUID", Value(uuid))]
        + differences.flatMap { difference in
          difference.removed.prefix(20).map { .equal(difference.attribute, $0) }
        })
    changes.append(
      Change(
        id: changes.count, action: action, kind: kind, identity: HSAIdentity("SE2321000016-" + id),
        label: protected ? nil : label, isProtected: protected,
        cause: source.map { .absence(source: $0) }
          ?? .desired(SourcePosition(file: file, line: line, column: 5)),
        dn: name, newDN: newName, differences: differences,
        operation: Self.operation(action, name, newName, differences),
        precondition: action == .create
          ? Change.Precondition() : Change.Precondition(assertion: condition, entryUUID: uuid), after: after))
  }

  private static func operation(
    _ action: Change.Action, _ name: DistinguishedName, _ newName: DistinguishedName?,
    _ differences: [Change.Difference]
  ) -> WriteOperation {
    switch action {
    case .create:
      return .add(Entry(dn: name, attributes: differences.map { Attribute($0.attribute, $0.added) }))
    case .delete: return .delete(name)
    case .move, .rename:
      let target = newName ?? name
      return .rename(
        name, newRDN: target.rdns[0], deleteOldRDN: true, newSuperior: action == .move ? target.parent : nil)
    case .update, .reactivate, .deactivate, .archive:
      return .modify(
        name,
        differences.flatMap { difference in
          [
            difference.removed.isEmpty
              ? nil : Modification(.delete, difference.attribute, difference.removed),
            difference.added.isEmpty ? nil : Modification(.add, difference.attribute, difference.added),
          ].compactMap { $0 }
        })
    }
  }

  private static func difference(
    _ attribute: String, _ removed: [Value], _ added: [Value], kept: Int = 0,
    _ style: Change.Difference.Style = .values
  ) -> Change.Difference {
    Change.Difference(attribute, style, removed: removed, added: added, kept: kept)
  }

  private mutating func addUnits() throws {
    try add(
      .create, .unit, "1A2B", "VC Öst", "ou=VC Öst", line: 3,
      [
        Self.difference(
          "objectClass", [], ["top", "organizationalUnit", "hsaOrganizationalUnitExtension"], .initial),
        Self.difference("ou", [], ["VC Öst"], .initial),
        Self.difference("hsaIdentity", [], ["SE2321000016-1A2B"], .initial),
      ])
    try add(
      .rename, .unit, "1A2C", "VC Norr", "ou=VC NORR", to: "ou=VC Norr", line: 9,
      [Self.difference("ou", ["VC NORR"], ["VC Norr"], .spelling)])
    try add(.move, .unit, "1A2D", "Labb", "ou=Labb,ou=VC Syd", to: "ou=Labb,ou=VC Öst", line: 12, after: [0])
    try add(
      .archive, .unit, "1A2E", "VC Gammal", "ou=VC Gammal", line: 15,
      [Self.difference("objectClass", [], ["hsaArchivedObject"], kept: 3)])
    try add(
      .update, .organisation, "1000", "Region Exempel", "o=Vård", line: 2, file: "desired/region.yaml",
      [Self.difference("telephoneNumber", ["+46 8 123 100 00"], ["+46812310000"], .spelling)])
    try add(
      .create, .function, "F001", "Sjukresor", "cn=Sjukresor,ou=VC Öst", line: 20, after: [0],
      [Self.difference("cn", [], ["Sjukresor"], .initial)])
  }

  private mutating func addPersons() throws {
    try add(
      .update, .person, "7X3K", "Anna Berg", "cn=Anna Berg,ou=VC Norr", line: 41, after: [1],
      [
        Self.difference("title", ["Sjuksköterska"], ["Distriktssköterska"]),
        Self.difference("telephoneNumber", ["+46812310011"], ["+46812310012"], kept: 2),
        Self.difference("mail", ["anna@example.org"], []),
        Self.difference("personalIdentityNumber", ["195808052384"], ["199001192385"]),
        Self.difference("jpegPhoto", [], [Value([0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 74, 70, 73, 70, 0, 1])]),
        Self.difference("manager", [], ["cn=Skyddad Person,ou=VC Norr,o=Region Exempel,c=SE"]),
        Self.difference(
          "description", ["a", "b"].map { Value($0 + String(repeating: "x", count: 90)) }, ["Kort"], kept: 1),
      ])
    try add(
      .move, .person, "9A1B", "Bo Ek", "cn=Bo Ek,ou=VC Syd", to: "cn=Bo Ek,ou=VC Norr", line: 77, after: [1])
    try add(
      .update, .person, "9A1B", "Bo Ek", "cn=Bo Ek,ou=VC Norr", line: 77, after: [7],
      [Self.difference("title", [], ["Läkare"])])
    try add(
      .rename, .person, "9A1C", "Cia Ny", "cn=Cia Gammal,ou=VC Norr", to: "cn=Cia Ny,ou=VC Norr", line: 78,
      after: [1])
    try add(
      .reactivate, .person, "9A1D", "Dag Åter", "cn=Dag Åter,ou=VC Norr", line: 79,
      [Self.difference("endDate", ["20260101000000Z"], [])])
    try add(
      .deactivate, .person, "9A1E", "Eva Slut", "cn=Eva Slut,ou=VC Norr", line: 80,
      [Self.difference("endDate", [], ["20260601000000Z"])])
    try add(.delete, .person, "9A1F", "Fia Bort", "cn=Fia Bort,ou=VC Norr", line: 81)
    try add(
      .update, .person, "P001", nil, "cn=Skyddad Person,ou=VC Norr", line: 90, protected: true,
      [Self.difference("street", [], ["Skyddsgatan 1"])])
    try add(
      .move, .person, "P001", nil, "cn=Skyddad Person,ou=VC Norr", to: "cn=Skyddad Person,ou=Hemlig",
      line: 90,
      protected: true, after: [13])
  }

  private mutating func addCommissions() throws {
    try add(
      .update, .commission, "C001", "SE2321000016-C001", "cn=SE2321000016-C001,ou=VC Norr", line: 120,
      [
        Self.difference(
          "hsaCommissionMember", ["SE2321000016-9A1E;20250101;"],
          ["SE2321000016-7X3K;20260101;", "SE2321000016-9A1B;20260101;"], kept: 4_998)
      ])
    try add(
      .create, .commission, "C002", "SE2321000016-C002", "cn=SE2321000016-C002,ou=VC Öst", line: 125,
      after: [0],
      [
        Self.difference(
          "hsaCommissionMember", [], (1...30).map { Value("SE2321000016-M\(100 + $0);20260101;20270101") },
          .initial)
      ])
  }

  private func plan(findings: [Finding] = []) throws -> Plan {
    let base = try DistinguishedName(parsing: Self.base)
    let proof = ReadProof(
      method: .contentSync, origin: "ldapi://%2Frun%2Fslapd%2Fldapi",
      authorizationIdentity: "dn:cn=hsasync,ou=system,o=Region Exempel,c=SE", entries: 18_254, finished: true,
      contextBefore: ["20260601080000.000000Z#000000#000#000000"],
      contextAfter: ["20260601080000.000000Z#000000#000#000000"])
    return Plan(
      instant: Date(timeIntervalSince1970: 1_780_300_800), base: base, changes: changes, findings: findings,
      unchanged: 18_211, observed: [.person: 15_000, .unit: 211, .commission: 3_000, .organisation: 1],
      proof: proof)
  }

  /// Every action, nothing by absence.
  package static func everyAction(findings: [Finding] = []) throws -> Plan {
    var sample = SamplePlan()
    try sample.addUnits()
    try sample.addPersons()
    try sample.addCommissions()
    return try sample.plan(findings: findings)
  }

  /// Changes by absence besides one by a row.
  package static func withAbsence() throws -> Plan {
    var sample = SamplePlan()
    try sample.add(
      .update, .person, "7X3K", "Anna Berg", "cn=Anna Berg,ou=VC Norr", line: 41,
      [difference("title", ["Sjuksköterska"], ["Distriktssköterska"])])
    try sample.add(
      .deactivate, .person, "2BB1", "Kalle Ek", "cn=Kalle Ek,ou=VC Syd", absentFrom: "persons/vc-syd.yaml",
      [difference("endDate", [], ["20260601000000Z"])])
    try sample.add(
      .delete, .person, "2BB2", nil, "cn=Skyddad Person,ou=VC Syd", absentFrom: "persons/vc-syd.yaml",
      protected: true)
    return try sample.plan()
  }

  /// Values that want to do something to whoever reads them.
  package static func hostile() throws -> Plan {
    var sample = SamplePlan()
    try sample.add(
      .update, .person, "7X3K\u{1B}[2J", "Anna\u{1B}[31m  Berg\n- person", "cn=Anna\u{202E}greB,ou=VC Norr",
      line: 41, file: "desired/\u{1B}]0;x\u{07}a.yaml",
      [
        difference("title", ["\u{1B}[31mröd\u{1B}[0m"], ["till\nrad \"två\"   + \"tre\" \\ slut"]),
        difference("sn", ["Berg"], ["gre\u{202E}B\u{200D}\u{FEFF}"]),
        difference(
          "description", ["\u{301}accent", "nbsp\u{A0}", "tab\t", "del\u{7F}", "c1\u{9B}31m", "null\u{0}"], []
        ),
        difference("mail\u{1B}", [], [Value([0xC3, 0x28])]),
      ])
    return try sample.plan()
  }

  /// Every action, with what is known of places, of what will happen, and of two members of a large commission.
  package static func placed(findings: [Finding] = []) throws -> Plan {
    var sample = SamplePlan()
    try sample.addUnits()
    try sample.addPersons()
    try sample.addCommissions()
    try sample.addLargeCommission()
    var plan = try sample.plan(findings: findings)
    for index in plan.changes.indices { locate(&plan.changes[index]) }
    plan.population = Population(
      units: [
        id("1000"): .init(
          label: "Region Exempel", provider: id("1000"), isProvider: true, living: [.person: 3]),
        id("1A2C"): .init(label: "VC Norr", provider: id("1000"), living: [.person: 41]),
        id("1A2D"): .init(label: "Labb", provider: id("2000"), living: [.person: 7]),
        id("1A2F"): .init(label: "VC Syd", provider: id("2000"), living: [.person: 12]),
        id("2000"): .init(label: "Södra vården", provider: id("2000"), isProvider: true),
      ])
    plan.foreseen = [
      Foreseen(
        at: Date(timeIntervalSince1970: 1_782_856_800), .ends, kind: .person, identity: id("7X3K"),
        label: "Anna Berg"),
      Foreseen(
        at: Date(timeIntervalSince1970: 1_781_000_000), .starts, kind: .person, identity: id("P001"),
        label: "Skyddad Person", isProtected: true),
      Foreseen(
        at: Date(timeIntervalSince1970: 1_782_856_800), .membershipEnds, kind: .commission,
        identity: id("C001"), member: id("9A1B")),
    ]
    return plan
  }

  private static func id(_ text: String) -> HSAIdentity { HSAIdentity("SE2321000016-" + text) }

  private mutating func addLargeCommission() throws {
    try add(
      .update, .commission, "C003", "SE2321000016-C003", "cn=SE2321000016-C003,ou=VC Norr", line: 130,
      [
        Self.difference(
          "hsaCommissionMember",
          ["SE2321000016-9A1E;20250101;", "SE2321000016-7X3K;20260101;", "SE2321000016-9A1F;;"],
          ["SE2321000016-7X3K;20260101;20261231", "SE2321000016-P001;20260601080000Z;"], kept: 2_998)
      ])
  }

  /// As the planner would: by the name of the unit in which the entry lies.
  private static func locate(_ change: inout Change) {
    change.place = place(under: change.dn)
    guard let destination = change.newDN.map({ place(under: $0) }), destination.unit != change.place.unit
    else { return }
    change.destination = destination
  }

  private static func place(under name: DistinguishedName) -> Change.Place {
    let unit =
      switch name.rdns.dropFirst().first?.description {
      case "ou=VC Norr": "1A2C"
      case "ou=VC Öst": "1A2B"
      case "ou=VC Syd": "1A2F"
      default: "1000"
      }
    return Change.Place(unit: id(unit), provider: id(unit == "1A2F" ? "2000" : "1000"))
  }

  /// Nothing to do.
  package static func empty() throws -> Plan { try SamplePlan().plan() }
}
