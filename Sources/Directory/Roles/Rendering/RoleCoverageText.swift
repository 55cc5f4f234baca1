import Foundation
import LDAP

/// How far rules reach, for people.
package struct RoleCoverageText {
  private let coverage: RoleCoverage
  private let style: PlanText.Style
  private let words: RoleWords

  private var language: Language { style.language }

  package init(_ coverage: RoleCoverage, style: PlanText.Style = .init()) {
    self.coverage = coverage
    self.style = style
    words = RoleWords(language: style.language)
  }

  /// The whole text.
  package var text: String { lines.map { $0 + "\n" }.joined() }

  private var lines: [String] {
    let parts = [
      section(language.say("Rules", "Regler"), rules),
      section(language.say("Given by more than one rule", "Ges av mer än en regel"), overlaps),
      section(language.say("Refused by constraints", "Hindras av begränsningar"), refusals),
      section(
        language.say("Commissions that give nobody anything", "Uppdrag som inte ger någon något"), withheld),
      section(language.say("People with no role", "Personer utan roll"), without),
      [summary],
    ]
    return Array(parts.filter { !$0.isEmpty }.joined(separator: [""]))
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [style.coloured(title, "1")] + lines
  }

  private var rules: [String] {
    let name = min(coverage.rules.map { VisibleText($0.name).text.displayWidth }.max() ?? 0, 40)
    let place = min(coverage.rules.map { RoleWords.line($0.position).displayWidth }.max() ?? 0, 48)
    return coverage.rules.map { rule in
      let isIdle = rule.assignments + rule.refused == 0
      let sign = isIdle ? style.coloured("!", "33") : " "
      let figures =
        isIdle
        ? language.say("matches nobody", "träffar ingen")
        : words.persons(rule.persons) + ", " + words.assignments(rule.assignments)
          + (rule.refused > 0
            ? ", " + rule.refused.grouped + " " + language.say("refused", "hindrade") : "")
      let cells = [
        VisibleText(rule.name).text.padded(to: name), RoleWords.line(rule.position).padded(to: place),
      ]
      return "\(sign) " + cells.joined(separator: "  ") + "  " + figures
    }
  }

  private var overlaps: [String] {
    coverage.overlaps.map { overlap in
      let rules = overlap.rules.map { VisibleText($0).text }.joined(separator: ", ")
      return "  " + RoleWords.role(overlap.role) + "  " + rules + "  " + words.persons(overlap.persons)
    }
  }

  private var refusals: [String] {
    coverage.refusals.filter { $0.assignments > 0 }.map { refusal in
      "  " + VisibleText(refusal.position.description).text + "  " + words.persons(refusal.persons) + ", "
        + words.assignments(refusal.assignments)
    }
  }

  private var withheld: [String] {
    coverage.withheld.map { one in
      let id = VisibleText(one.commission.text).text
      let fault = VisibleText(one.fault.text).text
      let name = VisibleText(one.attribute).text
      let persons = words.persons(one.persons)
      return style.coloured("!", "31") + " "
        + language.say(
          "\(id)  takes rights from \(persons): `\(name)` of \(fault)",
          "\(id)  tar rättigheter från \(persons): `\(name)` hos \(fault)")
    }
  }

  /// Who has nothing, in lines of a few; many are counted unless more is asked for.
  private var without: [String] {
    let all = coverage.withoutRoles
    let limit = style.detail >= .full ? Int.max : style.detail >= .verbose ? 200 : 12
    let shown = all.count - 1 == limit ? all[...] : all.prefix(limit)
    let ids = shown.map { VisibleText($0.text).text }
    let rows = stride(from: 0, to: ids.count, by: 4).map { start in
      "  " + ids[start..<min(start + 4, ids.count)].joined(separator: "  ")
    }
    return rows + (shown.count < all.count ? ["  " + language.more(all.count - shown.count)] : [])
  }

  private var summary: String {
    let idle = coverage.matchingNobody.count
    let holding = coverage.persons - coverage.withoutRoles.count
    let (people, without) = (words.persons(holding), coverage.withoutRoles.count.grouped)
    let rules = words.rules(coverage.rules.count)
    return language.say(
      "\(rules), \(idle.grouped) that match nobody; \(people) with a role, \(without) without.",
      "\(rules), \(idle.grouped) som inte träffar någon; \(people) med roll, \(without) utan.")
  }
}
