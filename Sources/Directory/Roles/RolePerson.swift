import LDAP

/// What pushing a role to a person takes.
package struct RolePerson: Hashable, Sendable {
  package var identity: HSAIdentity
  package var dn: DistinguishedName
  /// `nil` for one who is about to be created.
  package var entryUUID: String?
  /// What people call the person; `nil` for a protected one.
  package var label: String?
  package var isProtected: Bool
  /// Whether the person's own time is over, or has not begun.
  package var isOutOfTime = false
  /// Where the person lies.
  package var place: Change.Place

  package init(
    identity: HSAIdentity, dn: DistinguishedName, entryUUID: String?, label: String? = nil,
    isProtected: Bool = false, place: Change.Place = Change.Place()
  ) {
    self.identity = identity
    self.dn = dn
    self.entryUUID = entryUUID
    self.label = label
    self.isProtected = isProtected
    self.place = place
  }
}
