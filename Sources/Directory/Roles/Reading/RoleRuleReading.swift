import Foundation
import LDAP

extension RoleFileReading {
  /// Reads one rule; `nil` when its name, its role or its conditions are missing or wrong, which has been reported.
  func rule(_ mapping: inout YAMLMapping) -> RoleRule? {
    let name = ruleName(&mapping)
    var places: [String: SourcePosition] = [:]
    for key in ["rule", "role", "scope", "until", "source"] where mapping.has(key) {
      places[key] = mapping.position(of: key)
    }
    let (conditions, right) = conditions(&mapping, &places)
    let joined = Set(conditions.map(\.subject)).union([.person])
    let role = template(joined, &mapping, &places)
    let description = description(&mapping)
    let source = mapping.string("source")
    let needsRequest = mapping.choice("request", of: RequestNeed.self) == .required
    let scope = scope(joined, &mapping)
    let until = until(joined, &mapping, &places)
    let examples = examples(&mapping)
    if source == nil {
      mapping.report(
        "no-source", .warning, at: mapping.mark.position(in: file),
        "the rule does not say where it is documented that the system wants this",
        advice: "add `source`, or keep the rule among the inactive ones")
    }
    guard let name, let role, !conditions.isEmpty else { return nil }
    var rule = RoleRule(
      name: name, role: role, conditions: conditions, position: mapping.mark.position(in: file))
    rule.description = description
    rule.source = source
    rule.right = right
    rule.needsRequest = needsRequest
    rule.scope = scope
    rule.until = until
    rule.examples = examples
    rule.places = places
    return rule
  }

  private enum RequestNeed: String, CaseIterable { case required, none }

  private func ruleName(_ mapping: inout YAMLMapping) -> String? {
    guard let name = mapping.string("rule", required: true) else { return nil }
    let isWord = name.utf8.allSatisfy {
      $0.isDigit || $0.asciiLowercased &- 97 < 26 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
    }
    if isWord, !name.isEmpty, name.utf8.count <= 64 { return name }
    mapping.report(
      "wrong-rule-name", at: mapping.position(of: "rule"),
      "a rule's name is made of letters a-z, digits, `-`, `.` and `_`, 64 at most",
      advice: "name it as in `webcert-lakare`")
    return nil
  }

  private func description(_ mapping: inout YAMLMapping) -> [Language: String] {
    if !mapping.has("description") { mapping.missing("description") }
    var texts: [Language: String] = [:]
    mapping.mapping("description") { mapping in
      for language in [Language.swedish, .english] {
        texts[language] = mapping.string(language.rawValue, required: true)
      }
    }
    return texts
  }

  // MARK: Scope and end

  private func scope(_ joined: Set<RoleSubject>, _ mapping: inout YAMLMapping) -> RoleScope {
    guard let text = mapping.string("scope") else { return .none }
    switch text {
    case "none": return .none
    case "unit":
      if joined.isDisjoint(with: [.unit, .commission, .function]) { report("unit", &mapping) }
      return .unit
    case "provider":
      if joined.isDisjoint(with: [.provider, .unit, .commission, .function]) { report("provider", &mapping) }
      return .provider
    default:
      if isIdentity(text) { return .identity(HSAIdentity(text)) }
      mapping.report(
        "wrong-scope", at: mapping.position(of: "scope"), "`scope` must be none, unit, provider or an HSA-id",
        advice: Spelling.suggestion(for: text, among: ["none", "unit", "provider"]).map {
          "did you mean `\($0)`?"
        }
      )
      return .none
    }
  }

  private func report(_ scope: String, _ mapping: inout YAMLMapping) {
    mapping.report(
      "scope-not-joined", at: mapping.position(of: "scope"),
      "the role is to be tied to a \(scope), and the rule joins nothing that has one",
      advice:
        "add a condition on `commission`, `function` or `\(scope)` under `when`; `true` is one that all meet")
  }

  private func until(
    _ joined: Set<RoleSubject>, _ mapping: inout YAMLMapping, _ places: inout [String: SourcePosition]
  ) -> [RoleEnd] {
    guard let node = mapping.node("until"), !node.isNull else { return RoleEnd.all }
    let items = if case .list(let items) = node.content { items } else { [node] }
    var ends: [RoleEnd] = []
    for item in items {
      guard let text = mapping.texts(of: item, "`until`").first,
        let end = end(text, item, joined, &mapping), !ends.contains(end)
      else { continue }
      if case .attribute(let subject, let name) = end {
        places[RoleRule.placeKey(subject, name)] = places[RoleRule.placeKey(subject, name)] ?? place(in: item)
      }
      ends.append(end)
    }
    return ends
  }

  private func end(
    _ text: String, _ node: YAMLNode, _ joined: Set<RoleSubject>, _ mapping: inout YAMLMapping
  ) -> RoleEnd? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let subjects = RoleSubject.allCases.map(\.rawValue)
    let advice =
      "write, for instance, `commission.endDate`, `membership.end` or `person.hsaPassportValidThrough`"
    guard parts.count == 2, !parts[1].isEmpty else {
      mapping.report(
        "wrong-until", at: place(in: node), "this names no date that ends anything", advice: advice)
      return nil
    }
    if parts[0] == "membership" {
      if parts[1] != "end" {
        mapping.report(
          "wrong-until", at: place(in: node), "of a membership there is only `membership.end`", advice: advice
        )
      } else if !joined.contains(.commission) {
        notJoined("commission", at: place(in: node), &mapping)
      }
      return .membership
    }
    guard let subject = RoleSubject(rawValue: parts[0]) else {
      unknownSubject(parts[0], subjects + ["membership"], at: place(in: node), &mapping)
      return nil
    }
    if !joined.contains(subject) { notJoined(subject.rawValue, at: place(in: node), &mapping) }
    let name = serverName(parts[1])
    return name.equalsIgnoringASCIICase(profile.endDate) ? .end(subject) : .attribute(subject, name)
  }

  func notJoined(_ subject: String, at place: SourcePosition, _ mapping: inout YAMLMapping) {
    mapping.report(
      "not-joined", at: place, "the rule joins no \(subject)",
      advice: "add `\(subject)` under `when`; `true` is a condition that all meet")
  }

  func unknownSubject(
    _ word: String, _ known: [String], at place: SourcePosition, _ mapping: inout YAMLMapping
  ) {
    mapping.report(
      "unknown-subject", at: place, "rules know no \(Spelling.shown(word))",
      advice: Spelling.suggestion(for: word, among: known).map { "did you mean `\($0)`?" }
        ?? "known here: \(known.joined(separator: ", "))")
  }
}

extension RoleRule {
  /// By which ``places`` has an attribute.
  static func placeKey(_ subject: RoleSubject, _ name: String) -> String {
    "\(subject.rawValue) \(name.asciiLowercased)"
  }
}
