import Directory
import LDAP

/// Reads from the directory what a target needs, all of it or nothing.
struct TargetReader {
  let connection: LDAPConnection
  let rootDSE: RootDSE
  let schema: Schema

  private init(_ lease: KeptConnection.Lease) {
    connection = lease.connection
    rootDSE = lease.rootDSE
    schema = lease.schema
  }

  /// Lends a reader over the target's connection; one that turns out to have been lost since its last use is replaced,
  /// and read from anew.
  ///
  /// - Parameters:
  ///   - isWhole: whether all is read: then the server is asked once more what it is.
  ///   - body: reads, and nothing else; it may be called twice.
  static func lend<Result: Sendable>(
    _ kept: KeptConnection, isWhole: Bool = false, _ body: (TargetReader) async throws -> Result
  ) async throws -> Result {
    let lease = try await kept.lease()
    do {
      return try await body(
        TargetReader(isWhole && lease.isFromBefore ? try await kept.refreshed(lease) : lease))
    } catch let error as LDAPError where error.code == .connectionLost && lease.isFromBefore {
      try Task.checkCancellation()
      return try await body(TargetReader(try await kept.replacement(of: lease.connection)))
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

  /// How many persons, entries or groups one filter names at most.
  static let chunk = 50

  /// Filters that together match the entries of persons: by HSA-id, or by the entryUUID that one goes by who has none.
  ///
  /// - Parameter identity: the attribute that holds the HSA-id.
  static func filters(of persons: Set<HSAIdentity>, identity: String) -> [Filter] {
    let sorted = persons.sorted()
    return stride(from: 0, to: sorted.count, by: chunk).map { start in
      .or(
        sorted[start..<min(start + chunk, sorted.count)].map { person in
          guard let entryUUID = person.entryUUID else { return .equal(identity, Value(person.text)) }
          return .equal("entryUUID", Value(entryUUID))
        })
    }
  }

  /// Where entries lie now and whose they are, by entryUUID in small letters; those that are gone are left out.
  ///
  /// - Parameter identity: the attribute that holds the HSA-id.
  func whereabouts(
    of entryUUIDs: [String], under base: DistinguishedName, identity: String
  ) async throws -> [String: Whereabouts] {
    var found: [String: Whereabouts] = [:]
    let wanted = Set(entryUUIDs.map(\.asciiLowercased)).sorted()
    for start in stride(from: 0, to: wanted.count, by: Self.chunk) {
      let part = wanted[start..<min(start + Self.chunk, wanted.count)]
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

extension HSAIdentity {
  private static let entryUUIDPrefix = "entryUUID "

  /// What an entry goes by that has no HSA-id, or more than one.
  static func entry(_ uuid: String) -> HSAIdentity { HSAIdentity(entryUUIDPrefix + uuid) }

  /// The entryUUID that somebody goes by who has no HSA-id.
  fileprivate var entryUUID: String? {
    guard text.hasPrefix(HSAIdentity.entryUUIDPrefix) else { return nil }
    return String(text.dropFirst(HSAIdentity.entryUUIDPrefix.count))
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
