import Foundation
import LDAP

/// What targets would lose and gain as JSON: whole, to be kept and read back exactly, or as far as a disclosure lets it
/// be seen.
struct RolesJSON {
  /// What may be shown; `nil`: everything, as it is.
  let disclosure: Disclosure?

  func object(_ roles: RolePlan) -> CanonicalJSON {
    let counts = RoleCounts(roles)
    return CanonicalJSON(present: [
      "changes": .array(roles.changes.map(object)),
      "counts": [
        "gained": .number(counts.gained), "lost": .number(counts.lost), "renewed": .number(counts.renewed),
      ],
      "proposed": .bool(roles.isProposed), "rules": .string(roles.rules),
      "scale": disclosure == nil ? roles.scale.json : nil,
      "targets": .array(roles.targets.map(\.json)),
    ])
  }

  /// Of a protected person there is the HSA-id, the target, the direction and the cause only, where a disclosure says
  /// what may be seen: a role may tell where somebody works.
  private func object(_ change: RoleChange) -> CanonicalJSON {
    let isShown = disclosure == nil || !change.isProtected
    return CanonicalJSON(present: [
      "target": .string(change.target), "direction": .string(change.direction.rawValue),
      "hsaIdentity": .string(disclosure == nil ? change.person.text : change.shownPerson ?? ""),
      "protected": .bool(change.isProtected), "cause": change.cause.map { .string($0.rawValue) },
      "ending": .bool(change.isEnding),
      "label": isShown ? change.label.map { .string(masked($0)) } : nil,
      "role": isShown ? .string(masked(change.role)) : nil,
      "value": isShown ? .string(masked(change.value)) : nil,
      "assignments": isShown ? .array(change.assignments.map(object)) : nil,
      "evidence": isShown ? .array(change.evidence.map(object)) : nil,
      "place": isShown ? change.place.json : nil,
      "holder": disclosure == nil ? .string(change.holder) : nil,
      "entryUUID": isShown ? change.entryUUID.map { .string($0) } : nil,
    ])
  }

  private func object(_ assignment: Assignment) -> CanonicalJSON {
    CanonicalJSON(present: [
      "person": .string(assignment.person.text), "role": .string(masked(assignment.role)),
      "rule": .string(assignment.rule), "position": assignment.position.json,
      "scope": identity(assignment.scope), "commission": identity(assignment.commission),
      "unit": identity(assignment.unit), "provider": identity(assignment.provider),
      "function": identity(assignment.function),
      "from": assignment.from.map { .string($0.wholeSecondsText) },
      "to": assignment.to.map { .string($0.wholeSecondsText) },
    ])
  }

  private func object(_ evidence: RoleEvidence) -> CanonicalJSON {
    [
      "subject": .string(evidence.subject.rawValue), "hsaIdentity": .string(evidence.identity.text),
      "attribute": .string(evidence.attribute), "value": value(of: evidence),
    ]
  }

  private func value(of evidence: RoleEvidence) -> CanonicalJSON {
    guard let disclosure else { return .string(evidence.value) }
    switch disclosure.shown(Value(evidence.value), of: evidence.attribute) {
    case .text(let text): return .string(text)
    case .personalNumber: return ["masked": "personalNumber"]
    case .protected(let identity): return ["protected": .string(identity.text)]
    case .bytes: return .string("")
    }
  }

  private func identity(_ identity: HSAIdentity?) -> CanonicalJSON? { identity.map { .string($0.text) } }

  private func masked(_ text: String) -> String { disclosure == nil ? text : PersonalNumber.masked(in: text) }
}

extension RolePlan.Target {
  fileprivate var json: CanonicalJSON {
    CanonicalJSON(present: [
      "name": .string(name), "held": .number(held), "foreign": .number(foreign),
      "fault": fault.map { .string($0) },
    ])
  }
}

extension RoleScale {
  var json: CanonicalJSON {
    [
      "total": .number(total), "roles": .object(roles.mapValues { .number($0) }),
      "units": RoleScale.object(units.mapValues { .number($0) }),
      "providers": RoleScale.object(providers.mapValues { .number($0) }),
      "tied": RoleScale.object(tied.mapValues { .object($0.mapValues { .number($0) }) }),
    ]
  }

  private static func object(_ counts: [HSAIdentity: CanonicalJSON]) -> CanonicalJSON {
    .object(Dictionary(counts.map { ($0.key.text, $0.value) }, uniquingKeysWith: { first, _ in first }))
  }
}
