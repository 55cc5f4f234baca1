import Directory
import Foundation
import LDAP
import Reconciler

extension Agent {
  /// What there is to tell now.
  package func status() -> AgentStatus {
    let now = Date()
    var status = AgentStatus(
      state: state, since: since, reason: reason, version: Agent.version, started: started,
      base: configuration.base.description, server: world?.server, index: indexStatus(),
      desired: desiredStatus(),
      lag: day.oldestTouch.map { max(0, now.timeIntervalSince($0)) } ?? 0, queue: day.queue, waiting: [],
      targets: [])
    status.lastChange = day.lastChange
    status.lastAgreement = state == .inSync ? now : day.lastAgreement
    status.nextBoundary = day.nextBoundary
    status.lastComparison = day.lastComparison
    status.nextComparison = day.nextComparison
    status.lastRun = day.lastRun
    status.lockHolder = lockHolder
    status.waiting = ([held].compactMap { $0 } + day.heldToo).map(waiting)
    status.targets = (try? targetStatus()) ?? []
    return status
  }

  /// As `hsasync --version` says it.
  package static let version = "0.1.0"

  private func indexStatus() -> AgentStatus.Index {
    var status = AgentStatus.Index()
    guard let index = world?.index else { return status }
    for (kind, count) in (try? index.counts()) ?? [:] { status.entries[kind.rawValue] = count }
    let managed = status.entries.values.reduce(0, +)
    if let all = try? index.count, all > managed { status.entries["other"] = all - managed }
    status.cookieStored = day.lastReport
    status.isSound = world?.proof?.isComplete == true && !day.isComparisonDue
    return status
  }

  private func desiredStatus() -> AgentStatus.Desired {
    var status = AgentStatus.Desired()
    guard let set = files?.set else { return status }
    status.files = set.files
    status.rows = set.state.rows.count
    status.identifier = set.summary.serial.map { "serial \($0)" } ?? String(set.summary.digest.prefix(12))
    status.inForceSince = day.inForceSince
    status.faults = set.rejected.count { $0.severity == .error }
    return status
  }

  private func waiting(_ held: HeldPlan) -> AgentStatus.Waiting {
    let text = GuardText(.english, plan: held.plan)
    return AgentStatus.Waiting(
      code: held.digest.code, digest: held.digest.hex, since: held.since, changes: held.plan.changes.count,
      roles: held.plan.roles?.changes.count ?? 0, guards: held.plan.tripped.map { text.line($0) },
      tripped: Set(held.plan.tripped.map(\.name.rawValue)).sorted(), approvals: held.approvals)
  }

  private func targetStatus() throws -> [AgentStatus.Target] {
    guard let store = books?.store else { return [] }
    let overdue = try store.overdue()
    let states = Dictionary(try store.targetStates().map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    return configuration.targets.map { target in
      let name = target.form.name
      let losses = overdue.filter { $0.target == name }
      let state = states[name]
      return AgentStatus.Target(
        name: name, lastRead: state?.lastRead, lastFailed: state?.lastFailed, fault: state?.fault?.rawValue,
        failures: state?.failures ?? 0, overdue: losses.count, oldestOverdue: losses.map(\.since).min(),
        isFollowed: target.isFollowed)
    }
  }
}
