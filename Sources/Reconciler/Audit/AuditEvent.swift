import Directory

/// One thing that happened, as the audit log keeps it: who, when, in which run, to which entry, which attributes.
///
/// Never a value, a name or a DN of the directory: who may read the log need not be allowed to see its entries.
package struct AuditEvent: Hashable, Sendable {
  package enum Name: String, CaseIterable, Hashable, Sendable, Codable {
    /// A plan was made.
    case planned
    /// A file of a delegated administrator's was put in force.
    case fileTaken
    /// Somebody was not let in: by the card, or for want of a mandate.
    case doorRefused
    /// Something was refused before anything was written.
    case refused
    /// A plan was approved by its digest.
    case approved
    /// A plan that waited for approval was dropped.
    case cancelled
    /// A plan begins to be applied.
    case applyBegun
    /// A write is about to be sent.
    case write
    /// What became of a write.
    case outcome
    case applyEnded
    /// A run was undone by another.
    case undone
    /// An entry is no longer on hold after an undo.
    case released
    /// A set of desired files was sealed.
    case sealed
    /// What became of a write of a run that did not end, read back from the directory.
    case recovered
    /// A role change is about to be sent to a target.
    case rolePush
    /// What became of a role change.
    case roleOutcome
    /// An entry that came in another's place under the same HSA-id was accepted.
    case adopted
    /// Somebody asked a running agent for something.
    case requested
    /// The store was unusable and was begun anew.
    case storeRebuilt
    /// The log goes on in a new file.
    case rotated
    /// The log ended in the middle of a record, whose write was never sent.
    case tornTail

    /// Whether it is one of many in a run: the head is not sent for each of them.
    var isOneOfMany: Bool {
      [.applyBegun, .write, .outcome, .recovered, .rolePush, .roleOutcome, .requested, .rotated].contains(
        self)
    }
  }

  package var name: Name
  package var actor: Actor?
  package var run: Int?
  /// The plan's digest, 64 hexadecimal digits.
  package var plan: String?
  /// Counted from 1, as people see it.
  package var change: Int?
  package var kind: Kind?
  package var identity: HSAIdentity?
  package var action: Change.Action?
  /// Names of the attributes that change, sorted.
  package var attributes: [String]?
  /// What only some events have; keys of the members above are overridden by them.
  package var fields: [String: CanonicalJSON]

  package init(
    _ name: Name, by actor: Actor? = nil, run: Int? = nil, plan: String? = nil,
    fields: [String: CanonicalJSON] = [:]
  ) {
    self.name = name
    self.actor = actor
    self.run = run
    self.plan = plan
    self.fields = fields
  }

  /// An event about one change of a run.
  package init(_ name: Name, _ subject: Change, of run: AuditRun, fields: [String: CanonicalJSON] = [:]) {
    self.init(name, by: run.actor, run: run.run, plan: run.plan, fields: fields)
    change = subject.id + 1
    kind = subject.kind
    identity = subject.identity
    action = subject.action
    attributes = Set(subject.differences.map(\.attribute)).sorted()
  }

  /// The version of a line's form.
  package static let formatVersion = 1

  /// The line's members but for those of the chain.
  var members: [String: CanonicalJSON] {
    var members = fields
    members["formatVersion"] = .number(AuditEvent.formatVersion)
    members["event"] = .string(name.rawValue)
    members["actor"] = actor?.json
    members["run"] = run.map { .number($0) }
    members["plan"] = plan.map { .string($0) }
    members["change"] = change.map { .number($0) }
    members["kind"] = kind.map { .string($0.rawValue) }
    members["hsaIdentity"] = identity.map { .string($0.text) } ?? members["hsaIdentity"]
    members["action"] = action.map { .string($0.rawValue) }
    members["attributes"] = attributes.map { .array($0.map { .string($0) }) }
    return members
  }
}

/// What all records of one run have in common.
package struct AuditRun: Hashable, Sendable {
  package var run: Int
  /// The plan's digest, 64 hexadecimal digits.
  package var plan: String
  package var actor: Actor

  package init(run: Int, plan: String, actor: Actor) {
    self.run = run
    self.plan = plan
    self.actor = actor
  }
}

extension Actor {
  package var json: CanonicalJSON {
    CanonicalJSON(present: [
      "user": .string(user), "uid": .number(Int(uid)), "onBehalfOf": onBehalfOf.map { .string($0) },
      "host": .string(host), "person": person.map { .string($0) },
    ])
  }
}
