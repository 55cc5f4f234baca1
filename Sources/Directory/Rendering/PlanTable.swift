/// How many changes of which action there are, by kind, and where places are known by care provider.
struct PlanTable {
  /// The first row names the columns, the first column the rows.
  let rows: [[String]]

  init(rows: [[String]]) { self.rows = rows }

  /// By kind, with how many entries of each were observed.
  init(kindsOf plan: Plan, language: Language) {
    let actions = PlanTable.actions(of: plan)
    var rows = [["", language.say("observed", "i katalogen")] + actions.map { $0.word(language) }]
    var counts: [Kind: [Change.Action: Int]] = [:]
    for change in plan.changes { counts[change.kind, default: [:]][change.action, default: 0] += 1 }
    for kind in Kind.allCases where counts[kind] != nil || plan.observed[kind] ?? 0 > 0 {
      rows.append(
        [kind.word(language), (plan.observed[kind] ?? 0).grouped]
          + actions.map { (counts[kind]?[$0] ?? 0).grouped })
    }
    self.rows = rows
  }

  /// By care provider; no rows when none is known. Protected persons are counted apart.
  init(providersOf plan: Plan, names: PlaceNames, language: Language) {
    let actions = PlanTable.actions(of: plan)
    var counts: [HSAIdentity?: [Change.Action: Int]] = [:]
    for change in plan.changes {
      let provider = change.isProtected ? nil : (change.destination ?? change.place).provider
      counts[provider, default: [:]][change.action, default: 0] += 1
    }
    guard counts.keys.contains(where: { $0 != nil }) else {
      rows = []
      return
    }
    let known = counts.keys.compactMap { $0 }.map { (label: names.label(of: $0), id: $0) }
      .sorted { ($0.label ?? "~", $0.id) < ($1.label ?? "~", $1.id) }
    var rows = [["", ""] + actions.map { $0.word(language) }]
    for provider in known {
      rows.append(
        [provider.label.map { VisibleText($0).text } ?? "", VisibleText(provider.id.text).text]
          + actions.map { (counts[provider.id]?[$0] ?? 0).grouped })
    }
    if let others = counts[nil] {
      rows.append([language.say("others", "övriga"), ""] + actions.map { (others[$0] ?? 0).grouped })
    }
    self.rows = rows
  }

  private static func actions(of plan: Plan) -> [Change.Action] {
    var present: Set<Change.Action> = []
    for change in plan.changes { present.insert(change.action) }
    return Change.Action.allCases.filter(present.contains)
  }

  /// The rows in columns: words to the left, numbers to the right.
  var lines: [String] {
    guard let first = rows.first else { return [] }
    let widths = first.indices.map { column in rows.map { $0[column].displayWidth }.max() ?? 0 }
    let isWord = first.indices.map { $0 == 0 || first[$0].isEmpty }
    return rows.map { row in
      let cells = first.indices.map { column -> String in
        let gap = String(repeating: " ", count: widths[column] - row[column].displayWidth)
        return isWord[column] ? row[column] + gap : gap + row[column]
      }
      return cells.joined(separator: "  ")
    }
  }
}
