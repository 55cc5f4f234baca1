import Directory

// What is told of role changes: who, which role, at which target, by which rule and commission.
extension AuditEvent {
  /// The roles of a plan begin to be pushed.
  static func rolesBegun(_ roles: RolePlan, of run: AuditRun, reason: String?) -> AuditEvent {
    var counts: [String: CanonicalJSON] = [:]
    for direction in RoleChange.Direction.allCases {
      counts[direction.rawValue] = .number(roles.count(direction))
    }
    var event = AuditEvent(
      .applyBegun, by: run.actor, run: run.run, plan: run.plan,
      fields: [
        "roles": .object(counts), "rules": .string(roles.rules),
        "targets": .array(roles.targets.map { .string($0.name) }),
      ])
    event.fields["reason"] = reason.map { .string($0) }
    return event
  }

  static func rolesEnded(_ result: RolePushResult, of run: AuditRun) -> AuditEvent {
    var counts: [String: Int] = [:]
    for outcome in result.outcomes { counts[outcome.verdict.rawValue, default: 0] += 1 }
    return AuditEvent(
      .applyEnded, by: run.actor, run: run.run, plan: run.plan,
      fields: [
        "exitCode": .number(Int(result.exitCode.rawValue)),
        "outcomes": .object(counts.mapValues { .number($0) }),
        "stopped": result.stop.map { .string($0.name) } ?? .null,
      ])
  }

  /// A role change is about to be sent; `number` is counted from 0.
  static func rolePush(_ change: RoleChange, _ number: Int, of run: AuditRun) -> AuditEvent {
    var event = AuditEvent(.rolePush, role: change, number, of: run)
    event.fields["cause"] = change.cause.map { .string($0.rawValue) }
    event.fields["rule"] = (change.assignments.first?.rule).map { .string($0) }
    event.fields["commission"] = (change.assignments.first?.commission?.text).map { .string($0) }
    return event
  }

  /// What became of a role change.
  static func roleOutcome(_ settlement: RoleSettlement, of run: AuditRun) -> AuditEvent {
    var event = AuditEvent(.roleOutcome, role: settlement.change, settlement.number, of: run)
    event.fields["outcome"] = .string(settlement.outcome.verdict.rawValue)
    event.fields["detail"] = settlement.outcome.detail.map { .string($0) }
    return event
  }

  /// What is written of a role change whose run did not end.
  static func roleOutcome(_ push: JournalledRolePush, _ verdict: RoleOutcome.Verdict, of run: AuditRun)
    -> AuditEvent
  {
    let change = RoleChange(
      target: push.target, push.direction, person: push.person, role: push.role, value: "", cause: push.cause,
      entryUUID: push.entryUUID)
    return roleOutcome(
      RoleSettlement(
        number: push.number, change: change, outcome: RoleOutcome(verdict, push.outcome?.detail)),
      of: run)
  }

  /// An entry that came in another's place was accepted.
  static func adopted(_ adoption: Adoption, reason: String?, by actor: Actor) -> AuditEvent {
    var event = AuditEvent(.adopted, by: actor)
    event.identity = adoption.identity
    event.fields["entryUUID"] = .string(adoption.entryUUID)
    event.fields["replacedEntryUUID"] = .string(adoption.replaced)
    event.fields["reason"] = reason.map { .string($0) }
    return event
  }

  private init(_ name: Name, role: RoleChange, _ number: Int, of run: AuditRun) {
    self.init(
      name, by: run.actor, run: run.run, plan: run.plan,
      fields: [
        "target": .string(role.target), "direction": .string(role.direction.rawValue),
        "role": .string(role.role),
      ])
    change = number + 1
    // What a target knows a stranger by may be a name.
    if role.cause == .unknownHolder, !role.person.isToBeTold {
      fields["entryUUID"] = role.entryUUID.map { .string($0) }
    } else {
      identity = role.person
    }
  }
}

extension HSAIdentity {
  /// Whether it has the form of an HSA-id, so that it is no name.
  var isToBeTold: Bool {
    var text = text
    return text.withUTF8 { HSAIdentity.isWellFormed(UnsafeRawBufferPointer($0)) }
  }
}
