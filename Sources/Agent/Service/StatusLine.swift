import Directory
import Foundation
import Reconciler

/// The agent's state in one line, for `systemctl status`: counts and ages, no names.
///
/// `in sync, 18 211 entries, last change 14 s ago`
package struct StatusLine {
  package let status: AgentStatus
  package let now: Date
  package let language: Language

  package init(_ status: AgentStatus, at now: Date, language: Language) {
    self.status = status
    self.now = now
    self.language = language
  }

  package var text: String {
    ([state] + [trouble, entries, queue, waiting, faults, overdue, change].compactMap { $0 })
      .joined(separator: ", ")
  }

  private var state: String { status.state.word(language) }

  /// Since when it is as it should not be.
  private var trouble: String? {
    switch status.state {
    case .inSync, .reconciling, .stopping: nil
    case .starting, .standby, .waitingForApproval, .quarantined, .degraded:
      language.say("for \(age(status.since))", "sedan \(age(status.since))")
    }
  }

  private var entries: String? {
    let count = status.index.entries.values.reduce(0, +)
    guard count > 0 else { return nil }
    return language.say(
      "\(count.grouped) \(count == 1 ? "entry" : "entries")",
      "\(count.grouped) \(count == 1 ? "post" : "poster")")
  }

  private var queue: String? {
    guard status.queue > 0 else { return nil }
    return language.say("\(status.queue.grouped) queued", "\(status.queue.grouped) i kö")
  }

  private var waiting: String? {
    let count = status.waiting.count
    guard count > 0 else { return nil }
    return language.say(
      "\(count) \(count == 1 ? "plan waits" : "plans wait") for approval",
      "\(count) \(count == 1 ? "plan väntar" : "planer väntar") på godkännande")
  }

  private var faults: String? {
    guard status.desired.faults > 0 else { return nil }
    return language.say(
      "the new desired state is not in force: \(status.desired.faults.grouped) wrong",
      "det nya önskade läget gäller inte: \(status.desired.faults.grouped) fel")
  }

  private var overdue: String? {
    let count = status.targets.reduce(0) { $0 + $1.overdue }
    guard count > 0 else { return nil }
    return language.say(
      "\(count.grouped) overdue at targets", "\(count.grouped) försenade i målen")
  }

  private var change: String? {
    guard let last = status.lastChange else { return nil }
    return language.say("last change \(age(last)) ago", "senast ändrat för \(age(last)) sedan")
  }

  private func age(_ date: Date) -> String {
    OverdueText.duration(now.timeIntervalSince(date), language)
  }
}
