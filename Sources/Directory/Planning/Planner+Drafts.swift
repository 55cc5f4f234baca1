import LDAP

extension Planner {
  /// Puts a draft on the list; its index is what others refer to.
  @discardableResult
  mutating func add(_ draft: Draft) -> Int {
    drafts.append(draft)
    drafts[drafts.count - 1].needs.remove(drafts.count - 1)
    return drafts.count - 1
  }

  /// A change for a row, with what is the same for all actions filled in.
  func change(
    _ action: Change.Action, row: Int, dn: DistinguishedName, newDN: DistinguishedName? = nil,
    shown: [Change.Difference] = [], operation: WriteOperation, precondition: Change.Precondition
  ) -> Change {
    Change(
      id: -1, action: action, kind: desired.rows[row].kind, identity: identity(of: row),
      label: label(row, dn: newDN ?? dn),
      isProtected: isProtected(row), cause: .desired(desired.position(of: row)), dn: dn, newDN: newDN,
      differences: shown, operation: operation, precondition: precondition)
  }

  /// What people call the entry a row describes; nobody's name for a protected person.
  private func label(_ row: Int, dn: DistinguishedName) -> String? {
    guard !isProtected(row) else { return nil }
    return dn.rdns.first?.pairs.first?.value.text
  }

  func isProtected(_ row: Int) -> Bool {
    if wantedValues(of: comparison.rules.objectClass, row: row).contains(where: isProtectedClass) {
      return true
    }
    if let kept = observedEntry[row], let entry = entry(kept) { return isProtected(entry) }
    return comparison.protectedRows.contains(row)
  }

  func isProtected(_ entry: Entry) -> Bool { entry["objectClass"].contains(where: isProtectedClass) }

  private func isProtectedClass(_ value: Value) -> Bool {
    value.text?.equalsIgnoringASCIICase(profile.protectedClass) ?? false
  }

  /// The condition that the entry is still the one that was seen, and `conditions` hold.
  func precondition(uuid: String?, _ conditions: [Filter] = [], csn: String? = nil) -> Change.Precondition {
    var all = conditions
    if let uuid { all.insert(.equal("entryUUID", Value(uuid)), at: 0) }
    let assertion: Filter? = all.count > 1 ? .and(all) : all.first
    return Change.Precondition(assertion: assertion, entryUUID: uuid, entryCSN: csn)
  }

  /// The drafts that settle the names on the way down to a node.
  func structure(above node: Int?) -> Set<Int> {
    Set(tree.path(node).compactMap { lastStructure[$0] })
  }
}
