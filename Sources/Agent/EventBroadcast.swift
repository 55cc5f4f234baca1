import Foundation
import Logging
import Synchronization

/// Hands each event to all who listen; who is slow loses the oldest.
final class EventBroadcast: Sendable {
  private struct State {
    var number = 0
    var listeners: [Int: AsyncStream<AgentEvent>.Continuation] = [:]
    var nextListener = 0
  }
  /// How many events wait for a slow listener.
  private static let most = 256
  private let state = Mutex(State())
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  func subscribe() -> AsyncStream<AgentEvent> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: AgentEvent.self, bufferingPolicy: .bufferingNewest(EventBroadcast.most))
    let key = state.withLock { state in
      defer { state.nextListener += 1 }
      state.listeners[state.nextListener] = continuation
      return state.nextListener
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { $0.listeners[key] = nil }
    }
    return stream
  }

  func send(
    _ name: AgentEvent.Name, _ message: String, _ figures: [String: Int] = [:], code: String? = nil,
    at time: Date = Date()
  ) {
    if let level = name.level {
      var metadata: Logger.Metadata = ["event": "\(name.rawValue)"]
      for (key, figure) in figures { metadata[key] = "\(figure)" }
      if let code { metadata["code"] = "\(code)" }
      logger.log(level: level, "\(message)", metadata: metadata)
    }
    state.withLock { state in
      state.number += 1
      let event = AgentEvent(
        number: state.number, time: time, name: name, message: message, figures: figures, code: code)
      for listener in state.listeners.values { listener.yield(event) }
    }
  }
}

extension AgentEvent.Name {
  /// How it is logged; `nil`: whoever sends it logs it in words of its own.
  fileprivate var level: Logger.Level? {
    switch self {
    case .applied, .pushed, .approved, .connected, .disconnected, .overdue: .info
    case .refused: .warning
    case .changed, .planned: .debug
    case .state, .desiredLoaded, .desiredRefused, .comparison: nil
    }
  }
}
