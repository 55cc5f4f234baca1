import Directory
import Foundation

/// Runs for machines; `schemas/runs.schema.json` describes it.
package enum RunsJSON {
  static let formatVersion = 1

  package static func list(_ runs: [RunRecord]) -> String {
    CanonicalJSON(present: [
      "formatVersion": .number(formatVersion), "runs": .array(runs.map { .object(members($0)) }),
    ]).text + "\n"
  }

  package static func show(
    _ run: RunRecord, _ operations: [JournalledOperation], _ roles: [JournalledRolePush]
  ) -> String {
    var all = members(run)
    all["operations"] = .array(operations.map(object))
    if run.verb == .roles || !roles.isEmpty { all["rolePushes"] = .array(roles.map(object)) }
    return CanonicalJSON(present: ["formatVersion": .number(formatVersion), "runs": .array([.object(all)])])
      .text
      + "\n"
  }

  private static func members(_ run: RunRecord) -> [String: CanonicalJSON] {
    let present: [String: CanonicalJSON?] = [
      "run": .number(run.id), "verb": .string(run.verb.rawValue), "user": .string(run.actor.user),
      "uid": .number(Int(run.actor.uid)), "host": .string(run.actor.host),
      "onBehalfOf": run.actor.onBehalfOf.map { .string($0) },
      "reason": run.reason.map { .string($0) }, "began": .string(run.began.formatted(.iso8601)),
      "ended": run.ended.map { .string($0.formatted(.iso8601)) }, "interrupted": .bool(run.isInterrupted),
      "exitCode": run.exitCode.map { .number(Int($0.rawValue)) }, "stopped": run.stop.map { .string($0) },
      "digest": .string(run.digest), "desired": .string(run.desired.identifier),
      "endings": .bool(run.isOfEndings), "part": run.part.map { .string($0) },
      "changes": .number(run.changes), "undoes": run.undoes.map { .number($0) }, "counts": counts(run.counts),
      "roleCounts": run.verb == .roles ? counts(run.roleCounts) : nil,
    ]
    return present.compactMapValues { $0 }
  }

  private static func counts(_ counts: RunRecord.Counts) -> CanonicalJSON {
    [
      "applied": .number(counts.applied), "appliedAlready": .number(counts.appliedAlready),
      "stale": .number(counts.stale), "failed": .number(counts.failed), "notSent": .number(counts.notSent),
      "unknown": .number(counts.unknown),
    ]
  }

  private static func object(_ push: JournalledRolePush) -> CanonicalJSON {
    CanonicalJSON(present: [
      "number": .number(push.number + 1), "target": .string(push.target),
      "direction": .string(push.direction.rawValue), "hsaIdentity": .string(push.person.text),
      "protected": .bool(push.isProtected), "role": .string(push.role), "ending": .bool(push.isEnding),
      "cause": push.cause.map { .string($0.rawValue) }, "rule": push.rule.map { .string($0) },
      "commission": push.commission.map { .string($0.text) },
      "unit": push.place.unit.map { .string($0.text) },
      "provider": push.place.provider.map { .string($0.text) },
      "attempts": .number(push.attempts),
      "intended": push.intended.map { .string($0.formatted(.iso8601)) },
      "settled": push.settled.map { .string($0.formatted(.iso8601)) },
      "outcome": .string((push.outcome?.verdict ?? .unknown).rawValue),
      "detail": (push.outcome?.detail).map { .string($0) },
    ])
  }

  private static func object(_ operation: JournalledOperation) -> CanonicalJSON {
    var members: [String: CanonicalJSON?] = [
      "number": .number(operation.number + 1), "action": .string(operation.action.rawValue),
      "kind": .string(operation.kind.rawValue), "hsaIdentity": .string(operation.identity.text),
      "protected": .bool(operation.isProtected), "attempts": .number(operation.attempts),
      "attributes": .array(operation.attributes.map { .string($0) }),
      "intended": .string(operation.intended.formatted(.iso8601)),
      "settled": operation.settled.map { .string($0.formatted(.iso8601)) },
      "recovered": .bool(operation.isRecovered), "entryUUID": operation.entryUUID.map { .string($0) },
    ]
    for (key, value) in (operation.verdict ?? .unknown).members { members[key] = value }
    return CanonicalJSON(present: members)
  }
}
