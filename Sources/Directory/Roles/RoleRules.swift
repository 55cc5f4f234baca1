import Foundation
import LDAP

/// The rules by which roles follow from entries, with what limits them.
package struct RoleRules: Sendable {
  /// The file they were read from.
  package var file: String
  /// SHA-256 of the file and of the requests, 64 hexadecimal digits.
  package var digest: String
  /// Roles come only from entries under these; none: under all of the configuration's base.
  package var bases: [DistinguishedName]
  /// Attributes (server names) without which a commission gives nobody anything: its own, its unit's, its provider's.
  package var mandatory: [RoleSubject: [String]]
  package var rules: [RoleRule]
  package var constraints: [RoleConstraint]
  package var requests: [RoleRequest]
  /// What is worth knowing about the file, though nothing in it is wrong.
  package var warnings: [Finding] = []

  package init(file: String, digest: String = "", rules: [RoleRule] = []) {
    self.file = file
    self.digest = digest
    self.rules = rules
    bases = []
    mandatory = [:]
    constraints = []
    requests = []
  }
}

/// What limits who may hold roles, whichever rule gives them.
package struct RoleConstraint: Sendable {
  package enum Limit: Sendable {
    /// Only people who lie under one of these units.
    case units([HSAIdentity])
    /// Only on request by somebody who meets the condition, lies under one of the units (none: anywhere), and is
    /// not the person who gets it.
    case requesters(Filter?, units: [HSAIdentity])
    /// Nobody may hold two of the constraint's roles: of those that the rules give, the first listed stays.
    case exclusive
    /// At most so many holders: who began first, and then by HSA-id.
    case maximum(Int)
  }
  package var roles: [RolePattern]
  package var limit: Limit
  package var position: SourcePosition
  /// Where each of the patterns was written, for findings.
  package var places: [SourcePosition] = []

  package init(roles: [RolePattern], _ limit: Limit, position: SourcePosition) {
    self.roles = roles
    self.limit = limit
    self.position = position
  }
}

/// Somebody has asked that a person shall hold a role.
package struct RoleRequest: Hashable, Sendable {
  package var role: String
  package var person: HSAIdentity
  /// Who asked.
  package var requester: HSAIdentity
  package var from: Date?
  /// The first moment that is outside.
  package var to: Date?
  package var position: SourcePosition

  package init(
    role: String, person: HSAIdentity, requester: HSAIdentity, from: Date? = nil, to: Date? = nil,
    position: SourcePosition
  ) {
    self.role = role
    self.person = person
    self.requester = requester
    self.from = from
    self.to = to
    self.position = position
  }
}
