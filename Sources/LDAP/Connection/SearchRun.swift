/// A search under way: it turns answers into batches, and pages and sync messages into one stream.
///
/// Touched on the connection's thread only.
internal final class SearchRun: StreamRun {
  internal let name = "search"
  internal let yieldsToOthers = false
  internal let mayBeSilent = false
  internal let request: SearchRequest
  private let channel: EntryChannel
  private var batch = EntryBatch()
  private var outcome = SearchOutcome(result: .success, referrals: 0, entries: 0, syncCookie: nil, sync: nil)
  private var pageCookie: [UInt8] = []
  private var isResumed = false

  internal init(_ request: SearchRequest, _ channel: EntryChannel) {
    self.request = request
    self.channel = channel
    if case .contentSync(let cookie) = request.method {
      outcome.sync = SyncOutcome()
      isResumed = cookie != nil
    }
  }

  /// The controls that the method adds to the request.
  internal var methodControls: [Control] {
    switch request.method {
    case .plain: []
    case .paged(let size): [.paged(size: max(1, size), cookie: pageCookie)]
    case .contentSync(let cookie): [.syncRequest(cookie: cookie)]
    }
  }

  internal func entry(_ message: borrowing Message, of session: Session) -> StreamStep {
    if isResumed {
      guard let controls = message.entryControls(of: session), let isNote = takeState(controls) else {
        return malformed(session)
      }
      if isNote { return .goesOn }
    }
    guard batch.append(message, of: session) else { return malformed(session) }
    outcome.entries += 1
    if batch.isFull { handOver() }
    return .goesOn
  }

  internal func reference() { outcome.referrals += 1 }

  internal func intermediate(_ message: borrowing Message, of session: Session) -> StreamStep {
    guard let (name, value) = message.intermediate(of: session) else { return malformed(session) }
    // An intermediate answer that nobody asked for is not ours to judge (RFC 4511 section 4.13).
    guard name == Control.OID.syncInfo, outcome.sync != nil else { return .goesOn }
    return takeInfo(value) ? .goesOn : malformed(session)
  }

  internal func final(_ answer: Answer, of session: Session) -> StreamStep {
    outcome.result = answer.result
    switch answer.result {
    case .success: break
    case .timeLimitExceeded, .sizeLimitExceeded, .adminLimitExceeded:
      finish()
      return .ended
    default: return .failed(answer.error(.operationFailed, "search", server: session.url))
    }
    switch request.method {
    case .plain: break
    case .paged:
      guard let cookie = Self.pageCookie(answer.controls) else { return malformed(session) }
      pageCookie = cookie
      if !cookie.isEmpty { return .nextPage }
    case .contentSync:
      guard takeDone(answer.controls) else { return malformed(session) }
    }
    finish()
    return .ended
  }

  internal var isFull: Bool { channel.isFull }

  internal var isStreaming: Bool { outcome.entries >= 100 }

  internal func handOverWhatIsDue() -> ContinuousClock.Instant? {
    guard channel.isAwaited, let due = batch.since?.advanced(by: EntryBatch.longestGathering) else {
      return nil
    }
    guard due <= .now else { return due }
    handOver()
    return nil
  }

  internal func fail(_ error: LDAPError) { channel.finish(.failure(error)) }

  private func handOver() {
    if let table = batch.take() { channel.push(table, bytes: table.byteCount) }
  }

  private func finish() {
    handOver()
    channel.finish(.success(outcome))
  }

  /// The cookie of a paged answer (RFC 2696); empty at the end, `nil` when it cannot be read.
  private static func pageCookie(_ controls: [Control]) -> [UInt8]? {
    // A server that does not know the control must refuse it, being critical; without an answer to it this is all.
    guard let value = controls.value(Control.OID.pagedResults) else { return [] }
    return value.withUnsafeBytes { bytes in
      var outer = BERReader(bytes)
      guard var value = outer.enter(BERTag.sequence), value.integer() != nil else { return nil }
      return value.octets()
    }
  }
}

// Content sync once.
extension SearchRun {
  /// Takes the Sync State control of an entry.
  ///
  /// - Returns: whether the entry was only a note of a deleted or unchanged one; `nil` when it cannot be read.
  private func takeState(_ controls: [Control]) -> Bool? {
    guard let value = controls.value(Control.OID.syncState) else { return false }
    guard let state = SyncState(value) else { return nil }
    takeCookie(state.cookie)
    switch state.kind {
    case .present: outcome.sync?.present.append(state.identifier.bytes)
    case .delete: outcome.sync?.deleted.append(state.identifier.bytes)
    case .add, .modify: return false
    }
    return true
  }

  /// Takes a Sync Info message; `false` when it is not one.
  private func takeInfo(_ octets: [UInt8]) -> Bool {
    guard let info = SyncInfo(octets) else { return false }
    switch info {
    case .cookie(let cookie): takeCookie(cookie)
    case .phaseEnded(let deletes, _, let cookie):
      takeCookie(cookie)
      if deletes { outcome.sync?.refreshDeletes = true }
    case .identifiers(let identifiers, let areDeleted, let cookie):
      takeCookie(cookie)
      let octets = identifiers.map(\.bytes)
      if areDeleted { outcome.sync?.deleted += octets } else { outcome.sync?.present += octets }
    }
    return true
  }

  /// Takes the Sync Done control; without it the server has not done a content sync.
  private func takeDone(_ controls: [Control]) -> Bool {
    guard let done = controls.value(Control.OID.syncDone).flatMap(SyncDone.init) else { return false }
    takeCookie(done.cookie)
    if done.deletes { outcome.sync?.refreshDeletes = true }
    return true
  }

  private func takeCookie(_ cookie: [UInt8]?) {
    if let cookie { outcome.syncCookie = cookie }
  }
}
