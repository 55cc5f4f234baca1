import Foundation
import LDAP

/// Who holds which roles: what follows from entries, rules and an instant, and from nothing else.
///
/// Give it the entries (``take(_:)``), then ``derive(at:)``. Afterwards a change of entries or of time derives anew
/// only what depends on it, and the result is the one that deriving everything would give.
package struct RoleDerivation: Sendable {
  package let rules: RoleRules
  package private(set) var instant = Date(timeIntervalSince1970: 0)

  /// - Parameters:
  ///   - base: the configuration's base, for rules that name none of their own.
  ///   - known: the entryUUID by which each HSA-id is known; an entry with another gives nothing until it is adopted.
  package init(
    _ rules: RoleRules, profile: Profile, schema: Schema, base: DistinguishedName,
    known: [HSAIdentity: String] = [:]
  ) {
    self.rules = rules
  }

  /// The attributes that must be read of every entry.
  package static func attributes(_ rules: RoleRules, _ profile: Profile) -> [String] { [] }

  /// Takes a batch of observed entries, in any order.
  package mutating func take(_ batch: EntryTable) {}

  /// Derives everything.
  package mutating func derive(at instant: Date) { self.instant = instant }

  // MARK: What is changed

  /// Takes entries that are new or have changed, each whole, and derives what depends on them.
  ///
  /// - Returns: the persons whose assignments may have become others.
  package mutating func put(_ entries: EntryTable) -> Set<HSAIdentity> { [] }

  /// Forgets entries by their entryUUID, and derives what depended on them.
  package mutating func remove(_ entryUUIDs: [String]) -> Set<HSAIdentity> { [] }

  /// Makes the changes of a plan, as if they had been applied, and derives what depends on them.
  package mutating func make(_ changes: [Change]) -> Set<HSAIdentity> { [] }

  /// Lets time pass, or go back, and derives what depends on it.
  package mutating func advance(to instant: Date) -> Set<HSAIdentity> { [] }

  // MARK: What follows

  /// Everybody who holds something, by HSA-id.
  package var holders: [HSAIdentity] { [] }

  /// What a person holds, in order; nothing when there is no such person.
  package func assignments(of person: HSAIdentity) -> [Assignment] { [] }

  /// What a person would hold if no date had ended or not yet begun: what is lost that stands here was ended by time.
  package func assignmentsRegardlessOfTime(of person: HSAIdentity) -> [Assignment] { [] }

  /// What rules gave and constraints refused, with the constraint.
  package func refused(of person: HSAIdentity) -> [(assignment: Assignment, by: RoleConstraint)] { [] }

  /// The values that gave an assignment.
  package func evidence(for assignment: Assignment) -> [RoleEvidence] { [] }

  /// A person who was seen under the bases, once, and is known by no other entryUUID.
  package func person(_ identity: HSAIdentity) -> RolePerson? { nil }

  /// The HSA-id and entryUUID of every entry that has a part in an assignment: what is remembered as known.
  package var participants: [HSAIdentity: String] { [:] }

  /// Commissions withheld for a bad mandatory value, entries seen twice, come in another's place, or outside the bases,
  /// dates and memberships that cannot be read; each with how many people it takes something from.
  package var findings: [Finding] { [] }

  /// When something next begins or ends by itself.
  package func nextBoundary(after instant: Date) -> Date? { nil }
}
