import Foundation
import LDAP

/// Why a person holds roles, and why not: each rule's conditions with the values that meet them and those that do not.
///
/// It holds values as the directory has them: whoever shows it masks what may not be seen.
package struct RoleExplanation: Sendable {
  /// What is asked of a person, or of what a rule joins with the person.
  package struct Requirement: Hashable, Sendable {
    package enum Matter: Hashable, Sendable {
      /// The entry counts: seen once, under the bases, not in another's place.
      case standing
      /// It has begun and not ended, and is not archived.
      case validity
      case condition(Filter)
      case right(CommissionRight)
      /// The commission lists the person, at the instant.
      case membership
      /// A function names the person.
      case occupation
      /// There is such an entry: a unit above, a care provider that answers for it.
      case existence
      /// No mandatory value of the commission, its unit or its provider is bad: of this attribute.
      case soundness(attribute: String?)
      /// An attribute that ends it has not passed.
      case end(attribute: String)
      /// The attribute has a value that may stand in the role's text.
      case text(attribute: String)
      /// The text is the one that was asked for; otherwise it is these.
      case role([String])
      /// What the assignment is tied to is known.
      case scope
      case request
      /// The index in ``RoleRules/constraints``.
      case constraint(Int)
    }

    /// Why an entry does not count or a period does not hold.
    package enum Fault: Hashable, Sendable {
      case notSeen, seenTwice, inAnothersPlace, outsideBases
      /// It is something else than the rule speaks of.
      case otherKind
      case notBegun(Date)
      case ended(Date)
      case archived
      /// A person who was removed and whose certificates still run.
      case removed
      /// The attribute's date cannot be read.
      case unreadable(attribute: String)
    }

    package var matter: Matter
    package var subject: RoleSubject
    /// The entry of which it is asked; `nil` when there is none.
    package var identity: HSAIdentity?
    package var isMet: Bool
    /// Met: the values that meet it. Not met: the values that are there instead.
    package var values: [RoleEvidence]
    /// Of a condition that is not met: the assertions that would have to become true.
    package var failing: [Filter]
    package var fault: Fault?
    /// Where it is asked: the condition, the constraint, the request; `nil` for what is asked always.
    package var position: SourcePosition?

    package init(
      _ matter: Matter, _ subject: RoleSubject, of identity: HSAIdentity? = nil, isMet: Bool,
      values: [RoleEvidence] = [], failing: [Filter] = [], fault: Fault? = nil,
      at position: SourcePosition? = nil
    ) {
      self.matter = matter
      self.subject = subject
      self.identity = identity
      self.isMet = isMet
      self.values = values
      self.failing = failing
      self.fault = fault
      self.position = position
    }
  }

  /// One assignment that a rule gives, with all that gave it.
  package struct Given: Sendable {
    package var assignment: Assignment
    /// All of them met, in the order in which they are asked.
    package var requirements: [Requirement]
    /// The membership's period.
    package var membership: (from: Date?, to: Date?)?

    package init(
      _ assignment: Assignment, _ requirements: [Requirement], membership: (from: Date?, to: Date?)? = nil
    ) {
      self.assignment = assignment
      self.requirements = requirements
      self.membership = membership
    }
  }

  /// A rule that gives the person nothing, by the candidate that lacks the least.
  package struct Missing: Sendable {
    /// The rule's name and where it stands.
    package var rule: String
    package var position: SourcePosition
    /// The roles that it would give, as far as their text can be told.
    package var roles: [String]
    /// What would be joined.
    package var entries: [RoleSubject: HSAIdentity]
    package var membership: (from: Date?, to: Date?)?
    /// In the order in which they are asked, those that are met among them.
    package var requirements: [Requirement]

    /// What would have to change, all of it; the first first.
    package var failing: [Requirement] { requirements.filter { !$0.isMet } }

    package init(rule: String, position: SourcePosition, requirements: [Requirement] = []) {
      self.rule = rule
      self.position = position
      self.requirements = requirements
      roles = []
      entries = [:]
    }
  }

  package var person: HSAIdentity
  /// The role that was asked about; `nil`: all.
  package var role: String?
  package var instant: Date
  /// Why the person as such gets nothing; `nil` when nothing stands against it.
  package var fault: Requirement.Fault?
  package var isProtected: Bool
  /// Why: in order of the assignments.
  package var given: [Given]
  /// Why not: in order of the rules.
  package var missing: [Missing]

  package init(_ person: HSAIdentity, role: String?, at instant: Date) {
    self.person = person
    self.role = role
    self.instant = instant
    isProtected = false
    given = []
    missing = []
  }
}
