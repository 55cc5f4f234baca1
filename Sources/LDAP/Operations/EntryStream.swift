/// The entries that a search finds, in batches of about 1,000, as they arrive.
///
/// The search begins when the first batch is asked for. Read it once, in one task. Up to about 64 MiB wait for a
/// consumer that lags; then the connection reads no further until it catches up, which is why writes belong on
/// another connection. Leaving the loop early abandons the search.
public struct EntryStream: AsyncSequence, Sendable {
  /// A batch of entries.
  public typealias Element = EntryTable
  /// Why a search fails.
  public typealias Failure = LDAPError

  private let connection: LDAPConnection
  private let request: SearchRequest
  internal let channel = EntryChannel()

  internal init(_ connection: LDAPConnection, _ request: SearchRequest) {
    self.connection = connection
    self.request = request
  }

  /// Makes the one reader of the stream.
  public func makeAsyncIterator() -> Iterator { Iterator(connection, request, channel) }

  /// How the search ended, once it has been read to its end.
  ///
  /// - Throws: what the search failed with; ``LDAPError`` with `cancelled` when it was not read to its end.
  public func outcome() throws(LDAPError) -> SearchOutcome {
    guard let end = channel.end else {
      throw LDAPError(.cancelled, "search", reason: "the entries were not read to their end")
    }
    return try end.get()
  }

  /// Reads a stream's batches.
  public struct Iterator: AsyncIteratorProtocol {
    private let lease: Lease
    private let request: SearchRequest
    private var hasBegun = false

    fileprivate init(_ connection: LDAPConnection, _ request: SearchRequest, _ channel: EntryChannel) {
      lease = Lease(connection, channel)
      self.request = request
    }

    /// The next batch; `nil` at the end.
    ///
    /// - Throws: ``LDAPError`` when the search fails, is cancelled, or the connection is lost. A limit of the
    ///   server's is no failure: it shows in ``EntryStream/outcome()``.
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(LDAPError)
      -> EntryTable?
    {
      if !hasBegun {
        hasBegun = true
        await lease.connection.begin(request, lease.ticket, lease.channel)
      }
      let lease = lease
      let (batch, unblocks) = await withTaskCancellationHandler {
        await lease.channel.next()
      } onCancel: {
        lease.cancel()
      }
      if unblocks { lease.connection.thread.wake() }
      if let batch { return batch }
      if case .failure(let error)? = lease.channel.end { throw error }
      return nil
    }
  }

  /// The hold on a search: letting go of it abandons what still runs.
  private final class Lease: Sendable {
    let connection: LDAPConnection
    let channel: EntryChannel
    let ticket: UInt64

    init(_ connection: LDAPConnection, _ channel: EntryChannel) {
      self.connection = connection
      self.channel = channel
      ticket = connection.nextTicket()
    }

    deinit { if channel.end == nil { cancel() } }

    func cancel() {
      let (connection, ticket) = (connection, ticket)
      Task { await connection.cancel(ticket) }
    }
  }
}
