/// The one reader of a stream: it begins the operation with the first call, and letting go of it abandons what runs.
internal struct StreamReader<Element: Sendable, Outcome: Sendable> {
  internal typealias Channel = BoundedChannel<Element, Outcome>
  /// Begins the operation, whose answers go to the channel.
  internal typealias Begin = @Sendable (isolated LDAPConnection, UInt64, Channel) -> Void

  private let lease: Lease
  private let begin: Begin
  private var hasBegun = false

  internal init(_ connection: LDAPConnection, _ channel: Channel, begin: @escaping Begin) {
    lease = Lease(connection, channel)
    self.begin = begin
  }

  /// The next element; `nil` at the end.
  internal mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(LDAPError)
    -> Element?
  {
    let lease = lease
    if !hasBegun {
      hasBegun = true
      await begin(lease.connection, lease.ticket, lease.channel)
    }
    let (element, unblocks) = await withTaskCancellationHandler {
      await lease.channel.next()
    } onCancel: {
      lease.cancel()
    }
    if unblocks { lease.connection.thread.wake() }
    if let element { return element }
    if case .failure(let error)? = lease.channel.end { throw error }
    return nil
  }

  /// The hold on an operation: letting go of it abandons what still runs.
  private final class Lease: Sendable {
    let connection: LDAPConnection
    let channel: Channel
    let ticket: UInt64

    init(_ connection: LDAPConnection, _ channel: Channel) {
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
