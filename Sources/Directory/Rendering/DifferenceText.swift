import LDAP

/// The values that go and come, attribute by attribute; members of a commission one by one.
///
///     title                "Sjuksköterska" -> "Distriktssköterska"
///     telephoneNumber      - "+46812310011"  + "+46812310012"  (2 kept)
///     hsaCommissionMember  - SE2321000016-9A1E  2025-01-01..
///                          ~ SE2321000016-7X3K  2026-01-01.. -> 2026-01-01..2026-12-31  (2 998 kept)
struct DifferenceText {
  let disclosure: Disclosure
  let style: PlanText.Style

  func lines(of change: Change) -> [String] {
    let column = column(of: change)
    return change.differences.flatMap { difference in
      lines(
        of: difference,
        lead: "    " + VisibleText(difference.attribute).text.padded(to: column) + "  ")
    }
  }

  /// How wide the names of the attributes are; of a protected person none is shown.
  func column(of change: Change) -> Int {
    guard !change.isProtected else { return 0 }
    return min(change.differences.map { VisibleText($0.attribute).text.displayWidth }.max() ?? 0, 32)
  }

  private func lines(of difference: Change.Difference, lead: String) -> [String] {
    let room = style.width.map { $0 - lead.displayWidth }
    let pieces = pieces(of: difference, room: room)
    let items = pieces.items
    let remark = pieces.remark.map { "  " + $0 } ?? ""
    let whole = items.joined(separator: "  ") + remark
    if items.count < 2 || (!pieces.isList && whole.displayWidth <= room ?? 100) { return [lead + whole] }
    let indent = String(repeating: " ", count: lead.displayWidth)
    return items.enumerated().map { index, item in
      (index == 0 ? lead : indent) + item + (index == items.count - 1 ? remark : "")
    }
  }

  /// What goes and comes, piece by piece, with what is to be remarked on it.
  ///
  /// - Parameter room: the columns that a piece may take.
  /// - Returns: also whether the pieces stand on a line each, however short they are.
  func pieces(
    of difference: Change.Difference, room: Int?
  ) -> (items: [String], remark: String?, isList: Bool) {
    let remark = remark(on: difference)
    if let members = members(of: difference) { return (members, remark, true) }
    if let only = replacement(difference, room: room, remark) { return ([only], remark, false) }
    return (items(of: difference, room: room), remark, false)
  }

  /// One value for another, where that is all there is to it.
  private func replacement(_ difference: Change.Difference, room: Int?, _ remark: String?) -> String? {
    guard difference.removed.count == 1, difference.added.count == 1 else { return nil }
    guard difference.kept == 0 || difference.style == .spelling else { return nil }
    let each = room.map { ($0 - (remark.map { $0.displayWidth + 2 } ?? 0) - 4) / 2 }
    let old = text(difference.removed[0], of: difference.attribute, room: each)
    return old + " -> " + text(difference.added[0], of: difference.attribute, room: each)
  }

  private func items(of difference: Change.Difference, room: Int?) -> [String] {
    let inner = room.map { $0 - 2 }
    return signed("-", difference.removed.sorted()) { text($0, of: difference.attribute, room: inner) }
      + signed("+", difference.added.sorted()) { text($0, of: difference.attribute, room: inner) }
  }

  /// Members by HSA-id and period; `nil` where the values are not members.
  private func members(of difference: Change.Difference) -> [String]? {
    guard disclosure.holdsMembers(difference.attribute), let members = MemberDifference(difference) else {
      return nil
    }
    func name(_ member: MemberLine) -> String { VisibleText(member.identity.text).text }
    func who(_ member: MemberLine) -> String {
      member.period == ".." ? name(member) : name(member) + "  " + member.period
    }
    return signed("-", members.removed, who)
      + signed("~", members.changed) { name($0.old) + "  " + $0.old.period + " -> " + $0.new.period }
      + signed("+", members.added, who)
  }

  private func signed<Item>(_ sign: String, _ all: [Item], _ text: (Item) -> String) -> [String] {
    let limit = style.detail.valueLimit
    // One more is shown rather than "and 1 more".
    let shown = all.count <= limit || all.count - 1 == limit ? all.count : limit
    let items = all.prefix(shown).map { sign + " " + text($0) }
    return shown == all.count ? items : items + [sign + " " + style.language.more(all.count - shown)]
  }

  private func remark(on difference: Change.Difference) -> String? {
    let language = style.language
    let kept = difference.kept > 0 ? difference.kept.grouped + " " + language.say("kept", "behålls") : nil
    switch difference.style {
    case .spelling:
      let only = language.say("spelling only", "bara stavning")
      return "(" + [only, kept].compactMap { $0 }.joined(separator: ", ") + ")"
    case .initial: return nil
    case .values:
      let isEmptied = difference.added.isEmpty && difference.kept == 0
      return isEmptied ? language.say("(none left)", "(inget kvar)") : kept.map { "(\($0))" }
    }
  }

  /// One value by itself.
  func value(_ value: Value, of attribute: String) -> String {
    text(value, of: attribute, room: style.width.map { max($0 - 24, 24) })
  }

  private func text(_ value: Value, of attribute: String, room: Int?) -> String {
    let language = style.language
    switch disclosure.shown(value, of: attribute) {
    case .text(let text): return cut(VisibleText(quoting: text).text, characters: text.count, room: room)
    case .personalNumber: return language.say("<personal number>", "<personnummer>")
    case .protected(let identity):
      let who = language.say("protected person", "skyddad person")
      return "<\(who) \(VisibleText(identity.text).text)>"
    case .bytes(let bytes): return octets(bytes)
    }
  }

  /// A long value's beginning and its length; whole when everything is asked for.
  private func cut(_ quoted: String, characters: Int, room: Int?) -> String {
    guard style.detail < .full else { return quoted }
    let limit = max(room ?? 200, 24)
    guard quoted.displayWidth > limit else { return quoted }
    let note = " (\(characters.grouped) \(style.language.say("characters", "tecken")))"
    return quoted.cut(to: max(limit - note.count, 8)) + note
  }

  private func octets(_ bytes: [UInt8]) -> String {
    let shown = style.detail == .full ? bytes.count : min(bytes.count, 8)
    let digits = bytes.prefix(shown).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let unit = style.language.say("octets", "oktetter")
    return "<\(bytes.count.grouped) \(unit): \(digits)\(shown < bytes.count ? "…" : "")>"
  }
}
