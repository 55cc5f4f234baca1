import Foundation
import LDAP

/// What differs between what is desired and what was observed, as writes in an order that is safe to stop at any point.
package struct Plan: Sendable {
  /// The instant for which it was made; "now" is an argument.
  package var instant: Date
  package var base: DistinguishedName
  /// In order: every prefix leaves a sound directory.
  package var changes: [Change]
  /// What stands in the way or is worth knowing; a plan with an error-severity finding is not applied.
  package var findings: [Finding]
  /// How many desired rows were in agreement.
  package var unchanged: Int
  /// How many managed entries were observed, by kind.
  package var observed: [Kind: Int]
  package var proof: ReadProof
  /// What the desired state was.
  package var desired = DesiredSummary()
  /// What was observed where.
  package var population = Population()
  /// What the guards found, tripped or not; empty when they have not looked at it.
  package var guards: [GuardVerdict] = []
  /// Whether it holds only endings by positive evidence, which no guard but their ceiling and the clocks hold back.
  package var isOfEndings = false
  /// In words, what of a larger plan this is; `nil`: all of it.
  package var part: String?
  /// Who is missing from a source that declares itself complete, changed or not; none when the read was not complete.
  package var absentees: [HSAIdentity] = []
  /// The names of protected persons that were observed, so that they can be masked where others refer to them.
  package var protectedNames: [DistinguishedName: HSAIdentity] = [:]
  /// What will happen by itself, where somebody asked.
  package var foreseen: [Foreseen] = []
  /// What targets of role assignments would lose and gain; `nil` where there are no role rules.
  package var roles: RolePlan?

  package init(
    instant: Date, base: DistinguishedName, changes: [Change], findings: [Finding], unchanged: Int,
    observed: [Kind: Int], proof: ReadProof
  ) {
    self.instant = instant
    self.base = base
    self.changes = changes
    self.findings = findings
    self.unchanged = unchanged
    self.observed = observed
    self.proof = proof
  }

  /// The run that it takes back; `nil` when it is no undo.
  package var undoneRun: Int? {
    guard case .undo(let run) = changes.first?.cause else { return nil }
    return run
  }

  /// Whether there is nothing to do: neither to entries nor to roles.
  package var isEmpty: Bool { changes.isEmpty && (roles?.changes.isEmpty ?? true) }

  /// How many changes of an action there are.
  package func count(_ action: Change.Action) -> Int { changes.count { $0.action == action } }
}

/// Something that will happen by itself: a date that has been set is reached.
package struct Foreseen: Hashable, Sendable {
  package enum Event: String, Hashable, Sendable, Codable {
    case starts, ends, membershipStarts, membershipEnds
    /// Absent for long enough to be deleted by the plan of that day.
    case deletion
  }
  package var at: Date
  package var event: Event
  package var kind: Kind
  package var identity: HSAIdentity
  package var label: String?
  package var isProtected: Bool
  /// The commission's member, for memberships.
  package var member: HSAIdentity?

  package init(
    at: Date, _ event: Event, kind: Kind, identity: HSAIdentity, label: String? = nil,
    isProtected: Bool = false,
    member: HSAIdentity? = nil
  ) {
    self.at = at
    self.event = event
    self.kind = kind
    self.identity = identity
    self.label = label
    self.isProtected = isProtected
    self.member = member
  }
}

/// What shows that a read saw everything: "not seen" is worth nothing without it.
package struct ReadProof: Hashable, Sendable, Codable {
  package enum Method: String, Hashable, Sendable, Codable {
    /// RFC 4533 refreshOnly.
    case contentSync
    /// One search without paging.
    case search
    /// RFC 2696 pages of one search.
    case pagedSearch
    /// An LDIF export; proves nothing about the live directory.
    case file
  }
  package var method: Method
  /// The server that was read, or the file.
  package var origin: String
  /// Who we were, by RFC 4532 "Who am I?".
  package var authorizationIdentity: String
  package var entries: Int
  /// Search result references seen: any makes the read incomplete.
  package var referrals: Int
  /// The final result was success.
  package var finished: Bool
  /// `contextCSN` before and after the read, where the server has it.
  package var contextBefore: [String]
  package var contextAfter: [String]
  /// The reasons why it is not complete; empty when it is.
  package var faults: [Fault]
  /// How far the directory's clock is ahead of ours, in seconds, where it shows one.
  package var clockSkew: Int?
  /// When it was read, by our own clock; `nil` for a file. Not the plan's instant, which may be any day.
  package var readAt: Date?

  package init(
    method: Method, origin: String, authorizationIdentity: String, entries: Int = 0, referrals: Int = 0,
    finished: Bool = false, contextBefore: [String] = [], contextAfter: [String] = [], faults: [Fault] = []
  ) {
    self.method = method
    self.origin = origin
    self.authorizationIdentity = authorizationIdentity
    self.entries = entries
    self.referrals = referrals
    self.finished = finished
    self.contextBefore = contextBefore
    self.contextAfter = contextAfter
    self.faults = faults
  }

  /// The same for whoever is to know nothing of the region's servers and accounts.
  package var withoutServer: ReadProof {
    var proof = self
    // Not empty: that would be nobody, whom a guard holds.
    if method != .file { (proof.origin, proof.authorizationIdentity) = ("", "-") }
    return proof
  }

  /// Whether everything that is under the base was seen.
  package var isComplete: Bool { finished && referrals == 0 && faults.isEmpty }
}

extension Plan {
  /// The same for whoever is to know nothing of the region's servers and accounts.
  package var withoutServers: Plan {
    var plan = self
    plan.proof = proof.withoutServer
    for index in plan.roles?.targets.indices ?? 0..<0 where plan.roles?.targets[index].fault != nil {
      plan.roles?.targets[index].fault = "it could not be read; the region's administrators see why"
    }
    return plan
  }
}
