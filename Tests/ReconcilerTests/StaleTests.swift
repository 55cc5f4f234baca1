import Directory
import Foundation
import LDAP
import Logging
import TestKit
import Testing

@testable import Reconciler

/// What is done to an entry between plan and apply.
private enum Edit: String, CaseIterable {
  /// The value that the plan changes.
  case modified
  case renamed, moved, deleted, recreated
  /// Something else in the entry.
  case elsewhere
  /// Another value of the attribute that the plan changes.
  case beside
}

/// What the plan does to an entry.
private enum Work: String, CaseIterable {
  /// One value for another.
  case value
  /// A value of an attribute without equality rule, which is replaced whole.
  case whole
  /// A value more among those of others.
  case merge
  /// An end where there was none.
  case end
  case move, rename, delete
}

/// A directory with an entry for every work and edit, and the plan that does the work.
private struct Workshop {
  static let management = Management([
    .unit: KindManagement(own: ["ou"]),
    .person: KindManagement(
      own: ["title", "facsimileTelephoneNumber", "endDate"], create: ["sn", "fullName"],
      merge: ["description"]),
  ])
  static let home = Wanted(kind: .unit, id: "SE2321000016-U1", parent: "", name: "Hemma")
  static let target = Wanted(kind: .unit, id: "SE2321000016-U2", parent: "", name: "Mål")
  static let away = Wanted(kind: .unit, id: "SE2321000016-U3", parent: "", name: "Borta")

  let slapd: Slapd
  let admin: LDAPConnection
  let profile: Profile
  let top: DistinguishedName

  init() async throws {
    slapd = try await Slapd()
    admin = try await slapd.connection(slapd.admin)
    profile = try Catalogue.profile()
    top = try DistinguishedName(parsing: Slapd.suffix)
  }

  static func id(_ work: Work, _ edit: Edit) -> String {
    "SE2321000016-\(work.rawValue)\(edit.rawValue)".uppercased()
  }

  /// The entry before the plan.
  static func before(_ work: Work, _ edit: Edit) -> Wanted {
    let name = "\(work.rawValue) \(edit.rawValue)"
    guard work != .rename else {
      return Wanted(kind: .unit, id: id(work, edit), parent: home.id, name: name)
    }
    return Wanted(
      kind: .person, id: id(work, edit), parent: home.id, name: name,
      attributes: [
        "sn": ["Ek"], "fullName": [name], "title": ["Sjuksköterska"], "facsimileTelephoneNumber": ["+46 8 1"],
        "description": ["andras"],
      ])
  }

  /// The row.
  static func after(_ work: Work, _ edit: Edit) -> Wanted {
    var row = before(work, edit)
    row.attributes = row.kind == .unit ? [:] : ["title": ["Sjuksköterska"]]
    switch work {
    case .value: row.attributes["title"] = ["Läkare"]
    case .whole: row.attributes["facsimileTelephoneNumber"] = ["+46 8 2"]
    case .merge: row.attributes["description"] = ["vår"]
    case .end: row.attributes["endDate"] = ["20261101000000Z"]
    case .move: row.parent = target.id
    case .rename: row.name = "ny " + row.name
    case .delete: break
    }
    return row
  }

  func perform(_ operation: WriteOperation) async throws {
    let answer = try await admin.perform(operation)
    guard answer.result == .success else { throw Failure("\(operation) \(answer)") }
  }

  func load(_ wanted: [Wanted]) async throws {
    var names = ["": top]
    for one in wanted {
      var entry = one.entry(under: try #require(names[one.parent]))
      entry["objectClass"] = (profile[one.kind]?.classes ?? []).map { Value($0) }
      try await perform(.add(entry))
      names[one.id] = entry.dn
    }
  }

  func plan(_ wanted: [Wanted]) async throws -> Plan {
    try await plan(
      .wanting(wanted, provides: [], base: Slapd.suffix, profile: profile), under: Slapd.suffix,
      management: Self.management)
  }

  func plan(_ desired: DesiredState, under base: String, management: Management) async throws -> Plan {
    let reader = try await slapd.connection()
    let base = try DistinguishedName(parsing: base)
    var comparison = Comparison(
      desired: desired, profile: profile, management: management, schema: try await reader.schema(),
      base: base,
      instant: TestCatalogue.instant)
    let stream = reader.search(
      SearchRequest(
        base: base, scope: .subtree, filter: Comparison.filter(profile),
        attributes: Comparison.attributes(profile, management), method: .plain))
    for try await batch in stream { comparison.take(batch) }
    #expect(try stream.outcome().isComplete)
    return comparison.plan(proof: TestCatalogue.proof)
  }

  func applier() throws -> Applier {
    let slapd = slapd
    return Applier(profile: profile, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
      try await slapd.connection()
    }
  }

  func entry(_ id: String) async throws -> Entry? {
    try await admin.firstEntry(
      under: top, filter: .equal("hsaIdentity", Value(id)), attributes: Catalogue.attributes)
  }

  /// Everything with every attribute, CSNs included.
  func everything() async throws -> [String: Entry] {
    var all: [String: Entry] = [:]
    let stream = admin.search(
      SearchRequest(
        base: top, scope: .subtree, filter: .present("objectClass"), attributes: ["*", "+"], method: .plain))
    for try await batch in stream {
      for index in 0..<batch.count {
        let entry = try batch.entry(index)
        all[entry.dn.description] = entry
      }
    }
    return all
  }

  func make(_ edit: Edit, _ work: Work) async throws {
    let entry = try #require(try await entry(Self.id(work, edit)))
    let naming = work == .rename ? "ou" : "cn"
    let away = top.child(RelativeDistinguishedName("ou", "Borta"))
    switch edit {
    case .modified, .elsewhere, .beside: try await modify(entry, edit, work)
    case .renamed:
      let rdn = RelativeDistinguishedName(naming, Value("annan \(work.rawValue)"))
      try await perform(.rename(entry.dn, newRDN: rdn, deleteOldRDN: true, newSuperior: nil))
    case .moved:
      try await perform(
        .rename(entry.dn, newRDN: entry.dn.rdns[0], deleteOldRDN: false, newSuperior: away))
    case .deleted: try await perform(.delete(entry.dn))
    case .recreated:
      var twin = entry
      twin.attributes.removeAll { ["entryUUID", "entryCSN"].contains($0.name) }
      try await perform(.delete(entry.dn))
      try await perform(.add(twin))
    }
  }

  private func modify(_ entry: Entry, _ edit: Edit, _ work: Work) async throws {
    let modification: Modification =
      switch (edit, work) {
      case (.modified, .value): Modification(.replace, "title", ["Barnmorska"])
      case (.modified, .whole): Modification(.replace, "facsimileTelephoneNumber", ["+46 8 3"])
      case (.modified, .end): Modification(.add, "endDate", ["20270101000000Z"])
      case (.beside, .value): Modification(.add, "title", ["Forskare"])
      case (.beside, .merge): Modification(.add, "description", ["en tredje"])
      default: Modification(.add, "telephoneNumber", ["+46 8 9"])
      }
    try await perform(.modify(entry.dn, [modification]))
  }
}

@Suite struct `A plan after somebody else has been there` {
  /// What must become of each work after each edit; where there is no such edit, nothing.
  private static func expected(_ work: Work, _ edit: Edit) -> Outcome.Verdict? {
    // Bound to the whole entry: every write to it counts.
    let isWhole = work == .whole || work == .delete
    switch edit {
    case .modified: return [.value, .whole, .end].contains(work) ? .stale(.changed) : nil
    case .beside: return work == .value || work == .merge ? .applied : nil
    case .elsewhere: return isWhole ? .stale(.changed) : .applied
    case .renamed, .moved: return .stale(.moved)
    // That it is not there is what a deletion wants; the one that took its name is another.
    case .deleted: return work == .delete ? .appliedAlready : .stale(.gone)
    case .recreated: return work == .delete ? .appliedAlready : .stale(.replaced)
    }
  }

  private static let cases: [(work: Work, edit: Edit)] = Work.allCases.flatMap { work in
    Edit.allCases.compactMap { expected(work, $0) == nil ? nil : (work, $0) }
  }

  private func withDeletions(_ plan: Plan, _ shop: Workshop) async throws -> Plan {
    var plan = plan
    for (work, edit) in Self.cases where work == .delete {
      let id = Workshop.id(work, edit)
      var made = HandMade()
      made.delete(try #require(try await shop.entry(id)))
      var change = made.plan.changes[0]
      (change.id, change.identity) = (plan.changes.count, HSAIdentity(id))
      plan.changes.append(change)
    }
    return plan
  }

  @Test func `is stale where what it changes was changed, and only there`() async throws {
    let shop = try await Workshop()
    let units = [Workshop.home, Workshop.target, Workshop.away]
    try await shop.load(units + Self.cases.map { Workshop.before($0.work, $0.edit) })
    let planned = try await shop.plan(units + Self.cases.map { Workshop.after($0.work, $0.edit) })
    #expect(planned.findings.isEmpty)
    let plan = try await withDeletions(planned, shop)
    try #require(plan.changes.count == Self.cases.count, "\(plan.changes.map(\.identity))")
    for (work, edit) in Self.cases { try await shop.make(edit, work) }

    let before = try await shop.everything()
    let told = try await shop.applier().preflight(plan)
    #expect(try await shop.everything() == before)
    let result = try await shop.applier().apply(plan)
    let number = Dictionary(uniqueKeysWithValues: plan.changes.map { ($0.identity.text, $0.id) })
    for (work, edit) in Self.cases {
      let id = try #require(number[Workshop.id(work, edit)])
      let wanted = try #require(Self.expected(work, edit))
      #expect(result.outcomes[id].verdict == wanted, "\(work) \(edit)")
      let isMade = wanted == .applied || wanted == .appliedAlready
      #expect(told.first { $0.change == id }?.verdict == (isMade ? nil : wanted), "\(work) \(edit)")
    }
    #expect(result.exitCode == .stalePlan)
  }

  @Test func `leaves what somebody else wrote as it is, and keeps what lies beside its own`() async throws {
    let shop = try await Workshop()
    let units = [Workshop.home, Workshop.target, Workshop.away]
    try await shop.load(units + Self.cases.map { Workshop.before($0.work, $0.edit) })
    let plan = try await shop.plan(units + Self.cases.map { Workshop.after($0.work, $0.edit) })
    for (work, edit) in Self.cases { try await shop.make(edit, work) }
    let between = try await shop.everything()
    let result = try await shop.applier().apply(plan)
    for change in plan.changes where !result.outcomes[change.id].isApplied {
      let entry = try await shop.entry(change.identity.text)
      #expect(entry?.text("entryCSN") == between[entry?.dn.description ?? ""]?.text("entryCSN"))
    }
    let merged = try await shop.entry(Workshop.id(.merge, .beside))
    #expect(Set(merged?["description"] ?? []) == ["andras", "en tredje", "vår"])
    #expect(
      Set(try await shop.entry(Workshop.id(.value, .beside))?["title"] ?? []) == ["Läkare", "Forskare"])
  }
}

@Suite struct `A look before a plan is applied` {
  private func person(_ number: Int, in unit: Wanted, title: String = "Sjuksköterska") -> Wanted {
    Wanted(
      kind: .person, id: "SE2321000016-P\(number)", parent: unit.id, name: "Person \(number)",
      attributes: ["sn": ["Ek"], "fullName": ["Person \(number)"], "title": [title]])
  }

  /// A unit that is renamed, with one beneath it who changes, one who moves in and changes, and one who is made there.
  private func renovation(_ shop: Workshop) async throws -> Plan {
    var (home, away) = (Workshop.home, Workshop.away)
    try await shop.load([home, away, person(1, in: home), person(2, in: away)])
    (home.name, away.name) = ("Nya hemma", "Hemma")
    return try await shop.plan([
      home, away, person(1, in: home, title: "Läkare"), person(2, in: home, title: "Läkare"),
      person(3, in: home),
    ])
  }

  @Test func `finds nothing to say of a plan whose later changes build on earlier ones`() async throws {
    let shop = try await Workshop()
    let plan = try await renovation(shop)
    #expect(
      plan.changes.map(\.action.rawValue).sorted() == [
        "create", "move", "rename", "rename", "update", "update",
      ])
    #expect(try await shop.applier().preflight(plan).isEmpty)
    #expect(try await shop.applier().apply(plan).outcomes.allSatisfy { $0.verdict == .applied })
  }

  @Test func `sees an edit beneath what the plan moves first`() async throws {
    let shop = try await Workshop()
    let plan = try await renovation(shop)
    for number in 1...2 {
      let entry = try #require(try await shop.entry("SE2321000016-P\(number)"))
      try await shop.perform(.modify(entry.dn, [Modification(.replace, "title", ["Barnmorska"])]))
    }
    let told = try await shop.applier().preflight(plan)
    let updates = plan.changes.filter { $0.action == .update }.map(\.id)
    #expect(told.map(\.change) == updates && told.allSatisfy { $0.verdict == .stale(.changed) })
  }

  @Test func `sees that a name has been taken, and that a place is gone`() async throws {
    let shop = try await Workshop()
    let (home, away) = (Workshop.home, Workshop.away)
    try await shop.load([home, away, person(1, in: home)])
    let plan = try await shop.plan([
      home, away, person(1, in: away), person(2, in: home), person(3, in: home),
    ])
    let hemma = shop.top.child(RelativeDistinguishedName("ou", "Hemma"))
    let borta = shop.top.child(RelativeDistinguishedName("ou", "Borta"))
    var stranger = person(2, in: home)
    stranger.id = "SE2321000016-OTHER"
    try await shop.perform(.add(stranger.entry(under: hemma)))
    try await shop.perform(.add(person(3, in: home, title: "Läkare").entry(under: hemma)))
    try await shop.perform(.delete(borta))
    let told = try await shop.applier().preflight(plan)
    let verdicts = Dictionary(
      uniqueKeysWithValues: told.map { (plan.changes[$0.change].identity.text, $0.verdict) })
    let expected: [String: Outcome.Verdict] = [
      "SE2321000016-P1": .stale(.changed), "SE2321000016-P2": .failed(.entryAlreadyExists),
      "SE2321000016-P3": .stale(.changed),
    ]
    #expect(verdicts == expected)
    let applied = try await shop.applier().apply(plan)
    #expect(applied.outcomes.map(\.verdict) == plan.changes.map { expected[$0.identity.text] })
  }

  @Test func `tells what a server without assertions is not sent`() async throws {
    let catalogue = try await Catalogue(persons: 2)
    var made = HandMade()
    made.update(try await catalogue.person(0), "title", to: "Läkare")
    made.delete(try await catalogue.person(1))
    var settings = Applier.Settings()
    settings.support = WriteSupport(assertion: false, postRead: true, permissiveModify: true)
    let told = try await catalogue.applier(settings).preflight(made.plan)
    #expect(told.map(\.verdict) == [.refused(.deletionWithoutAssertion)] && told.map(\.change) == [1])
  }

  @Test func `takes each change as the plan's earlier ones will leave its entry`() async throws {
    let catalogue = try await Catalogue(persons: 2)
    var made = HandMade()
    for number in 0..<2 {
      var person = try await catalogue.person(number)
      let first = made.update(person, "title", to: "Läkare")
      person["title"] = ["Läkare"]
      let second = made.update(person, "title", to: "Överläkare", after: [first])
      made.update(person, "facsimileTelephoneNumber", to: "+46 8 2", after: [second], bindsCSN: true)
    }
    #expect(try await catalogue.applier().preflight(made.plan).isEmpty)
    try await catalogue.change(
      .modify(try Catalogue.dn(1), [Modification(.replace, "title", ["Överläkare"])]))
    let told = try await catalogue.applier().preflight(made.plan)
    #expect(told.map(\.change) == [3] && told.map(\.verdict) == [.stale(.changed)])
  }

  @Test func `agrees with what is then applied, in worlds made at random`() async throws {
    let shop = try await Workshop()
    for seed in Seeds.first(8) {
      let world = RandomWorld(seed: seed)
      let base = "ou=Värld \(seed),\(Slapd.suffix)"
      try await shop.perform(
        .add(
          Entry(
            dn: try DistinguishedName(parsing: base),
            attributes: [
              Attribute("objectClass", ["top", "organizationalUnit"]),
              Attribute("ou", [Value("Värld \(seed)")]),
            ])))
      for wanted in [world.before, world.after] {
        let plan = try await shop.plan(
          .wanting(wanted, named: seed % 2 == 0, base: base, profile: shop.profile), under: base,
          management: `The laws of planning, on a real server`.management)
        #expect(try await shop.applier().preflight(plan).isEmpty, "seed \(seed)")
        #expect(try await shop.applier().apply(plan).outcomes.allSatisfy(\.isApplied), "seed \(seed)")
      }
    }
  }
}
