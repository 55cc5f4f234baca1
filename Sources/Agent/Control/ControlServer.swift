import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Reconciler
import ServiceLifecycle

/// Answers people's commands on the control socket, until it is told to stop.
package struct ControlServer: Service {
  private let path: String
  private let routes: ControlRoutes
  private let ledger: RequestLedger
  private let connections = OpenConnections()
  private let logger: Logger

  /// - Parameters:
  ///   - settings: whom it listens to, asked anew for each request; the path is the one that they have now.
  ///   - record: puts a record on the disk before anything is done; see ``Agent/record(_:)``.
  package init(
    _ agent: Agent, settings: @escaping @Sendable () -> DaemonSettings.Control, logger: Logger,
    record: @escaping @Sendable (AuditEvent) throws(Refusal) -> Void
  ) {
    self.init(ControlDesk(agent, logger: logger), settings: settings, logger: logger, record: record)
  }

  init(
    _ desk: ControlDesk, settings: @escaping @Sendable () -> DaemonSettings.Control, logger: Logger,
    heartbeat: Duration = ControlEvents.heartbeat,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    record: @escaping @Sendable (AuditEvent) throws(Refusal) -> Void
  ) {
    path = settings().path
    ledger = RequestLedger(now: now, record: record) { order, caller in
      do { return .success(try await desk.answer(order, caller)) } catch {
        return .failure(Refusal(telling: error, isOutsider: caller.mandate != nil))
      }
    }
    routes = ControlRoutes(
      desk: desk, ledger: ledger, settings: settings, logger: logger, heartbeat: heartbeat)
    self.logger = logger
  }

  /// Takes requests until a graceful shutdown, and then answers what has begun; or until its task is cancelled.
  ///
  /// - Throws: ``Refusal`` when the socket cannot be had.
  package func run() async throws {
    let socket = try ControlSocket.open(path)
    defer { socket.removeName() }
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
      .bind(socket.descriptor) { [logger] channel in
        OpenConnections.setup.setup(channel: channel, logger: logger)
      }
    logger.info(
      "control socket is open",
      metadata: ["path": "\(path)", "inherited": "\(socket.path == nil)"])
    let responder = routes.router.buildResponder()
    await withTaskCancellationHandler {
      await connections.serve(listener, "the control socket", logger) {
        Task { await ledger.close() }
      } with: {
        await ControlConnection.serve($0, responder, logger)
      }
    } onCancel: {
      abandon()
    }
  }

  /// Answers all who still wait that nothing more comes; for when the agent itself has ended.
  package func abandon() { Task { await ledger.abandon() } }
}

/// One connection: who is at its other end, and their requests one after the other.
private enum ControlConnection {
  static func serve(
    _ connection: HTTP1Channel.Value, _ responder: RouterResponder<ControlContext>, _ logger: Logger
  ) async {
    // Who only looks whether somebody answers is gone before we ask who it is.
    guard let peer = try? await ControlPeer(connection.channel) else {
      return await OpenConnections.refuse(connection)
    }
    let channel = HTTP1Channel(
      responder: { request, writer, _ in
        var logger = logger
        logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
        let context = ControlContext(source: ControlSource(logger: logger, peer: peer))
        var response = try await responder.respond(to: request, context: context)
        response.headers[.date] = HTTPDate.now
        try await writer.write(response: response.head, body: response.body)
      }, configuration: OpenConnections.configuration)
    await channel.handle(value: connection, logger: logger)
  }
}
