import LDAP

/// The values that go and come, attribute by attribute.
///
///     title            "Sjuksköterska" -> "Distriktssköterska"
///     telephoneNumber  - "+46812310011"  + "+46812310012"  (2 kept)
struct DifferenceText {
  let disclosure: Disclosure
  let style: PlanText.Style

  func lines(of change: Change) -> [String] {
    let names = change.differences.map { VisibleText($0.attribute).text }
    let column = min(names.map(\.displayWidth).max() ?? 0, 32)
    return zip(names, change.differences).flatMap { name, difference in
      lines(of: difference, lead: "    " + name.padded(to: column) + "  ")
    }
  }

  private func lines(of difference: Change.Difference, lead: String) -> [String] {
    let room = style.width.map { $0 - lead.displayWidth }
    if let only = replacement(difference, room: room) { return [lead + only] }
    let items = items(of: difference, room: room)
    let remark = remark(on: difference).map { "  " + $0 } ?? ""
    let whole = items.joined(separator: "  ") + remark
    if whole.displayWidth <= room ?? 100 || items.count < 2 { return [lead + whole] }
    let indent = String(repeating: " ", count: lead.displayWidth)
    return items.enumerated().map { index, item in
      (index == 0 ? lead : indent) + item + (index == items.count - 1 ? remark : "")
    }
  }

  /// One value for another, where that is all there is to it.
  private func replacement(_ difference: Change.Difference, room: Int?) -> String? {
    guard difference.removed.count == 1, difference.added.count == 1 else { return nil }
    guard difference.kept == 0 || difference.style == .spelling else { return nil }
    let remark = remark(on: difference).map { "  " + $0 } ?? ""
    let each = room.map { ($0 - remark.displayWidth - 4) / 2 }
    let old = text(difference.removed[0], of: difference.attribute, room: each)
    return old + " -> " + text(difference.added[0], of: difference.attribute, room: each) + remark
  }

  private func items(of difference: Change.Difference, room: Int?) -> [String] {
    let inner = room.map { $0 - 2 }
    return signed("-", difference.removed, of: difference.attribute, room: inner)
      + signed("+", difference.added, of: difference.attribute, room: inner)
  }

  private func signed(_ sign: String, _ values: [Value], of attribute: String, room: Int?) -> [String] {
    let limit = style.detail.valueLimit
    // One more is shown rather than "and 1 more".
    let shown = values.count <= limit || values.count - 1 == limit ? values.count : limit
    let items = values.sorted().prefix(shown).map { sign + " " + text($0, of: attribute, room: room) }
    return shown == values.count ? items : items + [sign + " \((values.count - shown).grouped) more"]
  }

  private func remark(on difference: Change.Difference) -> String? {
    let kept = difference.kept > 0 ? "\(difference.kept.grouped) kept" : nil
    return switch difference.style {
    case .spelling: "(" + ["spelling only", kept].compactMap { $0 }.joined(separator: ", ") + ")"
    case .initial: nil
    case .values: difference.added.isEmpty && difference.kept == 0 ? "(none left)" : kept.map { "(\($0))" }
    }
  }

  private func text(_ value: Value, of attribute: String, room: Int?) -> String {
    switch disclosure.shown(value, of: attribute) {
    case .text(let text): cut(VisibleText(quoting: text).text, characters: text.count, room: room)
    case .personalNumber: "<personal number>"
    case .protected(let identity): "<protected person \(VisibleText(identity.text).text)>"
    case .bytes(let bytes): octets(bytes)
    }
  }

  /// A long value's beginning and its length; whole when everything is asked for.
  private func cut(_ quoted: String, characters: Int, room: Int?) -> String {
    guard style.detail < .full else { return quoted }
    let limit = max(room ?? 200, 24)
    guard quoted.displayWidth > limit else { return quoted }
    let note = " (\(characters.grouped) characters)"
    return quoted.cut(to: max(limit - note.count, 8)) + note
  }

  private func octets(_ bytes: [UInt8]) -> String {
    let shown = style.detail == .full ? bytes.count : min(bytes.count, 8)
    let digits = bytes.prefix(shown).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "<\(bytes.count.grouped) octets: \(digits)\(shown < bytes.count ? "…" : "")>"
  }
}
