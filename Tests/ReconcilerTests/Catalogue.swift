import Directory
import Foundation
import LDAP
import Logging
import Synchronization
import TestKit

@testable import Reconciler

/// A private directory with a unit and some persons in it, and what a test needs to plan by hand.
struct Catalogue {
  static let unit = "ou=Enhet,\(Slapd.suffix)"
  let slapd: Slapd
  let admin: LDAPConnection
  let profile: Profile

  init(persons: Int = 0, options: Slapd.Options = Slapd.Options()) async throws {
    slapd = try await Slapd([.base, .text(Self.content(persons))], options: options)
    admin = try await slapd.connection(try slapd.admin)
    profile = try Self.profile()
  }

  static func profile() throws -> Profile {
    try Profile(parsing: Repository.bytes("conf/profiles/hsa.yaml"), file: "hsa.yaml")
  }

  static func content(_ persons: Int) -> String {
    let unit = """
      dn: \(Self.unit)
      objectClass: organizationalUnit
      objectClass: hsaOrganizationalUnitExtension
      ou: Enhet
      hsaIdentity: SE2321000016-1B01

      """
    return ([unit] + (0..<persons).map(person)).joined(separator: "\n")
  }

  static func person(_ number: Int) -> String {
    """
    dn: cn=Person \(number),\(Self.unit)
    objectClass: person
    objectClass: hsaPersonExtension
    cn: Person \(number)
    sn: Person
    givenName: \(number)
    fullName: Person \(number)
    title: Sjuksköterska
    hsaIdentity: SE2321000016-P\(number)

    """
  }

  static func dn(_ number: Int) throws -> DistinguishedName {
    try DistinguishedName(parsing: "cn=Person \(number),\(Self.unit)")
  }

  static let attributes = ["*", "entryUUID", "entryCSN"]

  /// An entry as the directory's administrator sees it.
  func entry(_ dn: DistinguishedName) async throws -> Entry? {
    try await admin.entry(dn, attributes: Self.attributes)
  }

  func person(_ number: Int) async throws -> Entry {
    guard let entry = try await entry(Self.dn(number)) else { throw Failure("no person \(number)") }
    return entry
  }

  /// Changes something as somebody else would.
  func change(_ operation: WriteOperation, as bind: BindMethod? = nil) async throws {
    let connection = try await bind == nil ? admin : slapd.connection(bind)
    let answer = try await connection.perform(operation)
    guard answer.result == .success else { throw Failure("\(answer)") }
  }

  /// How often the access log has a kind of write at an entry.
  func writes(_ type: String, at dn: DistinguishedName) async throws -> Int {
    let filter = Filter.and([.equal("reqType", Value(type)), .equal("reqDN", Value(dn.description))])
    let log = DistinguishedName([RelativeDistinguishedName("cn", "log")])
    let stream = admin.search(SearchRequest(base: log, scope: .oneLevel, filter: filter, attributes: ["1.1"]))
    var count = 0
    for try await batch in stream { count += batch.count }
    return count
  }
}

/// Plans made by hand.
struct HandMade {
  private(set) var changes: [Change] = []
  /// Of the entries that changes are about from now on.
  var kind = Kind.person

  var plan: Plan { plan() }

  func plan(
    findings: [Finding] = [], method: ReadProof.Method = .search, isComplete: Bool = true
  ) -> Plan {
    var proof = ReadProof(method: method, origin: "a test", authorizationIdentity: "")
    proof.finished = isComplete
    let base = (try? DistinguishedName(parsing: Slapd.suffix)) ?? DistinguishedName()
    return Plan(
      instant: Date(timeIntervalSince1970: 1_800_000_000), base: base, changes: changes, findings: findings,
      unchanged: 0, observed: [:], proof: proof)
  }

  /// A change of one value of an entry that was read, under the condition that it still has the old one.
  @discardableResult
  mutating func update(
    _ entry: Entry, _ attribute: String, to value: Value, at dn: DistinguishedName? = nil, after: [Int] = [],
    bindsCSN: Bool = false
  ) -> Int {
    let dn = dn ?? entry.dn
    let old = entry[attribute]
    var filters: [Filter] = [.equal("entryUUID", entry["entryUUID"][0])]
    if !bindsCSN { filters += old.map { .equal(attribute, $0) } }
    let modifications =
      bindsCSN
      ? [Modification(.replace, attribute, [value])]
      : (old.isEmpty ? [] : [Modification(.delete, attribute, old)]) + [
        Modification(.add, attribute, [value])
      ]
    return add(
      .update, dn, .modify(dn, modifications), after,
      .init(
        assertion: .and(filters), entryUUID: entry.text("entryUUID"),
        entryCSN: bindsCSN ? entry.text("entryCSN") : nil),
      [.init(attribute, removed: old, added: [value], kept: 0)])
  }

  @discardableResult
  mutating func create(_ dn: DistinguishedName, _ attributes: [(String, String)], after: [Int] = []) -> Int {
    var entry = Entry(dn: dn)
    for (name, value) in attributes { entry[name].append(Value(value)) }
    return add(.create, dn, .add(entry), after, .init(), [])
  }

  @discardableResult
  mutating func createPerson(_ number: Int, in unit: DistinguishedName, after: [Int] = []) -> Int {
    create(
      unit.child(RelativeDistinguishedName("cn", Value("Person \(number)"))),
      [
        ("objectClass", "person"), ("objectClass", "hsaPersonExtension"), ("cn", "Person \(number)"),
        ("sn", "Ny"), ("fullName", "Ny Person"), ("hsaIdentity", "SE2321000016-P\(number)"),
      ], after: after)
  }

  @discardableResult
  mutating func move(
    _ entry: Entry, to rdn: RelativeDistinguishedName, under: DistinguishedName? = nil, after: [Int] = []
  ) -> Int {
    let parent = under ?? entry.dn.parent ?? DistinguishedName()
    let uuid = entry.text("entryUUID") ?? ""
    return add(
      .move, entry.dn, .rename(entry.dn, newRDN: rdn, deleteOldRDN: true, newSuperior: under), after,
      .init(assertion: .equal("entryUUID", Value(uuid)), entryUUID: uuid), [], newDN: parent.child(rdn))
  }

  @discardableResult
  mutating func delete(_ entry: Entry, at dn: DistinguishedName? = nil, after: [Int] = []) -> Int {
    let uuid = entry.text("entryUUID") ?? ""
    return add(
      .delete, dn ?? entry.dn, .delete(dn ?? entry.dn), after,
      .init(
        assertion: .equal("entryUUID", Value(uuid)), entryUUID: uuid, entryCSN: entry.text("entryCSN")), [])
  }

  mutating func markAsAbsence(_ id: Int) { changes[id].cause = .absence(source: "a.yaml") }

  private mutating func add(
    _ action: Change.Action, _ dn: DistinguishedName, _ operation: WriteOperation, _ after: [Int],
    _ precondition: Change.Precondition, _ differences: [Change.Difference], newDN: DistinguishedName? = nil
  ) -> Int {
    let id = changes.count
    changes.append(
      Change(
        id: id, action: action, kind: kind, identity: HSAIdentity("SE2321000016-P\(id)"), label: nil,
        isProtected: false, cause: .desired(SourcePosition(file: "a.yaml", line: id + 1)), dn: dn,
        newDN: newDN,
        differences: differences, operation: operation, precondition: precondition, after: after))
    return id
  }
}

extension Catalogue {
  /// The connection settings of the agent, with short patience so that a frozen server is noticed.
  func configuration(_ url: String? = nil, patience: Duration = .seconds(20)) throws -> LDAPConfiguration {
    var configuration = LDAPConfiguration(urls: [try LDAPURL(url ?? slapd.ldapi)])
    configuration.allowsPlainText = true
    configuration.operationTimeout = patience
    configuration.connectTimeout = patience
    return configuration
  }

  func applier(
    _ settings: Applier.Settings = Applier.Settings(), url: String? = nil, patience: Duration = .seconds(20),
    progress: @escaping ProgressReport = { _ in }
  ) throws -> Applier {
    let (configuration, agent) = (try configuration(url, patience: patience), try slapd.agent)
    return Applier(
      profile: profile, settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      progress: progress
    ) {
      try await LDAPConnection.open(configuration, bind: agent, expecting: "dn:" + Slapd.agentDN)
    }
  }
}

/// What progress told, in order.
final class Told: Sendable {
  private let all = Mutex<[Reconciler.Progress]>([])
  var report: ProgressReport { { progress in self.all.withLock { $0.append(progress) } } }
  var progress: [Reconciler.Progress] { all.withLock { $0 } }
}

extension Applier {
  /// Applies a plan with a journal, in a store of its own unless one is given.
  func apply(_ plan: Plan, store given: Store? = nil) async throws -> ApplyResult {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let store = try given ?? Store.open(folder.path("store"))
    let run = NewRun(of: plan, digest: "", by: StoreFixture.actor, at: Date())
    let journal = try Journal.begin(run, of: plan, store: store, audit: nil)
    let result = try await apply(plan, journal: journal)
    try await journal.end(result)
    return result
  }
}

extension Run {
  /// Applies a plan whole, as one that was saved, as somebody would who approves nothing; opens the books for it.
  func apply(_ plan: Plan) async throws -> ApplyResult {
    let actor = Actor.current()
    let books = try Books.open(configuration, for: "test", by: actor)
    let file = PlanFile(plan, profile: configuration.profile).saved()
    let saved = SavedPlan(bytes: file.bytes, sha256: file.sha256)
    let applied = try await apply(plan, ApplyOrder(by: actor), in: books, saved: saved)
    if let refusal = applied.lazy.compactMap(\.refusal).first { throw refusal }
    let results = applied.compactMap(\.result)
    return ApplyResult(outcomes: results.flatMap(\.outcomes), stop: results.lazy.compactMap(\.stop).first)
  }
}
