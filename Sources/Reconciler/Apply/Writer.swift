import Directory
import LDAP

/// What a write came to, with what the next write to the entry must know.
struct Written: Sendable {
  var outcome: Outcome
  /// The entry's CSN after it; `nil` when the server did not say or we did not write.
  var entryCSN: String?
  /// The entry's identity, where the server told it.
  var entryUUID: String?
  /// Why nothing more is sent, where that is known.
  var stop: ApplyResult.Stop?
}

/// Carries one change to its end: sends it, waits while the server is busy, settles what is unclear.
struct Writer: Sendable {
  let session: WriteSession
  let schema: Schema
  let support: WriteSupport
  let base: DistinguishedName
  /// Attributes (small letters) whose spelling is the server's.
  let serverSpells: Set<String>
  /// Attributes (small letters) whose values only one entry may have.
  let unique: Set<String>
  /// The attribute that holds the HSA-id.
  let identity: String
  let settings: Applier.Settings
  var permit = WritePermit.always

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
  func refusal(of change: Change) -> Outcome.RefusalReason? {
    let isConditional = support.assertion && change.condition(csn: nil) != nil
    guard !isConditional else { return nil }
    if change.isDeletion { return .deletionWithoutAssertion }
    return change.isRename ? .renameWithoutAssertion : nil
  }

  private func attempt(_ effort: inout Effort) async -> Step {
    guard let lease = await session.current(), !(await session.isStopped) else {
      return .ended(effort.written(.notSent))
    }
    do {
      if !effort.support.assertion, let verdict = try await checkByReading(effort, lease) {
        return .ended(effort.written(verdict))
      }
    } catch {
      return await startAgain(&effort, lease, error)
    }
    // As late as can be: the process may have been frozen since the change was planned, read or written down.
    guard permit.isGiven else {
      var written = effort.written(.notSent)
      written.stop = .lockLost
      return .ended(written)
    }
    effort.attempts += 1
    do throws(LDAPError) {
      let answer = try await lease.connection.perform(
        effort.support.operation(effort.change, schema: schema),
        controls: effort.support.controls(effort.change, condition: effort.condition),
        deadline: settings.writeDeadline)
      return await judge(answer, &effort, lease)
    } catch  where error.code == .unknownOutcome {
      return await settleUnknown(&effort, lease)
    } catch {
      effort.attempts -= 1
      return await startAgain(&effort, lease, error)
    }
  }

  /// Nothing was sent: a lost connection is replaced and the change begins anew; everything else is a failure.
  func startAgain(
    _ effort: inout Effort, _ lease: WriteSession.Lease, _ error: any Error
  ) async -> Step {
    let error = error as? LDAPError
    guard let error, error.isWorthRetrying, error.code != .operationFailed, effort.mayStartAgain() else {
      return .ended(effort.written(.failed(error?.result ?? .localError)))
    }
    return await session.replace(lease) == nil ? .ended(effort.written(.notSent)) : .again
  }

  /// Evaluates the condition here, where the server cannot; `nil` when it holds.
  func checkByReading(
    _ effort: Effort, _ lease: WriteSession.Lease
  ) async throws -> Outcome.Verdict? {
    guard !effort.change.isAddition, let condition = effort.condition else { return nil }
    let change = effort.change
    let attributes = condition.attributes.sorted() + change.attributesReplacedWhole + ["objectClass"]
    if let entry = try await lease.connection.entry(change.dn, attributes: attributes),
      condition.matches(entry, schema: schema) == true, change.findsWhatItReplaces(in: entry, schema)
    {
      return nil
    }
    return try await explain(change, lease)
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
  /// no modification of a unique attribute passes with one. The old values in the request are the condition then. For
  /// all other attributes the server's word stands: what holds again a moment later may be changing under us.
  private func isMisjudged(_ effort: Effort, _ lease: WriteSession.Lease) async -> Bool {
    guard case .modify(_, let modifications) = effort.change.operation, effort.support.assertion,
      effort.condition != nil,
      modifications.contains(where: { unique.contains($0.attribute.asciiLowercased) })
    else { return false }
    do { return try await checkByReading(effort, lease) == nil } catch { return false }
  }

  private func success(_ answer: WriteAnswer, _ effort: Effort) -> Written {
    var written = effort.written(.applied)
    if let after = answer.postRead {
      written.entryCSN = after.text("entryCSN")
      written.entryUUID = after.text("entryUUID")
      written.outcome.notes += respelled(effort.change.operation, after)
    }
    if !effort.support.assertion && effort.condition != nil {
      written.outcome.notes.append(.checkedByReading)
    }
    return written
  }
}
