/// A plan for a ticket: the counts as tables, findings and changes as lists, grouped by care provider and unit.
///
/// It leaves the house with the ticket, so it is always redacted: personal numbers masked, protected persons by HSA-id.
package struct PlanMarkdown {
  private let plan: Plan
  private let endings: Plan?
  private let language: Language
  private let detail: PlanText.Detail
  private let disclosure: Disclosure
  private let names: PlaceNames
  private let values: DifferenceText

  /// - Parameters:
  ///   - endings: what was split from the plan to be applied by itself, to be shown with it.
  ///   - detail: with ``PlanText/Detail/summary`` the changes themselves are left out.
  package init(
    _ plan: Plan, endings: Plan? = nil, profile: Profile, detail: PlanText.Detail = .normal,
    language: Language = .english
  ) {
    self.plan = plan
    self.endings = endings
    self.language = language
    self.detail = detail
    disclosure = Disclosure(of: plan, and: endings, profile: profile)
    names = PlaceNames(plan, disclosure: disclosure)
    values = DifferenceText(
      disclosure: disclosure, style: PlanText.Style(detail: detail, language: language))
  }

  /// Writes the whole text, change by change.
  package func write(to out: inout some TextOutputStream) {
    let summary = PlanSummary(coded: plan, language: language)
    out.write("# " + MarkdownText.inline(summary.name) + "\n\n")
    out.write(MarkdownText.span(summary.line) + "\n\n" + MarkdownText.span(summary.proof) + "\n\n")
    writeTable(PlanTable(kindsOf: plan, language: language), to: &out)
    writeTable(PlanTable(providersOf: plan, names: names, language: language), to: &out)
    writeTable(PlanTable(rolesOf: plan, language: language), to: &out)
    writeTargets(to: &out)
    writeFindings(to: &out)
    writeGuards(to: &out)
    if detail > .summary {
      writeChanges(to: &out)
      writeForeseen(to: &out)
    }
  }

  /// The whole text.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func writeTable(_ table: PlanTable, to out: inout some TextOutputStream) {
    guard let first = table.rows.first else { return }
    let line = first.indices.map { $0 == 0 || first[$0].isEmpty ? ":--" : "--:" }
    let rows = table.rows.map { $0.map(MarkdownText.cell) }
    for row in [rows[0], line] + rows.dropFirst() { out.write("| " + row.joined(separator: " | ") + " |\n") }
    out.write("\n")
  }

  private func writeTargets(to out: inout some TextOutputStream) {
    let text = RoleTargetsText(roles: plan.roles, language: language)
    let lines =
      text.warnings.map { "- **!** " + MarkdownText.visible($0) }
      + (detail >= .verbose ? text.counts.map { "- " + MarkdownText.visible($0) } : [])
    guard !lines.isEmpty else { return }
    out.write("## " + language.say("Targets", "Målsystem") + "\n\n" + lines.joined(separator: "\n") + "\n\n")
  }

  private func writeFindings(to out: inout some TextOutputStream) {
    guard !plan.findings.isEmpty else { return }
    let findings = FindingsText(plan.findings).findings
    out.write("## \(language.say("Findings", "Anmärkningar")): \(FindingsText.count(findings, language))\n\n")
    for finding in findings {
      let place = finding.position?.description ?? "directory"
      var line = "- **\(finding.severity.rawValue)** \(MarkdownText.code(place)) "
      if let subject = finding.subject { line += MarkdownText.code(subject.text) + " " }
      line += MarkdownText.inline(finding.message)
      if let advice = finding.advice { line += "\n  - " + MarkdownText.inline(advice) }
      out.write(line + "\n")
    }
    out.write("\n")
  }

  private func writeGuards(to out: inout some TextOutputStream) {
    let lines = [plan, endings].compactMap { $0 }.flatMap { plan -> [String] in
      let text = GuardText(language, plan: plan)
      let shown = detail >= .verbose ? plan.guards.filter { $0.state != .notKnown } : plan.tripped
      return shown.map { verdict in
        let mark = verdict.isTripped ? "**!** " : ""
        return "- " + mark + MarkdownText.visible(text.line(verdict))
          + (text.cause(verdict).map { "\n  - " + MarkdownText.visible($0) } ?? "")
      }
    }
    guard !lines.isEmpty else { return }
    out.write("## " + language.say("Guards", "Spärrar") + "\n\n" + lines.joined(separator: "\n") + "\n\n")
  }

  private func writeChanges(to out: inout some TextOutputStream) {
    let roles = RoleLines(plan, names: names, language: language, detail: detail)
    let wanted = plan.changes.filter { !$0.isByAbsence }
    write(wanted + roles.standalone, roles, title: language.say("Changes", "Ändringar"), to: &out)
    let absent = plan.changes.filter(\.isByAbsence)
    write(
      absent, roles,
      title: language.say(
        "By absence from a source that says it has them all",
        "På grund av frånvaro i en källa som säger sig ha alla"),
      to: &out)
    if let endings {
      let roles = RoleLines(endings, names: names, language: language, detail: detail)
      write(
        endings.changes + roles.standalone, roles,
        title: PlanSummary(coded: endings, language: language).name, to: &out)
    }
  }

  private func write(
    _ changes: [Change], _ roles: RoleLines, title: String, to out: inout some TextOutputStream
  ) {
    guard !changes.isEmpty else { return }
    out.write("## " + MarkdownText.inline(title) + "\n\n")
    for group in PlanGroups(changes, names: names).groups {
      if let place = group.place {
        let heading = PlaceHeading(place, names: names, language: language)
        let parts = [heading.title, heading.identity, heading.provider].compactMap { $0 }
        out.write("### " + parts.map(MarkdownText.visible).joined(separator: " · ") + "\n\n")
      }
      let places = ChangePlace(
        base: plan.base, disclosure: disclosure, names: names, language: language,
        isBeneathHeading: group.place != nil)
      for index in group.changes {
        write(changes[index], places, to: &out)
        for item in roles.items(of: changes[index]) {
          out.write("  - " + language.say("roles", "roller") + ": " + MarkdownText.span(item) + "\n")
        }
      }
      out.write("\n")
    }
  }

  private func write(_ change: Change, _ places: ChangePlace, to out: inout some TextOutputStream) {
    var parts = [
      MarkdownText.span(change.action.sign), change.kind.word(language),
      MarkdownText.code(change.identity.text),
    ]
    let label = ChangeText.label(of: change, disclosure)
    if !label.isEmpty { parts.append(MarkdownText.visible(label)) }
    let place = places.whole(of: change)
    if !place.isEmpty { parts.append(MarkdownText.visible(place)) }
    parts.append(MarkdownText.span(ChangeText.cause(of: change, language)))
    parts.removeAll(where: \.isEmpty)
    out.write("- " + parts.joined(separator: " ") + "\n")
    guard !change.isProtected else { return }
    for difference in change.differences {
      let pieces = values.pieces(of: difference, room: nil)
      let items = pieces.items.map(MarkdownText.span) + [pieces.remark].compactMap { $0 }
      out.write("  - \(MarkdownText.code(difference.attribute)): \(items.joined(separator: " "))\n")
    }
  }

  private func writeForeseen(to out: inout some TextOutputStream) {
    guard !plan.foreseen.isEmpty else { return }
    let foreseen = ForeseenText(plan: plan, disclosure: disclosure, language: language)
    out.write("## \(foreseen.heading)\n\n")
    for one in foreseen.sorted {
      let cells = foreseen.cells(one).filter { !$0.isEmpty }
      out.write("- " + cells.map(MarkdownText.visible).joined(separator: " ") + "\n")
    }
    out.write("\n")
  }
}
