import Directory
import Foundation
import LDAP

/// A run that is about to begin: who, when, why, what.
package struct NewRun: Hashable, Sendable {
  package enum Verb: String, Hashable, Sendable, CaseIterable {
    case apply, undo
    /// Role assignments were pushed to targets.
    case roles
  }

  package var verb: Verb
  package var actor: Actor
  /// Why, in the actor's words.
  package var reason: String?
  package var began: Date
  /// The plan's instant.
  package var instant: Date
  /// The plan's base, as a distinguished name.
  package var base: String
  /// The plan's digest, 64 hexadecimal digits.
  package var digest: String
  package var desired: DesiredSummary
  package var isOfEndings: Bool
  /// In words, what of a larger plan it is; `nil`: all of it.
  package var part: String?
  /// How many changes the plan has: of roles where the run pushes these, else of entries.
  package var changes: Int
  /// The run that this one undoes.
  package var undoes: Int?
  /// The plan's `contextCSN`s.
  package var context: [String]

  /// - Parameters:
  ///   - digest: ``Plan``'s, which this does not compute.
  ///   - time: now.
  package init(
    _ verb: Verb = .apply, of plan: Plan, digest: String, by actor: Actor, at time: Date,
    reason: String? = nil,
    undoes: Int? = nil
  ) {
    self.verb = verb
    self.actor = actor
    self.reason = reason
    began = time
    instant = plan.instant
    base = plan.base.description
    self.digest = digest
    desired = plan.desired
    isOfEndings = plan.isOfEndings
    part = plan.part
    changes = verb == .roles ? plan.roles?.changes.count ?? 0 : plan.changes.count
    self.undoes = undoes
    context = plan.proof.finished ? plan.proof.contextAfter : []
  }
}

/// A run as the store remembers it.
package struct RunRecord: Hashable, Sendable {
  package var id: Int
  package var verb: NewRun.Verb
  package var actor: Actor
  package var reason: String?
  package var began: Date
  /// `nil` while it goes on, or when its process died and no later run has looked after it.
  package var ended: Date?
  /// Whether its process died, and a later run settled what was under way.
  package var isInterrupted: Bool
  package var exitCode: ExitCode?
  /// Why it ended early, as ``ApplyResult/Stop`` names it.
  package var stop: String?
  package var instant: Date
  package var base: String
  package var digest: String
  package var desired: DesiredSummary
  package var isOfEndings: Bool
  package var part: String?
  /// How many changes the plan had; those that were never sent are in no operation.
  package var changes: Int
  package var undoes: Int?
  /// How many operations ended in each way.
  package var counts = Counts()
  /// How many role changes did.
  package var roleCounts = Counts()

  /// Operations by how they ended.
  package struct Counts: Hashable, Sendable {
    package var applied = 0
    /// Found as wanted: nothing was written.
    package var appliedAlready = 0
    package var stale = 0
    /// Refused by the directory, or not sent to it because it cannot do it safely.
    package var failed = 0
    package var notSent = 0
    /// In doubt: sent, perhaps, and not known to have been done.
    package var unknown = 0
    package init() {}
  }
}

/// One operation of a run, as it was journalled before it was sent, with what became of it.
package struct JournalledOperation: Sendable {
  package var run: Int
  /// The change's ``Change/id`` in its plan.
  package var number: Int
  package var action: Change.Action
  package var kind: Kind
  package var identity: HSAIdentity
  package var isProtected: Bool
  package var place: Change.Place
  /// The attributes that it is about; names only.
  package var attributes: [String]
  package var intended: Date
  /// `nil`: it is not known what became of it, and no later run has looked.
  package var verdict: Outcome.Verdict?
  package var attempts: Int
  /// Whether an answer was lost and the directory was read to learn what happened.
  package var wasUnknown: Bool
  package var settled: Date?
  /// Whether a later run read back what became of it.
  package var isRecovered: Bool
  /// The entry's, after the operation.
  package var entryUUID: String?
  package var entryCSN: String?
  /// The whole change with its values; `nil` when it has expired, or was not asked for.
  package var change: Change?
  /// The whole entry as it was just before it was deleted.
  package var before: Entry?
}
