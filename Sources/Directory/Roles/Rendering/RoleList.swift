import Foundation
import LDAP

/// Which assignments are asked for; what is `nil` is not asked about.
package struct RoleSelection: Hashable, Sendable {
  package var person: HSAIdentity?
  /// To which an assignment is tied, within which it holds, or at which the person lies: a unit or a care provider.
  package var unit: HSAIdentity?
  package var role: RolePattern?

  package init(person: HSAIdentity? = nil, unit: HSAIdentity? = nil, role: RolePattern? = nil) {
    self.person = person
    self.unit = unit
    self.role = role
  }
}

/// Who holds which roles, by person.
package struct RoleList: Sendable {
  package struct Holder: Hashable, Sendable {
    package var person: HSAIdentity
    /// What people call the person; `nil` for a protected one.
    package var label: String?
    package var isProtected: Bool
    package var place: Change.Place
    package var assignments: [Assignment]
  }

  package let instant: Date
  package let selection: RoleSelection
  /// By HSA-id; those who hold nothing of what is asked for are left out.
  package let holders: [Holder]

  package init(_ derivation: RoleDerivation, _ selection: RoleSelection = RoleSelection()) {
    instant = derivation.instant
    self.selection = selection
    let people = selection.person.map { [$0] } ?? derivation.holders
    holders = people.compactMap { identity in
      let person = derivation.person(identity)
      let place = person?.place ?? Change.Place()
      let assignments = derivation.assignments(of: identity).filter { selection.asks(for: $0, of: place) }
      guard !assignments.isEmpty else { return nil }
      return Holder(
        person: person?.identity ?? identity, label: person?.label, isProtected: person?.isProtected ?? true,
        place: place, assignments: assignments)
    }
  }

  package var assignments: Int { holders.reduce(0) { $0 + $1.assignments.count } }
  /// How many roles there are, those of one text counted once.
  package var roles: Int {
    Set(holders.flatMap { $0.assignments.map { RoleName.normalForm($0.role) } }).count
  }
}

extension RoleSelection {
  fileprivate func asks(for assignment: Assignment, of place: Change.Place) -> Bool {
    if let role, !role.matches(assignment.role) { return false }
    guard let unit else { return true }
    let places = [assignment.scope, assignment.unit, assignment.provider, place.unit, place.provider]
    return places.contains { $0 == unit }
  }
}
