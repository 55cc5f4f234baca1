import Foundation
import LDAP

/// Who holds which roles, for machines; `schemas/role-list.schema.json` describes it. Masked as the text is.
package struct RoleListJSON {
  /// Raised when something that was there means something else, or is gone.
  package static let formatVersion = 1

  private let list: RoleList

  package init(_ list: RoleList) { self.list = list }

  /// The whole text.
  package var text: String { object.text + "\n" }

  private var object: CanonicalJSON {
    [
      "formatVersion": .number(RoleListJSON.formatVersion), "asOf": .string(list.instant.wholeSecondsText),
      "holders": .array(list.holders.map(holder)),
      "counts": [
        "persons": .number(list.holders.count), "roles": .number(list.roles),
        "assignments": .number(list.assignments),
      ],
    ]
  }

  private func holder(_ holder: RoleList.Holder) -> CanonicalJSON {
    var members: [String: CanonicalJSON?] = [
      "hsaIdentity": .string(holder.person.text), "protected": .bool(holder.isProtected),
      "count": .number(holder.assignments.count),
    ]
    if !holder.isProtected {
      members["label"] = holder.label.map { .string(PersonalNumber.masked(in: $0)) }
      members["unit"] = holder.place.unit.map { .string($0.text) }
      members["assignments"] = .array(holder.assignments.map(\.shownJSON))
    }
    return CanonicalJSON(present: members)
  }
}

extension Assignment {
  /// As far as it may be seen; not of a protected person.
  var shownJSON: CanonicalJSON {
    func text(_ identity: HSAIdentity?) -> CanonicalJSON? { identity.map { .string($0.text) } }
    return CanonicalJSON(present: [
      "role": .string(PersonalNumber.masked(in: role)), "rule": .string(rule), "position": position.json,
      "scope": text(scope), "commission": text(commission), "unit": text(unit), "provider": text(provider),
      "function": text(function), "from": from.map { .string($0.wholeSecondsText) },
      "to": to.map { .string($0.wholeSecondsText) },
    ])
  }
}
