import Directory
import LDAP
import Reconciler

/// What became of a plan, for machines; `schemas/apply.schema.json` describes it.
struct ApplyJSON {
  static let formatVersion = 1
  let plan: Plan
  let result: ApplyResult
  let profile: Profile

  var text: String {
    let outcomes = result.outcomes.map { object($0).text }.joined(separator: ",\n")
    return """
      {"exitCode":\(result.exitCode.rawValue),
      "formatVersion":\(ApplyJSON.formatVersion),
      "outcomes":[\(outcomes)],
      "plan":\(PlanFile(plan, profile: profile).text(redacted: true).trimmed),
      "stopped":\((result.stop.map { .string($0.name) } ?? CanonicalJSON.null).text)}

      """
  }

  private func object(_ outcome: Outcome) -> CanonicalJSON {
    let change = plan.changes[outcome.change]
    var members: [String: CanonicalJSON?] = [
      "number": .number(outcome.change + 1), "action": .string(change.action.rawValue),
      "kind": .string(change.kind.rawValue), "hsaIdentity": .string(change.identity.text),
      "attempts": .number(outcome.attempts), "notes": .array(outcome.notes.map { .string($0.message) }),
    ]
    for (key, value) in ApplyJSON.verdict(outcome.verdict) { members[key] = value }
    return CanonicalJSON(present: members)
  }

  private static func verdict(_ verdict: Outcome.Verdict) -> [String: CanonicalJSON] {
    switch verdict {
    case .applied: ["outcome": "applied"]
    case .appliedAlready: ["outcome": "appliedAlready"]
    case .stale(let staleness): ["outcome": "stale", "reason": .string(staleness.rawValue)]
    case .failed(let code):
      ["outcome": "failed", "reason": .string(code.name), "result": .number(Int(code.rawValue))]
    case .refused(let reason): ["outcome": "refused", "reason": .string(reason.rawValue)]
    case .skipped(let because): ["outcome": "skipped", "because": .number(because + 1)]
    case .notSent: ["outcome": "notSent"]
    case .unknown: ["outcome": "unknown"]
    }
  }

}
