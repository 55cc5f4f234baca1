import Foundation
import LDAP
import TestKit

@testable import Directory

/// Assignments, persons and targets made by hand, and what a forecast makes of them.
struct RoleFixture {
  static let north = HSAIdentity("SE2321000016-1A2B")
  static let south = HSAIdentity("SE2321000016-1A2D")
  static let provider = HSAIdentity("SE2321000016-1000")
  static let anna = HSAIdentity("SE2321000016-7X3K")
  static let bo = HSAIdentity("SE2321000016-9A1B")

  var observed: [Assignment] = []
  var regardless: [Assignment] = []
  var refused: [Assignment] = []
  /// `nil`: nothing changes.
  var predicted: [Assignment]?
  /// After the endings alone; `nil`: there are none.
  var ended: [Assignment]?
  var refusedThen: [Assignment] = []
  var persons: [RolePerson] = [RoleFixture.person(anna, "Anna Berg"), RoleFixture.person(bo, "Bo Ek")]
  var personsThen: [RolePerson]?
  var isComplete = true
  var forms = [RoleTargetForm(name: "ek", owns: [RolePattern("*")])]
  var held: [HeldRoles] = []
  var faults: [String: String] = [:]

  static func person(
    _ identity: HSAIdentity, _ label: String?, isProtected: Bool = false, uuid: String? = nil
  ) -> RolePerson {
    RolePerson(
      identity: identity, dn: DistinguishedName([RelativeDistinguishedName("cn", Value(label ?? "x"))]),
      entryUUID: uuid ?? "uuid-" + identity.text, label: label, isProtected: isProtected,
      place: Change.Place(unit: north, provider: provider))
  }

  static func assignment(
    _ person: HSAIdentity, _ role: String, rule: String = "läsare", line: Int = 12,
    at unit: HSAIdentity? = north, from: Double? = nil, to: Double? = nil
  ) -> Assignment {
    var assignment = Assignment(
      person: person, role: role, rule: rule, position: SourcePosition(file: "roles.yaml", line: line))
    assignment.scope = unit
    assignment.unit = unit
    assignment.provider = unit == nil ? nil : provider
    assignment.from = from.map { Date(timeIntervalSince1970: $0) }
    assignment.to = to.map { Date(timeIntervalSince1970: $0) }
    return assignment
  }

  private func view(_ assignments: [Assignment], refused: [Assignment], _ persons: [RolePerson]) -> RoleView {
    let all = Dictionary(grouping: assignments.inOrder, by: \.person)
    let regardless = Dictionary(grouping: (regardless + assignments).inOrder, by: \.person)
    let refused = Dictionary(grouping: refused.inOrder, by: \.person)
    let known = Dictionary(uniqueKeysWithValues: persons.map { ($0.identity, $0) })
    return RoleView(
      holders: all.keys.sorted(), assignments: { all[$0] ?? [] }, regardlessOfTime: { regardless[$0] ?? [] },
      refused: { refused[$0] ?? [] },
      evidence: { [RoleEvidence(.person, $0.person, attribute: "title", value: "Läkare")] },
      person: { known[$0] })
  }

  var comparison: RoleComparison {
    let then = predicted ?? observed
    return RoleComparison(
      observed: view(observed, refused: refused, persons),
      predicted: view(
        then, refused: predicted == nil ? refused + refusedThen : refusedThen, personsThen ?? persons),
      ended: view(ended ?? observed, refused: [], persons), isComplete: isComplete)
  }

  var plan: RolePlan {
    RoleForecast(
      derivation: RoleDerivation(
        RoleRules(file: "roles.yaml", digest: "ab"), profile: TestCatalogue.profile,
        schema: TestCatalogue.schema, base: DistinguishedName()), held: held, faults: faults, forms: forms,
      proofIsComplete: isComplete
    ).plan(comparison)
  }

  mutating func hold(_ roles: HeldRole..., at target: String = "ek") {
    held.removeAll { $0.target == target }
    held.append(HeldRoles(target: target, roles: roles, foreign: 4))
  }

  /// `- role person target cause ending` for each change, in order.
  var lines: [String] {
    plan.changes.map { change in
      [
        change.direction.rawValue, change.value, change.person.text, change.target,
        change.cause.map(\.rawValue), change.isEnding ? "ending" : nil,
      ].compactMap { $0 }.joined(separator: " ")
    }
  }
}
