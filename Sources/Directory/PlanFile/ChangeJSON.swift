import LDAP

/// A change as JSON: whole, to be kept and read back exactly, or as far as a disclosure lets it be seen.
struct ChangeJSON {
  /// What may be shown; `nil`: everything, as it is.
  let disclosure: Disclosure?

  func object(_ change: Change) -> CanonicalJSON { CanonicalJSON(present: members(of: change)) }

  /// Of a protected person there is the HSA-id, action and cause only, where a disclosure says what may be seen.
  func members(of change: Change) -> [String: CanonicalJSON?] {
    var members: [String: CanonicalJSON?] = [
      "number": .number(change.id + 1), "action": .string(change.action.rawValue),
      "kind": .string(change.kind.rawValue), "hsaIdentity": .string(change.identity.text),
      "protected": .bool(change.isProtected), "cause": change.cause.json,
      "after": .array(change.after.map { .number($0 + 1) }),
      "following": .array(change.following.map { .number($0 + 1) }), "ending": .bool(change.isEnding),
    ]
    guard disclosure == nil || !change.isProtected else { return members }
    members["label"] = label(of: change).map { .string($0) }
    members["dn"] = name(change.dn)
    members["newDN"] = change.newDN.map(name)
    members["differences"] = .array(change.differences.map(object))
    members["operation"] = object(change.operation, of: change)
    members["precondition"] = object(change.precondition)
    members["place"] = change.place.json
    members["destination"] = change.destination?.json
    return members
  }

  /// How the change is taken back, as far as that is known before it is made: an entry that is deleted is read first,
  /// and what an undo asserts depends on what was left.
  func inverse(of change: Change) -> CanonicalJSON {
    let operation: WriteOperation? =
      switch change.operation {
      case .add(let entry): .delete(entry.dn)
      case .modify(let dn, let modifications):
        .modify(
          dn,
          InverseModifications(modifications, change.differences, before: nil, schema: .standard)
            .modifications)
      case .rename(_, _, let deleteOldRDN, let newSuperior):
        InverseRename(
          from: change.newDN ?? change.dn, to: change.dn, deletedOldRDN: deleteOldRDN,
          isMove: newSuperior != nil, before: nil, schema: .standard
        ).operation
      case .delete: nil
      }
    return CanonicalJSON(present: [
      "action": .string(change.action.inverse.rawValue),
      "operation": operation.map { object($0, of: change) },
    ])
  }

  private func label(of change: Change) -> String? { disclosure.map { $0.label(of: change) } ?? change.label }

  private func name(_ dn: DistinguishedName) -> CanonicalJSON {
    .string(disclosure?.name(dn) ?? dn.description)
  }

  private func object(_ difference: Change.Difference) -> CanonicalJSON {
    [
      "attribute": .string(difference.attribute), "style": .string(difference.style.rawValue),
      "removed": values(difference.removed, of: difference.attribute),
      "added": values(difference.added, of: difference.attribute), "kept": .number(difference.kept),
    ]
  }

  func object(_ precondition: Change.Precondition) -> CanonicalJSON {
    CanonicalJSON(present: [
      "assertion": precondition.assertion.map { (disclosure?.filter($0) ?? $0).json },
      "entryUUID": precondition.entryUUID.map { .string($0) },
      "entryCSN": precondition.entryCSN.map { .string($0) },
    ])
  }

  func object(_ operation: WriteOperation, of change: Change) -> CanonicalJSON {
    // The name is the change's, and written again only where it is not.
    let dn = operation.dn == change.dn ? nil : name(operation.dn)
    switch operation {
    case .add(let entry):
      return CanonicalJSON(present: [
        "type": "add", "dn": dn, "attributes": .array(entry.attributes.map { attribute($0) }),
      ])
    case .modify(_, let modifications):
      return CanonicalJSON(present: [
        "type": "modify", "dn": dn, "modifications": .array(modifications.map { modification($0) }),
      ])
    case .rename(_, let newRDN, let deleteOldRDN, let newSuperior):
      return CanonicalJSON(present: [
        "type": "rename", "dn": dn, "newRDN": .string(disclosure?.name(newRDN) ?? newRDN.description),
        "deleteOldRDN": .bool(deleteOldRDN), "newSuperior": newSuperior.map(name),
      ])
    case .delete: return CanonicalJSON(present: ["type": "delete", "dn": dn])
    }
  }

  private func attribute(_ attribute: Attribute) -> CanonicalJSON {
    ["attribute": .string(attribute.name), "values": values(attribute.values, of: attribute.name)]
  }

  private func modification(_ modification: Modification) -> CanonicalJSON {
    [
      "kind": .string(modification.kind.rawValue), "attribute": .string(modification.attribute),
      "values": values(modification.values, of: modification.attribute),
    ]
  }

  private func values(_ values: [Value], of attribute: String) -> CanonicalJSON {
    guard let disclosure else { return .array(values.map(\.json)) }
    return .array(
      values.sorted().map { value in
        switch disclosure.shown(value, of: attribute) {
        case .text, .bytes: disclosure.plain(value, of: attribute).json
        case .personalNumber: ["masked": "personalNumber"]
        case .protected(let identity): ["protected": .string(identity.text)]
        }
      })
  }
}

extension Disclosure {
  /// A value that may be shown, with what is masked within it.
  fileprivate func plain(_ value: Value, of attribute: String) -> Value {
    if case .text(let text) = shown(value, of: attribute) { Value(text) } else { value }
  }
}

extension Change.Cause {
  var json: CanonicalJSON {
    switch self {
    case .desired(let position): position.json
    case .absence(let source): ["absentFrom": .string(source)]
    case .undo(let run): ["undoOf": .number(run)]
    }
  }
}

extension Change.Place {
  var json: CanonicalJSON {
    CanonicalJSON(present: [
      "unit": unit.map { .string($0.text) }, "provider": provider.map { .string($0.text) },
    ])
  }
}
