/// An operation that answers with a stream: a search, or a content sync that goes on.
///
/// Touched on the connection's thread only.
internal protocol StreamRun: AnyObject {
  /// The operation's name in messages.
  var name: String { get }
  /// What is sent.
  var request: SearchRequest { get }
  /// The controls that the way of reading adds to the request.
  var methodControls: [Control] { get }
  /// Whether the consumer lags so much that the server has to wait.
  var isFull: Bool { get }
  /// Whether the answers of other operations are taken in though this one is full: its consumer may wait for them.
  var yieldsToOthers: Bool { get }
  /// Whether answers come in such numbers that it pays to let some gather in the socket before the next look.
  var isStreaming: Bool { get }
  /// Whether silence now is no reason to give it up.
  var mayBeSilent: Bool { get }

  func entry(_ message: borrowing Message, of session: Session) -> StreamStep
  func reference()
  func intermediate(_ message: borrowing Message, of session: Session) -> StreamStep
  func final(_ answer: Answer, of session: Session) -> StreamStep
  /// Hands over what has gathered long enough; gives the time at which more is due.
  func handOverWhatIsDue() -> ContinuousClock.Instant?
  /// Ends the stream for a reason that is not the server's answer.
  func fail(_ error: LDAPError)
}

/// What an answer means for its operation.
internal enum StreamStep {
  /// More answers come.
  case goesOn
  /// The request is to be sent again for the next page.
  case nextPage
  /// It has ended well, or by a limit.
  case ended
  /// It has failed.
  case failed(LDAPError)
}

extension StreamRun {
  /// The stream fails with an answer that is not what the protocol says.
  internal func malformed(_ session: Session) -> StreamStep {
    .failed(
      LDAPError(
        .malformedAnswer, name, server: session.url.description, reason: "an answer cannot be decoded"))
  }
}

/// Entries that gather until there are enough to hand over.
internal struct EntryBatch {
  private var builder = EntryTableBuilder()
  /// When the first entry came.
  internal private(set) var since: ContinuousClock.Instant?
  /// How large the last batch was: the next one will be so too.
  private var lastSize = (bytes: 0, entries: 0)

  /// A batch is handed over when it has this many entries or octets.
  internal static let mostEntries = 1_000
  private static let mostBytes = 262_144
  /// How long entries gather before they are handed over as a small batch.
  internal static let longestGathering = Duration.milliseconds(50)

  internal init() {}

  internal var isFull: Bool {
    builder.table.count >= EntryBatch.mostEntries || builder.table.byteLength >= EntryBatch.mostBytes
  }

  /// Adds the entry of a message; `false`, with nothing added, when it cannot be read.
  internal mutating func append(_ message: borrowing Message, of session: Session) -> Bool {
    if since == nil { begin() }
    return message.append(to: &builder, of: session)
  }

  /// What has gathered; `nil` when nothing has.
  internal mutating func take() -> EntryTable? {
    since = nil
    guard builder.table.count > 0 else { return nil }
    lastSize = (builder.table.byteLength, builder.table.count)
    return builder.take()
  }

  private mutating func begin() {
    since = .now
    builder.reserve(
      bytes: lastSize.bytes + lastSize.bytes / 16, entries: lastSize.entries, values: lastSize.entries * 16)
  }
}
