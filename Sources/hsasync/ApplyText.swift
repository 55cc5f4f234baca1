import Directory
import LDAP
import Reconciler

/// What became of a plan, for people: what was not made and why, then the count.
struct ApplyText {
  let plan: Plan
  let result: ApplyResult
  let duration: Duration
  /// Whether changes that only waited for others are listed too.
  let isVerbose: Bool

  func write(to out: inout some TextOutputStream) {
    var lines = 0
    for outcome in result.outcomes {
      for line in self.lines(of: outcome) {
        out.write(line + "\n")
        lines += 1
      }
    }
    if lines > 0 { out.write("\n") }
    if let stop = result.stop { out.write(ApplyText.text(of: stop) + "\n") }
    out.write(summary + "\n")
  }

  private func lines(of outcome: Outcome) -> [String] {
    let subject = "\(plan.changes[outcome.change].kind.rawValue) \(name(outcome.change))"
    let notes = outcome.notes.map { note in
      "note: \(subject): \(note.message)" + (note.advice.map { "\n    \($0)" } ?? "")
    }
    guard let (word, reason, advice) = explanation(outcome) else { return isVerbose ? notes : [] }
    return ["\(word): \(subject): \(VisibleText(reason).text)"] + (advice.map { ["    \($0)"] } ?? []) + notes
  }

  /// What is to be said of an outcome; `nil` when all is well or said elsewhere.
  private func explanation(_ outcome: Outcome) -> (word: String, reason: String, advice: String?)? {
    switch outcome.verdict {
    case .applied, .appliedAlready, .notSent: return nil
    case .stale(let staleness): return ("stale", ApplyText.reason(of: staleness), "plan again")
    case .failed(let code):
      let refusal = "the directory refused the change with \(code.name) (\(code.rawValue))"
      return ("failed", refusal, ApplyText.advice(for: code))
    case .refused(let reason): return ("refused", reason.message, reason.advice)
    case .skipped(let because):
      guard isVerbose else { return nil }
      return ("skipped", "it comes after change \((because + 1).grouped), which was not made", nil)
    case .unknown:
      return (
        "unknown", "it was sent, no answer came, and the directory could not be read afterwards",
        "plan again when the directory is back: it will show what is missing"
      )
    }
  }

  private func name(_ change: Int) -> String {
    "\(VisibleText(plan.changes[change].identity.text).text) (change \((change + 1).grouped))"
  }

  private static func reason(of staleness: Outcome.Staleness) -> String {
    switch staleness {
    case .changed: "somebody has changed what this changes; nothing was written"
    case .moved: "the entry has another name now; nothing was written"
    case .gone: "the entry is gone; nothing was written"
    case .replaced: "another entry has the name; nothing was written"
    }
  }

  private static func advice(for code: ResultCode) -> String? {
    switch code {
    case .insufficientAccessRights: "give the agent the right to write this (conf/slapd/acl.conf)"
    case .constraintViolation:
      "a value breaks a rule of the server, such as one that it must be unique; see its log"
    case .objectClassViolation: "the entry would lack what its classes demand, or have what they do not allow"
    case .undefinedAttributeType:
      "the server does not know the attribute; compare its schema with the profile"
    case .entryAlreadyExists: "another entry has the name; plan again"
    case .notAllowedOnNonLeaf: "there are entries below it that are not in the plan"
    case .noSuchObject: "the entry or its parent is gone; plan again"
    default: nil
    }
  }

  private static func text(of stop: ApplyResult.Stop) -> String {
    switch stop {
    case .tooManyFailures(let count):
      "Stopped after \(count.counting("failure")), as the configuration says (apply: errors)."
    case .directoryUnavailable: "Stopped: the directory was lost and did not come back in time."
    case .cancelled: "Stopped on request; what had been sent was waited for."
    case .journalUnavailable:
      "Stopped: the journal cannot be written (is the disk full?), and what is not written down is not sent."
    }
  }

  var summary: String {
    let applied = result.outcomes.count(where: \.isApplied)
    let others = ApplyText.counts(result).filter { $0.count > 0 }.map { "\($0.count.grouped) \($0.word)" }
    let rest = others.isEmpty ? "" : "; " + others.joined(separator: ", ")
    return
      "Applied: \(applied.grouped) of \(plan.changes.count.counting("change"))\(rest)\(PlanSummary.time(duration))"
  }

  static func counts(_ result: ApplyResult) -> [(word: String, count: Int)] {
    [
      ("found as wanted", result.count { $0 == .appliedAlready }),
      ("failed", result.count { if case .failed = $0 { true } else { false } }),
      ("stale", result.count { if case .stale = $0 { true } else { false } }),
      ("refused", result.count { if case .refused = $0 { true } else { false } }),
      ("skipped", result.count { if case .skipped = $0 { true } else { false } }),
      ("not sent", result.count { $0 == .notSent }),
      ("unknown", result.count { $0 == .unknown }),
    ]
  }
}
