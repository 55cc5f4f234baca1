import Directory
import Foundation
import Reconciler

/// What there is to tell of an agent, for machines; `schemas/status.schema.json` describes it.
package enum StatusJSON {
  package static let formatVersion = 1

  /// Of an agent that runs.
  package static func text(of status: AgentStatus) -> String {
    CanonicalJSON(present: [
      "formatVersion": .number(formatVersion), "running": .bool(true),
      "state": .string(status.state.rawValue), "since": time(status.since),
      "reason": status.reason.map { .string($0) }, "version": .string(status.version),
      "started": time(status.started), "base": .string(status.base), "server": status.server.map(object),
      "index": object(status.index), "desired": object(status.desired),
      "lastChange": status.lastChange.map(time), "lastAgreement": status.lastAgreement.map(time),
      "lagMilliseconds": .number(Int(min(max(0, status.lag * 1_000), 1e15))), "queue": .number(status.queue),
      "nextBoundary": status.nextBoundary.map(time), "lastComparison": status.lastComparison.map(time),
      "nextComparison": status.nextComparison.map(time), "waiting": .array(status.waiting.map(object)),
      "targets": .array(status.targets.map(object)), "lastRun": status.lastRun.map(object),
      "lockHolder": status.lockHolder.map { .string($0) },
    ]).text + "\n"
  }

  /// Of one that does not.
  package static func text(of remembered: RememberedStatus?) -> String {
    CanonicalJSON(present: [
      "formatVersion": .number(formatVersion), "running": .bool(false),
      "base": (remembered?.base).map { .string($0) },
      "targets": .array((remembered?.targets ?? []).map(object)),
      "lastRun": (remembered?.lastRun).map(object),
    ]).text + "\n"
  }

  private static func time(_ date: Date) -> CanonicalJSON { .string(date.formatted(.iso8601)) }

  private static func object(_ server: AgentStatus.Server) -> CanonicalJSON {
    CanonicalJSON(present: [
      "url": .string(server.url), "tlsVersion": server.tlsVersion.map { .string($0) },
      "tlsCipher": server.tlsCipher.map { .string($0) }, "identity": .string(server.identity),
      "source": .string(server.source.rawValue), "since": time(server.since),
      "clockSkew": server.clockSkew.map { .number($0) },
    ])
  }

  private static func object(_ index: AgentStatus.Index) -> CanonicalJSON {
    CanonicalJSON(present: [
      "entries": .object(index.entries.mapValues { .number($0) }), "sound": .bool(index.isSound),
      "cookieStored": index.cookieStored.map(time),
    ])
  }

  private static func object(_ desired: AgentStatus.Desired) -> CanonicalJSON {
    CanonicalJSON(present: [
      "files": .number(desired.files), "rows": .number(desired.rows),
      "identifier": .string(desired.identifier), "inForceSince": desired.inForceSince.map(time),
      "faults": .number(desired.faults),
    ])
  }

  private static func object(_ plan: AgentStatus.Waiting) -> CanonicalJSON {
    [
      "code": .string(plan.code), "digest": .string(plan.digest), "since": time(plan.since),
      "changes": .number(plan.changes), "roles": .number(plan.roles),
      "guards": .array(plan.guards.map { .string($0) }),
      "approvals": .array(plan.approvals.map { .string($0) }),
    ]
  }

  private static func object(_ target: AgentStatus.Target) -> CanonicalJSON {
    CanonicalJSON(present: [
      "name": .string(target.name), "lastRead": target.lastRead.map(time),
      "lastFailed": target.lastFailed.map(time), "fault": target.fault.map { .string($0) },
      "failures": .number(target.failures), "overdue": .number(target.overdue),
      "oldestOverdue": target.oldestOverdue.map(time), "followed": target.isFollowed.map { .bool($0) },
    ])
  }

  private static func object(_ run: AgentStatus.LastRun) -> CanonicalJSON {
    CanonicalJSON(present: [
      "run": .number(run.number), "ended": run.ended.map(time),
      "exitCode": run.exitCode.map { .number(Int($0)) },
    ])
  }
}
