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
    private var reader: StreamReader<EntryTable, SearchOutcome>

    fileprivate init(_ connection: LDAPConnection, _ request: SearchRequest, _ channel: EntryChannel) {
      reader = StreamReader(connection, channel) { connection, ticket, channel in
        connection.begin(SearchRun(request, channel), ticket)
      }
    }

    /// The next batch; `nil` at the end.
    ///
    /// - Throws: ``LDAPError`` when the search fails, is cancelled, or the connection is lost. A limit of the
    ///   server's is no failure: it shows in ``EntryStream/outcome()``.
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(LDAPError)
      -> EntryTable?
    {
      try await reader.next(isolation: actor)
    }
  }
}
