import Synchronization

/// A content sync under way: it turns answers into events, in their order.
///
/// Touched on the connection's thread only.
internal final class SyncRun: StreamRun {
  /// What gathers until something else comes.
  private enum Gathering {
    case entries, present, deleted
  }

  internal let name = "content sync"
  internal let yieldsToOthers = true
  internal let request: SearchRequest
  internal let methodControls: [Control]
  private let channel: SyncChannel
  private let tally: SyncTally
  private var gathering: Gathering?
  private var batch = EntryBatch()
  private var identifiers: [EntryUUID] = []
  /// When the first of what gathers came.
  private var since: ContinuousClock.Instant?
  /// The last cookie that has not been handed over. It is worth something only after all that it speaks of: in the
  /// refresh, where the order of answers says little (RFC 4533 section 3.3), that is the end.
  private var cookie: [UInt8]?
  private var isRefreshed = false
  /// Whether a present phase ended with the refresh going on: what it did not list is gone, whatever follows.
  private var hadPresentPhase = false
  private var received = 0

  /// How many identifiers are handed over at once.
  private static let mostIdentifiers = 4_096

  internal init(_ request: SyncRequest, _ channel: SyncChannel, _ tally: SyncTally) {
    self.tally = tally
    self.channel = channel
    self.request = SearchRequest(
      base: request.base, scope: .subtree, filter: request.filter, attributes: request.attributes,
      deadline: request.refreshDeadline)
    methodControls = [.syncRequest(cookie: request.cookie, persists: true)]
  }

  internal var isFull: Bool { channel.isFull }
  internal var mayBeSilent: Bool { isRefreshed }
  internal var isStreaming: Bool { !isRefreshed && received >= 100 }

  internal func entry(_ message: borrowing Message, of session: Session) -> StreamStep {
    received += 1
    guard let value = message.entryControls(of: session)?.value(Control.OID.syncState),
      let state = SyncState(value)
    else { return malformed(session) }
    switch state.kind {
    case .present: gather([state.identifier], .present)
    case .delete: gather([state.identifier], .deleted)
    case .add, .modify:
      gather([state.identifier], .entries)
      guard batch.append(message, of: session) else { return malformed(session) }
    }
    cookie = state.cookie ?? cookie
    if batch.isFull || identifiers.count >= SyncRun.mostIdentifiers { handOver() }
    return .goesOn
  }

  internal func reference() { tally.referrals.add(1, ordering: .relaxed) }

  internal func intermediate(_ message: borrowing Message, of session: Session) -> StreamStep {
    received += 1
    guard let (name, value) = message.intermediate(of: session) else { return malformed(session) }
    // An intermediate answer that nobody asked for is not ours to judge (RFC 4511 section 4.13).
    guard name == Control.OID.syncInfo else { return .goesOn }
    guard let info = SyncInfo(value) else { return malformed(session) }
    switch info {
    case .cookie(let new): cookie = new
    case .identifiers(let identifiers, let areDeleted, let new):
      gather(identifiers, areDeleted ? .deleted : .present)
      cookie = new ?? cookie
      if self.identifiers.count >= SyncRun.mostIdentifiers { handOver() }
    case .phaseEnded(let deletes, let done, let new):
      cookie = new ?? cookie
      if done { endRefresh(deletes: deletes) } else if !deletes { hadPresentPhase = true }
    }
    return .goesOn
  }

  internal func final(_ answer: Answer, of session: Session) -> StreamStep {
    guard answer.result == .success else {
      return .failed(answer.error(.operationFailed, name, server: session.url))
    }
    guard let done = answer.controls.value(Control.OID.syncDone).flatMap(SyncDone.init) else {
      return malformed(session)
    }
    cookie = done.cookie ?? cookie
    endRefresh(deletes: done.deletes)
    handOver()
    channel.finish(.success(()))
    return .ended
  }

  internal func handOverWhatIsDue() -> ContinuousClock.Instant? {
    if isRefreshed {
      handOver()
      return nil
    }
    guard let due = since?.advanced(by: EntryBatch.longestGathering) else { return nil }
    guard due <= .now else { return due }
    handOver()
    return nil
  }

  internal func fail(_ error: LDAPError) { channel.finish(.failure(error)) }
}

extension SyncRun {
  private func gather(_ new: [EntryUUID], _ kind: Gathering) {
    if gathering != kind { handOver() }
    if gathering == nil { since = .now }
    gathering = kind
    identifiers += new
  }

  /// Hands over what has gathered, and once the refresh has ended the cookie after it.
  private func handOver() {
    let (kind, identifiers) = (gathering, identifiers)
    (gathering, since, self.identifiers) = (nil, nil, [])
    switch kind {
    case .entries: if let table = batch.take() { push(.entries(table, identifiers)) }
    case .present: push(.present(identifiers))
    case .deleted: push(.deleted(identifiers))
    case nil: break
    }
    if isRefreshed { handOverCookie() }
  }

  private func handOverCookie() {
    guard let cookie else { return }
    self.cookie = nil
    push(.cookie(cookie))
  }

  private func endRefresh(deletes: Bool) {
    guard !isRefreshed else { return }
    handOver()
    handOverCookie()
    isRefreshed = true
    push(.refreshed(deletes: deletes && !hadPresentPhase))
  }

  private func push(_ event: SyncEvent) { channel.push(event, bytes: event.byteCount) }
}

extension SyncEvent {
  /// About how many octets it holds.
  fileprivate var byteCount: Int {
    // An identifier is an array of its own: reference, header and octets.
    switch self {
    case .entries(let table, let identifiers): table.byteCount + identifiers.count * 64
    case .present(let identifiers), .deleted(let identifiers): identifiers.count * 64
    case .cookie(let cookie): cookie.count
    case .refreshed: 0
    }
  }
}
