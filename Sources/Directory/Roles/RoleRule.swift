import Foundation
import LDAP

/// What a rule joins: each is an entry, and each but the person may be left out.
package enum RoleSubject: String, CaseIterable, Hashable, Sendable, Codable {
  case person, commission, unit, provider, function
}

/// One rule: who holds a role, for how long, and what it is tied to.
///
/// It gives a role to a person who meets its conditions together with a commission that the person is a member of, a
/// function that the person occupies, a unit and a care provider. All that are joined must be valid at the
/// instant, whatever the conditions say: started, not ended, not archived, the membership running.
package struct RoleRule: Sendable {
  /// By which it is known; one of a kind in its set.
  package var name: String
  package var role: RoleTemplate
  /// What it is for, by language.
  package var description: [Language: String]
  /// Where it is documented that the system wants this.
  package var source: String?
  /// At most one for each subject; a subject that is joined without a condition of its own has `(objectClass=*)`.
  package var conditions: [RoleCondition]
  /// A right that the commission must give.
  package var right: CommissionRight?
  /// Whether only those get it for whom it has been requested.
  package var needsRequest: Bool
  package var scope: RoleScope
  /// What ends an assignment that is passed on to targets; the earliest counts.
  package var until: [RoleEnd]
  package var examples: [RoleExample]
  package var position: SourcePosition
  /// Where its keys (`role`, `scope`, `until`, ...) and the attributes in its conditions and its role (`person hsatitle`:
  /// subject and server's name in small letters) were written, for findings.
  package var places: [String: SourcePosition] = [:]

  package init(name: String, role: RoleTemplate, conditions: [RoleCondition], position: SourcePosition) {
    self.name = name
    self.role = role
    self.conditions = conditions
    self.position = position
    description = [:]
    needsRequest = false
    scope = .none
    until = RoleEnd.all
    examples = []
  }

  /// The condition on a subject; `nil` when the rule does not join it.
  package func condition(_ subject: RoleSubject) -> RoleCondition? {
    conditions.first { $0.subject == subject }
  }
}

/// What one of a rule's entries must be like.
package struct RoleCondition: Hashable, Sendable {
  package var subject: RoleSubject
  package var filter: Filter
  package var position: SourcePosition

  package init(_ subject: RoleSubject, _ filter: Filter, position: SourcePosition) {
    self.subject = subject
    self.filter = filter
    self.position = position
  }
}

/// The text of a role, with values of the joined entries in it: `INTYG;Rehab-{unit.hsaIdentity}`.
///
/// An attribute with several values makes a role of each.
package struct RoleTemplate: Hashable, Sendable {
  package enum Part: Hashable, Sendable {
    case literal(String)
    /// By the server's name.
    case attribute(RoleSubject, String)
  }
  /// As written.
  package var text: String
  package var parts: [Part]

  package init(text: String, parts: [Part]) {
    self.text = text
    self.parts = parts
  }
}

/// What an assignment is tied to: where it may be used, and where a block (spärr) acts.
package enum RoleScope: Hashable, Sendable {
  case none, unit, provider
  case identity(HSAIdentity)
}

/// A date that ends an assignment.
package enum RoleEnd: Hashable, Sendable {
  case membership
  /// An attribute that holds a date, by the server's name; `endDate` of each is meant by ``all``.
  case attribute(RoleSubject, String)
  /// The end date of an entry, as the profile names it.
  case end(RoleSubject)

  /// Whatever ends first.
  package static let all: [RoleEnd] = RoleSubject.allCases.map { .end($0) } + [.membership]
}

/// A case that shows what a rule does, run by `hsasync check`.
package struct RoleExample: Sendable {
  /// Attributes (server names) of each entry; what is not given is filled in so that the entry is sound.
  package var given: [RoleSubject: [Attribute]]
  /// The membership's period.
  package var membership: (from: Date?, to: Date?)
  /// Those that there shall be none of: without a commission, the person is a member of none.
  package var absent: Set<RoleSubject> = []
  /// The period of a request for the role; `nil`: nobody has asked.
  package var request: (from: Date?, to: Date?)? = (nil, nil)
  package var instant: Date
  /// The roles that the person then has by this rule; none: nothing.
  package var gives: [String]
  package var position: SourcePosition

  package init(
    given: [RoleSubject: [Attribute]], membership: (from: Date?, to: Date?) = (nil, nil), instant: Date,
    gives: [String], position: SourcePosition
  ) {
    self.given = given
    self.membership = membership
    self.instant = instant
    self.gives = gives
    self.position = position
  }
}
