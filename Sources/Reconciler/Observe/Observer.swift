import Directory
import LDAP
import Logging

/// Reads everything under the base, in the cheapest way that the server allows, and proves what the read is worth.
package struct Observer: Sendable {
  package let connection: LDAPConnection
  package let rootDSE: RootDSE
  package let schema: Schema
  let base: DistinguishedName
  /// The suffix of the server's database that holds the base; its entry has `contextCSN`.
  let suffix: DistinguishedName
  private let sentinels: [Configuration.Sentinel]
  private let identityAttribute: String

  /// Connects, learns the schema, and sees that the base is there.
  ///
  /// - Throws: `LDAPError`; ``Refusal`` when the server does not hold the base.
  package static func open(_ configuration: Configuration, logger: Logger) async throws -> Observer {
    let connection = try await configuration.openConnection(logger: logger)
    do {
      return try await Observer(connection, configuration)
    } catch {
      await connection.close()
      throw error
    }
  }

  private init(_ connection: LDAPConnection, _ configuration: Configuration) async throws {
    self.connection = connection
    rootDSE = try await connection.rootDSE()
    schema = try await connection.schema()
    base = configuration.base
    sentinels = configuration.sentinels
    identityAttribute = configuration.profile.identity
    suffix = try Observer.suffix(of: base, in: rootDSE, schema, at: configuration.basePosition)
    try await Observer.seeBase(base, through: connection, at: configuration.basePosition)
  }

  package func close() async { await connection.close() }

  private static func suffix(
    of base: DistinguishedName, in rootDSE: RootDSE, _ schema: Schema, at position: SourcePosition
  ) throws(Refusal) -> DistinguishedName {
    let wanted = base.normalForm(schema)
    let contexts = rootDSE.namingContexts.compactMap { try? DistinguishedName(parsing: $0) }
    for context in contexts
    where context.normalForm(schema) == wanted || base.isDescendant(of: context, schema: schema) {
      return context
    }
    let finding = Finding(
      "base-outside-naming-contexts", at: position,
      "the base lies in none of the \(contexts.count) naming contexts of this server",
      advice: "compare it with what the server says: ldapsearch -x -s base -b '' namingContexts")
    throw Refusal(
      .directoryUnsuitable, .configurationWrong, "the server does not hold the base", findings: [finding])
  }

  private static func seeBase(
    _ base: DistinguishedName, through connection: LDAPConnection, at position: SourcePosition
  ) async throws {
    guard try await connection.entry(base, attributes: ["objectClass"]) == nil else { return }
    let finding = Finding(
      "base-missing", at: position, "there is no entry by the name of the base, or it may not be read",
      advice: "correct the base, or give the agent the right to read it (conf/slapd/acl.conf)")
    throw Refusal(
      .directoryUnsuitable, .configurationWrong, "the base is not there", findings: [finding])
  }
}

// What surrounds a read, for its proof.
extension Observer {
  /// `contextCSN` of the database; empty where the server has none or does not show it.
  package func contextState() async throws(LDAPError) -> [String] {
    let entry = try await connection.entry(suffix, attributes: ["contextCSN"])
    return entry?["contextCSN"].compactMap(\.text).sorted() ?? []
  }

  /// By what the sentinels are recognised; those named by DN are asked for, so that a later rename is no loss.
  func sentinelMarks() async throws(LDAPError) -> [SentinelWatch.Mark] {
    var marks: [SentinelWatch.Mark] = []
    for sentinel in sentinels {
      switch sentinel {
      case .identity(let identity):
        marks.append(.value(attribute: identityAttribute, Array(identity.text.utf8)))
      case .name(let name):
        let entry = try await connection.entry(name, attributes: ["entryUUID"])
        if let uuid = entry?["entryUUID"].first {
          marks.append(.value(attribute: "entryUUID", uuid.bytes))
        } else {
          marks.append(entry.map { .name(Array($0.dn.description.utf8)) } ?? .unreadable)
        }
      }
    }
    return marks
  }

  /// Cheapest first (measured, of one read of the same entries): content sync and plain 0.6, pages 1.0.
  var waysToRead: [SearchRequest.Method] {
    var ways: [SearchRequest.Method] = []
    if rootDSE.supportedControls.contains(Control.OID.syncRequest) { ways.append(.contentSync()) }
    ways.append(.plain)
    if rootDSE.supportedControls.contains(Control.OID.pagedResults) { ways.append(.paged(1000)) }
    return ways
  }
}
