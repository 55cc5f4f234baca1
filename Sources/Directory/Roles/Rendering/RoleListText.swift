import Foundation
import LDAP

/// Who holds which roles, for people: by person, each role with its place, its period, its rule and where that stands.
///
/// Of a protected person there is the HSA-id and how many roles there are: a role may tell where somebody works.
package struct RoleListText {
  private let list: RoleList
  private let style: PlanText.Style
  private let words: RoleWords

  package init(_ list: RoleList, style: PlanText.Style = .init()) {
    self.list = list
    self.style = style
    words = RoleWords(language: style.language)
  }

  /// The whole text.
  package var text: String { lines.map { $0 + "\n" }.joined() }

  private var language: Language { style.language }

  private var lines: [String] {
    if style.detail == .summary { return [summary] }
    return list.holders.flatMap { holder in
      [head(holder)] + (holder.isProtected ? [] : items(holder))
    } + (list.holders.isEmpty ? [] : [""]) + [summary]
  }

  private func head(_ holder: RoleList.Holder) -> String {
    let id = style.coloured(VisibleText(holder.person.text).text, "1")
    let isNamed = !holder.isProtected && holder.label != holder.person.text
    let label = isNamed ? holder.label.map { VisibleText(PersonalNumber.masked(in: $0)).text } : nil
    let note =
      holder.isProtected ? words.roles(holder.assignments.count) + "  " + words.protected : nil
    return [id, label, note].compactMap(\.self).joined(separator: "  ")
  }

  private func items(_ holder: RoleList.Holder) -> [String] {
    let cells = holder.assignments.map(cells)
    let widths = (0..<3).map { column in min(cells.map { $0[column].displayWidth }.max() ?? 0, 60) }
    return zip(holder.assignments, cells).flatMap { assignment, cells -> [String] in
      let line = zip(cells, widths).map { $0.padded(to: $1) } + [cells[3]]
      let head = "  " + line.filter { !$0.isEmpty }.joined(separator: "  ")
      return [head] + (style.detail >= .verbose ? detail(assignment) : [])
    }
  }

  /// Role, what it is tied to, period, and rule.
  private func cells(_ assignment: Assignment) -> [String] {
    let tie = assignment.scope.map { "@ " + VisibleText($0.text).text } ?? ""
    let rule = RoleWords.line(assignment.position) + "  " + VisibleText(assignment.rule).text
    return [RoleWords.role(assignment.role), tie, words.period(assignment.from, assignment.to), rule]
  }

  private func detail(_ assignment: Assignment) -> [String] {
    let joined: [(RoleSubject, HSAIdentity?)] = [
      (.commission, assignment.commission), (.function, assignment.function), (.unit, assignment.unit),
      (.provider, assignment.provider),
    ]
    let parts = joined.compactMap { subject, identity in
      identity.map { words.subject(subject) + " " + VisibleText($0.text).text }
    }
    return parts.isEmpty ? [] : ["      " + parts.joined(separator: ", ")]
  }

  private var summary: String {
    let at = CivilTime.shown(list.instant)
    guard !list.holders.isEmpty else {
      return language.say("Nobody holds such a role at \(at).", "Ingen har en sådan roll \(at).")
    }
    let (persons, roles) = (words.persons(list.holders.count), words.roles(list.roles))
    let assignments = words.assignments(list.assignments)
    let isOne = list.holders.count == 1
    return language.say(
      "\(persons) \(isOne ? "holds" : "hold") \(roles) by \(assignments) at \(at).",
      "\(persons) har \(roles) genom \(assignments) \(at).")
  }
}
