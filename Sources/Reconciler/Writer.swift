import Directory
import LDAP

/// What a write came to, with what the next write to the entry must know.
struct Written: Sendable {
  var outcome: Outcome
  /// The entry's CSN after it; `nil` when the server did not say or we did not write.
  var entryCSN: String?
}

/// Carries one change to its end: sends it, waits while the server is busy, settles what is unclear.
struct Writer: Sendable {
  let session: WriteSession
  let schema: Schema
  let support: WriteSupport
  let base: DistinguishedName
  /// Attributes (small letters) whose spelling is the server's.
  let serverSpells: Set<String>
  /// The attribute that holds the HSA-id.
  let identity: String
  let settings: Applier.Settings

  /// How often a write is sent at most, when its answer is lost and it turns out not to have happened.
  private static let attemptLimit = 3

  /// - Parameter csn: the entry's CSN after our own last write to it.
  func write(_ change: Change, csn: String?) async -> Written {
    if let reason = refusal(of: change) {
      return Written(outcome: Outcome(change: change.id, .refused(reason)))
    }
    var effort = Effort(
      change: change, condition: change.condition(csn: csn), support: support, deadline: settings.busyDeadline
    )
    while true {
      switch await attempt(&effort) {
      case .ended(let written): return written
      case .again: continue
      }
    }
  }

  /// What one attempt leads to.
  enum Step {
    case ended(Written)
    case again
  }

  /// A deletion or rename cannot be taken back, so it is never sent without a condition.
  private func refusal(of change: Change) -> Outcome.RefusalReason? {
    let isConditional = support.assertion && change.condition(csn: nil) != nil
    guard !isConditional else { return nil }
    if change.isDeletion { return .deletionWithoutAssertion }
    return change.isRename ? .renameWithoutAssertion : nil
  }

  private func attempt(_ effort: inout Effort) async -> Step {
    guard let lease = await session.current(), !(await session.isStopped) else {
      return .ended(effort.written(effort.attempts == 0 ? .notSent : .failed(.unavailable)))
    }
    do {
      if !effort.support.assertion, let verdict = try await checkByReading(effort, lease) {
        return .ended(effort.written(verdict))
      }
    } catch {
      // Nothing was sent: a lost connection is replaced, and the change begins anew.
      return await session.replace(lease) == nil ? .ended(effort.written(.notSent)) : .again
    }
    effort.attempts += 1
    do {
      let answer = try await lease.connection.perform(
        effort.support.operation(effort.change, schema: schema),
        controls: effort.support.controls(effort.change, condition: effort.condition),
        deadline: settings.writeDeadline)
      return await judge(answer, &effort, lease)
    } catch {
      return await settleUnknown(&effort, lease, error)
    }
  }

  /// Evaluates the condition here, where the server cannot; `nil` when it holds.
  private func checkByReading(
    _ effort: Effort, _ lease: WriteSession.Lease
  ) async throws -> Outcome.Verdict? {
    guard !effort.change.isAddition, let condition = effort.condition else { return nil }
    let attributes = condition.attributes.sorted() + ["objectClass"]
    guard let entry = try await lease.connection.entry(effort.change.dn, attributes: attributes) else {
      return try await explain(effort.change, lease)
    }
    return condition.matches(entry, schema: schema) == true ? nil : try await explain(effort.change, lease)
  }

  private func judge(_ answer: WriteAnswer, _ effort: inout Effort, _ lease: WriteSession.Lease) async -> Step
  {
    switch answer.result {
    case .success: return .ended(success(answer, effort))
    case .busy, .unavailable:
      guard await effort.waitForServer() else { return .ended(effort.written(.failed(answer.result))) }
      return .again
    case .assertionFailed where await isMisjudged(effort, lease):
      effort.support.assertion = false
      return .again
    case .assertionFailed, .noSuchObject, .entryAlreadyExists, .noSuchAttribute, .attributeOrValueExists:
      return await settleConflict(answer.result, &effort, lease)
    default: return .ended(effort.written(.failed(answer.result)))
    }
  }

  /// Whether a modification's condition holds although the server says that it does not.
  ///
  /// slapd's overlay `unique` (seen in 2.5.13) holds the assertion against the base of its own search too, so that
  /// no modification of a unique attribute passes with one. The old values in the request are the condition then.
  private func isMisjudged(_ effort: Effort, _ lease: WriteSession.Lease) async -> Bool {
    guard case .modify = effort.change.operation, effort.support.assertion, effort.condition != nil
    else { return false }
    do { return try await checkByReading(effort, lease) == nil } catch { return false }
  }

  private func success(_ answer: WriteAnswer, _ effort: Effort) -> Written {
    var written = effort.written(.applied)
    if let after = answer.postRead {
      written.entryCSN = after.text("entryCSN")
      written.outcome.notes += respelled(effort.change, after)
    }
    if !effort.support.assertion && effort.condition != nil {
      written.outcome.notes.append(.checkedByReading)
    }
    return written
  }

  /// The attributes that the server stores spelled otherwise than we sent them, and would tell us so each time.
  private func respelled(_ change: Change, _ after: Entry) -> [Outcome.Note] {
    let sent: [(name: String, values: [Value])] =
      switch change.operation {
      case .add(let entry): entry.attributes.map { ($0.name, $0.values) }
      case .modify(_, let modifications):
        modifications.filter { $0.kind != .delete }.map { ($0.attribute, $0.values) }
      case .rename, .delete: []
      }
    return sent.compactMap { name, values in
      let stored = after.values(of: name, schema)
      guard !stored.isEmpty, schema.equality(of: name).keepsSpelling,
        !serverSpells.contains(name.asciiLowercased), !values.allSatisfy(stored.contains)
      else { return nil }
      return .respelled(attribute: name)
    }
  }

  /// An answer that says the entry is not as the plan saw it: perhaps it is already as the plan wants it.
  private func settleConflict(
    _ result: ResultCode, _ effort: inout Effort, _ lease: WriteSession.Lease
  ) async -> Step {
    do {
      let verdict = try await explain(effort.change, lease)
      switch (effort.change.operation, result) {
      // A parent or superior is missing: nothing to do with the entry itself.
      case (.add, .noSuchObject) where verdict != .appliedAlready:
        return .ended(effort.written(.failed(result)))
      // Somebody else's entry has the name: planning again would not help.
      case (.add, .entryAlreadyExists) where verdict == .stale(.replaced),
        (.rename, .entryAlreadyExists) where verdict == .stale(.changed):
        return .ended(effort.written(.failed(result)))
      default: break
      }
      // What we find done after an answer was lost is what we did.
      return .ended(effort.written(effort.wasUnknown && verdict == .appliedAlready ? .applied : verdict))
    } catch {
      return await settleUnknown(&effort, lease, error)
    }
  }

  /// No answer came: reads the entry over a new connection and goes by what is there.
  private func settleUnknown(
    _ effort: inout Effort, _ lease: WriteSession.Lease, _ error: any Error
  ) async -> Step {
    effort.wasUnknown = true
    var lost = lease
    while let lease = await session.replace(lost) {
      do {
        let entry = try await find(effort.change, lease)
        if Fulfilment(schema: schema).isFulfilled(effort.change, by: entry) {
          return .ended(effort.written(.applied))
        }
        guard effort.attempts < Self.attemptLimit else {
          return .ended(effort.written(.failed((error as? LDAPError)?.result ?? .unavailable)))
        }
        return .again
      } catch {
        lost = lease
      }
    }
    return .ended(effort.written(.unknown))
  }
}

/// One change on its way.
struct Effort {
  let change: Change
  let condition: Filter?
  /// What the server can check for this change; less than it says where it judges wrongly.
  var support: WriteSupport
  let deadline: Duration
  var attempts = 0
  var wasUnknown = false
  private var pause = Duration.milliseconds(50)
  private var waited = Duration.zero

  init(change: Change, condition: Filter?, support: WriteSupport, deadline: Duration) {
    self.change = change
    self.condition = condition
    self.support = support
    self.deadline = deadline
  }

  func written(_ verdict: Outcome.Verdict) -> Written {
    Written(outcome: Outcome(change: change.id, verdict, attempts: attempts, wasUnknown: wasUnknown))
  }

  /// Waits longer each time; `false` when the deadline is reached.
  mutating func waitForServer() async -> Bool {
    guard waited < deadline else { return false }
    let time = min(pause, deadline - waited)
    try? await Task.sleep(for: time)
    waited += time
    pause = min(pause * 2, .seconds(5))
    return true
  }
}
