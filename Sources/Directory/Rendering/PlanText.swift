/// A plan for people to read on a terminal or in a ticket.
///
/// Wanted by rows first, then what would happen by absence, each grouped by kind and place and in the same order
/// every time; at the end how the directory was read, and the summary. Colour only repeats what signs and words say.
package struct PlanText {
  /// How much is shown.
  package enum Detail: Int, Comparable, Sendable {
    /// Counts by kind.
    case summary
    /// What changes, long lists of values shortened.
    case normal
    /// Longer lists, whole names, and the order of the changes.
    case verbose
    /// Everything.
    case full

    package static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }

    /// How many values of an attribute are shown as added, and how many as removed.
    var valueLimit: Int {
      switch self {
      case .summary, .normal: 3
      case .verbose: 20
      case .full: .max
      }
    }
  }

  package struct Style: Sendable {
    /// The columns of the terminal; `nil` when the text does not go to one, and nothing is cut for width.
    package var width: Int?
    package var colour: Bool
    package var detail: Detail

    package init(width: Int? = nil, colour: Bool = false, detail: Detail = .normal) {
      self.width = width
      self.colour = colour
      self.detail = detail
    }
  }

  private let plan: Plan
  private let style: Style
  private let summary: PlanSummary
  private let disclosure: Disclosure

  package init(_ plan: Plan, profile: Profile, style: Style = Style(), duration: Duration? = nil) {
    self.plan = plan
    self.style = style
    self.summary = PlanSummary(plan, duration: duration)
    self.disclosure = Disclosure(of: plan, profile: profile)
  }

  /// Writes the whole text, change by change.
  package func write(to out: inout some TextOutputStream) {
    if !plan.findings.isEmpty {
      FindingsText(plan.findings).write(to: &out)
      out.write("\n")
    }
    if style.detail == .summary {
      writeTable(to: &out)
    } else {
      writeChanges(to: &out)
    }
    writeGuards(to: &out)
    out.write(summary.proof + "\n")
    out.write(summary.line + "\n")
  }

  /// The whole text.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func writeChanges(to out: inout some TextOutputStream) {
    let lines = ChangeText(plan, disclosure: disclosure, style: style)
    write(plan.changes.filter { !$0.isByAbsence }, lines, to: &out)
    let absent = plan.changes.filter(\.isByAbsence)
    guard !absent.isEmpty else { return }
    let sign = style.colour ? "\u{1B}[1;31m!\u{1B}[0m" : "!"
    out.write(
      "\(sign) by absence: \(PlanText.missing(absent)) no longer in a source that says it has them all.\n")
    out.write("\n")
    write(absent, lines, to: &out)
  }

  private static func missing(_ changes: [Change]) -> String {
    let count = Set(changes.map(\.identity)).count
    return count == 1 ? "1 entry is" : "\(count.grouped) entries are"
  }

  private func write(_ changes: [Change], _ lines: ChangeText, to out: inout some TextOutputStream) {
    let order = ReadingOrder.sorted(changes)
    for (index, change) in order.enumerated() {
      if index > 0, order[index - 1].kind != change.kind { out.write("\n") }
      for line in lines.lines(of: change) { out.write(line + "\n") }
    }
    if !order.isEmpty { out.write("\n") }
  }

  private func writeGuards(to out: inout some TextOutputStream) {
    let lines = GuardText(.english, plan: plan).lines(all: style.detail >= .verbose)
    for line in lines { out.write(line + "\n") }
    if !lines.isEmpty { out.write("\n") }
  }

  private func writeTable(to out: inout some TextOutputStream) {
    let table = PlanTable(plan)
    for line in table.lines { out.write(line + "\n") }
    out.write("\n")
  }
}

/// How many changes of which action there are, by kind.
struct PlanTable {
  let lines: [String]

  init(_ plan: Plan) {
    let actions = Change.Action.allCases.filter { plan.count($0) > 0 }
    var rows = [["", "observed"] + actions.map(\.word)]
    for kind in Kind.allCases {
      let changes = plan.changes.filter { $0.kind == kind }
      guard !changes.isEmpty || plan.observed[kind] ?? 0 > 0 else { continue }
      let counts = actions.map { action in changes.count { $0.action == action }.grouped }
      rows.append([kind.rawValue, (plan.observed[kind] ?? 0).grouped] + counts)
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    lines = rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let gap = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + gap : gap + cell.0
      }.joined(separator: "  ")
    }
  }
}
