import Directory
import Foundation
import LDAP
import Logging
import Synchronization
import TestKit

@testable import Reconciler

/// A directory that is followed into an index of its own, and what a test asks of both.
struct LiveScene {
  static let base = "ou=Bas,\(Slapd.suffix)"
  static let outside = "ou=Utanför,\(Slapd.suffix)"
  static let sentinel = "SE2321000016-B000"
  static let logged = `Provider settings`.logged

  let slapd: Slapd
  let admin: LDAPConnection
  let folder: TemporaryFolder
  var configuration: Configuration

  /// - Parameters:
  ///   - persons: how many there are in each unit under the base.
  ///   - provider: lines of slapd.conf in place of the shipped sync provider's; `nil`: as shipped.
  init(persons: [Int] = [5, 5], provider: String? = nil, tcp: Bool = false, sentinels: Bool = true)
    async throws
  {
    var options = Slapd.Options()
    options.listensOnTCP = tcp
    if let provider { options.edits = [(Self.logged, provider)] }
    slapd = try await Slapd([.base, .text(Self.content(persons))], options: options)
    admin = try await slapd.connection(try slapd.admin)
    folder = try TemporaryFolder()
    let password = Configuration.Bind.Password.file(slapd.folder.path("state/secrets/agent"))
    configuration = Configuration(
      file: "hsasync.yaml",
      server: .init(
        urls: [slapd.ldapi],
        bind: .init(.simple(dn: Slapd.agentDN, password), identity: "dn:" + Slapd.agentDN)),
      base: try DistinguishedName(parsing: Self.base),
      basePosition: SourcePosition(file: "hsasync.yaml", line: 5), profile: try Catalogue.profile(),
      profileFile: "hsa.yaml", sentinels: sentinels ? [.identity(HSAIdentity(Self.sentinel))] : [])
    configuration.daemon.polling = .milliseconds(100)
    // The first write is where the access log begins.
    try await write(.modify(try Self.dn(Self.base), [Modification(.replace, "description", ["Bas"])]))
  }

  static func content(_ persons: [Int]) -> String {
    var text = [unit("Bas", "B000", Slapd.suffix), unit("Utanför", "U000", Slapd.suffix)]
    for (number, count) in persons.enumerated() {
      text.append(unit("Enhet \(number)", "E\(number)", base))
      for index in 0..<count {
        text.append(person("\(number)x\(index)", under: "ou=Enhet \(number),\(base)"))
      }
    }
    return text.joined(separator: "\n")
  }

  static func unit(_ name: String, _ identity: String, _ above: String) -> String {
    """
    dn: ou=\(name),\(above)
    objectClass: organizationalUnit
    objectClass: hsaOrganizationalUnitExtension
    ou: \(name)
    hsaIdentity: SE2321000016-\(identity)

    """
  }

  static func person(_ name: String, under unit: String) -> String {
    """
    dn: cn=Person \(name),\(unit)
    objectClass: person
    objectClass: hsaPersonExtension
    cn: Person \(name)
    sn: Person
    fullName: Person \(name)
    hsaIdentity: SE2321000016-P\(name)

    """
  }

  static func dn(_ text: String) throws -> DistinguishedName { try DistinguishedName(parsing: text) }

  static func person(_ unit: Int, _ index: Int) throws -> DistinguishedName {
    try dn("cn=Person \(unit)x\(index),ou=Enhet \(unit),\(base)")
  }
}

// What happens to the directory.
extension LiveScene {
  func write(_ operations: WriteOperation...) async throws {
    for operation in operations {
      let answer = try await admin.perform(operation)
      guard answer.result == .success else { throw Failure("\(answer)") }
    }
  }

  static func title(_ unit: Int, _ index: Int, _ title: Value) throws -> WriteOperation {
    .modify(try person(unit, index), [Modification(.replace, "title", [title])])
  }

  static func newcomer(_ name: String, unit: Int) throws -> WriteOperation {
    var entry = Entry(dn: try dn("cn=Person \(name),ou=Enhet \(unit),\(base)"))
    entry.attributes = [
      Attribute("objectClass", ["person", "hsaPersonExtension"]), Attribute("cn", [Value("Person \(name)")]),
      Attribute("sn", ["Ny"]), Attribute("fullName", ["Ny"]),
      Attribute("hsaIdentity", [Value("SE2321000016-P\(name)")]),
    ]
    return .add(entry)
  }

  static func move(_ name: String, from: String, to: String? = nil, as rdn: String? = nil) throws
    -> WriteOperation
  {
    .rename(
      try dn("ou=\(name),\(from)"), newRDN: RelativeDistinguishedName("ou", Value(rdn ?? name)),
      deleteOldRDN: true, newSuperior: try to.map(dn))
  }
}

// The two sides.
extension LiveScene {
  var question: Observer.Question {
    var question = Run(configuration, logger: `Reading the directory`.logger).question()
    question.attributes.append("title")
    return question
  }

  func index() async throws -> TreeIndex {
    let connection = try await slapd.connection()
    let schema = try await connection.schema()
    let reader = LinkReader(
      profile: configuration.profile, management: configuration.management, rules: nil, schema: schema)
    return try TreeIndex.open(
      folder.path("store"),
      binding: IndexBinding(
        servers: [slapd.ldapi], base: configuration.base, filter: question.filter.description,
        attributes: question.attributes, identity: connection.authorizationIdentity, reading: reader.digest),
      reader: reader)
  }

  func follow(_ index: TreeIndex) -> LiveFollower { LiveFollower(configuration, index, question) }

  /// What is under the base, as text in a fixed order.
  func directory() async throws -> [String] {
    let connection = try await slapd.connection()
    var lines: [String] = []
    let request = SearchRequest(
      base: configuration.base, filter: question.filter, attributes: question.attributes)
    for try await batch in connection.search(request) { lines += try Self.lines(batch) }
    return lines.sorted()
  }

  static func content(_ index: TreeIndex) throws -> [String] {
    var lines: [String] = []
    try index.entries(nil) { lines += try Self.lines($0) }
    return lines.sorted()
  }

  private static func lines(_ batch: EntryTable) throws -> [String] {
    try (0..<batch.count).map { row in
      let entry = try batch.entry(row)
      let attributes = entry.attributes.filter { !$0.values.isEmpty }.map {
        "\($0.name.lowercased())=\($0.values.sorted().map { $0.text ?? "" })"
      }
      return "\(entry.dn) \(attributes.sorted())"
    }
  }

  /// Waits until the index is as the directory is.
  func agreement(_ index: TreeIndex) async throws {
    let wanted = try await directory()
    try await eventually(within: .seconds(120), "agreement of index and directory") {
      try Self.content(index) == wanted
    }
  }
}

/// Follows a directory as the agent does, and remembers what was reported.
final class LiveFollower: Sendable {
  struct Knowledge: Sendable {
    var reports: [LiveReport] = []
    var error: (any Error)?

    var source: LiveSource? {
      reports.lazy.compactMap { if case .connected(_, _, let source) = $0 { source } else { nil } }.last
    }
    var refreshed: (Touched, ReadProof)? {
      reports.lazy.compactMap {
        if case .refreshed(let touched, let proof) = $0 { (touched, proof) } else { nil }
      }
      .last
    }
    var doubts: [String] {
      reports.compactMap { if case .doubt(let why) = $0 { why } else { nil } }
    }
    /// What was touched after the refresh.
    var changed: Touched {
      reports.reduce(into: Touched()) { if case .changed(let touched) = $1 { $0.formUnion(touched) } }
    }
  }

  private final class Memory: Sendable {
    let knowledge = Mutex(Knowledge())
  }
  private let memory = Memory()
  private let task: Task<Void, Never>

  var knowledge: Knowledge { memory.knowledge.withLock { $0 } }

  init(_ configuration: Configuration, _ index: TreeIndex, _ question: Observer.Question) {
    let live = LiveObserver(configuration, index, question, logger: `Reading the directory`.logger)
    let memory = memory
    task = Task {
      do {
        try await live.follow { report in memory.knowledge.withLock { $0.reports.append(report) } }
      } catch {
        memory.knowledge.withLock { $0.error = error }
      }
    }
  }

  deinit { task.cancel() }

  @discardableResult
  func refreshed() async throws -> Knowledge {
    try await eventually(within: .seconds(120), "the end of the refresh") {
      if let error = knowledge.error { throw error }
      return knowledge.refreshed != nil
    }
    return knowledge
  }

  func ended() async throws -> Knowledge {
    try await eventually(within: .seconds(120), "the end") { knowledge.error != nil }
    return knowledge
  }

  @discardableResult
  func stop() async -> Knowledge {
    task.cancel()
    await task.value
    return knowledge
  }
}

/// The stretch of the shipped slapd.conf that sets the sync provider, and others in its place.
enum `Provider settings` {
  static let logged =
    "overlay syncprov\nsyncprov-checkpoint        1000 1\nsyncprov-sessionlog-source cn=log\n"
  static func sessionLog(_ operations: Int) -> String {
    "overlay syncprov\nsyncprov-checkpoint 1000 1\nsyncprov-sessionlog \(operations)\n"
  }
  static let noLog = "overlay syncprov\nsyncprov-checkpoint 1000 1\n"
  static let none = ""
}
