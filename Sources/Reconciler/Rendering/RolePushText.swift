import Directory
import Foundation

/// What became of role changes, for people: what was not made and why, targets that are away, what is overdue, then the
/// count.
package struct RolePushText {
  /// How many changes that were not made are told one by one, unless all are asked for.
  private static let told = 20

  private let result: RolePushResult
  private let detail: PlanText.Detail
  private let language: Language
  private let now: Date

  package init(
    result: RolePushResult, detail: PlanText.Detail = .normal, language: Language = .english, now: Date
  ) {
    self.result = result
    self.detail = detail
    self.language = language
    self.now = now
  }

  package func write(to out: inout some TextOutputStream) {
    let lines = zip(result.changes, result.outcomes).compactMap(line)
    let limit = detail == .summary ? 0 : detail >= .verbose ? lines.count : RolePushText.told
    for line in lines.prefix(limit) { out.write(line + "\n") }
    if lines.count > limit { writeReasons(to: &out) }
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
    guard !outcome.isApplied, detail >= .verbose || !isTold(outcome, change) else { return nil }
    let hidden = language.say("(protected person: not shown)", "(skyddad person: visas inte)")
    let shown = change.isProtected ? hidden : VisibleText(change.role).text
    let role = "\(change.direction == .loss ? "-" : "+") \(shown)"
    let tied = change.isProtected ? nil : change.assignments.first?.scope
    let scope = tied.map { " @ \(VisibleText($0.text).text)" } ?? ""
    let person = VisibleText(change.shownPerson ?? language.say("unknown holder", "okänd innehavare")).text
    return "\(word(outcome)): \(role)\(scope)  \(person)  (\(reason(outcome, at: change.target)))"
  }

  private func reason(_ outcome: RoleOutcome, at target: String) -> String {
    VisibleText(target).text + (outcome.detail.map { ": \(VisibleText(words(for: $0)).text)" } ?? "")
  }

  private func word(_ outcome: RoleOutcome) -> String {
    let words = OutcomeWords(language: language)
    return switch outcome.verdict {
    case .applied, .appliedAlready: ""
    case .stale: words.stale
    case .refused: words.refused
    case .failed: words.failed
    case .unknown: words.unknown
    case .notSent: words.notSent
    }
  }

  /// How many were not made for which reason.
  private func writeReasons(to out: inout some TextOutputStream) {
    var counts: [String: Int] = [:]
    for (change, outcome) in zip(result.changes, result.outcomes)
    where !outcome.isApplied && !isTold(outcome, change) {
      counts["\(word(outcome)) (\(reason(outcome, at: change.target)))", default: 0] += 1
    }
    for (text, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      out.write("\(count.grouped) \(text)\n")
    }
  }

  /// What stands behind the word for a reason of our own; a target's answer stays as it is.
  private func words(for detail: String) -> String {
    switch detail {
    case RoleOutcome.ended:
      language.say("the person is no longer entitled to it", "personen har inte längre rätt till den")
    case RoleOutcome.lossUnconfirmed:
      language.say("a loss of the same person waits", "en förlust för samma person väntar")
    case RoleOutcome.exclusiveUnconfirmed:
      language.say("a role that excludes it has not been taken away", "en roll som utesluter den är kvar")
    case RoleOutcome.exclusiveUnread:
      language.say(
        "a target that may hold a role which excludes it could not be read",
        "ett mål som kan ha en roll som utesluter den kunde inte läsas")
    case RoleOutcome.tooManyRefusals:
      language.say("the target refused too many before it", "målet vägrade för många före den")
    case RoleOutcome.noSuchTarget: language.say("there is no such target", "det finns inget sådant mål")
    default: detail
    }
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
