import Directory

// One maker for each event: what it tells is decided here and nowhere else.
extension AuditEvent {
  /// A plan was made; `digest` is the plan's, `nil` where there is no writing of it.
  package static func planned(_ plan: Plan, digest: String?, by actor: Actor) -> AuditEvent {
    AuditEvent(.planned, by: actor, plan: digest, fields: plan.auditFields)
  }

  /// Something was refused: a plan by its digest, a run, or what came before either.
  package static func refused(
    _ refusal: Refusal, plan digest: String? = nil, run: Int? = nil, by actor: Actor
  ) -> AuditEvent {
    AuditEvent(
      .refused, by: actor, run: run, plan: digest,
      fields: [
        "reason": .string(refusal.code.rawValue), "exitCode": .number(Int(refusal.exitCode.rawValue)),
        "message": .string(refusal.message),
      ])
  }

  /// A plan was approved; `sha256` is that of the plan file as approved, `reason` the approver's own words.
  package static func approved(
    digest: String, sha256: String?, reason: String?, by actor: Actor
  ) -> AuditEvent {
    var event = AuditEvent(.approved, by: actor, plan: digest)
    event.fields["sha256"] = sha256.map { .string($0) }
    event.fields["reason"] = reason.map { .string($0) }
    return event
  }

  /// A plan that waited for approval was dropped.
  package static func cancelled(digest: String, reason: String?, by actor: Actor) -> AuditEvent {
    var event = AuditEvent(.cancelled, by: actor, plan: digest)
    event.fields["reason"] = reason.map { .string($0) }
    return event
  }

  /// A plan begins to be applied; `undoes` is the run that it undoes, if it does.
  package static func applyBegun(
    _ plan: Plan, of run: AuditRun, reason: String? = nil, undoes: Int? = nil
  ) -> AuditEvent {
    var event = AuditEvent(.applyBegun, by: run.actor, run: run.run, plan: run.plan, fields: plan.auditFields)
    event.fields["reason"] = reason.map { .string($0) }
    event.fields["undoes"] = undoes.map { .number($0) }
    return event
  }

  /// A write is about to be sent.
  package static func write(_ change: Change, of run: AuditRun) -> AuditEvent {
    var event = AuditEvent(.write, change, of: run)
    event.fields["entryUUID"] = change.precondition.entryUUID.map { .string($0) }
    event.fields["unit"] = change.place.unit.map { .string($0.text) }
    event.fields["destination"] = change.destination?.unit.map { .string($0.text) }
    switch change.cause {
    case .absence(let source): event.fields["absentFrom"] = .string(source)
    case let cause:
      if case .desired(let place) = cause { event.fields["source"] = .string("\(place.file):\(place.line)") }
    }
    return event
  }

  /// What became of a write; `entryUUID` is that of an entry which was created.
  package static func outcome(
    _ change: Change, _ outcome: Outcome, entryUUID: String? = nil, of run: AuditRun
  ) -> AuditEvent {
    var event = AuditEvent(.outcome, change, of: run, fields: outcome.verdict.members)
    // They stand in the record of the write.
    event.attributes = nil
    event.fields["attempts"] = .number(outcome.attempts)
    event.fields["wasUnknown"] = outcome.wasUnknown ? true : nil
    event.fields["entryUUID"] = (entryUUID ?? change.precondition.entryUUID).map { .string($0) }
    return event
  }

  /// What became of a write of a run that did not end, as the directory shows it.
  package static func recovered(_ change: Change, _ verdict: Outcome.Verdict, of run: AuditRun) -> AuditEvent
  {
    var event = AuditEvent(.recovered, change, of: run, fields: verdict.members)
    event.attributes = nil
    return event
  }

  package static func applyEnded(_ result: ApplyResult, of run: AuditRun) -> AuditEvent {
    var counts: [String: Int] = [:]
    for outcome in result.outcomes { counts[outcome.verdict.name, default: 0] += 1 }
    return AuditEvent(
      .applyEnded, by: run.actor, run: run.run, plan: run.plan,
      fields: [
        "exitCode": .number(Int(result.exitCode.rawValue)),
        "outcomes": .object(counts.mapValues { .number($0) }),
        "stopped": result.stop.map { .string($0.name) } ?? .null,
      ])
  }

  /// A run was undone by the run `other`.
  package static func undone(_ run: Int, by other: AuditRun, unrestorable: Int) -> AuditEvent {
    AuditEvent(
      .undone, by: other.actor, run: other.run, plan: other.plan,
      fields: ["undoes": .number(run), "unrestorable": .number(unrestorable)])
  }

  /// An entry is no longer on hold after the undo of `run`.
  package static func released(_ identity: HSAIdentity, after run: Int?, by actor: Actor) -> AuditEvent {
    var event = AuditEvent(.released, by: actor, run: run)
    event.identity = identity
    return event
  }

  /// A set of desired files was sealed.
  package static func sealed(
    manifest: String, serial: Int, files: Int, sha256: String, by actor: Actor
  ) -> AuditEvent {
    AuditEvent(
      .sealed, by: actor,
      fields: [
        "manifest": .string(manifest), "serial": .number(serial), "files": .number(files),
        "sha256": .string(sha256),
      ])
  }

  /// The store was unusable, was set aside and begun anew.
  package static func storeRebuilt(setAside path: String, by actor: Actor) -> AuditEvent {
    AuditEvent(.storeRebuilt, by: actor, fields: ["setAside": .string(path)])
  }

  static func rotated(from file: String) -> AuditEvent {
    AuditEvent(.rotated, fields: ["file": .string(file)])
  }

  static func tornTail(octets: Int, movedTo file: String) -> AuditEvent {
    AuditEvent(.tornTail, fields: ["octets": .number(octets), "file": .string(file)])
  }
}

extension Plan {
  /// What the log tells of a plan: how many of what, for which instant, from which desired state.
  fileprivate var auditFields: [String: CanonicalJSON] {
    var actions: [String: Int] = [:]
    for change in changes { actions[change.action.rawValue, default: 0] += 1 }
    var fields: [String: CanonicalJSON] = [
      "changes": .object(actions.mapValues { .number($0) }), "unchanged": .number(unchanged),
      "instant": .string(AuditTime.text(instant)), "desired": .string(desired.identifier),
      "complete": .bool(proof.isComplete), "entries": .number(proof.entries),
      "errors": .number(findings.count { $0.severity == .error }),
      "tripped": .array(Set(guards.filter(\.isTripped).map(\.name.rawValue)).sorted().map { .string($0) }),
    ]
    if isOfEndings { fields["endings"] = true }
    fields["part"] = part.map { .string($0) }
    return fields
  }
}
