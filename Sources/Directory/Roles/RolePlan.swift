import Foundation
import LDAP

/// What would be taken away and given at targets, as part of a plan.
package struct RolePlan: Sendable {
  /// What was found at one target.
  package struct Target: Hashable, Sendable {
    package var name: String
    /// How many roles of ours it holds, and how many that are not ours.
    package var held: Int
    package var foreign: Int
    /// Why it could not be read; then nothing is planned for it, and it is caught up later.
    package var fault: String?

    package init(name: String, held: Int, foreign: Int, fault: String? = nil) {
      self.name = name
      self.held = held
      self.foreign = foreign
      self.fault = fault
    }
  }

  /// ``RoleRules/digest``.
  package var rules: String
  /// Whether the rules are proposed ones: such a plan is looked at and never applied.
  package var isProposed: Bool
  /// Losses before gains; by target, person and value.
  package var changes: [RoleChange]
  package var targets: [Target]
  /// What guards measure against: how many there are now.
  package var scale: RoleScale

  package init(
    rules: String, isProposed: Bool = false, changes: [RoleChange] = [], targets: [Target] = [],
    scale: RoleScale = RoleScale()
  ) {
    self.rules = rules
    self.isProposed = isProposed
    self.changes = changes
    self.targets = targets
    self.scale = scale
  }

  package func count(_ direction: RoleChange.Direction) -> Int {
    changes.count { $0.direction == direction }
  }
}

/// How many roles of ours are held before a plan, each person and role counted once however many targets hold it.
package struct RoleScale: Hashable, Sendable {
  package var total = 0
  /// By ``RoleName/normalForm(_:)``.
  package var roles: [String: Int] = [:]
  /// By where the assignment is tied or the person lies.
  package var units: [HSAIdentity: Int] = [:]
  package var providers: [HSAIdentity: Int] = [:]
  /// By unit and role, those alone that are tied to the unit.
  package var tied: [HSAIdentity: [String: Int]] = [:]
  package init() {}
}

/// One role that one person loses or gains at one target.
package struct RoleChange: Hashable, Sendable {
  package enum Direction: String, CaseIterable, Hashable, Sendable, Codable {
    case loss, gain
    /// Only the period becomes another, at targets that keep one.
    case renewal
  }

  /// Why a role is lost.
  package enum Cause: String, CaseIterable, Hashable, Sendable, Codable {
    /// The person's, the membership's, the commission's, the unit's, the provider's or the function's time is over.
    case ended
    /// A change of this plan takes it away.
    case entryChange
    /// No rule gives it to the person any longer.
    case noRule
    /// A rule gives it, and a constraint refuses it.
    case constraint
    /// Nobody known holds it: an entry without HSA-id, with another's, or one that has come in another's place.
    case unknownHolder
  }

  package var target: String
  package var direction: Direction
  package var person: HSAIdentity
  /// What people call the person; `nil` for a protected one.
  package var label: String?
  package var isProtected: Bool
  package var role: String
  /// As the target writes it.
  package var value: String
  /// What gives it (gains), or gave it as far as is known (losses).
  package var assignments: [Assignment]
  /// The values that give the first of them (gains).
  package var evidence: [RoleEvidence]
  /// Where the assignment is tied, or the person lies.
  package var place: Change.Place
  /// Why it is lost; `nil` for gains.
  package var cause: Cause?
  /// Whether it ends by positive evidence: no guard but its ceiling and the clocks hold it back.
  package var isEnding: Bool
  /// By what the target knows the holder, as ``HeldRole/holder``; for a gain in the directory the person's DN.
  package var holder: String
  /// The holder's entry, at targets in the directory.
  package var entryUUID: String?

  package init(
    target: String, _ direction: Direction, person: HSAIdentity, role: String, value: String,
    label: String? = nil, isProtected: Bool = false, assignments: [Assignment] = [],
    evidence: [RoleEvidence] = [],
    place: Change.Place = Change.Place(), cause: Cause? = nil, isEnding: Bool = false, holder: String = "",
    entryUUID: String? = nil
  ) {
    self.target = target
    self.direction = direction
    self.person = person
    self.role = role
    self.value = value
    self.label = label
    self.isProtected = isProtected
    self.assignments = assignments
    self.evidence = evidence
    self.place = place
    self.cause = cause
    self.isEnding = isEnding
    self.holder = holder
    self.entryUUID = entryUUID
  }
}
