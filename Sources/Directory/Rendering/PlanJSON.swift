import Foundation
import LDAP

/// A plan for machines to read; `schemas/plan.schema.json` describes it.
///
/// Personal numbers stand as `{"masked": "personalNumber"}`, and a protected person's change has its HSA-id, action and
/// cause only: neither is needed to judge a plan. One change stands on one line.
package struct PlanJSON {
  /// Raised when something that was there means something else, or is gone.
  package static let formatVersion = 1

  private let plan: Plan
  private let disclosure: Disclosure

  package init(_ plan: Plan, profile: Profile) {
    self.plan = plan
    disclosure = Disclosure(of: plan, profile: profile)
  }

  /// Writes the whole text, change by change; the keys in alphabetical order, as everywhere in it.
  package func write(to out: inout some TextOutputStream) {
    out.write("{\"applicable\":" + CanonicalJSON.bool(plan.obstacle == nil).text)
    out.write(",\n\"base\":" + CanonicalJSON.string(disclosure.name(plan.base)).text)
    out.write(",\n\"changes\":[")
    for (index, change) in plan.changes.enumerated() {
      out.write(index > 0 ? ",\n" : "\n")
      object(change).write(to: &out)
    }
    out.write("],\n\"counts\":" + counts.text)
    out.write(",\n\"findings\":" + CanonicalJSON.array(plan.findings.map(PlanJSON.object)).text)
    out.write(",\n\"formatVersion\":\(PlanJSON.formatVersion)")
    out.write(",\n\"instant\":" + CanonicalJSON.string(instant).text)
    out.write(",\n\"observed\":" + observed.text)
    out.write(",\n\"proof\":" + proof.text + "}\n")
  }

  /// The whole text.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  // MARK: The plan

  private var instant: String { plan.instant.formatted(.iso8601) }

  private var counts: CanonicalJSON {
    var counts = Dictionary(
      uniqueKeysWithValues: Change.Action.allCases.map { ($0.rawValue, CanonicalJSON.number(plan.count($0))) }
    )
    counts["unchanged"] = .number(plan.unchanged)
    counts["byAbsence"] = .number(plan.changes.count(where: \.isByAbsence))
    return .object(counts)
  }

  private var observed: CanonicalJSON {
    .object(Dictionary(uniqueKeysWithValues: plan.observed.map { ($0.key.rawValue, .number($0.value)) }))
  }

  private var proof: CanonicalJSON {
    let proof = plan.proof
    return [
      "method": .string(proof.method.rawValue), "origin": .string(proof.origin),
      "authorizationIdentity": .string(proof.authorizationIdentity), "entries": .number(proof.entries),
      "referrals": .number(proof.referrals), "finished": .bool(proof.finished),
      "complete": .bool(proof.isComplete), "contextBefore": .array(proof.contextBefore.map { .string($0) }),
      "contextAfter": .array(proof.contextAfter.map { .string($0) }),
      "faults": .array(proof.faults.map { .string($0.text) }),
    ]
  }

  /// A finding, for whoever renders findings without a plan.
  package static func object(_ finding: Finding) -> CanonicalJSON {
    CanonicalJSON(present: [
      "code": .string(finding.code), "severity": .string(finding.severity.rawValue),
      "position": finding.position.map(object), "other": finding.other.map(object),
      "subject": finding.subject.map { .string($0.text) }, "message": .string(finding.message),
      "advice": finding.advice.map { .string($0) },
    ])
  }

  private static func object(_ position: SourcePosition) -> CanonicalJSON {
    ["file": .string(position.file), "line": .number(position.line), "column": .number(position.column)]
  }

  // MARK: A change

  private func object(_ change: Change) -> CanonicalJSON {
    var members: [String: CanonicalJSON?] = [
      "number": .number(change.id + 1), "action": .string(change.action.rawValue),
      "kind": .string(change.kind.rawValue),
      "hsaIdentity": .string(change.identity.text), "protected": .bool(change.isProtected),
      "cause": PlanJSON.cause(of: change), "after": .array(change.after.map { .number($0 + 1) }),
      "following": .array(change.following.map { .number($0 + 1) }),
    ]
    if !change.isProtected {
      members["label"] = disclosure.label(of: change).map { .string($0) }
      members["dn"] = .string(disclosure.name(change.dn))
      members["newDN"] = change.newDN.map { .string(disclosure.name($0)) }
      members["differences"] = .array(change.differences.map(object))
      members["operation"] = object(change.operation)
      members["precondition"] = object(change.precondition)
    }
    return CanonicalJSON(present: members)
  }

  private static func cause(of change: Change) -> CanonicalJSON {
    switch change.cause {
    case .desired(let position): object(position)
    case .absence(let source): ["absentFrom": .string(source)]
    case .undo(let run): ["undoOf": .number(run)]
    }
  }

  private func object(_ difference: Change.Difference) -> CanonicalJSON {
    [
      "attribute": .string(difference.attribute), "style": .string(difference.style.rawValue),
      "removed": values(difference.removed, of: difference.attribute),
      "added": values(difference.added, of: difference.attribute), "kept": .number(difference.kept),
    ]
  }

  private func object(_ precondition: Change.Precondition) -> CanonicalJSON {
    CanonicalJSON(present: [
      "assertion": precondition.assertion.map { .string(disclosure.filter($0).description) },
      "entryUUID": precondition.entryUUID.map { .string($0) },
      "entryCSN": precondition.entryCSN.map { .string($0) },
    ])
  }

  private func object(_ operation: WriteOperation) -> CanonicalJSON {
    switch operation {
    case .add(let entry):
      return ["type": "add", "attributes": .array(entry.attributes.map { attribute($0.name, $0.values) })]
    case .modify(_, let modifications):
      return [
        "type": "modify",
        "modifications": .array(
          modifications.map {
            [
              "kind": .string($0.kind.rawValue), "attribute": .string($0.attribute),
              "values": values($0.values, of: $0.attribute),
            ]
          }),
      ]
    case .rename(_, let newRDN, let deleteOldRDN, let newSuperior):
      return CanonicalJSON(present: [
        "type": "rename", "newRDN": .string(disclosure.name(newRDN)), "deleteOldRDN": .bool(deleteOldRDN),
        "newSuperior": newSuperior.map { .string(disclosure.name($0)) },
      ])
    case .delete: return ["type": "delete"]
    }
  }

  private func attribute(_ name: String, _ values: [Value]) -> CanonicalJSON {
    ["attribute": .string(name), "values": self.values(values, of: name)]
  }

  private func values(_ values: [Value], of attribute: String) -> CanonicalJSON {
    .array(
      values.sorted().map { value in
        switch disclosure.shown(value, of: attribute) {
        case .text(let text): .string(text)
        case .bytes(let bytes): ["base64": .string(Data(bytes).base64EncodedString())]
        case .personalNumber: ["masked": "personalNumber"]
        case .protected(let identity): ["protected": .string(identity.text)]
        }
      })
  }
}
