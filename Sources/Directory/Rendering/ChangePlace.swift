import LDAP

/// Where a change happens: the entry's name, or for a move the part of it that changes.
struct ChangePlace {
  let base: DistinguishedName
  let disclosure: Disclosure

  /// The place with nothing left out.
  func whole(of change: Change) -> String { core(of: change) + hint(of: change) }

  /// The place in `room` columns, and whether something that matters had to be left out of it.
  func fitted(_ change: Change, room: Int) -> (text: String, isCut: Bool) {
    let whole = whole(of: change)
    guard whole.displayWidth > room else { return (whole, false) }
    let core = core(of: change)
    guard core.displayWidth > room else { return (core, false) }
    guard !change.isProtected, change.newDN == nil, let short = relative(change.dn) else {
      return (core.cut(to: room), true)
    }
    return ((said(of: change) + short).cut(to: room), true)
  }

  private func core(of change: Change) -> String {
    if change.isProtected { return said(of: change) + "(protected person: not shown)" }
    guard let newDN = change.newDN else {
      return said(of: change) + VisibleText(disclosure.name(change.dn)).text
    }
    let (old, new) = ChangePlace.differing(change.dn, newDN, isMove: change.action == .move)
    return said(of: change) + VisibleText(disclosure.name(old)).text + " -> "
      + VisibleText(disclosure.name(new)).text
  }

  private func hint(of change: Change) -> String {
    change.kind.isContainer && change.newDN != nil ? "  (and all beneath)" : ""
  }

  private func said(of change: Change) -> String {
    change.action == .create || change.action == .update ? "" : change.action.word + "  "
  }

  /// The name with `…` for the base.
  private func relative(_ dn: DistinguishedName) -> String? {
    guard dn.rdns.count > base.rdns.count, dn.rdns.suffix(base.rdns.count).elementsEqual(base.rdns) else {
      return nil
    }
    return VisibleText(disclosure.name(DistinguishedName(dn.rdns.dropLast(base.rdns.count)))).text + ",…"
  }

  /// Two names without what they share: their common end, and for a move the entry's own name where it stays.
  private static func differing(
    _ old: DistinguishedName, _ new: DistinguishedName, isMove: Bool
  ) -> (DistinguishedName, DistinguishedName) {
    var (old, new) = (old.rdns, new.rdns)
    if isMove, old.first == new.first {
      old.removeFirst()
      new.removeFirst()
    }
    while old.count > 1, new.count > 1, old.last == new.last {
      old.removeLast()
      new.removeLast()
    }
    return (DistinguishedName(old), DistinguishedName(new))
  }
}
