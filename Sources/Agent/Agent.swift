import Directory
import Foundation
import Logging
import Reconciler

/// Keeps directory, desired state and roles in agreement, all day.
package actor Agent {
  package nonisolated let configuration: Configuration
  private let logger: Logger
  private let started = Date()
  private nonisolated let broadcast = EventBroadcast()
  private var state = AgentState.starting
  private var since = Date()
  private var reason: String?

  package init(_ configuration: Configuration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  /// Runs until its task is cancelled.
  package func run() async throws {}

  /// What there is to tell now.
  package func status() -> AgentStatus {
    AgentStatus(
      state: state, since: since, reason: reason, version: "", started: started,
      base: configuration.base.description, index: AgentStatus.Index(), desired: AgentStatus.Desired(),
      lag: 0,
      queue: 0, waiting: [], targets: [])
  }

  /// Does what somebody asks for, in the order in which it is asked; waits until it is done.
  ///
  /// - Throws: ``Refusal``; `LDAPError`.
  package func answer(_ order: AgentOrder, by caller: Caller) async throws -> AgentAnswer { AgentAnswer() }

  /// What happens from now on.
  package nonisolated func events() -> AsyncStream<AgentEvent> { broadcast.subscribe() }
}
