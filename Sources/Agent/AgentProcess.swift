import Directory
import Foundation
import Logging
import Metrics
import Reconciler
import ServiceLifecycle

/// The agent as a process: the agent itself, the control socket, what monitoring asks, and the service manager.
package struct AgentProcess: Sendable {
  package let agent: Agent
  private let reload: ConfigurationReload
  private let environment: [String: String]
  private let logger: Logger
  private let registry: PrometheusRegistry

  /// - Parameters:
  ///   - reload: reads the configuration again when somebody asks for it (SIGHUP).
  ///   - registry: what figures are kept in, such as the one that `MetricsSystem` was given.
  package init(
    _ configuration: Configuration, reload: ConfigurationReload, environment: [String: String],
    registry: PrometheusRegistry, logger: Logger
  ) {
    Heap.keepSmall()
    agent = Agent(configuration, logger: logger)
    self.reload = reload
    self.environment = environment
    self.registry = registry
    self.logger = logger
  }

  /// Runs until somebody asks to stop, or something ends it.
  ///
  /// - Throws: ``Refusal`` for what no waiting mends, such as a store that is another's.
  package func run() async throws {
    let notifier = ServiceNotifier(environment)
    let signals = ServiceSignals()
    let requests = signals.stream
    defer { signals.end() }
    let services = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(
            service: service, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .cancelGroup)
        ], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await services.run() }
      group.addTask {
        await turn(notifier)
        throw CancellationError()
      }
      group.addTask {
        await listen(requests, notifier, services)
        throw CancellationError()
      }
      defer { group.cancelAll() }
      // The services end when they have been told to, or when one of them cannot go on.
      try await group.next()
    }
  }

  private var service: AgentService {
    let control = ControlServer(
      agent, settings: { [agent] in agent.configuration.daemon.control }, logger: logger
    ) { [agent] event throws(Refusal) in try agent.record(event) }
    let machine = MachineServer(agent, agent.configuration.daemon.http, registry: registry, logger: logger)
    return AgentService(agent, control: control, machine: machine, ombud: ombud)
  }

  /// The ombuds' page, where there is one and it can be opened: without it all else goes on.
  private var ombud: OmbudServer? {
    guard let page = agent.configuration.ombud?.page else { return nil }
    do {
      return try OmbudServer(agent, page, logger: logger) { [agent] event throws(Refusal) in
        try agent.record(event)
      }
    } catch {
      logger.error("the ombuds' page cannot be opened", metadata: ["reason": "\(error)"])
      return nil
    }
  }

  /// The main loop's own turn: tells the service manager how the agent is, and that it is well.
  private func turn(_ notifier: ServiceNotifier?) async {
    var report = ServiceReport(
      environment, notifier: notifier, strands: agent.strands,
      language: Language(locale: environment["LC_ALL"] ?? environment["LANG"] ?? ""), logger: logger)
    while !Task.isCancelled {
      if report.isHeard { report.tell(await agent.status()) }
      try? await Task.sleep(for: report.pause)
    }
  }

  /// How long ending may take: what was sent is waited for, which is no longer than operations take.
  private static let stopping = Duration.seconds(180)

  private func listen(
    _ requests: AsyncStream<ServiceSignal>, _ notifier: ServiceNotifier?, _ services: ServiceGroup
  ) async {
    for await request in requests {
      switch request {
      case .stop:
        logger.notice("stopping")
        notifier?.send(.stopping)
        agent.strands.begin(.stopping, patience: AgentProcess.stopping)
        await services.triggerGracefulShutdown()
      case .reload:
        notifier?.send(.reloading)
        await takeOver()
        notifier?.send(.ready)
      }
    }
  }

  private func takeOver() async {
    switch reload(agent.configuration) {
    case .accepted(let configuration):
      logger.notice("the configuration was read again", metadata: ["event": "reloaded"])
      await agent.reload(configuration)
    case .refused(let findings):
      logger.error(
        "the configuration is wrong; the one in force stays so",
        metadata: ["event": "reloadRefused", "faults": "\(findings.all.count)"]
      )
      for finding in findings.all where finding.severity == .error {
        logger.error("\(finding.code)", metadata: ["position": "\(finding.position?.description ?? "")"])
      }
    }
  }
}
