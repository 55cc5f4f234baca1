import Directory
import LDAP

// What is done when an answer does not simply say "done".
extension Writer {
  /// How often a write is sent at most, when its answer is lost and it turns out not to have happened.
  private static let attemptLimit = 3

  /// An answer that says the entry is not as the plan saw it: perhaps it is already as the plan wants it.
  func settleConflict(
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
    } catch let error as LDAPError where error.isWorthRetrying && error.code != .operationFailed {
      // The server has answered this write, so it is not in doubt: what it means is read over a new connection.
      guard effort.mayStartAgain(), let lease = await session.replace(lease) else {
        return .ended(effort.written(.failed(result)))
      }
      return await settleConflict(result, &effort, lease)
    } catch {
      return .ended(effort.written(.failed(result)))
    }
  }

  /// No answer came: reads the entry over a new connection and goes by what is there.
  func settleUnknown(_ effort: inout Effort, _ lease: WriteSession.Lease) async -> Step {
    effort.wasUnknown = true
    guard let lease = await session.replace(lease) else { return .ended(effort.written(.unknown)) }
    do {
      let entry = try await find(effort.change, lease)
      if Fulfilment(schema: schema).isFulfilled(effort.change, by: entry) {
        // The entry's CSN is not taken from here: somebody else may have written since, and a later deletion
        // that is bound to the whole entry must notice.
        var written = effort.written(.applied)
        written.entryUUID = entry?.text("entryUUID")
        return .ended(written)
      }
      let isWorthMore = effort.attempts < Self.attemptLimit
      return isWorthMore ? .again : .ended(effort.written(.failed(.unavailable)))
    } catch let error as LDAPError where error.isWorthRetrying && error.code != .operationFailed {
      return effort.mayStartAgain()
        ? await settleUnknown(&effort, lease) : .ended(effort.written(.unknown))
    } catch {
      // The server answers, and does not let us see: that tells nothing about the write.
      return .ended(effort.written(.unknown))
    }
  }

  /// The attributes that the server stores spelled otherwise than we sent them, and would tell us so each time.
  func respelled(_ operation: WriteOperation, _ after: Entry) -> [Outcome.Note] {
    let sent: [(name: String, values: [Value])] =
      switch operation {
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
}
