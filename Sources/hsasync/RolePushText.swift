import Directory
import Foundation
import Reconciler

/// What became of role changes, for people: what was not made and why, targets that are away, what is overdue, then the
/// count.
struct RolePushText {
  let result: RolePushResult
  let isVerbose: Bool
  let language: Language
  let now: Date

  func write(to out: inout some TextOutputStream) {
    for (change, outcome) in zip(result.changes, result.outcomes) {
      if let line = line(change, outcome) { out.write(line + "\n") }
    }
    for (name, fault) in result.faults.sorted(by: { $0.key < $1.key }) {
      let target = language.say("target", "mål") + " " + VisibleText(name).text
      out.write("! \(target): \(VisibleText(fault.description).text)\n")
    }
    for loss in result.overdue {
      out.write("! " + OverdueText(loss, at: now, language: language).line + "\n")
    }
    out.write(summary + "\n")
  }

  private func line(_ change: RoleChange, _ outcome: RoleOutcome) -> String? {
    guard !outcome.isApplied, isVerbose || !isTold(outcome, change) else { return nil }
    let words = OutcomeWords(language: language)
    let verdict =
      switch outcome.verdict {
      case .applied, .appliedAlready: ""
      case .stale: words.stale
      case .refused: words.refused
      case .failed: words.failed
      case .unknown: words.unknown
      case .notSent: words.notSent
      }
    let role = "\(change.direction == .loss ? "-" : "+") \(VisibleText(change.value).text)"
    let place = "\(VisibleText(change.person.text).text) @ \(VisibleText(change.target).text)"
    return "\(verdict): \(role)  \(place)" + (outcome.detail.map { "  (\(VisibleText($0).text))" } ?? "")
  }

  /// What a target's fault or the list of what is overdue says already.
  private func isTold(_ outcome: RoleOutcome, _ change: RoleChange) -> Bool {
    if outcome.verdict == .notSent, result.faults[change.target] != nil { return true }
    return change.direction == .loss
      && result.overdue.contains {
        $0.target == change.target && $0.person == change.person && $0.value == change.value
      }
  }

  private var summary: String {
    let done = zip(result.changes, result.outcomes).filter { $1.isApplied }.map(\.0)
    let losses = done.count { $0.direction == .loss }
    let gains = done.count { $0.direction == .gain }
    return language.say(
      "Roles: \(done.count.grouped) of \(result.changes.count.counting("change")) made (\(losses.grouped) taken away, \(gains.grouped) given)",
      "Roller: \(done.count.grouped) av \(result.changes.count == 1 ? "1 ändring" : "\(result.changes.count.grouped) ändringar") gjorda (\(losses.grouped) fråntagna, \(gains.grouped) givna)"
    )
  }
}
