import Foundation
import LDAP

/// An explanation for people, masked as a plan is: of a protected person it tells the names of attributes, no values.
package struct ExplanationText {
  private let explanation: Explanation
  private let style: PlanText.Style
  private let disclosure: Disclosure
  private let values: DifferenceText
  /// Whether one attribute was asked for: then all is told of it.
  private let isOfOne: Bool

  private var language: Language { style.language }

  package init(
    _ explanation: Explanation, isOfOne: Bool = false, profile: Profile, style: PlanText.Style = .init()
  ) {
    self.explanation = explanation
    self.style = style
    self.isOfOne = isOfOne
    disclosure = Disclosure(of: explanation, profile: profile, reveal: style.reveal)
    values = DifferenceText(disclosure: disclosure, style: style)
  }

  /// The whole text.
  package var text: String { lines.map { $0 + "\n" }.joined() }

  private var lines: [String] {
    guard !explanation.isUnknown else { return unknown }
    return head + section(language.say("Attributes", "Attribut"), attributes)
      + section(language.say("The next plan", "Nästa plan"), next)
      + section(language.say("Earlier runs", "Tidigare körningar"), past)
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", style.coloured(title, "1")] + lines
  }

  // MARK: Who it is

  private var unknown: [String] {
    let id = VisibleText(explanation.identity.text).text
    var lines = [
      language.say(
        "\(id) is neither in the desired state nor in the directory.",
        "\(id) finns varken i det önskade läget eller i katalogen.")
    ]
    if let near = explanation.suggestion.map({ VisibleText($0.text).text }) {
      lines.append(language.say("    did you mean \(near)?", "    menade du \(near)?"))
    }
    return lines + findings + section(language.say("Earlier runs", "Tidigare körningar"), past)
  }

  private var head: [String] {
    let id = style.coloured(VisibleText(explanation.identity.text).text, "1")
    let who =
      explanation.isProtected
      ? language.say("(protected person: no values are shown)", "(skyddad person: inga värden visas)")
      : explanation.names.first?.rdns.first?.pairs.first?.value.text
        .flatMap { disclosure.label($0, of: explanation.identity) }.map { VisibleText($0).text }
    var lines = [[id, explanation.kind?.word(language), who].compactMap { $0 }.joined(separator: "  ")]
    lines.append(row(language.say("desired", "önskad"), desired))
    if let parent { lines.append(row("", parent)) }
    lines += observed.map { row($0.title, $0.text) }
    return lines
  }

  private func row(_ title: String, _ text: String) -> String {
    "  " + title.padded(to: language.say("observed", "i katalogen").count) + "  " + text
  }

  private var desired: String {
    if let row = explanation.row {
      let source = explanation.sources.first.map {
        "  (" + language.say("source", "källa") + " " + VisibleText($0).text + ")"
      }
      return VisibleText(row.description).text + (source ?? "")
    }
    guard !explanation.sources.isEmpty else { return language.say("by no row", "av ingen rad") }
    let sources = explanation.sources.map { VisibleText($0).text }.joined(separator: ", ")
    return language.say(
      "by no row; all of its kind are in: \(sources)", "av ingen rad; alla av sorten finns i: \(sources)")
  }

  private var parent: String? {
    guard let parent = explanation.parent, !explanation.isProtected else { return nil }
    let text =
      switch parent {
      case .identity(let id): VisibleText(id.text).text
      case .name(let name): VisibleText(disclosure.name(name)).text
      }
    return language.say("under", "under") + " " + text
  }

  private var observed: [(title: String, text: String)] {
    let title = language.say("observed", "i katalogen")
    guard let first = explanation.names.first else {
      return [(title, language.say("not in the directory", "finns inte i katalogen"))]
    }
    if explanation.isProtected { return [(title, language.say("yes", "ja"))] }
    return [(title, VisibleText(disclosure.name(first)).text)]
      + explanation.names.dropFirst().map { ("", VisibleText(disclosure.name($0)).text) }
  }

  // MARK: Attributes

  private var attributes: [String] {
    let shown = explanation.attributes
    let name = min(shown.map { VisibleText($0.name).text.displayWidth }.max() ?? 0, 32)
    let owner = shown.map { words(for: $0.owner).displayWidth }.max() ?? 0
    return shown.flatMap { attribute -> [String] in
      let head =
        sign(attribute) + " " + VisibleText(attribute.name).text.padded(to: name) + "  "
        + words(for: attribute.owner).padded(to: owner) + "  " + verdict(attribute)
      let isWhole =
        isOfOne || style.detail >= .verbose || [.differs, .spelling].contains(attribute.agreement)
      return [head] + (isWhole ? detail(attribute) : [])
    }
  }

  private func sign(_ attribute: Explanation.Attribute) -> String {
    switch attribute.agreement {
    case .agrees: "="
    case .spelling, .differs: style.coloured("~", "33")
    case .notCompared: " "
    }
  }

  private func verdict(_ attribute: Explanation.Attribute) -> String {
    let rule = attribute.hasEquality ? " (\(attribute.matching.rawValue))" : ""
    switch attribute.agreement {
    case .agrees: return language.say("agrees", "stämmer") + rule
    case .spelling: return language.say("differs in spelling only", "skiljer sig bara i stavning") + rule
    case .differs: return language.say("differs", "skiljer sig") + rule
    case .notCompared: return unsaid(attribute)
    }
  }

  private func unsaid(_ attribute: Explanation.Attribute) -> String {
    switch attribute.owner {
    case .identity: return language.say("what the entry is known by", "det som posten känns igen på")
    case .never:
      return language.say(
        "made by the server or by SITHS: it can never be owned",
        "sätts av servern eller SITHS: kan aldrig ägas")
    case .untouched:
      return attribute.desired == nil
        ? language.say("not the agent's", "inte agentens")
        : language.say("desired, but not the agent's to write", "önskat, men inte agentens att skriva")
    case .create:
      return language.say("written at creation only", "skrivs bara när posten skapas")
    case .own, .merge:
      return attribute.desired == nil
        ? language.say("no row mentions it: left as it is", "ingen rad nämner det: lämnas som det är")
        : language.say("not in the directory yet", "finns inte i katalogen än")
    }
  }

  private func detail(_ attribute: Explanation.Attribute) -> [String] {
    var lines: [String] = []
    func add(_ title: String, _ text: String) {
      lines.append("      " + title.padded(to: language.say("observed", "i katalogen").count) + "  " + text)
    }
    if let place = attribute.ownedAt {
      add(language.say("owned", "ägs"), VisibleText(place.description).text)
    }
    if !attribute.hasEquality, attribute.owner != .untouched, attribute.owner != .never {
      add(
        "",
        language.say(
          "no matching rule: compared octet by octet, replaced as a whole",
          "ingen matchningsregel: jämförs oktett för oktett, ersätts i sin helhet"))
    }
    if explanation.isProtected {
      if let place = attribute.desiredAt {
        add(language.say("desired", "önskat"), VisibleText(place.description).text)
      }
      return lines
    }
    let title = language.say("desired", "önskat")
    if let desired = attribute.desired {
      if desired.isEmpty {
        add(title, language.say("(none)", "(inget)") + place(attribute.desiredAt))
      }
      addWanted(desired, attribute, title, to: &lines)
    }
    addWanted(attribute.removed, attribute, language.say("taken away", "tas bort"), to: &lines)
    let shown = limited(attribute.observed.sorted())
    for (index, value) in shown.enumerated() {
      add(index == 0 ? language.say("observed", "i katalogen") : "", values.value(value, of: attribute.name))
    }
    if shown.isEmpty { add(language.say("observed", "i katalogen"), language.say("(none)", "(inget)")) }
    if shown.count < attribute.observed.count {
      add("", language.more(attribute.observed.count - shown.count))
    }
    return lines
  }

  private func addWanted(
    _ wanted: [Explanation.Wanted], _ attribute: Explanation.Attribute, _ title: String,
    to lines: inout [String]
  ) {
    let width = language.say("observed", "i katalogen").count
    let shown = limited(wanted)
    for (index, one) in shown.enumerated() {
      let text = values.value(one.value, of: attribute.name) + place(one.position)
      lines.append("      " + (index == 0 ? title : "").padded(to: width) + "  " + text)
    }
    if shown.count < wanted.count {
      lines.append("      " + "".padded(to: width) + "  " + language.more(wanted.count - shown.count))
    }
  }

  private func limited<Element>(_ all: [Element]) -> ArraySlice<Element> {
    let limit = isOfOne ? max(style.detail.valueLimit, 20) : style.detail.valueLimit
    return all.count - 1 == limit ? all[...] : all.prefix(limit)
  }

  private func place(_ position: SourcePosition?) -> String {
    position.map { "  " + VisibleText($0.description).text } ?? ""
  }

  private func words(for owner: Explanation.Owner) -> String {
    switch owner {
    case .own, .create, .merge: owner.rawValue
    case .identity: language.say("identity", "identitet")
    case .never: language.say("never ours", "aldrig vårt")
    case .untouched: language.say("untouched", "rörs inte")
    }
  }

  // MARK: What comes, and what came

  private var next: [String] {
    changes + explanation.hindrances.flatMap(lines(of:)) + findings
  }

  private var changes: [String] {
    guard !explanation.changes.isEmpty else {
      return explanation.disclosed == nil
        ? [] : ["  " + language.say("nothing is changed", "inget ändras")]
    }
    return explanation.changes.flatMap { change -> [String] in
      let after =
        change.after.isEmpty
        ? ""
        : ", " + language.say("after", "efter") + " "
          + change.after.prefix(5).map { ($0 + 1).grouped }.joined(separator: ", ")
      let head =
        style.coloured(change.action.sign, change.action.colour) + " " + change.action.word(language) + "  "
        + ChangeText.cause(of: change, language) + "  (" + language.say("change", "ändring") + " "
        + (change.id + 1).grouped + after + ")"
      if explanation.isProtected {
        return [head] + change.differences.map { "    " + VisibleText($0.attribute).text }
      }
      return [head] + values.lines(of: change)
    }
  }

  private var findings: [String] {
    explanation.findings.flatMap { finding -> [String] in
      let place = finding.position.map { VisibleText($0.description).text + ": " } ?? ""
      let head =
        "! \(place)\(finding.severity.rawValue): \(VisibleText(finding.message).text) [\(finding.code)]"
      return [head] + (finding.advice.map { ["    " + VisibleText($0).text] } ?? [])
    }
  }

  private func lines(of hindrance: Explanation.Hindrance) -> [String] {
    let words = HindranceWords(language: language)
    let advice = words.advice(for: hindrance, explanation.identity).map { ["    " + $0] } ?? []
    return ["! " + words.text(of: hindrance)] + advice
  }

  private var past: [String] {
    explanation.past.map { past in
      let attributes = past.attributes.map { VisibleText($0).text }.joined(separator: ", ")
      return "  \(CivilTime.shown(past.at))  " + language.say("run", "körning")
        + " \(past.run)  \(past.action.word(language))  \(outcome(past.outcome))"
        + (attributes.isEmpty ? "" : "  " + attributes)
    }
  }

  private func outcome(_ name: String) -> String {
    switch name {
    case "applied": language.say("applied", "gjord")
    case "appliedAlready": language.say("found as wanted", "redan som önskat")
    case "stale": language.say("stale", "inaktuell")
    case "failed": language.say("failed", "misslyckades")
    case "refused": language.say("refused", "nekad")
    case "skipped": language.say("skipped", "överhoppad")
    case "notSent": language.say("not sent", "ej skickad")
    case "unknown": language.say("unknown", "okänt utfall")
    default: VisibleText(name).text
    }
  }
}
