import Directory
import Foundation

// What there may be several of: targets, and plans that wait.
extension StatusText {
  private static let toldGuards = 4

  /// A line for each target: is it met, what does it owe us.
  func targets(_ targets: [AgentStatus.Target]) -> [String] {
    guard !targets.isEmpty else { return [line("targets", "mål", say("none", "inga"))] }
    return targets.enumerated().map { index, target in
      line(index == 0 ? "targets" : "", index == 0 ? "mål" : "", text(target))
    }
  }

  private func text(_ target: AgentStatus.Target) -> String {
    var parts: [String?] = []
    if let fault = target.fault {
      let since = target.lastFailed.map { " " + say("at", "vid") + " " + moment($0) } ?? ""
      parts.append(
        "! \(fault)\(since)"
          + (target.failures > 1
            ? say(", \(target.failures.grouped) times", ", \(target.failures.grouped) gånger") : ""))
    } else {
      parts.append(
        target.lastRead.map { say("read", "läst") + " " + moment($0) }
          ?? say("not read yet", "inte läst ännu"))
    }
    if target.overdue > 0 {
      let oldest = target.oldestOverdue.map { age(now.timeIntervalSince($0)) } ?? "?"
      parts.append(
        say(
          "! \(target.overdue.grouped) overdue, the oldest for \(oldest)",
          "! \(target.overdue.grouped) försenade, den äldsta i \(oldest)"))
    }
    if target.isFollowed == false {
      parts.append(say("others' changes seen nightly", "andras ändringar ses nattetid"))
    }
    return target.name + ": " + parts.listed
  }

  /// Plans that guards hold: what they would do, why they are held, and how they are let through.
  func waiting(_ plans: [AgentStatus.Waiting]) -> [String] {
    guard !plans.isEmpty else { return [line("waiting", "väntar", say("no plan", "ingen plan"))] }
    return plans.enumerated().flatMap { index, plan in
      [line(index == 0 ? "waiting" : "", index == 0 ? "väntar" : "", text(plan))]
        + guards(plan) + [line("", "", approval(plan))]
    }
  }

  private func text(_ plan: AgentStatus.Waiting) -> String {
    let roles =
      plan.roles == 1
      ? say("1 role change", "1 rolländring")
      : say("\(plan.roles.grouped) role changes", "\(plan.roles.grouped) rolländringar")
    return "\(plan.code): "
      + [language.count(plan.changes, .change), roles, say("since", "sedan") + " " + moment(plan.since)]
      .listed
  }

  /// The first of them: `hsasync plan` shows all.
  private func guards(_ plan: AgentStatus.Waiting) -> [String] {
    let more = plan.guards.count - StatusText.toldGuards
    return plan.guards.prefix(StatusText.toldGuards).map { line("", "", "! \($0)") }
      + (more > 0 ? [line("", "", say("! and \(more.grouped) more", "! och \(more.grouped) till"))] : [])
  }

  private func approval(_ plan: AgentStatus.Waiting) -> String {
    let by = plan.approvals.joined(separator: ", ")
    let so =
      by.isEmpty
      ? "" : say("approved by \(by), needs another: ", "godkänd av \(by), behöver en till: ")
    return so + "hsasync approve \(plan.code)"
  }
}
