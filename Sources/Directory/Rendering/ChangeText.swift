import LDAP

/// The lines of one change: what happens to whom, where and why; beneath it the values that go and come.
struct ChangeText {
  private let style: PlanText.Style
  private let disclosure: Disclosure
  private let columns: Columns
  private let places: ChangePlace
  private let values: DifferenceText

  /// The widths that the columns need so that the changes of a group align.
  private struct Columns {
    var kind = 0
    var identity = 0
    var label = 0
    var cause = 0
    /// Of the place, when the text does not go to a terminal.
    var place = 0
  }

  /// - Parameter changes: those that stand together.
  init(_ changes: some Sequence<Change>, places: ChangePlace, values: DifferenceText) {
    style = values.style
    disclosure = values.disclosure
    self.values = values
    self.places = places
    var columns = Columns()
    for change in changes {
      columns.kind = max(columns.kind, change.kind.word(style.language).displayWidth)
      columns.identity = max(columns.identity, ChangeText.identity(of: change).displayWidth)
      columns.label = max(columns.label, min(ChangeText.label(of: change, disclosure).displayWidth, 24))
      columns.place = max(columns.place, min(places.whole(of: change).displayWidth, 72))
      columns.cause = max(columns.cause, ChangeText.cause(of: change, style.language).displayWidth)
    }
    self.columns = columns
  }

  func lines(of change: Change) -> [String] {
    let (head, isCut) = head(of: change)
    let isVerbose = style.detail >= .verbose
    let order =
      isVerbose && !change.isOfRolesAlone
      ? ChangeText.order(of: change, limit: style.detail.valueLimit, style.language)
      : nil
    // Where something moves to is never cut away.
    let isNeeded = isCut && (isVerbose || change.newDN != nil)
    let name = isVerbose && places.isBeneathHeading ? places.name(of: change) : nil
    let beneath = [order, isNeeded ? places.whole(of: change) : nil, name].compactMap { $0 }
      .filter { !$0.isEmpty }.joined(separator: "  ")
    return [head] + (beneath.isEmpty ? [] : ["    " + beneath])
      + (change.isProtected ? [] : values.lines(of: change))
  }

  private func head(of change: Change) -> (line: String, isCut: Bool) {
    let label = ChangeText.label(of: change, disclosure)
    let lead = [
      change.kind.word(style.language).padded(to: columns.kind),
      ChangeText.identity(of: change).padded(to: columns.identity),
      (style.detail < .full ? label.cut(to: columns.label) : label).padded(to: columns.label),
    ].filter { !$0.isEmpty }.joined(separator: "  ")
    let cause = ChangeText.cause(of: change, style.language)
    let width = places.isBeneathHeading ? columns.cause : cause.displayWidth
    let room = style.width.map { max($0 - 2 - lead.displayWidth - width - 4, 16) }
    let place = room.map { places.fitted(change, room: $0) } ?? (text: places.whole(of: change), isCut: false)
    // Beneath a heading most places are empty: the column is as wide as it must be, wherever the text goes.
    let column = places.isBeneathHeading ? min(columns.place, room ?? columns.place) : room ?? columns.place
    let parts = [sign(of: change) + " " + lead, place.text.padded(to: column), cause].filter { !$0.isEmpty }
    let line = parts.joined(separator: "  ")
    guard change.isOfRolesAlone, let end = line.lastIndex(where: { $0 != " " }) else {
      return (line, place.isCut)
    }
    return (String(line[...end]), place.isCut)
  }

  private func sign(of change: Change) -> String {
    style.coloured(change.action.sign, change.action.colour)
  }

  private static func identity(of change: Change) -> String { VisibleText(change.identity.text).text }

  /// What people call the entry; nothing when that is only its HSA-id again.
  static func label(of change: Change, _ disclosure: Disclosure) -> String {
    guard let label = disclosure.label(of: change), label != change.identity.text else { return "" }
    return VisibleText(label).text
  }

  static func cause(of change: Change, _ language: Language) -> String {
    switch change.cause {
    case .desired where change.isOfRolesAlone: ""
    case .desired(let position): VisibleText("\(position.file):\(position.line)").text
    case .absence(let source): language.say("absent from", "saknas i") + " " + VisibleText(source).text
    case .undo(let run): language.say("undo of run \(run)", "ångrar körning \(run)")
    }
  }

  private static func order(of change: Change, limit: Int, _ language: Language) -> String {
    let number = language.say("change", "ändring") + " " + (change.id + 1).grouped
    guard !change.after.isEmpty else { return number }
    let shown = change.after.prefix(limit).map { ($0 + 1).grouped }.joined(separator: ", ")
    let more = change.after.count - min(change.after.count, limit)
    return number + ", " + language.say("after", "efter") + " " + shown
      + (more > 0 ? " " + language.say("and", "och") + " " + language.more(more) : "")
  }
}
