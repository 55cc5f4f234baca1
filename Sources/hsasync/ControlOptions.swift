import Agent
import ArgumentParser
import Foundation
import Reconciler

/// Which agent: the one behind this socket.
struct ControlOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The running agent's socket; without it control.socket of the configuration, else "
        + "$RUNTIME_DIRECTORY/control, else /run/hsasync/control.",
      valueName: "path"))
  var socket: String?

  /// Where the agent is asked.
  ///
  /// Who may ask the agent need not be able to read its configuration: where that is so, the socket is looked for where
  /// it lies by default.
  ///
  /// - Throws: what is wrong with the configuration, when no agent is found without it either.
  func path(_ source: ConfigurationOptions) throws -> String {
    if let socket { return socket }
    do {
      return try source.load(bindsAsAgent: false).daemon.control.path
    } catch {
      let usual = DaemonSettings.Control().path
      guard ControlClient.isAgentRunning(at: usual) else { throw error }
      return usual
    }
  }

  /// The agent, for what only an agent can do.
  func agent(_ source: ConfigurationOptions) throws -> RunningAgent {
    RunningAgent(ControlClient(socketPath: try path(source)))
  }

  /// The agent, if one runs: then it is the only one that writes. `nil` where none does, and the command writes itself.
  func agentIfRunning(_ source: ConfigurationOptions) -> RunningAgent? {
    guard let path = try? path(source) else { return nil }
    switch ControlReach(at: path) {
    case .answers: return RunningAgent(ControlClient(socketPath: path))
    // Where the socket was asked for by name, its absence must not lead to a write by another way.
    case .absent, .forbidden: return socket == nil ? nil : RunningAgent(ControlClient(socketPath: path))
    }
  }
}
