import Foundation
import LDAP

extension RoleRules {
  /// What profile and schema say against the rules, and the examples that do not come true.
  ///
  /// - Parameter instant: at which requests are looked at; examples have instants of their own.
  package func check(profile: Profile, schema: Schema, asOf instant: Date) -> [Finding] {
    var findings = suitability(profile: profile, schema: schema)
    findings += endedRequests(instant)
    let world = RoleExampleWorld(self, profile, schema)
    for rule in rules {
      if rule.examples.isEmpty { findings.append(RoleRules.withoutExample(rule)) }
      for example in rule.examples { findings += world.findings(rule, example) }
    }
    return findings.inOrder
  }

  /// What profile and schema say against the rules, such as an attribute that the directory does not have: rules that
  /// then match nobody would take everything away.
  package func suitability(profile: Profile, schema: Schema) -> [Finding] {
    let attributes = RoleAttributeCheck(profile, schema)
    var findings = warnings + attributes.findings(self)
    let filters = RoleFilterCheck(schema: schema)
    for rule in rules { findings += filters.findings(rule) }
    for constraint in constraints { findings += filters.findings(constraint) }
    return findings.inOrder
  }

  private static func withoutExample(_ rule: RoleRule) -> Finding {
    Finding(
      "no-example", .warning, at: rule.position, "the rule `\(rule.name)` has no example",
      advice: "add one that gives the role and one that does not: they show what the rule means")
  }

  private func endedRequests(_ instant: Date) -> [Finding] {
    requests.compactMap { request in
      guard let end = request.to, end <= instant else { return nil }
      return Finding(
        "ended-request", .warning, at: request.position, subject: request.person,
        "the time of the request is over",
        advice: "remove it, or write a later `until`")
    }
  }
}

/// Looks attributes of rules up: whether the schema knows them, and whether such entries can have them.
struct RoleAttributeCheck {
  private let profile: Profile
  private let schema: Schema
  /// Canonical names in small letters; a subject of which the schema does not tell is not among them.
  private let allowed: [RoleSubject: Set<String>]

  init(_ profile: Profile, _ schema: Schema) {
    self.profile = profile
    self.schema = schema
    var allowed: [RoleSubject: Set<String>] = [:]
    for subject in RoleSubject.allCases {
      allowed[subject] = RoleAttributeCheck.allowed(subject, profile, schema)
    }
    self.allowed = allowed
  }

  func findings(_ rules: RoleRules) -> [Finding] {
    var found = rules.rules.flatMap { findings($0) }
    let top = SourcePosition(file: rules.file, line: 1)
    for subject in RoleSubject.allCases {
      for name in rules.mandatory[subject] ?? [] {
        found += finding(subject, name, top).map { [$0] } ?? []
      }
    }
    for constraint in rules.constraints {
      guard case .requesters(let filter?, _) = constraint.limit else { continue }
      found += filter.attributes.compactMap { finding(.person, $0, constraint.position) }
    }
    return found
  }

  private func findings(_ rule: RoleRule) -> [Finding] {
    var seen: Set<String> = []
    var findings: [Finding] = []
    func look(_ subject: RoleSubject, _ name: String, _ place: SourcePosition) {
      let key = RoleRule.placeKey(subject, name)
      guard seen.insert(key).inserted else { return }
      findings += finding(subject, name, rule.places[key] ?? place).map { [$0] } ?? []
    }
    for condition in rule.conditions {
      for name in condition.filter.attributes { look(condition.subject, name, condition.position) }
    }
    for case .attribute(let subject, let name) in rule.role.parts {
      look(subject, name, rule.places["role"] ?? rule.position)
    }
    for case .attribute(let subject, let name) in rule.until {
      look(subject, name, rule.places["until"] ?? rule.position)
      if let finding = noDate(subject, name, rule) { findings.append(finding) }
    }
    for example in rule.examples {
      for subject in RoleSubject.allCases {
        for attribute in example.given[subject] ?? [] { look(subject, attribute.name, example.position) }
      }
    }
    return findings
  }

  private func finding(_ subject: RoleSubject, _ name: String, _ place: SourcePosition) -> Finding? {
    guard let type = schema.attributeType(name) else {
      let near = Spelling.suggestion(
        for: name, among: (allowed[subject] ?? []).sorted().map(schema.canonicalName))
      let suggestion = near ?? Spelling.suggestion(for: name, among: schema.attributeTypes.lazy.map(\.name))
      return Finding(
        "unknown-attribute", at: place, "the schema has no attribute \(Spelling.shown(name))",
        advice: suggestion.map { "did you mean `\($0)`?" } ?? "look the name up in the server's schema")
    }
    guard !type.isOperational, let allowed = allowed[subject] else { return nil }
    if isAllowed(name, allowed) { return nil }
    let others = RoleSubject.allCases.filter { isAllowed(name, self.allowed[$0] ?? []) }.map(\.rawValue)
    return Finding(
      "attribute-of-another", at: place, "no \(subject.rawValue) can have `\(type.name)`, says the schema",
      advice: others.isEmpty
        ? "look the name up in the server's schema"
        : "it is an attribute of: \(others.joined(separator: ", "))")
  }

  /// An attribute, or one of its subtypes.
  private func isAllowed(_ name: String, _ allowed: Set<String>) -> Bool {
    let base = name.prefix { $0 != ";" }
    let wanted = schema.canonicalName(String(base)).asciiLowercased
    return wanted == "objectclass" || allowed.contains(wanted)
      || allowed.contains { schema.isSubtype($0, of: wanted) }
  }

  private func noDate(_ subject: RoleSubject, _ name: String, _ rule: RoleRule) -> Finding? {
    guard let syntax = schema.syntax(of: name) else { return nil }
    let fitting = [Syntax.generalizedTime, Syntax.directoryString, Syntax.numericString, Syntax.ia5String]
    guard !fitting.contains(syntax) else { return nil }
    return Finding(
      "no-date", at: rule.places[RoleRule.placeKey(subject, name)] ?? rule.position,
      "`\(name)` holds no dates, says the schema", advice: "name an attribute that holds a date under `until`"
    )
  }

  // MARK: What entries can have

  static func kinds(_ subject: RoleSubject) -> [Kind] {
    switch subject {
    case .person: [.person]
    case .commission: [.commission]
    case .unit: [.unit, .organisation]
    case .provider: [.organisation, .unit]
    case .function: [.function]
    }
  }

  /// What any class allows that such an entry may have: its kind's with their subclasses, and auxiliary ones that are
  /// not another kind's. `nil` when the schema does not know the kind's classes.
  private static func allowed(_ subject: RoleSubject, _ profile: Profile, _ schema: Schema) -> Set<String>? {
    let own = kinds(subject).compactMap { profile[$0] }
    guard !own.isEmpty else { return nil }
    let names = own.flatMap { $0.classes + $0.recognise }
    guard names.allSatisfy({ schema.objectClass($0) != nil }) else { return nil }
    let mine = Set(names.compactMap { schema.objectClass($0)?.oid })
    let recognised = Set(own.flatMap(\.recognise).compactMap { schema.objectClass($0)?.oid })
    let others = Set(
      profile.kinds.flatMap { $0.profile.classes + $0.profile.recognise }.compactMap {
        schema.objectClass($0)?.oid
      }
    )
    .subtracting(mine)
    let classes = schema.objectClasses.filter { candidate in
      if mine.contains(candidate.oid) { return true }
      if others.contains(candidate.oid) { return false }
      return candidate.kind == .auxiliary
        || schema.withSuperclasses([candidate.name]).contains { recognised.contains($0.oid) }
    }
    return Set(schema.allowed(by: classes.map(\.name)).map(\.asciiLowercased))
  }
}
