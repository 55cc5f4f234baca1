import Directory
import Foundation
import Reconciler

/// `/metrics`: what there is to tell of an agent now, and what has been counted and timed.
struct MetricsPage {
  let status: AgentStatus
  let now: Date

  func text(_ registry: PrometheusRegistry) -> String {
    var text = PrometheusText()
    writeAgent(&text)
    writeAgreement(&text)
    writeDirectory(&text)
    writeDesired(&text)
    writeGuards(&text)
    writeTargets(&text)
    registry.write(to: &text)
    return text.text
  }

  private func writeAgent(_ text: inout PrometheusText) {
    text.gauge(.build, [([("version", status.version)], 1)])
    text.gauge(.started, status.started)
    text.gauge(.state, AgentState.allCases.map { ([("state", $0.rawValue)], $0 == status.state ? 1 : 0) })
    text.gauge(.stateSince, status.since)
  }

  private func writeAgreement(_ text: inout PrometheusText) {
    text.gauge(.lastSuccess, status.lastAgreement)
    text.gauge(.lastChange, status.lastChange)
    text.gauge(.lag, status.lag)
    text.gauge(.queue, Double(status.queue))
    text.gauge(.nextBoundary, status.nextBoundary)
    text.gauge(.lastComparison, status.lastComparison)
    text.gauge(.lastExitCode, (status.lastRun?.exitCode).map(Double.init))
  }

  private func writeDirectory(_ text: inout PrometheusText) {
    let source = status.server?.source
    text.gauge(
      .connected,
      [AgentStatus.Server.Source.contentSync, .polling].map {
        ([("source", $0.rawValue)], $0 == source ? 1 : 0)
      })
    text.gauge(.clockSkew, (status.server?.clockSkew).map(Double.init))
    text.gauge(.entries, status.index.entries.map { ([("kind", $0.key)], Double($0.value)) })
    text.gauge(.indexSound, status.index.isSound ? 1 : 0)
    text.gauge(.cookieAge, status.index.cookieStored.map { max(0, now.timeIntervalSince($0)) })
  }

  private func writeDesired(_ text: inout PrometheusText) {
    text.gauge(.desiredFiles, Double(status.desired.files))
    text.gauge(.desiredRows, Double(status.desired.rows))
    text.gauge(.desiredFaults, Double(status.desired.faults))
  }

  private func writeGuards(_ text: inout PrometheusText) {
    text.gauge(.waitingPlans, Double(status.waiting.count))
    text.gauge(.waitingChanges, Double(status.waiting.reduce(0) { $0 + $1.changes + $1.roles }))
    let tripped = Set(status.waiting.flatMap(\.tripped))
    text.gauge(
      .guardTripped,
      GuardVerdict.Name.allCases.map { ([("guard", $0.rawValue)], tripped.contains($0.rawValue) ? 1 : 0) })
  }

  private func writeTargets(_ text: inout PrometheusText) {
    func each(_ name: MetricName, _ value: (AgentStatus.Target) -> Double?) {
      text.gauge(
        name, status.targets.compactMap { target in value(target).map { ([("target", target.name)], $0) } })
    }
    each(.overdue) { Double($0.overdue) }
    each(.overdueAge) { target in target.oldestOverdue.map { max(0, now.timeIntervalSince($0)) } ?? 0 }
    each(.targetFailures) { Double($0.failures) }
    each(.targetRead) { $0.lastRead?.timeIntervalSince1970 }
  }
}
