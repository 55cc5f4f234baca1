import LDAP

/// Where a change happens: the entry's name, or for a move the part of it that changes.
struct ChangePlace {
  let base: DistinguishedName
  let disclosure: Disclosure
  let names: PlaceNames
  let language: Language
  /// Whether a heading says where the entry lies, so that only what differs from that is said again.
  let isBeneathHeading: Bool

  /// The place with nothing left out.
  func whole(of change: Change) -> String {
    isBeneathHeading && change.newDN == nil
      ? wording(of: change, saysName: false) : core(of: change) + hint(of: change)
  }

  /// The entry's name in full, as it is before the change; `nil` for a protected person.
  func name(of change: Change) -> String? {
    change.isProtected ? nil : VisibleText(disclosure.name(change.dn)).text
  }

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
    guard !change.isProtected, let newDN = change.newDN else { return wording(of: change, saysName: true) }
    if change.action == .move, let units = units(of: change) { return said(of: change) + units }
    let (old, new) = ChangePlace.differing(change.dn, newDN, isMove: change.action == .move)
    return said(of: change) + VisibleText(disclosure.name(old)).text + " -> "
      + VisibleText(disclosure.name(new)).text
  }

  private func wording(of change: Change, saysName: Bool) -> String {
    let said = said(of: change)
    if change.isProtected {
      return said + language.say("(protected person: not shown)", "(skyddad person: visas inte)")
    }
    if saysName { return said + VisibleText(disclosure.name(change.dn)).text }
    return said.isEmpty ? "" : String(said.dropLast(2))
  }

  /// From which unit to which, by their names; with their HSA-ids where the names are alike.
  private func units(of change: Change) -> String? {
    guard let old = change.place.unit, let new = change.destination?.unit, old != new else { return nil }
    let labels = [old, new].map { VisibleText(names.name(of: $0)).text }
    guard labels[0] == labels[1] else { return labels.joined(separator: " -> ") }
    return zip(labels, [old, new]).map { $0 + " " + VisibleText($1.text).text }.joined(separator: " -> ")
  }

  private func hint(of change: Change) -> String {
    change.kind.isContainer && change.newDN != nil
      ? language.say("  (and all beneath)", "  (med allt under)") : ""
  }

  private func said(of change: Change) -> String {
    change.action == .create || change.action == .update ? "" : change.action.word(language) + "  "
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
