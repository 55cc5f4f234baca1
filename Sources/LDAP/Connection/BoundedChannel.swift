import Synchronization

/// Batches of entries on their way to a consumer.
internal typealias EntryChannel = BoundedChannel<EntryTable, SearchOutcome>

/// What a stream gives, in its order, on its way from a connection's thread to a consumer; bounded in octets.
internal final class BoundedChannel<Element: Sendable, Outcome: Sendable>: Sendable {
  fileprivate struct State {
    var elements: [(element: Element, bytes: Int)] = []
    var bytes = 0
    var wasFull = false
    var end: Result<Outcome, LDAPError>?
    var waiter: CheckedContinuation<Void, Never>?
  }

  /// How much may be waiting for a consumer that lags before the server has to wait too.
  internal static var mostBytes: Int { 64 << 20 }

  private let state = Mutex(State())

  internal init() {}

  /// Whether the consumer lags so much that no more is to be read.
  internal var isFull: Bool {
    state.withLock { state in
      if state.bytes >= Self.mostBytes { state.wasFull = true }
      return state.wasFull
    }
  }

  /// The octets that wait for the consumer.
  internal var waitingBytes: Int { state.withLock { $0.bytes } }

  internal var isAwaited: Bool { state.withLock { $0.waiter != nil } }

  internal func push(_ element: consuming Element, bytes: Int) {
    let element = element
    let waiter = state.withLock { state in
      state.elements.append((element, bytes))
      state.bytes += bytes
      return state.takeWaiter()
    }
    waiter?.resume()
  }

  /// Ends the stream; the first end counts.
  internal func finish(_ end: Result<Outcome, LDAPError>) {
    let waiter = state.withLock { state in
      state.end = state.end ?? end
      return state.takeWaiter()
    }
    waiter?.resume()
  }

  internal var end: Result<Outcome, LDAPError>? { state.withLock { $0.end } }

  /// The next element, or `nil` when there are none left and the stream has ended; and whether the server may go on.
  internal func next() async -> (element: Element?, unblocks: Bool) {
    while true {
      let step = state.withLock { $0.take() }
      if let element = step.element { return (element, step.unblocks) }
      if step.ended { return (nil, false) }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if !state.elements.isEmpty || state.end != nil { return true }
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }
}

extension BoundedChannel.State {
  fileprivate mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
    defer { waiter = nil }
    return waiter
  }

  fileprivate mutating func take() -> (element: Element?, unblocks: Bool, ended: Bool) {
    guard !elements.isEmpty else { return (nil, false, end != nil) }
    let (element, size) = elements.removeFirst()
    bytes -= size
    guard wasFull, bytes < BoundedChannel<Element, Outcome>.mostBytes / 2 else {
      return (element, false, false)
    }
    wasFull = false
    return (element, true, false)
  }
}
