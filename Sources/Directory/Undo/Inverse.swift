import LDAP

/// The change that takes another one back.
package struct Inverse: Sendable {
  package var change: Change
  /// The attributes that it cannot give back, in alphabetical order.
  package var unrestorable: [String]

  /// Why a change that was made cannot be taken back.
  package enum Impossible: Error, Hashable, Sendable {
    /// The entry that was deleted was not kept, or is kept no longer.
    case entryNotKept
    /// The server did not tell which entry was written, or in which state it was left, so that nobody else's work
    /// could be told from ours.
    case stateNotKnown
    /// All that it wanted was there before it.
    case nothingChanged
  }
}

extension Change {
  /// The change that takes this one back, bound to what this one left behind: where somebody has touched that
  /// since, it will be stale.
  ///
  /// - Parameters:
  ///   - run: the run that made the change.
  ///   - entryUUID: the entry's, as the server told after the write; needed for what the change created.
  ///   - entryCSN: the entry's after the last write of that run to it.
  ///   - before: the entry before the change: all of it (`*` and `+`) for a deletion, else at least the attributes
  ///     that the change touches, those of the old and the new name included; what was there already is then left.
  package func inverse(
    run: Int, entryUUID: String?, entryCSN: String?, before: Entry?, profile: Profile, schema: Schema
  ) throws(Inverse.Impossible) -> Inverse {
    let uuid = entryUUID ?? precondition.entryUUID
    var result = Inverse(change: self, unrestorable: [])
    result.change.action = action.inverse
    result.change.cause = .undo(run: run)
    result.change.isEnding = false
    result.change.dn = newDN ?? dn
    result.change.newDN = nil
    result.change.after = []
    result.change.following = []
    switch operation {
    case .add:
      guard let uuid, let entryCSN else { throw .stateNotKnown }
      result.change.operation = .delete(result.change.dn)
      result.change.differences = []
      result.change.precondition = Precondition(
        assertion: .equal("entryUUID", Value(uuid)), entryUUID: uuid, entryCSN: entryCSN)
    case .modify(_, let modifications):
      let inverse = InverseModifications(modifications, differences, before: before, schema: schema)
      guard !inverse.modifications.isEmpty else { throw .nothingChanged }
      if inverse.needsCSN, entryCSN == nil { throw .stateNotKnown }
      result.change.operation = .modify(result.change.dn, inverse.modifications)
      result.change.differences = inverse.differences
      result.change.precondition = Change.precondition(
        uuid, inverse.conditions, csn: inverse.needsCSN ? entryCSN : nil)
    case .rename(_, _, let deleteOldRDN, let newSuperior):
      let inverse = InverseRename(
        from: result.change.dn, to: dn, deletedOldRDN: deleteOldRDN, isMove: newSuperior != nil,
        before: before, schema: schema)
      result.change.operation = inverse.operation
      result.change.newDN = dn
      result.change.differences = differences.map(\.reversed)
      result.change.precondition = Change.precondition(uuid, [], csn: nil)
      result.change.place = destination ?? place
      result.change.destination = destination.map { _ in place }
      result.unrestorable = inverse.unrestorable
    case .delete:
      guard let before else { throw .entryNotKept }
      let restored = RestoredEntry(before, dn: dn, profile: profile, schema: schema)
      result.change.operation = .add(restored.entry)
      result.change.differences = restored.differences(identity: profile.identity)
      result.change.precondition = Precondition()
      result.unrestorable = restored.unrestorable
    }
    return result
  }

  private static func precondition(_ uuid: String?, _ conditions: [Filter], csn: String?) -> Precondition {
    let all = (uuid.map { [Filter.equal("entryUUID", Value($0))] } ?? []) + conditions
    return Precondition(
      assertion: all.count > 1 ? .and(all) : all.first, entryUUID: uuid, entryCSN: csn)
  }
}

extension Change.Action {
  /// What taking it back is called.
  package var inverse: Change.Action {
    switch self {
    case .create: .delete
    case .delete: .create
    case .deactivate, .archive: .reactivate
    case .reactivate: .deactivate
    case .update, .move, .rename: self
    }
  }
}

extension Change.Difference {
  /// What came goes, and what went comes.
  var reversed: Change.Difference {
    Change.Difference(
      attribute, style == .initial ? .values : style, removed: added, added: removed, kept: kept)
  }
}
