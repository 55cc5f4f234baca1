import LDAP

/// The lines of one change: what happens to whom, where and why; beneath it the values that go and come.
struct ChangeText {
  private let disclosure: Disclosure
  private let style: PlanText.Style
  private let columns: Columns
  private let places: ChangePlace
  private let values: DifferenceText

  /// The widths that the columns need so that all changes align.
  private struct Columns {
    var kind = 0
    var identity = 0
    var label = 0
    /// Of the place, when the text does not go to a terminal.
    var place = 0
  }

  init(_ plan: Plan, disclosure: Disclosure, style: PlanText.Style) {
    self.disclosure = disclosure
    self.style = style
    values = DifferenceText(disclosure: disclosure, style: style)
    places = ChangePlace(base: plan.base, disclosure: disclosure)
    var columns = Columns()
    for change in plan.changes {
      columns.kind = max(columns.kind, change.kind.rawValue.count)
      columns.identity = max(columns.identity, ChangeText.identity(of: change).displayWidth)
      columns.label = max(columns.label, min(ChangeText.label(of: change, disclosure).displayWidth, 24))
      columns.place = max(columns.place, min(places.whole(of: change).displayWidth, 72))
    }
    self.columns = columns
  }

  func lines(of change: Change) -> [String] {
    let (head, isCut) = head(of: change)
    let order = style.detail >= .verbose ? ChangeText.order(of: change, limit: style.detail.valueLimit) : nil
    // Where something moves to is never cut away.
    let isNeeded = isCut && (style.detail >= .verbose || change.newDN != nil)
    let beneath = [order, isNeeded ? places.whole(of: change) : nil].compactMap { $0 }.joined(separator: "  ")
    return [head] + (beneath.isEmpty ? [] : ["    " + beneath])
      + (change.isProtected ? [] : values.lines(of: change))
  }

  private func head(of change: Change) -> (line: String, isCut: Bool) {
    let label = ChangeText.label(of: change, disclosure)
    let lead = [
      change.kind.rawValue.padded(to: columns.kind),
      ChangeText.identity(of: change).padded(to: columns.identity),
      (style.detail < .full ? label.cut(to: columns.label) : label).padded(to: columns.label),
    ].filter { !$0.isEmpty }.joined(separator: "  ")
    let cause = ChangeText.cause(of: change)
    let room = style.width.map { max($0 - 2 - lead.displayWidth - cause.displayWidth - 4, 16) }
    let place = room.map { places.fitted(change, room: $0) } ?? (text: places.whole(of: change), isCut: false)
    let line =
      sign(of: change) + " " + lead + "  " + place.text.padded(to: room ?? columns.place) + "  " + cause
    return (line, place.isCut)
  }

  private func sign(of change: Change) -> String {
    let sign = change.action.sign
    return style.colour ? "\u{1B}[\(change.action.colour)m\(sign)\u{1B}[0m" : sign
  }

  private static func identity(of change: Change) -> String { VisibleText(change.identity.text).text }

  /// What people call the entry; nothing when that is only its HSA-id again.
  private static func label(of change: Change, _ disclosure: Disclosure) -> String {
    guard let label = disclosure.label(of: change), label != change.identity.text else { return "" }
    return VisibleText(label).text
  }

  private static func cause(of change: Change) -> String {
    switch change.cause {
    case .desired(let position): VisibleText("\(position.file):\(position.line)").text
    case .absence(let source): "absent from " + VisibleText(source).text
    case .undo(let run): "undo of run \(run)"
    }
  }

  private static func order(of change: Change, limit: Int) -> String {
    let number = "change \((change.id + 1).grouped)"
    guard !change.after.isEmpty else { return number }
    let shown = change.after.prefix(limit).map { ($0 + 1).grouped }.joined(separator: ", ")
    let more = change.after.count - min(change.after.count, limit)
    return number + ", after " + shown + (more > 0 ? " and \(more.grouped) more" : "")
  }
}
