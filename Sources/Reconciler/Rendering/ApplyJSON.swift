import Directory
import LDAP

/// What became of a plan, for machines; `schemas/apply.schema.json` describes it.
///
/// A fresh plan with endings by positive evidence is applied as two: the endings first.
package struct ApplyJSON {
  static let formatVersion = 2
  private let applied: [AppliedPlan]
  private let profile: Profile

  package init(_ applied: [AppliedPlan], profile: Profile) {
    self.applied = applied
    self.profile = profile
  }

  package var text: String {
    let parts = applied.map(text).joined(separator: ",\n")
    return """
      {"exitCode":\(applied.exitCode.rawValue),
      "formatVersion":\(ApplyJSON.formatVersion),
      "plans":[\(parts)]}

      """
  }

  private func text(_ part: AppliedPlan) -> String {
    let outcomes = (part.result?.outcomes ?? []).map { object($0, part.plan).text }.joined(separator: ",\n")
    var plan = ""
    PlanFile(part.plan, profile: profile).write(to: &plan, redacted: true)
    return """
      {"exitCode":\(part.exitCode.rawValue),
      "outcomes":[\(outcomes)],
      "plan":\(plan.dropLast()),
      "refusal":\((part.refusal.map(object) ?? .null).text),
      "roles":\((part.roles.map(object) ?? .null).text),
      "run":\((part.run.map { .number($0) } ?? CanonicalJSON.null).text),
      "stopped":\((part.result?.stop.map { .string($0.name) } ?? CanonicalJSON.null).text)}
      """
  }

  private func object(_ refusal: Refusal) -> CanonicalJSON {
    CanonicalJSON(present: [
      "code": .string(refusal.code.rawValue), "message": .string(refusal.message),
      "advice": refusal.advice.map { .string($0) },
      "findings": .array(refusal.findings.map(\.json)),
    ])
  }

  private func object(_ roles: RolePushResult) -> CanonicalJSON {
    let outcomes = zip(roles.changes, roles.outcomes).map { change, outcome in
      CanonicalJSON(present: [
        "target": .string(change.target), "direction": .string(change.direction.rawValue),
        "hsaIdentity": .string(change.person.text), "value": .string(change.value),
        "verdict": .string(outcome.verdict.rawValue), "detail": outcome.detail.map { .string($0) },
      ])
    }
    return .object([
      "exitCode": .number(Int(roles.exitCode.rawValue)), "outcomes": .array(outcomes),
      "faults": .object(roles.faults.mapValues { .string($0.code.rawValue) }),
      "overdue": .array(
        roles.overdue.map { loss in
          .object([
            "target": .string(loss.target), "hsaIdentity": .string(loss.person.text),
            "value": .string(loss.value), "since": .string(loss.since.formatted(.iso8601)),
          ])
        }),
    ])
  }

  private func object(_ outcome: Outcome, _ plan: Plan) -> CanonicalJSON {
    let change = plan.changes[outcome.change]
    var members: [String: CanonicalJSON?] = [
      "number": .number(outcome.change + 1), "action": .string(change.action.rawValue),
      "kind": .string(change.kind.rawValue), "hsaIdentity": .string(change.identity.text),
      "attempts": .number(outcome.attempts), "notes": .array(outcome.notes.map { .string($0.message) }),
    ]
    for (key, value) in outcome.verdict.members { members[key] = value }
    return CanonicalJSON(present: members)
  }
}
