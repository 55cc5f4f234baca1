/// A plan for people to read on a terminal.
///
/// Findings first, then what rows want, then what would happen by absence, each by care provider and unit and in the
/// same order every time; endings that are a plan of their own; what will happen by itself; at the end how the
/// directory was read, and the summary. Colour only repeats what signs and words say.
package struct PlanText {
  /// How much is shown.
  package enum Detail: Int, CaseIterable, Comparable, Sendable {
    /// Counts by kind.
    case summary
    /// What changes, long lists of values shortened.
    case normal
    /// Longer lists, whole names, and the order of the changes.
    case verbose
    /// Everything.
    case full

    package static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }

    /// As options and the control socket spell it.
    package var name: String { "\(self)" }

    package init?(name: String) {
      guard let detail = Detail.allCases.first(where: { $0.name == name }) else { return nil }
      self = detail
    }

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
    package var language: Language
    /// Whether personal numbers are shown; never those of protected persons.
    package var reveal: Bool

    package init(
      width: Int? = nil, colour: Bool = false, detail: Detail = .normal, language: Language = .english,
      reveal: Bool = false
    ) {
      self.width = width
      self.colour = colour
      self.detail = detail
      self.language = language
      self.reveal = reveal
    }

    /// Text in a colour, where there are colours.
    func coloured(_ text: String, _ colour: String) -> String {
      self.colour ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }
  }

  private let plan: Plan
  private let endings: Plan?
  private let style: Style
  private let duration: Duration?
  private let profile: Profile
  private let disclosure: Disclosure
  private let names: PlaceNames

  private var language: Language { style.language }

  /// - Parameters:
  ///   - endings: what was split from the plan to be applied by itself, to be shown with it.
  ///   - duration: how long the plan took to make.
  package init(
    _ plan: Plan, endings: Plan? = nil, profile: Profile, style: Style = Style(), duration: Duration? = nil
  ) {
    self.plan = plan
    self.endings = endings
    self.style = style
    self.duration = duration
    self.profile = profile
    disclosure = Disclosure(of: plan, and: endings, profile: profile, reveal: style.reveal)
    names = PlaceNames(plan, disclosure: disclosure)
  }

  /// Writes the whole text, change by change.
  package func write(to out: inout some TextOutputStream) {
    if !plan.findings.isEmpty {
      FindingsText(plan.findings, language: language).write(to: &out)
      out.write("\n")
    }
    if style.detail == .summary {
      writeTables(to: &out)
    } else {
      writeChanges(to: &out)
    }
    writeEndings(to: &out)
    writeBlock(ForeseenText(plan: plan, disclosure: disclosure, language: language).lines, to: &out)
    writeBlock(targets, to: &out)
    writeBlock(guards, to: &out)
    let summary = PlanSummary(coded: plan, duration: duration, language: language)
    out.write(summary.proof + "\n")
    if let endings { out.write(PlanSummary(coded: endings, language: language).line + "\n") }
    out.write(summary.line + "\n")
  }

  /// The whole text.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func roleLines(of plan: Plan) -> RoleLines {
    RoleLines(plan, names: names, language: language, detail: style.detail)
  }

  private func writeChanges(to out: inout some TextOutputStream) {
    let roles = roleLines(of: plan)
    let absent = plan.changes.contains(where: \.isByAbsence) ? plan.changes.filter(\.isByAbsence) : []
    let wanted = absent.isEmpty ? plan.changes : plan.changes.filter { !$0.isByAbsence }
    write(wanted + roles.standalone, roles, to: &out)
    guard !absent.isEmpty else { return }
    let count = language.count(Set(absent.map(\.identity)).count, .entry)
    let isOne = Set(absent.map(\.identity)).count == 1
    out.write(
      style.coloured("!", "1;31") + " "
        + language.say(
          "by absence: \(count) \(isOne ? "is" : "are") no longer in a source that says it has them all.",
          "på grund av frånvaro: \(count) finns inte längre i en källa som säger sig ha alla.") + "\n\n")
    write(absent, roles, to: &out)
  }

  /// What the guards of both plans say.
  private var guards: [String] {
    [plan, endings].compactMap { $0 }.flatMap {
      GuardText(language, plan: $0).lines(all: style.detail >= .verbose)
    }
  }

  private func writeEndings(to out: inout some TextOutputStream) {
    guard let endings, !endings.isEmpty, style.detail > .summary else { return }
    let name = PlanSummary(coded: endings, language: language).name
    out.write(
      style.coloured("=", "1;35") + " " + name + " "
        + language.say(
          "(a plan of its own: what rows or dates end)", "(en egen plan: det som rader eller datum avslutar)")
        + "\n\n")
    let roles = roleLines(of: endings)
    write(endings.changes + roles.standalone, roles, to: &out)
  }

  private func writeBlock(_ lines: [String], to out: inout some TextOutputStream) {
    for line in lines { out.write(line + "\n") }
    if !lines.isEmpty { out.write("\n") }
  }

  /// The roles of one person, beneath what happens to the person's entry.
  private func lines(_ items: [String], of change: Change, _ values: DifferenceText) -> [String] {
    let word = language.say("roles", "roller")
    let column = max(values.column(of: change), word.count)
    return items.enumerated().map { index, item in
      let line = "    " + (index == 0 ? word : "").padded(to: column) + "  " + item
      guard let width = style.width, style.detail < .full, line.displayWidth > width else { return line }
      return line.cut(to: width)
    }
  }

  /// What is to be known of the targets of roles.
  private var targets: [String] {
    let text = RoleTargetsText(roles: plan.roles, language: language)
    return text.warnings.map { style.coloured("!", "1;31") + " " + $0 }
      + (style.detail >= .verbose ? text.counts.map { "  " + $0 } : [])
  }

  private func write(_ changes: [Change], _ roles: RoleLines, to out: inout some TextOutputStream) {
    let values = DifferenceText(disclosure: disclosure, style: style)
    for group in PlanGroups(changes, names: names).groups {
      if let place = group.place {
        out.write(PlaceHeading(place, names: names, language: language).line(style) + "\n")
      }
      let places = ChangePlace(
        base: plan.base, disclosure: disclosure, names: names, language: language,
        isBeneathHeading: group.place != nil)
      let lines = ChangeText(group.changes.lazy.map { changes[$0] }, places: places, values: values)
      var previous: Kind?
      for index in group.changes {
        let change = changes[index]
        if group.place == nil, let previous, previous != change.kind { out.write("\n") }
        previous = change.kind
        for line in lines.lines(of: change) { out.write(line + "\n") }
        for line in self.lines(roles.items(of: change), of: change, values) { out.write(line + "\n") }
      }
      out.write("\n")
    }
  }

  private func writeTables(to out: inout some TextOutputStream) {
    writeBlock(PlanTable(kindsOf: plan, language: language).lines, to: &out)
    writeBlock(PlanTable(providersOf: plan, names: names, language: language).lines, to: &out)
    writeBlock(PlanTable(rolesOf: plan, language: language).lines, to: &out)
  }
}
