import Foundation

/// That a person holds a role: by which rule, within which commission, tied to what, from when to when.
///
/// Care unit and care provider stand in it whatever its scope is, so that a block (spärr) can be judged, and the
/// commission, so that a log can name it.
package struct Assignment: Hashable, Sendable {
  package var person: HSAIdentity
  package var role: String
  /// The rule's name.
  package var rule: String
  /// Where the rule stands.
  package var position: SourcePosition
  /// What it is tied to; `nil`: nothing.
  package var scope: HSAIdentity?
  package var commission: HSAIdentity?
  /// The care unit.
  package var unit: HSAIdentity?
  /// The care provider.
  package var provider: HSAIdentity?
  package var function: HSAIdentity?
  package var from: Date?
  /// The first moment that is outside.
  package var to: Date?

  package init(person: HSAIdentity, role: String, rule: String, position: SourcePosition) {
    self.person = person
    self.role = role
    self.rule = rule
    self.position = position
  }
}

/// A value that had a part in giving an assignment.
package struct RoleEvidence: Hashable, Sendable {
  package var subject: RoleSubject
  /// The entry that has the value.
  package var identity: HSAIdentity
  package var attribute: String
  package var value: String

  package init(_ subject: RoleSubject, _ identity: HSAIdentity, attribute: String, value: String) {
    self.subject = subject
    self.identity = identity
    self.attribute = attribute
    self.value = value
  }
}

extension [Assignment] {
  /// In an order that depends on nothing but what they are.
  package var inOrder: [Assignment] { sorted { $0.orderKey.lexicographicallyPrecedes($1.orderKey) } }
}

extension Assignment {
  fileprivate var orderKey: [String] {
    let entries = [scope, commission, unit, provider, function].map { $0?.normalForm ?? "" }
    return [person.normalForm, RoleName.normalForm(role)] + entries + [rule]
  }
}
