import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Reconciler
import ServiceLifecycle

/// Answers monitoring: whether the process turns, whether the agent does its work, and figures. Nobody's data.
package struct MachineServer: Service {
  private let host: String
  private let port: Int
  private let status: @Sendable () async -> AgentStatus
  private let registry: PrometheusRegistry
  private let logger: Logger
  /// Told of the port once it is open.
  var opened: @Sendable (Int) -> Void = { _ in }

  /// - Returns: `nil` when the settings have nothing listened on.
  package init?(
    _ agent: Agent, _ settings: DaemonSettings.HTTP, registry: PrometheusRegistry, logger: Logger
  ) {
    guard let host = settings.host else { return nil }
    self.init(host: host, port: settings.port, registry: registry, logger: logger) { await agent.status() }
  }

  init(
    host: String, port: Int, registry: PrometheusRegistry, logger: Logger,
    status: @escaping @Sendable () async -> AgentStatus
  ) {
    self.host = host
    self.port = port
    self.registry = registry
    self.logger = logger
    self.status = status
  }

  /// Answers until a graceful shutdown.
  ///
  /// - Throws: ``Refusal`` when the address cannot be had.
  package func run() async throws {
    let application = Application(
      router: router, server: .http1(configuration: .init(idleTimeout: .seconds(60))),
      configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
      onServerRunning: { [opened] in opened($0.localAddress?.port ?? 0) }, logger: logger)
    do { try await application.run() } catch let error as IOError {
      throw Refusal(
        .agentUnavailable, .configurationWrong,
        "\(host) port \(port) cannot be listened on: \(String(cString: strerror(error.errnoCode)))",
        advice: "set `http.listen` to an address of this machine and a port that nothing else has")
    }
  }

  private var router: Router<BasicRequestContext> {
    let router = Router()
    router.get("/livez") { _, _ in Self.answer("ok") }
    router.get("/readyz") { [status] _, _ in
      let status = await status()
      return Self.answer(status.state.rawValue, status.isReady ? .ok : .serviceUnavailable)
    }
    router.get("/metrics") { [status, registry] _, _ in
      let text = MetricsPage(status: await status(), now: Date()).text(registry)
      return Response(
        status: .ok, headers: [.contentType: PrometheusText.mediaType],
        body: .init(byteBuffer: ByteBuffer(string: text)))
    }
    return router
  }

  private static func answer(_ word: String, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: word + "\n")))
  }
}

extension AgentStatus {
  /// Whether it does what it is there for: a plan that waits for people does not make it less so.
  var isReady: Bool {
    switch state {
    case .inSync, .reconciling, .waitingForApproval, .quarantined: server != nil
    case .starting, .standby, .degraded, .stopping: false
    }
  }
}
