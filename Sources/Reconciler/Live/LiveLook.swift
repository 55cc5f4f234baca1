import Directory
import Foundation
import LDAP
import Logging

/// Direct looks at the directory beside its content sync, over the same connection.
struct LiveLook: Sendable {
  let observer: Observer
  let index: TreeIndex
  private(set) var question: Observer.Question
  let report: LiveReporter
  let pulse: LivePulse
  let logger: Logger
  /// By what the sentinels are recognised.
  private let sentinels: [SentinelWatch.Mark]

  /// Where the index keeps the `contextCSN` of the last refresh.
  static let contextKey = "live.context"
  /// How many entries are asked for at once: less than any server's usual limit of entries.
  private static let batch = 250

  init(
    _ observer: Observer, _ index: TreeIndex, _ question: Observer.Question, _ report: @escaping LiveReporter,
    _ pulse: LivePulse, _ logger: Logger
  ) async throws {
    self.observer = observer
    self.index = index
    self.question = question
    self.report = report
    self.pulse = pulse
    self.logger = logger
    sentinels = try await observer.sentinelMarks()
  }

  /// The same with one attribute more.
  func asking(for attribute: String) -> LiveLook {
    guard !question.attributes.contains(where: { $0.equalsIgnoringASCIICase(attribute) }) else { return self }
    var copy = self
    copy.question.attributes.append(attribute)
    return copy
  }

  /// Whether an entry of the index holds others.
  func isContainer(_ uuid: EntryUUID) throws -> Bool {
    try index.entry(of: uuid).map { entry in try index.lookUp { try $0.facts(of: entry).isContainer } }
      ?? false
  }

  var connection: LDAPConnection { observer.connection }

  /// An entry as it was found.
  struct Found: Sendable {
    var uuid: EntryUUID
    var name: String
  }

  /// Reads entries by their entryUUID wherever under the base they are, and hands them over batch by batch.
  ///
  /// - Returns: those that are there, and match the question's filter.
  func read(_ uuids: [EntryUUID], _ take: (EntryTable) throws -> Void) async throws -> [Found] {
    var found: [Found] = []
    for start in stride(from: 0, to: uuids.count, by: LiveLook.batch) {
      let wanted = uuids[start..<min(start + LiveLook.batch, uuids.count)]
      let these = Filter.or(wanted.map { .equal("entryUUID", Value($0.description)) })
      found += try await search(observer.base, .and([these, question.filter]), take) ?? []
    }
    return found
  }

  /// Reads an entry and all under it; `nil` when no entry has that name.
  func readSubtree(_ name: DistinguishedName, _ take: (EntryTable) throws -> Void) async throws -> [Found]? {
    try await search(name, question.filter, take)
  }

  /// - Throws: also when the server cut the answer short: what is missing from it would be taken for gone.
  func search(
    _ base: DistinguishedName, _ filter: Filter, _ take: (EntryTable) throws -> Void
  ) async throws -> [Found]? {
    var found: [Found] = []
    let stream = connection.search(
      SearchRequest(base: base, scope: .subtree, filter: filter, attributes: question.attributes))
    do {
      for try await batch in stream {
        let uuids = try batch.entryUUIDs()
        found += uuids.indices.map { Found(uuid: uuids[$0], name: batch.dnText($0)) }
        try take(batch)
        pulse.goOn()
      }
    } catch let error as LDAPError where error.result == .noSuchObject && base != observer.base {
      return nil
    }
    let outcome = try stream.outcome()
    guard outcome.result == .success else {
      throw LDAPError(
        .operationFailed, "search", server: connection.server.url.description, result: outcome.result,
        reason: "a direct look was cut short")
    }
    return found
  }

  /// Sees that the server is there and holds us for whom it did.
  func seeIdentity(deadline: Duration? = nil) async throws {
    guard try await connection.whoAmI(deadline: deadline) != connection.authorizationIdentity else { return }
    throw LDAPError(
      .identityMismatch, "whoami", server: connection.server.url.description,
      reason: "the server holds us for somebody else than before")
  }

  /// Whether what a direct look did not find may be taken for gone: we still are who we were, and see what we must.
  func isSound() async throws -> Bool {
    try await seeIdentity()
    for mark in sentinels {
      switch mark {
      case .unreadable: return false
      case .name(let name):
        guard let dn = try? DistinguishedName(parsing: String(decoding: name, as: UTF8.self)),
          try await connection.entry(dn, attributes: ["1.1"]) != nil
        else { return false }
      case .value(let attribute, let value):
        guard try await isThere(.equal(attribute, Value(value))) else { return false }
      }
    }
    return true
  }

  private func isThere(_ filter: Filter) async throws -> Bool {
    let stream = connection.search(
      SearchRequest(base: observer.base, scope: .subtree, filter: filter, attributes: ["1.1"]))
    var count = 0
    for try await batch in stream { count += batch.count }
    return count > 0
  }
}

// What the index is worth.
extension LiveLook {
  /// The proof of an index that holds all that there was when a refresh ended with success.
  func prove(since before: [String], referrals: Int) async throws -> ReadProof {
    var proof = ReadProof(
      method: .contentSync, origin: connection.server.url.description,
      authorizationIdentity: connection.authorizationIdentity, entries: try index.count,
      referrals: referrals, finished: true, contextBefore: before)
    proof.contextAfter = try await observer.contextState()
    proof.clockSkew = try await observer.clockSkew()
    proof.readAt = Date()
    proof.faults = try sentinelFaults()
    if ContextState(proof.contextAfter).isBehind(ContextState(before)) {
      proof.add(
        .contextBackwards,
        "the directory's contextCSN went backwards during the refresh: it was restored or replaced")
    }
    if referrals > 0 {
      proof.add(
        .referrals, "\(referrals) referrals point at entries on other servers, which were not read")
    }
    if try await connection.whoAmI() != proof.authorizationIdentity {
      proof.add(.identityChanged, "the server held us for somebody else after the refresh")
    }
    if proof.entries == 0 { proof.add(.nothingRead, "no entry was read, not even the base") }
    try remember(proof.contextAfter)
    return proof
  }

  /// Keeps how new the directory was, so that an older one is noticed the next time.
  func remember(_ context: [String]) throws {
    try index.set(LiveLook.contextKey, Data(context.joined(separator: "\n").utf8))
  }

  private func sentinelFaults() throws -> [ReadProof.Fault] {
    try sentinels.enumerated().compactMap { number, mark in
      if try isIndexed(mark) { return nil }
      let why = mark == .unreadable ? "cannot be read" : "is not among the entries that the server has told"
      return ReadProof.Fault(
        .sentinelMissing, "sentinel \(number + 1) of \(sentinels.count) \(why): rights or entries were lost")
    }
  }

  private func isIndexed(_ mark: SentinelWatch.Mark) throws -> Bool {
    switch mark {
    case .unreadable: return false
    case .name(let name):
      guard let dn = try? DistinguishedName(parsing: String(decoding: name, as: UTF8.self)) else {
        return false
      }
      return try index.lookUp { try $0.entry(named: dn) } != nil
    case .value(let attribute, let value):
      let text = String(decoding: value, as: UTF8.self)
      if attribute == "entryUUID" { return try EntryUUID(text).flatMap { try index.entry(of: $0) } != nil }
      return try !index.lookUp { try $0.entries(with: HSAIdentity(text)) }.isEmpty
    }
  }
}
