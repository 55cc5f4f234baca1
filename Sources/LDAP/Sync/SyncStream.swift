import Synchronization

/// Events on their way to a consumer.
internal typealias SyncChannel = BoundedChannel<SyncEvent, Void>

/// What there is to tell of a content sync beside its events.
internal final class SyncTally: Sendable {
  /// How many referrals came in place of entries.
  internal let referrals = Atomic(0)
}

extension LDAPConnection {
  /// Follows content: all of it or what changed since a cookie, then what changes (RFC 4533, `refreshAndPersist`).
  ///
  /// The C function behind it is `ldap_search_ext` with a control of our own making: `ldap_sync_init` loses messages
  /// where several operations share a connection, and shows no cookie. Other operations go on beside it.
  public nonisolated func sync(_ request: SyncRequest) -> SyncStream { SyncStream(self, request) }
}

/// What happens to content, in the server's order.
///
/// The content sync begins when the first event is asked for. Read it once, in one task; leaving the loop early
/// abandons it. Entries and identifiers come in batches while the refresh lasts; afterwards a change is handed over at
/// once. A cookie comes after all that it speaks of; the refresh's own comes right before ``SyncEvent/refreshed(deletes:)``.
/// Up to about 64 MiB wait for a consumer that lags; then the connection reads no further until it catches up, unless
/// other operations wait for answers on it.
///
/// It ends without an error only when the server ends it with success, as one does that does not go on after the
/// refresh. Otherwise it throws ``LDAPError``: `operationFailed` with the server's result, of which
/// ``ResultCode/syncRefreshRequired`` says that the cookie is of no use, and `malformedAnswer` when the server sent
/// something that RFC 4533 does not have. Nothing of what follows a refresh that has not ended may be concluded.
public struct SyncStream: AsyncSequence, Sendable {
  /// What a server tells.
  public typealias Element = SyncEvent
  /// Why it ends.
  public typealias Failure = LDAPError

  private let connection: LDAPConnection
  private let request: SyncRequest
  private let channel = SyncChannel()
  private let tally = SyncTally()

  /// How many referrals have come in place of entries so far. They are never followed: with any, the content is not
  /// complete.
  public var referrals: Int { tally.referrals.load(ordering: .relaxed) }

  internal init(_ connection: LDAPConnection, _ request: SyncRequest) {
    self.connection = connection
    self.request = request
  }

  /// Makes the one reader of the stream.
  public func makeAsyncIterator() -> Iterator { Iterator(connection, request, channel, tally) }

  /// Reads a stream's events.
  public struct Iterator: AsyncIteratorProtocol {
    private var reader: StreamReader<SyncEvent, Void>

    fileprivate init(
      _ connection: LDAPConnection, _ request: SyncRequest, _ channel: SyncChannel, _ tally: SyncTally
    ) {
      reader = StreamReader(connection, channel) { connection, ticket, channel in
        connection.begin(SyncRun(request, channel, tally), ticket)
      }
    }

    /// The next event; `nil` when the server has ended the content sync with success.
    ///
    /// - Throws: ``LDAPError`` when it is refused, fails, is cancelled, or the connection is lost.
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(LDAPError)
      -> SyncEvent?
    {
      try await reader.next(isolation: actor)
    }
  }
}
