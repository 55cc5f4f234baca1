/// A search under way: it turns answers into batches, and pages and sync messages into one stream.
///
/// Touched on the connection's thread only.
internal final class SearchRun {
  /// What an answer means for the operation.
  internal enum Step {
    /// More answers come.
    case goesOn
    /// The request is to be sent again for the next page.
    case nextPage
    /// It has ended well, or by a limit.
    case ended
    /// It has failed.
    case failed(LDAPError)
  }

  internal let request: SearchRequest
  internal let channel: EntryChannel
  private var builder = EntryTableBuilder()
  private var outcome = SearchOutcome(result: .success, referrals: 0, entries: 0, syncCookie: nil, sync: nil)
  private var pageCookie: [UInt8] = []
  private var isResumed = false
  /// When the first entry of the batch under way came.
  internal private(set) var gatheringSince: ContinuousClock.Instant?
  /// How large the last batch was: the next one will be so too.
  private var lastSize = (bytes: 0, entries: 0)

  /// A batch is handed over when it has this many entries or octets.
  private static let batchEntries = 1_000
  private static let batchBytes = 262_144

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

  internal func entry(_ message: borrowing Message, of session: Session) -> Step {
    if isResumed {
      guard let controls = message.entryControls(of: session) else { return malformed(session) }
      if takeState(controls) { return .goesOn }
    }
    if gatheringSince == nil { beginBatch() }
    guard message.append(to: &builder, of: session) else { return malformed(session) }
    outcome.entries += 1
    if builder.table.count >= SearchRun.batchEntries || builder.table.byteLength >= SearchRun.batchBytes {
      handOver()
    }
    return .goesOn
  }

  internal func reference() { outcome.referrals += 1 }

  internal func intermediate(_ message: borrowing Message, of session: Session) -> Step {
    guard let (name, value) = message.intermediate(of: session) else { return malformed(session) }
    // An intermediate answer that nobody asked for is not ours to judge (RFC 4511 section 4.13).
    guard name == Control.OID.syncInfo, outcome.sync != nil else { return .goesOn }
    return value.withUnsafeBytes { takeInfo($0) } ? .goesOn : malformed(session)
  }

  internal func final(_ answer: Answer, of session: Session) -> Step {
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

  /// Hands over what has gathered; also for a consumer that has waited long enough while the server is slow.
  internal func handOver() {
    gatheringSince = nil
    guard builder.table.count > 0 else { return }
    lastSize = (builder.table.byteLength, builder.table.count)
    channel.push(builder.take())
  }

  /// Whether entries come in such numbers that it pays to let some gather in the socket before the next look.
  internal var isStreaming: Bool { outcome.entries >= 100 }

  private func beginBatch() {
    gatheringSince = .now
    builder.reserve(
      bytes: lastSize.bytes + lastSize.bytes / 16, entries: lastSize.entries, values: lastSize.entries * 16)
  }

  private func finish() {
    handOver()
    channel.finish(.success(outcome))
  }

  private func malformed(_ session: Session) -> Step {
    .failed(
      LDAPError(
        .malformedAnswer, "search", server: session.url.description, reason: "an answer cannot be decoded"))
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

extension SearchRun {
  /// Reads the Sync State control of an entry (RFC 4533 section 2.3).
  ///
  /// - Returns: whether the entry was only a note of a deleted or unchanged one.
  private func takeState(_ controls: [Control]) -> Bool {
    guard let value = controls.value(Control.OID.syncState) else { return false }
    return value.withUnsafeBytes { bytes in
      var outer = BERReader(bytes)
      guard var value = outer.enter(BERTag.sequence), let state = value.integer(BERTag.enumerated),
        let identifier = value.octets()
      else { return false }
      takeCookie(value.octets())
      switch state {
      case 0: outcome.sync?.present.append(identifier)
      case 3: outcome.sync?.deleted.append(identifier)
      default: return false
      }
      return true
    }
  }

  /// Reads a Sync Info message (RFC 4533 section 2.5); `false` when it is not one.
  private func takeInfo(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var outer = BERReader(bytes)
    guard let (tag, contents) = outer.next() else { return false }
    var value = BERReader(contents)
    switch tag {
    case 0x80: takeCookie(Array(contents))
    case 0xa1:
      takeCookie(value.octets())
      outcome.sync?.refreshDeletes = true
    case 0xa2: takeCookie(value.octets())
    case 0xa3:
      takeCookie(value.octets())
      let areDeleted = value.boolean() ?? false
      guard var identifiers = value.enter(BERTag.set) else { return false }
      while let identifier = identifiers.octets() {
        if areDeleted {
          outcome.sync?.deleted.append(identifier)
        } else {
          outcome.sync?.present.append(identifier)
        }
      }
    default: return false
    }
    return true
  }

  /// Reads the Sync Done control (RFC 4533 section 2.4); without it the server has not done a content sync.
  private func takeDone(_ controls: [Control]) -> Bool {
    guard let value = controls.value(Control.OID.syncDone) else { return false }
    return value.withUnsafeBytes { bytes in
      var outer = BERReader(bytes)
      guard var value = outer.enter(BERTag.sequence) else { return false }
      takeCookie(value.octets())
      if value.boolean() == true { outcome.sync?.refreshDeletes = true }
      return true
    }
  }

  private func takeCookie(_ cookie: [UInt8]?) {
    if let cookie { outcome.syncCookie = cookie }
  }
}
