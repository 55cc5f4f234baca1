import Directory
import LDAP

/// What became of a plan, for people: what was not made and why, then the count.
package struct ApplyText {
  private let plan: Plan
  private let result: ApplyResult
  private let duration: Duration
  private let isVerbose: Bool
  private let language: Language

  /// - Parameters:
  ///   - duration: how long it took.
  ///   - isVerbose: whether changes that only waited for others are listed too.
  package init(
    plan: Plan, result: ApplyResult, duration: Duration, isVerbose: Bool = false,
    language: Language = .english
  ) {
    self.plan = plan
    self.result = result
    self.duration = duration
    self.isVerbose = isVerbose
    self.language = language
  }

  package func write(to out: inout some TextOutputStream) {
    var lines = 0
    for outcome in result.outcomes {
      for line in self.lines(of: outcome) {
        out.write(line + "\n")
        lines += 1
      }
    }
    if lines > 0 { out.write("\n") }
    if let stop = result.stop { out.write(text(of: stop) + "\n") }
    out.write(summary + "\n")
  }

  private func lines(of outcome: Outcome) -> [String] {
    let subject = "\(plan.changes[outcome.change].kind.word(language)) \(name(outcome.change))"
    let notes = outcome.notes.map { note in
      language.say("note", "anmärkning") + ": \(subject): \(note.message)"
        + (note.advice.map { "\n    \($0)" } ?? "")
    }
    guard let (word, reason, advice) = explanation(outcome) else { return isVerbose ? notes : [] }
    return ["\(word): \(subject): \(VisibleText(reason).text)"] + (advice.map { ["    \($0)"] } ?? []) + notes
  }

  /// What is to be said of an outcome; `nil` when all is well or said elsewhere.
  private func explanation(_ outcome: Outcome) -> (word: String, reason: String, advice: String?)? {
    let words = OutcomeWords(language: language)
    switch outcome.verdict {
    case .applied, .appliedAlready, .notSent: return nil
    case .stale(let staleness):
      return (words.stale, words.reason(of: staleness), language.say("plan again", "planera om"))
    case .failed(let code): return (words.failed, words.refusal(code), words.advice(for: code))
    case .refused(let reason): return (words.refused, reason.message, reason.advice)
    case .skipped(let because):
      guard isVerbose else { return nil }
      return (words.skipped, words.skipping(after: because + 1), nil)
    case .unknown: return (words.unknown, words.silence, words.adviceAfterSilence)
    }
  }

  private func name(_ change: Int) -> String {
    let number = language.say("change", "ändring") + " " + (change + 1).grouped
    return "\(VisibleText(plan.changes[change].identity.text).text) (\(number))"
  }

  private func text(of stop: ApplyResult.Stop) -> String {
    switch stop {
    case .tooManyFailures(let count):
      language.say(
        "Stopped after \(language.count(count, .failure)), as the configuration says (apply: errors).",
        "Avbröts efter \(language.count(count, .failure)), som konfigurationen säger (apply: errors).")
    case .directoryUnavailable:
      language.say(
        "Stopped: the directory was lost and did not come back in time.",
        "Avbröts: katalogen försvann och kom inte tillbaka i tid.")
    case .cancelled:
      language.say(
        "Stopped on request; what had been sent was waited for.",
        "Avbröts på begäran; det som hade skickats väntades in.")
    case .journalUnavailable:
      language.say(
        "Stopped: the journal cannot be written (is the disk full?), and what is not written down is not sent.",
        "Avbröts: journalen kan inte skrivas (är disken full?), och det som inte är antecknat skickas inte.")
    case .lockLost:
      language.say(
        "Stopped: another agent may have the catalogue's lock by now, so nothing more was sent.",
        "Avbröts: en annan agent kan ha katalogens lås nu, så inget mer skickades.")
    }
  }

  private var summary: String {
    let applied = result.outcomes.count(where: \.isApplied)
    let others = counts.filter { $0.count > 0 }.map { "\($0.count.grouped) \($0.word)" }
    let rest = others.isEmpty ? "" : "; " + others.joined(separator: ", ")
    return language.say("Applied", "Gjort")
      + ": \(applied.grouped) \(language.say("of", "av")) \(language.count(plan.changes.count, .change))\(rest)"
      + PlanSummary.time(duration, language)
  }

  private var counts: [(word: String, count: Int)] {
    let words = OutcomeWords(language: language)
    return [
      (words.foundAsWanted, result.count { $0 == .appliedAlready }),
      (words.failed, result.count { if case .failed = $0 { true } else { false } }),
      (words.stale, result.count { if case .stale = $0 { true } else { false } }),
      (words.refused, result.count { if case .refused = $0 { true } else { false } }),
      (words.skipped, result.count { if case .skipped = $0 { true } else { false } }),
      (words.notSent, result.count { $0 == .notSent }),
      (words.unknown, result.count { $0 == .unknown }),
    ]
  }
}
