import NIOCore
import Synchronization

/// The connections that are open, so that a stop can tell the idle ones.
final class OpenConnections: Sendable {
  /// How many may be open at once; one more is closed at once.
  static let most = 128
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isQuiescing = false
    var isAbandoned = false
    /// Whether no more are taken.
    var isEnded = false
  }
  private let state = Mutex(State())

  /// - Returns: whether there is room.
  func add(_ channel: any Channel) -> Bool {
    let key = ObjectIdentifier(channel)
    let (isTaken, isQuiescing) = state.withLock { state in
      guard state.channels.count < Self.most else { return (false, false) }
      state.channels[key] = channel
      return (true, state.isQuiescing)
    }
    guard isTaken else { return false }
    channel.closeFuture.whenComplete { [weak self] _ in
      _ = self?.state.withLock { $0.channels.removeValue(forKey: key) }
    }
    if isQuiescing { Self.quiesce(channel) }
    return true
  }

  /// Closes those that are idle, and the others after their answer.
  ///
  /// - Returns: whether this is the first time.
  func quiesce() -> Bool {
    let (channels, isFirst) = state.withLock { state in
      defer { state.isQuiescing = true }
      return (Array(state.channels.values), !state.isQuiescing)
    }
    channels.forEach(Self.quiesce)
    return isFirst
  }

  /// Notes that nobody waits for those that are served.
  ///
  /// - Returns: whether no more are taken.
  func abandon() -> Bool {
    state.withLock { state in
      state.isAbandoned = true
      return state.isEnded
    }
  }

  /// Notes that no more are taken.
  ///
  /// - Returns: whether nobody waits for those that are served.
  func endTaking() -> Bool {
    state.withLock { state in
      state.isEnded = true
      return state.isAbandoned
    }
  }

  private static func quiesce(_ channel: any Channel) {
    channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
  }
}
