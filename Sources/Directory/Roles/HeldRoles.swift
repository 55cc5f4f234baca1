import Foundation

/// What is ours at a target, as it was read there.
package struct HeldRoles: Sendable {
  /// The target's name.
  package var target: String
  /// Those in the target's namespace, each with its holder.
  package var roles: [HeldRole]
  /// How many there are that are not ours; they are never touched.
  package var foreign: Int
  /// Of whom all is told that they have there; `nil`: of everybody. Of others nothing follows from what is missing.
  package var persons: Set<HSAIdentity>?

  package init(
    target: String, roles: [HeldRole] = [], foreign: Int = 0, of persons: Set<HSAIdentity>? = nil
  ) {
    self.target = target
    self.roles = roles
    self.foreign = foreign
    self.persons = persons
  }

  /// Whether all is told that somebody has there.
  package func tells(of person: HSAIdentity) -> Bool { persons?.contains(person) ?? true }
}

/// One role that one holder has at a target.
package struct HeldRole: Hashable, Sendable {
  /// The holder's HSA-id; of one that has none, `entryUUID ` and its entryUUID, or what the target knows it by.
  package var person: HSAIdentity
  /// As the target writes it.
  package var value: String
  /// By what the target knows the holder: a DN, a SCIM id; empty where it knows nothing but the HSA-id.
  package var holder: String
  /// The entry that holds it, at targets in the directory.
  package var entryUUID: String?
  /// The period, at targets that keep one.
  package var from: Date?
  package var to: Date?

  package init(
    person: HSAIdentity, value: String, holder: String = "", entryUUID: String? = nil, from: Date? = nil,
    to: Date? = nil
  ) {
    self.person = person
    self.value = value
    self.holder = holder
    self.entryUUID = entryUUID
    self.from = from
    self.to = to
  }
}
