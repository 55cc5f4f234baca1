import Directory
import Foundation

/// One role change of a run, as it was journalled before it was sent, with what became of it.
package struct JournalledRolePush: Hashable, Sendable {
  package var run: Int
  /// Counted from 0, in the order in which they came to be sent.
  package var number: Int
  package var target: String
  package var direction: RoleChange.Direction
  /// An HSA-id; for one whom nobody knows what the target knows it by, until that has expired.
  package var person: HSAIdentity
  package var isProtected: Bool
  package var role: String
  /// As the target writes it; `nil` when it has expired.
  package var value: String?
  package var place: Directory.Change.Place
  package var isEnding: Bool
  package var cause: RoleChange.Cause?
  package var rule: String?
  package var commission: HSAIdentity?
  package var entryUUID: String?
  /// When it was first about to be sent; `nil` when it never was.
  package var intended: Date?
  /// How many times it was about to be sent.
  package var attempts: Int
  /// `nil`: it is not known what became of it, and no later run has looked.
  package var outcome: RoleOutcome?
  /// Whether nobody knew for a while what became of it.
  package var wasUnknown: Bool
  package var settled: Date?
}

/// What became of one role change, as a run takes it.
struct RoleSettlement: Sendable {
  var number: Int
  var change: RoleChange
  var outcome: RoleOutcome
}

/// By what a role change is the same one when it is tried again.
struct RoleChangeKey: Hashable, Sendable {
  private let target: String
  private let direction: RoleChange.Direction
  private let person: HSAIdentity
  private let value: String
  private let entryUUID: String?
  /// Where no entryUUID tells holders of one HSA-id apart.
  private let holder: String?

  init(_ change: RoleChange) {
    target = change.target
    direction = change.direction
    person = change.person
    value = change.value
    entryUUID = change.entryUUID
    holder = change.entryUUID == nil && change.direction == .loss ? change.holder : nil
  }
}
