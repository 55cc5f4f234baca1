import Logging
import Reconciler
import ServiceLifecycle

/// The agent with what people and machines ask it by, as one service: told to stop, all of them are told at once.
///
/// The agent ends what it has begun; who waits for an answer gets it, or is told that none comes; then the sockets
/// close.
package struct AgentService: Service {
  private let agent: @Sendable () async throws -> Void
  private let control: ControlServer?
  private let machine: MachineServer?
  private let ombud: OmbudServer?
  /// For how long answers may still be on their way once the agent has ended.
  static let patience = Duration.seconds(5)

  package init(
    _ agent: Agent, control: ControlServer?, machine: MachineServer?, ombud: OmbudServer? = nil
  ) {
    self.init(running: { try await agent.run() }, control: control, machine: machine, ombud: ombud)
  }

  init(
    running agent: @escaping @Sendable () async throws -> Void, control: ControlServer?,
    machine: MachineServer?, ombud: OmbudServer? = nil
  ) {
    self.agent = agent
    self.control = control
    self.machine = machine
    self.ombud = ombud
  }

  private enum Ended { case agent, socket, patience }

  /// Runs until a graceful shutdown, or until one of the parts fails.
  ///
  /// - Throws: what the part threw that failed first.
  package func run() async throws {
    try await withThrowingTaskGroup(of: Ended.self) { group in
      group.addTask {
        try await runAgent()
        return .agent
      }
      let parts: [(any Service)?] = [control, machine, ombud]
      let sockets = parts.compactMap { $0 }
      for socket in sockets {
        group.addTask {
          try await socket.run()
          return .socket
        }
      }
      defer { group.cancelAll() }
      var open = sockets.count
      var isAgentRunning = true
      while isAgentRunning || open > 0, let ended = try await group.next() {
        switch ended {
        case .socket: open -= 1
        case .patience: return
        case .agent:
          isAgentRunning = false
          control?.abandon()
          ombud?.abandon()
          group.addTask {
            try? await Task.sleep(for: Self.patience)
            return .patience
          }
        }
      }
    }
  }

  /// A stop that was asked for is no failure.
  private func runAgent() async throws {
    do { try await cancelWhenGracefulShutdown { try await agent() } } catch is CancellationError
      where Task.isShuttingDownGracefully || Task.isCancelled
    {}
  }
}
