import Directory
import LDAP

/// Reads from the directory what a target needs, all of it or nothing.
struct TargetReader {
  let connection: LDAPConnection
  let rootDSE: RootDSE
  let schema: Schema

  /// Lends a reader over a connection of its own, which is closed however it ends.
  static func lend<Result: Sendable>(
    _ open: @Sendable () async throws -> LDAPConnection, _ body: (TargetReader) async throws -> Result
  ) async throws -> Result {
    let connection = try await open()
    do {
      let reader = TargetReader(
        connection: connection, rootDSE: try await connection.rootDSE(), schema: try await connection.schema()
      )
      let result = try await body(reader)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  /// All entries under a base that match, in one search; page by page where the server's limits demand it.
  ///
  /// - Throws: `LDAPError` when it ends with anything but success, or with a referral to what another server has.
  func all(
    under base: DistinguishedName, _ filter: Filter, _ attributes: [String]
  ) async throws -> [EntryTable] {
    var request = SearchRequest(base: base, scope: .subtree, filter: filter, attributes: attributes)
    do {
      return try await all(request)
    } catch let error as LDAPError where error.result?.isLimit == true && allowsPages {
      request.method = .paged(1000)
      return try await all(request)
    }
  }

  private var allowsPages: Bool { rootDSE.supportedControls.contains(Control.OID.pagedResults) }

  private func all(_ request: SearchRequest) async throws -> [EntryTable] {
    let stream = connection.search(request)
    var batches: [EntryTable] = []
    for try await batch in stream { batches.append(batch) }
    let outcome = try stream.outcome()
    guard outcome.isComplete, outcome.entries == batches.reduce(0, { $0 + $1.count }) else {
      throw LDAPError(
        .operationFailed, "search", server: connection.server.url.description,
        result: outcome.referrals > 0 ? .referral : outcome.result, reason: "not all entries were read")
    }
    return batches
  }

  /// Where entries lie now and whose they are, by entryUUID in small letters; those that are gone are left out.
  ///
  /// - Parameter identity: the attribute that holds the HSA-id.
  func whereabouts(
    of entryUUIDs: [String], under base: DistinguishedName, identity: String
  ) async throws -> [String: Whereabouts] {
    var found: [String: Whereabouts] = [:]
    let wanted = Set(entryUUIDs.map(\.asciiLowercased)).sorted()
    for start in stride(from: 0, to: wanted.count, by: 50) {
      let part = wanted[start..<min(start + 50, wanted.count)]
      let filter = Filter.or(part.map { .equal("entryUUID", Value($0)) })
      for batch in try await all(under: base, filter, [identity, "entryUUID"]) {
        for index in 0..<batch.count {
          let entry = try batch.entry(index)
          guard let uuid = entry.text("entryUUID") else { continue }
          let ids = entry.values(of: identity, schema).compactMap(\.text)
          found[uuid.asciiLowercased] = Whereabouts(
            dn: entry.dn, identity: ids.count == 1 ? HSAIdentity(ids[0]) : nil)
        }
      }
    }
    return found
  }
}

/// Where an entry lies, and whose it is.
struct Whereabouts {
  var dn: DistinguishedName
  /// `nil` where it has no HSA-id, or more than one.
  var identity: HSAIdentity?
}

extension ResultCode {
  /// Whether a search ended because the server gives no more at a time.
  fileprivate var isLimit: Bool { self == .sizeLimitExceeded || self == .adminLimitExceeded }
}
