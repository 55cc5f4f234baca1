import Foundation
import LDAP

/// Makes the plan that takes a run back: the inverse of each change that was made, the last one first.
///
/// It is a plan as any other, to be shown, guarded and applied: its conditions are that what the run left is still there.
package enum Undo {
  /// What is known of a change that a run had before it.
  package struct Record: Sendable {
    package var change: Change
    /// Whether we changed the directory by it; what was found as wanted is not ours to take back.
    package var isApplied: Bool
    /// The entry's, as the server told after the write.
    package var entryUUID: String?
    /// The entry's after the write, as the server told.
    package var entryCSN: String?
    /// The entry before the write: whole for a deletion, else what the change touches.
    package var before: Entry?

    package init(
      _ change: Change, isApplied: Bool, entryUUID: String? = nil, entryCSN: String? = nil,
      before: Entry? = nil
    ) {
      self.change = change
      self.isApplied = isApplied
      self.entryUUID = entryUUID
      self.entryCSN = entryCSN
      self.before = before
    }

    /// The entry that it is about, as far as that is known.
    var entry: String? { entryUUID ?? change.precondition.entryUUID }
  }

  /// The plan, and by entry the attributes that it cannot give back; both are told in its findings too.
  ///
  /// - Parameters:
  ///   - records: those of one run, in any order.
  ///   - run: that run.
  ///   - proof: how the directory was read, when it was looked at.
  package static func plan(
    of records: [Record], run: Int, instant: Date, base: DistinguishedName, proof: ReadProof,
    profile: Profile,
    schema: Schema
  ) -> (plan: Plan, unrestorable: [(identity: HSAIdentity, attributes: [String])]) {
    var reversal = Reversal(records, run: run, profile: profile, schema: schema)
    reversal.reverse()
    let plan = Plan(
      instant: instant, base: base, changes: reversal.changes, findings: reversal.findings, unchanged: 0,
      observed: [:], proof: proof)
    return (plan, reversal.unrestorable)
  }
}
