import Foundation
import LDAP

/// A rule, its conditions and attributes by number.
struct RoleProgram: Sendable {
  enum Part: Sendable {
    case literal(String)
    case attribute(RoleSubject, slot: Int)
  }
  /// Numbers of conditions; `nil`: not joined.
  var person: Int
  var commission: Int?
  var unit: Int?
  var provider: Int?
  var function: Int?
  var right: Int?
  var parts: [Part]
  /// The text, when nothing has to be filled in.
  var text: String?
  var needsRequest: Bool
  var scope: RoleScope
  var untilMembership = false
  var untilEnds: Set<RoleSubject> = []
  /// Attributes that end it, as columns of dates.
  var untilDates: [(subject: RoleSubject, column: Int)] = []

  init(
    _ rule: RoleRule, _ attributes: RoleAttributes, _ schema: Schema, _ conditions: inout RoleConditions,
    _ values: inout RoleValues, _ dates: inout [(slot: Int, bound: CivilTime.Bound)]
  ) {
    func number(_ subject: RoleSubject) -> Int? {
      guard let condition = rule.condition(subject) else { return nil }
      return conditions.insert(condition.filter, on: subject.kinds)
    }
    person = number(.person) ?? -1
    commission = number(.commission)
    unit = number(.unit)
    provider = number(.provider)
    function = number(.function)
    if let wanted = rule.right {
      right = conditions.insert(wanted, of: attributes.right)
      // A right is a commission's.
      if commission == nil { commission = -1 }
    }
    parts = rule.role.parts.map { part in
      switch part {
      case .literal(let text): .literal(text)
      case .attribute(let subject, let name): .attribute(subject, slot: values.makeSlot(name, schema))
      }
    }
    needsRequest = rule.needsRequest
    scope = rule.scope
    var text: String? = ""
    for part in parts { if case .literal(let literal) = part { text?.append(literal) } else { text = nil } }
    self.text = text
    for end in rule.until {
      switch end {
      case .membership: untilMembership = true
      case .end(let subject): untilEnds.insert(subject)
      case .attribute(let subject, let name):
        untilDates.append((subject, dates.count))
        dates.append((values.makeSlot(name, schema), .end))
      }
    }
  }
}

extension RoleSubject {
  /// The kinds of entry that can be it.
  var kinds: Set<Kind> {
    switch self {
    case .person: [.person]
    case .commission: [.commission]
    case .function: [.function]
    case .unit, .provider: [.unit, .organisation]
    }
  }
}
