import LDAP

/// How many roles would come and go, each person and role counted once however many targets there are.
package struct RoleCounts: Hashable, Sendable {
  package private(set) var gained = 0
  package private(set) var lost = 0
  /// Only the period becomes another.
  package private(set) var renewed = 0

  package init(_ changes: [RoleChange]) {
    var seen: [RoleChange.Direction: Set<[String]>] = [:]
    for change in changes {
      seen[change.direction, default: []].insert([
        change.person.normalForm, RoleName.normalForm(change.role),
      ])
    }
    gained = seen[.gain]?.count ?? 0
    lost = seen[.loss]?.count ?? 0
    renewed = seen[.renewal]?.count ?? 0
  }

  package init(_ roles: RolePlan) { self.init(roles.changes) }
}

extension RoleChange {
  /// The holder's name in the directory, where that is what the target knows it by.
  var holderName: DistinguishedName? {
    guard holder.utf8.contains(UInt8(ascii: "=")) else { return nil }
    return try? DistinguishedName(parsing: holder)
  }

  /// The HSA-id or entryUUID; `nil` of a holder that a target knows by something else, which may be a person's name.
  package var shownPerson: String? {
    let prefix = "entryUUID "
    let isUUID = person.text.hasPrefix(prefix)
    let octets = person.text.utf8.dropFirst(isUUID ? prefix.utf8.count : 0)
    let isIdentity =
      octets.allSatisfy { $0.asciiLowercased &- 97 < 26 || $0.isDigit || $0 == UInt8(ascii: "-") }
      && (isUUID || octets.contains { $0.asciiLowercased &- 97 < 26 })
    guard isIdentity else { return nil }
    return person.text
  }
}
