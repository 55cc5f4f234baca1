import Agent
import ArgumentParser
import Directory
import Foundation
import Logging
import Metrics
import Reconciler

/// `hsasync run`: the agent, all day.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Keeps directory, desired state and roles in agreement, all day.",
    discussion: """
      Follows the directory and the desired files, and makes good what changes within moments: just what was touched, \
      through the same plan, guards and writes as `apply` and `roles push`. Dates that are reached start and end what \
      they say. Once a night everything is compared. A plan that a guard holds waits for `hsasync approve`; until then \
      only endings that somebody has said are written. Files that are cut short or wrong leave the last good ones \
      in force.

      It runs in the foreground; systemd runs it as hsasync.service. On a terminal it tells what happens, else it \
      logs, to the journal where there is one. It listens on its socket for `status`, `reconcile`, `approve`, \
      `apply` and the rest, and where the configuration says so on a port for monitoring (http: {listen:}).

      SIGHUP        reads the configuration again; a wrong one changes nothing
      SIGTERM       sends nothing more, waits for what has been sent, and ends; so does SIGINT

      Only one agent writes with a store; a second one is told who the first is (75). On several machines one writes \
      and the others stand by (daemon: {lock:}).

      EXAMPLES
        hsasync run --config /etc/hsasync/hsasync.yaml
        hsasync run --log-level debug
        systemctl enable --now hsasync

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup var spoken: LanguageOptions

  func run() async throws {
    let configuration = try source.load()
    let registry = PrometheusRegistry()
    MetricsSystem.bootstrap(registry)
    let environment = ProcessInfo.processInfo.environment
    let process = AgentProcess(
      configuration, reload: ConfigurationReload(of: source.config), environment: environment,
      registry: registry,
      logger: logger)
    let teller = Terminal.showsErrors ? Task { await tell(process.agent) } : nil
    defer { teller?.cancel() }
    try await process.run()
  }

  /// Somebody at a terminal is told what happens, and by the log only what goes wrong; a service logs, to the journal
  /// where standard error leads there.
  private var logger: Logger {
    let usual = Terminal.showsErrors ? Logger.Level.warning : .info
    let environment = ProcessInfo.processInfo.environment
    guard let journal = JournalLogHandler(label: "hsasync", environment: environment) else {
      return source.logger(usual)
    }
    return source.logger(usual) { _ in journal }
  }

  private func tell(_ agent: Agent) async {
    for await event in agent.events() { StandardStream.say(event.line(spoken.language)) }
  }
}
