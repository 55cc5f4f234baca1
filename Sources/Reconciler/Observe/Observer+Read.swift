import Directory
import Foundation
import LDAP

extension Observer {
  /// What is asked for: which entries under the base, and which of their attributes.
  package struct Question: Sendable {
    package var filter: Filter
    package var attributes: [String]

    package init(filter: Filter, attributes: [String]) {
      self.filter = filter
      self.attributes = attributes
    }
  }

  /// Reads the answer batch by batch into what `begin` makes, and proves what it is worth.
  ///
  /// Where the server refuses one way of reading, the next is tried from the beginning: `begin` is called for
  /// each. Entries are read ahead while `begin` is not done. What is short of a complete read is told in the
  /// proof; a lost connection throws.
  /// - Parameter ways: how to read, in the order in which it is tried; `nil`: as the server allows.
  package func read<Content>(
    _ question: Question, ways: [SearchRequest.Method]? = nil, progress: @escaping ProgressReport,
    begin: () async throws -> Content, take: (inout Content, EntryTable) throws -> Void
  ) async throws -> (content: Content, proof: ReadProof) {
    let before = try await contextState()
    let marks = try await sentinelMarks()
    var ways = (ways ?? waysToRead)[...]
    while let way = ways.popFirst() {
      var reading = Reading(
        stream: search(question, way), watch: SentinelWatch(marks), proof: newProof(way), progress: progress)
      let content = try await reading.run(begin: begin, take: take)
      if !ways.isEmpty && reading.result.isReasonForAnotherWay {
        // A limit on entries is a limit for the plain search as well: pages are what is left.
        if reading.result != .unavailableCriticalExtension { ways = ways.suffix(1) }
        if let next = ways.first { progress(.readingAgain(next.proofMethod)) }
        continue
      }
      return (content, try await complete(reading.proof, before: before))
    }
    throw LDAPError(.operationFailed, "search", reason: "the server allows no way to read the base")
  }

  private func search(_ question: Question, _ way: SearchRequest.Method) -> EntryStream {
    connection.search(
      SearchRequest(
        base: base, scope: .subtree, filter: question.filter, attributes: question.attributes, method: way))
  }

  private func newProof(_ way: SearchRequest.Method) -> ReadProof {
    ReadProof(
      method: way.proofMethod, origin: connection.server.url.description,
      authorizationIdentity: connection.authorizationIdentity)
  }

  /// What can be said only afterwards: whether we still are who we were, and time has not run backwards.
  private func complete(_ proof: ReadProof, before: [String]) async throws -> ReadProof {
    var proof = proof
    proof.contextBefore = before
    proof.contextAfter = try await contextState()
    proof.clockSkew = try await clockSkew()
    proof.readAt = Date()
    if ContextState(proof.contextAfter).isBehind(ContextState(before)) {
      proof.add(
        .contextBackwards,
        "the directory's contextCSN went backwards during the read: it was restored or replaced")
    }
    if try await connection.whoAmI() != proof.authorizationIdentity {
      proof.add(.identityChanged, "the server held us for somebody else after the read")
    }
    if proof.entries == 0 { proof.add(.nothingRead, "no entry was read, not even the base") }
    return proof
  }
}

/// One attempt to read, with what is noticed on the way.
private struct Reading {
  let stream: EntryStream
  var watch: SentinelWatch
  var proof: ReadProof
  let progress: ProgressReport
  private(set) var result = ResultCode.success
  private let clock = ContinuousClock()

  init(stream: EntryStream, watch: SentinelWatch, proof: ReadProof, progress: @escaping ProgressReport) {
    self.stream = stream
    self.watch = watch
    self.proof = proof
    self.progress = progress
  }

  mutating func run<Content>(
    begin: () async throws -> Content, take: (inout Content, EntryTable) throws -> Void
  ) async throws -> Content {
    let started = clock.now
    var iterator = stream.makeAsyncIterator()
    // The first batch first: then the search is under way, and is read ahead while `begin` is not done.
    var next = try await batch(from: &iterator)
    var content = try await begin()
    while let batch = next {
      proof.entries += batch.count
      watch.look(at: batch)
      try take(&content, batch)
      progress(.reading(entries: proof.entries, elapsed: clock.now - started))
      next = try await self.batch(from: &iterator)
    }
    proof.faults += watch.faults
    progress(.read(proof, elapsed: clock.now - started))
    return content
  }

  /// The next batch; `nil` at the end, whatever it was: what came short is a fault of the proof.
  private mutating func batch(from iterator: inout EntryStream.Iterator) async throws(LDAPError)
    -> EntryTable?
  {
    do {
      if let batch = try await iterator.next() { return batch }
      judge(try stream.outcome())
    } catch {
      guard error.code == .operationFailed, let reason = error.result else { throw error }
      result = reason
      proof.add(.cutShort, "the read ended with \(reason)")
    }
    return nil
  }

  private mutating func judge(_ outcome: SearchOutcome) {
    result = outcome.result
    proof.referrals = outcome.referrals
    proof.finished = outcome.result == .success
    if outcome.result != .success { proof.add(.cutShort, "the read ended with \(outcome.result)") }
    if outcome.referrals > 0 {
      proof.add(
        .referrals, "\(outcome.referrals) referrals point at entries on other servers, which were not read")
    }
    if outcome.entries != proof.entries {
      proof.add(.miscounted, "\(outcome.entries) entries came and \(proof.entries) were taken")
    }
    // A refresh that leaves out what it lists as unchanged is not the whole content, and we asked without cookie.
    if let sync = outcome.sync, !sync.present.isEmpty {
      proof.add(.partialContent, "the server sent a part of the content only, as if we had a cookie")
    }
  }
}

extension SearchRequest.Method {
  fileprivate var proofMethod: ReadProof.Method {
    switch self {
    case .plain: .search
    case .paged: .pagedSearch
    case .contentSync: .contentSync
    }
  }
}

extension ResultCode {
  /// Whether a read that ended so may succeed in another way.
  fileprivate var isReasonForAnotherWay: Bool {
    switch self {
    case .unavailableCriticalExtension, .sizeLimitExceeded, .adminLimitExceeded, .syncRefreshRequired: true
    default: false
    }
  }
}
