/// What the guards found, for people: a line for each with its figures, and the likely cause of what tripped.
///
///     ! guard   deactivated persons at SE2321000016-1A2B (VC Norr): 12 of 40 (30 %), limit 5 or 10 %
///               likely cause: a file is missing from the set or is empty: persons/vc-norr.yaml
package struct GuardText {
  private let words: GuardWords
  private let plan: Plan

  package init(_ language: Language, plan: Plan) {
    self.plan = plan
    words = GuardWords(language: language, population: plan.population)
  }

  /// The tripped guards; or all of them, with those that had nothing to measure against in one line at the end.
  package func lines(all: Bool) -> [String] {
    let tripped = plan.tripped
    var lines = tripped.flatMap { verdict in
      ["! \(words.guardWord)   \(line(verdict))"]
        + (cause(verdict).map { ["          \($0)"] } ?? [])
    }
    guard all else { return lines }
    let passed = plan.guards.filter { $0.state == .passed }
    lines += passed.map { "  \(words.guardWord)   \(line($0))" }
    let unknown = plan.guards.filter { $0.state == .notKnown }.map { words.title($0) }
    if !unknown.isEmpty { lines.append("  \(words.guardWord)   \(words.notKnown(unknown))") }
    return lines
  }

  /// One verdict without its sign: what was counted, where, how many of how many, against which limit.
  package func line(_ verdict: GuardVerdict) -> String { words.line(verdict) }

  /// What most likely happened, as a line of its own; `nil` when nobody can tell.
  package func cause(_ verdict: GuardVerdict) -> String? { verdict.cause.map(words.cause) }
}
