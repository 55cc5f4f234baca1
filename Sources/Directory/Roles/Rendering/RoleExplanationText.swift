import Foundation
import LDAP

/// Why a person holds roles, and why not, for people.
///
/// Of a protected person it tells by which rules and conditions, and neither roles, values, dates nor other entries.
package struct RoleExplanationText {
  private let explanation: RoleExplanation
  private let person: RolePerson?
  private let style: PlanText.Style
  private let words: RoleWords
  private let requirements: RequirementWords

  private var language: Language { style.language }
  private var isHidden: Bool { explanation.isProtected }

  /// - Parameters:
  ///   - person: what is known of the person; `nil` where there is none.
  ///   - rules: those that were asked, so that their constraints can be told apart.
  package init(
    _ explanation: RoleExplanation, person: RolePerson? = nil, rules: RoleRules? = nil, profile: Profile,
    style: PlanText.Style = .init()
  ) {
    self.explanation = explanation
    self.person = person
    self.style = style
    words = RoleWords(language: style.language)
    requirements = RequirementWords(
      language: style.language,
      values: RoleValueWords(
        profile, language: style.language, isHidden: explanation.isProtected, reveal: style.reveal),
      constraints: rules?.constraints ?? [])
  }

  /// The whole text.
  package var text: String { lines.map { $0 + "\n" }.joined() }

  private var lines: [String] {
    [head] + (fault.map { [$0] } ?? []) + section(heldTitle, explanation.given.flatMap(given))
      + section(missingTitle, explanation.missing.flatMap(missing)) + (isEmpty ? ["", nothing] : [])
  }

  private var isEmpty: Bool { explanation.given.isEmpty && explanation.missing.isEmpty && fault == nil }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", style.coloured(title, "1")] + lines
  }

  // MARK: Who it is

  private var head: String {
    let id = style.coloured(VisibleText(explanation.person.text).text, "1")
    let who =
      isHidden
      ? language.say("(protected person: no values are shown)", "(skyddad person: inga värden visas)")
      : person?.label.flatMap { $0 == explanation.person.text ? nil : $0 }
        .map { VisibleText(style.reveal ? $0 : PersonalNumber.masked(in: $0)).text }
    return [id, who, CivilTime.shown(explanation.instant)].compactMap(\.self).joined(separator: "  ")
  }

  private var fault: String? {
    guard let fault = explanation.fault else { return nil }
    let one = RoleExplanation.Requirement(
      .validity, .person, of: explanation.person, isMet: false, fault: fault)
    return "! " + requirements.failing(one)
      + (requirements.advice(one).map { "\n    " + $0 } ?? "")
  }

  private var heldTitle: String { language.say("Holds", "Har") }

  private var missingTitle: String { language.say("Does not get", "Får inte") }

  private var nothing: String {
    let role = explanation.role.map { VisibleText(quoting: $0).text }
    return role.map { language.say("No rule gives \($0).", "Ingen regel ger \($0).") }
      ?? language.say("There are no rules.", "Det finns inga regler.")
  }

  // MARK: Why

  private func given(_ one: RoleExplanation.Given) -> [String] {
    let assignment = one.assignment
    let rule = VisibleText(assignment.rule).text + "  " + VisibleText(assignment.position.description).text
    guard !isHidden else {
      return [style.coloured("+", "32") + " " + rule] + one.requirements.filter(isTold).map(metLine)
    }
    let tie = assignment.scope.map { " @ " + VisibleText($0.text).text } ?? ""
    let head =
      style.coloured("+", "32") + " " + RoleWords.role(assignment.role) + tie + "  "
      + words.period(assignment.from, assignment.to)
    return [head, "    " + language.say("by rule", "genom regeln") + " " + rule]
      + joined(assignment, one.membership).map { "    " + $0 } + one.requirements.filter(isTold).map(metLine)
  }

  private func joined(_ assignment: Assignment, _ membership: (from: Date?, to: Date?)?) -> [String] {
    let parts: [(RoleSubject, HSAIdentity?)] = [
      (.commission, assignment.commission), (.function, assignment.function), (.unit, assignment.unit),
      (.provider, assignment.provider),
    ]
    var texts = parts.compactMap { subject, identity in
      identity.map { words.subject(subject) + " " + VisibleText($0.text).text }
    }
    if let membership {
      texts.append(
        language.say("member", "medlem") + " " + words.period(membership.from, membership.to))
    }
    return texts.isEmpty ? [] : [texts.joined(separator: ", ")]
  }

  /// What goes without saying is said when more is asked for.
  private func isTold(_ one: RoleExplanation.Requirement) -> Bool {
    switch one.matter {
    case .condition(.present(let name)) where name.equalsIgnoringASCIICase("objectClass"):
      style.detail >= .verbose
    case .condition, .right, .text, .request, .end: true
    default: style.detail >= .verbose
    }
  }

  private func metLine(_ one: RoleExplanation.Requirement) -> String {
    "    = " + requirements.met(one) + place(one)
  }

  private func place(_ one: RoleExplanation.Requirement) -> String {
    one.position.map { "  " + VisibleText($0.description).text } ?? ""
  }

  // MARK: Why not

  private func missing(_ one: RoleExplanation.Missing) -> [String] {
    let roles = isHidden ? [] : one.roles.prefix(3).map(RoleWords.role)
    let rule = VisibleText(one.rule).text + "  " + VisibleText(one.position.description).text
    let title = [roles.joined(separator: ", "), rule].filter { !$0.isEmpty }.joined(separator: "  ")
    let met = style.detail >= .verbose ? one.requirements.filter(\.isMet).map(metLine) : []
    return [style.coloured("-", "31") + " " + title] + one.failing.flatMap(failingLines) + met
  }

  private func failingLines(_ one: RoleExplanation.Requirement) -> [String] {
    let who =
      isHidden || one.subject == .person
      ? "" : one.identity.map { " (" + VisibleText($0.text).text + ")" } ?? ""
    let line = "    ! " + requirements.failing(one) + who + place(one)
    return [line] + (requirements.advice(one).map { ["        " + $0] } ?? [])
  }
}
