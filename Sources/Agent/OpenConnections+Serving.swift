import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

extension OpenConnections {
  typealias Listener = NIOAsyncChannel<HTTP1Channel.Value, Never>

  /// How long a connection may be idle, and how large a request's head may be.
  static let configuration = HTTP1Channel.Configuration(
    idleTimeout: .seconds(60),
    httpDecoderConfiguration: .init(
      maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 64))

  /// What prepares a connection that was taken; what answers is said where it is served.
  static let setup = HTTP1Channel(responder: { _, _, _ in }, configuration: configuration)

  /// Serves a listener's connections, each in a task of its own, until a graceful shutdown, after which what has begun is
  /// answered; or until its task is cancelled.
  ///
  /// - Parameters:
  ///   - what: what listens, for the log.
  ///   - stopping: called once when nothing new is to be taken.
  ///   - serve: serves one connection, or closes it.
  func serve(
    _ listener: Listener, _ what: String, _ logger: Logger, stopping: @escaping @Sendable () -> Void,
    with serve: @escaping @Sendable (HTTP1Channel.Value) async -> Void
  ) async {
    // Not ended by a cancellation but by the listener's end: a connection that was taken and is let go of unread would end
    // the process (NIOAsyncWriter). Those that are served may be cancelled, once no more are taken.
    let taking = Task { await take(listener, what, logger, serve) }
    await withTaskCancellationOrGracefulShutdownHandler {
      await withTaskCancellationHandler {
        await taking.value
      } onCancel: {
        if abandon() { taking.cancel() }
      }
    } onCancelOrGracefulShutdown: {
      Self.end(listener.channel)
      if self.quiesce() { stopping() }
    }
  }

  /// Closes a listener once what it has accepted has come through: a connection that is on its way between the loops when
  /// the listener closes is let go of unread.
  private static func end(_ listener: any Channel) {
    let group = MultiThreadedEventLoopGroup.singleton
    @Sendable func hop(_ rounds: Int) -> EventLoopFuture<Void> {
      guard rounds > 0 else { return listener.eventLoop.makeSucceededVoidFuture() }
      let all = group.makeIterator().map { $0.submit {} }
      return EventLoopFuture.andAllComplete(all, on: listener.eventLoop).flatMap { hop(rounds - 1) }
    }
    listener.setOption(.autoRead, value: false).flatMapError { _ in
      listener.eventLoop.makeSucceededVoidFuture()
    }
    .flatMap { hop(8) }.whenComplete { _ in listener.close(promise: nil) }
  }

  private func take(
    _ listener: Listener, _ what: String, _ logger: Logger,
    _ serve: @escaping @Sendable (HTTP1Channel.Value) async -> Void
  ) async {
    await withDiscardingTaskGroup { group in
      do {
        try await listener.executeThenClose { inbound in
          for try await connection in inbound {
            guard add(connection.channel) else {
              logger.warning("too many connections", metadata: ["to": "\(what)"])
              group.addTask { await Self.refuse(connection) }
              continue
            }
            group.addTask { await serve(connection) }
          }
        }
      } catch {
        logger.error("\(what) failed", metadata: ["error": "\(type(of: error))"])
      }
      if endTaking() { group.cancelAll() }
    }
  }

  /// Closes a connection that is not served; one that is merely let go of ends the process (NIOAsyncWriter).
  static func refuse(_ connection: HTTP1Channel.Value) async {
    try? await connection.executeThenClose { _, _ in }
  }
}
