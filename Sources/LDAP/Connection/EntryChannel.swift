import Synchronization

/// Batches on their way from a connection's thread to a consumer, bounded in octets.
internal final class EntryChannel: Sendable {
  fileprivate struct State {
    var batches: [EntryTable] = []
    var bytes = 0
    var wasFull = false
    var end: Result<SearchOutcome, LDAPError>?
    var waiter: CheckedContinuation<Void, Never>?
  }

  /// How much may be waiting for a consumer that lags before the server has to wait too.
  internal static let mostBytes = 64 << 20

  private let state = Mutex(State())

  internal init() {}

  /// Whether the consumer lags so much that no more is to be read.
  internal var isFull: Bool {
    state.withLock { state in
      if state.bytes >= EntryChannel.mostBytes { state.wasFull = true }
      return state.wasFull
    }
  }

  /// The octets that wait for the consumer.
  internal var waitingBytes: Int { state.withLock { $0.bytes } }

  internal var isAwaited: Bool { state.withLock { $0.waiter != nil } }

  internal func push(_ batch: consuming sending EntryTable) {
    let batch = batch
    let waiter = state.withLock { state in
      state.batches.append(batch)
      state.bytes += batch.byteCount
      return state.takeWaiter()
    }
    waiter?.resume()
  }

  /// Ends the stream; the first end counts.
  internal func finish(_ end: Result<SearchOutcome, LDAPError>) {
    let waiter = state.withLock { state in
      state.end = state.end ?? end
      return state.takeWaiter()
    }
    waiter?.resume()
  }

  internal var end: Result<SearchOutcome, LDAPError>? { state.withLock { $0.end } }

  /// The next batch, or `nil` when there are none left and the stream has ended; and whether the server may go on.
  internal func next() async -> (batch: EntryTable?, unblocks: Bool) {
    while true {
      let step = state.withLock { $0.take() }
      if let batch = step.batch { return (batch, step.unblocks) }
      if step.ended { return (nil, false) }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if !state.batches.isEmpty || state.end != nil { return true }
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }
}

extension EntryChannel.State {
  fileprivate mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
    defer { waiter = nil }
    return waiter
  }

  fileprivate mutating func take() -> (batch: EntryTable?, unblocks: Bool, ended: Bool) {
    guard !batches.isEmpty else { return (nil, false, end != nil) }
    let batch = batches.removeFirst()
    bytes -= batch.byteCount
    guard wasFull, bytes < EntryChannel.mostBytes / 2 else { return (batch, false, false) }
    wasFull = false
    return (batch, true, false)
  }
}
