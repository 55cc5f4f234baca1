import Foundation
import LDAP

/// An explanation for machines; `schemas/explain.schema.json` describes it. Masked as a plan is.
package struct ExplanationJSON {
  /// Raised when something that was there means something else, or is gone.
  package static let formatVersion = 1

  private let explanation: Explanation
  private let disclosure: Disclosure

  package init(_ explanation: Explanation, profile: Profile) {
    self.explanation = explanation
    disclosure = Disclosure(of: explanation, profile: profile)
  }

  /// The whole text.
  package var text: String { object.text + "\n" }

  private var isProtected: Bool { explanation.isProtected }

  private var object: CanonicalJSON {
    CanonicalJSON(present: [
      "formatVersion": .number(ExplanationJSON.formatVersion),
      "hsaIdentity": .string(explanation.identity.text),
      "kind": explanation.kind.map { .string($0.rawValue) }, "protected": .bool(isProtected),
      "row": explanation.row.map(\.json), "sources": .array(explanation.sources.map { .string($0) }),
      "parent": isProtected ? nil : explanation.parent.map(parent),
      "observed": .bool(!explanation.names.isEmpty),
      "names": isProtected ? nil : .array(explanation.names.map { .string(disclosure.name($0)) }),
      "attributes": .array(explanation.attributes.map(attribute)),
      "changes": .array(explanation.changes.map(change)),
      "hindrances": .array(explanation.hindrances.map(hindrance)),
      "findings": .array(explanation.findings.map(\.json)),
      "past": .array(explanation.past.map(past)),
      "suggestion": explanation.suggestion.map { .string($0.text) },
    ])
  }

  private func parent(_ parent: DesiredState.Parent) -> CanonicalJSON {
    switch parent {
    case .identity(let id): ["hsaIdentity": .string(id.text)]
    case .name(let name): ["name": .string(disclosure.name(name))]
    }
  }

  private func attribute(_ attribute: Explanation.Attribute) -> CanonicalJSON {
    var members: [String: CanonicalJSON?] = [
      "attribute": .string(attribute.name), "owner": .string(attribute.owner.rawValue),
      "ownedAt": attribute.ownedAt.map(\.json), "desiredAt": attribute.desiredAt.map(\.json),
      "matchingRule": attribute.hasEquality ? .string(attribute.matching.rawValue) : nil,
      "agreement": .string(attribute.agreement.rawValue),
    ]
    if !isProtected {
      members["desired"] = attribute.desired.map { wanted($0, of: attribute.name) }
      members["removed"] = attribute.removed.isEmpty ? nil : wanted(attribute.removed, of: attribute.name)
      members["observed"] = .array(
        attribute.observed.sorted().map { disclosure.json($0, of: attribute.name) })
    }
    return CanonicalJSON(present: members)
  }

  private func wanted(_ wanted: [Explanation.Wanted], of attribute: String) -> CanonicalJSON {
    .array(
      wanted.map { ["value": disclosure.json($0.value, of: attribute), "position": $0.position.json] })
  }

  private func change(_ change: Change) -> CanonicalJSON {
    return [
      "number": .number(change.id + 1), "action": .string(change.action.rawValue), "cause": change.cause.json,
      "after": .array(change.after.map { .number($0 + 1) }),
      "attributes": .array(change.differences.map { .string($0.attribute) }),
    ]
  }

  private func hindrance(_ hindrance: Explanation.Hindrance) -> CanonicalJSON {
    switch hindrance {
    case .errors(let count): ["reason": "errors", "count": .number(count)]
    case .guards(let verdicts):
      [
        "reason": "guards",
        "guards": .array(Set(verdicts.map(\.name.rawValue)).sorted().map { .string($0) }),
      ]
    case .held(let run, let since):
      ["reason": "held", "run": .number(run), "since": .string(since.formatted(.iso8601))]
    case .incompleteRead: ["reason": "incompleteRead"]
    case .notManaged(let kind): ["reason": "notManaged", "kind": .string(kind.rawValue)]
    case .noSourceSpeaks: ["reason": "noSourceSpeaks"]
    case .keptWhenAbsent: ["reason": "keptWhenAbsent"]
    case .ambiguous(let count): ["reason": "ambiguous", "count": .number(count)]
    }
  }

  private func past(_ past: Explanation.Past) -> CanonicalJSON {
    [
      "run": .number(past.run), "at": .string(past.at.formatted(.iso8601)),
      "action": .string(past.action.rawValue), "outcome": .string(past.outcome),
      "attributes": .array(past.attributes.map { .string($0) }),
    ]
  }
}

extension Disclosure {
  /// What may be shown of an explanation: as of the plan that it tells of.
  init(of explanation: Explanation, profile: Profile, reveal: Bool = false) {
    self.init(
      ofPlans: [explanation.disclosed].compactMap { $0 },
      names: explanation.isProtected ? explanation.names.map { ($0, explanation.identity) } : [],
      profile: profile, reveal: reveal)
  }

  /// A value as machines are shown it.
  func json(_ value: Value, of attribute: String) -> CanonicalJSON {
    switch shown(value, of: attribute) {
    case .text(let text): .string(text)
    case .bytes(let bytes): ["base64": .string(Data(bytes).base64EncodedString())]
    case .personalNumber: ["masked": "personalNumber"]
    case .protected(let identity): ["protected": .string(identity.text)]
    }
  }
}
