import Foundation
import LDAP

/// Why a person holds roles, and why not, for machines; `schemas/role-explanation.schema.json` describes it. Masked as
/// the text is.
package struct RoleExplanationJSON {
  /// Raised when something that was there means something else, or is gone.
  package static let formatVersion = 1

  private let explanation: RoleExplanation
  private let values: RoleValueWords

  package init(_ explanation: RoleExplanation, profile: Profile) {
    self.explanation = explanation
    values = RoleValueWords(profile, language: .english, isHidden: explanation.isProtected, reveal: false)
  }

  /// The whole text.
  package var text: String { object.text + "\n" }

  private var isHidden: Bool { explanation.isProtected }

  private var object: CanonicalJSON {
    CanonicalJSON(present: [
      "formatVersion": .number(RoleExplanationJSON.formatVersion),
      "hsaIdentity": .string(explanation.person.text), "protected": .bool(isHidden),
      "asOf": .string(explanation.instant.wholeSecondsText),
      "role": explanation.role.map { .string(PersonalNumber.masked(in: $0)) },
      "fault": explanation.fault.map(fault), "given": .array(explanation.given.map(given)),
      "missing": .array(explanation.missing.map(missing)),
    ])
  }

  private func given(_ one: RoleExplanation.Given) -> CanonicalJSON {
    CanonicalJSON(present: [
      "assignment": isHidden
        ? ["rule": .string(one.assignment.rule), "position": one.assignment.position.json]
        : one.assignment.shownJSON,
      "membership": isHidden ? nil : one.membership.map(period),
      "requirements": .array(one.requirements.map(requirement)),
    ])
  }

  private func missing(_ one: RoleExplanation.Missing) -> CanonicalJSON {
    let entries = one.entries.map { ($0.key.rawValue, CanonicalJSON.string($0.value.text)) }
    return CanonicalJSON(present: [
      "rule": .string(one.rule), "position": one.position.json,
      "roles": isHidden ? nil : .array(one.roles.map { .string(PersonalNumber.masked(in: $0)) }),
      "entries": isHidden ? nil : .object(Dictionary(entries, uniquingKeysWith: { first, _ in first })),
      "membership": isHidden ? nil : one.membership.map(period),
      "requirements": .array(one.requirements.map(requirement)),
    ])
  }

  private func period(_ period: (from: Date?, to: Date?)) -> CanonicalJSON {
    CanonicalJSON(present: [
      "from": period.from.map { .string($0.wholeSecondsText) },
      "to": period.to.map { .string($0.wholeSecondsText) },
    ])
  }

  // MARK: Requirements

  private func requirement(_ one: RoleExplanation.Requirement) -> CanonicalJSON {
    var members = matter(one.matter)
    members["subject"] = .string(one.subject.rawValue)
    members["met"] = .bool(one.isMet)
    members["position"] = one.position.map(\.json)
    members["fault"] = one.fault.map(fault)
    if !isHidden {
      members["hsaIdentity"] = one.identity.map { .string($0.text) }
      members["values"] = .array(one.values.map(value))
      members["failing"] = one.failing.isEmpty ? nil : .array(one.failing.map { .string(values.filter($0)) })
    }
    return CanonicalJSON(present: members)
  }

  private func matter(_ matter: RoleExplanation.Requirement.Matter) -> [String: CanonicalJSON?] {
    switch matter {
    case .standing: ["matter": "standing"]
    case .validity: ["matter": "validity"]
    case .condition(let filter):
      isHidden
        ? ["matter": "condition", "attributes": .array(filter.attributes.map { .string($0) })]
        : ["matter": "condition", "filter": .string(values.filter(filter))]
    case .right(let right): ["matter": "right", "right": .string(right.description)]
    case .membership: ["matter": "membership"]
    case .occupation: ["matter": "occupation"]
    case .existence: ["matter": "existence"]
    case .soundness(let attribute): ["matter": "soundness", "attribute": attribute.map { .string($0) }]
    case .end(let attribute): ["matter": "end", "attribute": .string(attribute)]
    case .text(let attribute): ["matter": "text", "attribute": .string(attribute)]
    case .role(let roles):
      [
        "matter": "role",
        "roles": isHidden ? nil : .array(roles.map { .string(PersonalNumber.masked(in: $0)) }),
      ]
    case .scope: ["matter": "scope"]
    case .request: ["matter": "request"]
    case .constraint(let index): ["matter": "constraint", "constraint": .number(index)]
    }
  }

  private func value(_ evidence: RoleEvidence) -> CanonicalJSON {
    var members: [String: CanonicalJSON?] = [
      "attribute": .string(evidence.attribute), "hsaIdentity": .string(evidence.identity.text),
    ]
    if values.isName(evidence) {
      members["masked"] = "name"
    } else {
      switch values.disclosure.shown(Value(evidence.value), of: evidence.attribute) {
      case .text(let text): members["value"] = .string(text)
      case .personalNumber: members["masked"] = "personalNumber"
      case .protected(let identity): members["protected"] = .string(identity.text)
      case .bytes: members["masked"] = "octets"
      }
    }
    return CanonicalJSON(present: members)
  }

  private func fault(_ fault: RoleExplanation.Requirement.Fault) -> CanonicalJSON {
    func at(_ name: String, _ date: Date) -> CanonicalJSON {
      CanonicalJSON(present: ["fault": .string(name), "at": isHidden ? nil : .string(date.wholeSecondsText)])
    }
    return switch fault {
    case .notSeen: ["fault": "notSeen"]
    case .seenTwice: ["fault": "seenTwice"]
    case .inAnothersPlace: ["fault": "inAnothersPlace"]
    case .outsideBases: ["fault": "outsideBases"]
    case .otherKind: ["fault": "otherKind"]
    case .notBegun(let date): at("notBegun", date)
    case .ended(let date): at("ended", date)
    case .archived: ["fault": "archived"]
    case .removed: ["fault": "removed"]
    case .unreadable(let attribute): ["fault": "unreadable", "attribute": .string(attribute)]
    }
  }
}
