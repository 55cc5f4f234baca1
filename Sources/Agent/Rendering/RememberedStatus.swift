import Directory
import Foundation
import Reconciler

/// What the store tells of an agent that does not run: its targets, what they owe, the last run.
package struct RememberedStatus: Hashable, Sendable {
  package var base: String
  package var targets: [AgentStatus.Target]
  package var lastRun: AgentStatus.LastRun?

  package init(base: String, targets: [AgentStatus.Target] = [], lastRun: AgentStatus.LastRun? = nil) {
    self.base = base
    self.targets = targets
    self.lastRun = lastRun
  }

  /// - Throws: ``Refusal`` when the store cannot be read.
  package init(_ store: Store, of configuration: Configuration) throws(Refusal) {
    let overdue = try store.overdue()
    var targets = try store.targetStates().map { state in
      AgentStatus.Target(
        name: state.name, lastRead: state.lastRead, lastFailed: state.lastFailed,
        fault: state.fault?.rawValue, failures: state.failures, overdue: 0)
    }
    for name in Set(overdue.map(\.target)).subtracting(targets.map(\.name)).sorted() {
      targets.append(AgentStatus.Target(name: name, failures: 0, overdue: 0))
    }
    for index in targets.indices {
      let owed = overdue.filter { $0.target == targets[index].name }
      targets[index].overdue = owed.count
      targets[index].oldestOverdue = owed.map(\.since).min()
    }
    let last = try store.runs(limit: 1).first
    self.init(
      base: configuration.base.description, targets: targets,
      lastRun: last.map { .init(number: $0.id, ended: $0.ended, exitCode: $0.exitCode?.rawValue) })
  }
}
