import Foundation
import LDAP

extension RoleFileReading {
  /// Reads one constraint; `nil` when it limits nothing that can be understood, which has been reported.
  func constraint(_ mapping: inout YAMLMapping) -> RoleConstraint? {
    let (patterns, places) = patterns(&mapping)
    let limits = RoleFileReading.limits.filter { mapping.has($0) }
    let units = units(&mapping)
    let requesters = requesters(&mapping)
    let isExclusive = mapping.boolean("exclusive")
    let maximum = mapping.integer("maximum", in: 1...1_000_000)
    guard limits.count == 1, let limit = limits.first else {
      mapping.report(
        "constraint-limit", at: mapping.mark.position(in: file),
        limits.isEmpty
          ? "the constraint limits nothing" : "a constraint has one limit: here are \(limits.count)",
        advice: "write one of \(RoleFileReading.limits.joined(separator: ", ")) in each constraint")
      return nil
    }
    if limit == "exclusive", patterns.count < 2 || isExclusive == false {
      mapping.report(
        "constraint-limit", at: mapping.position(of: "exclusive"),
        "roles that exclude each other are listed: two at least, the one that stays first",
        advice: "write `{roles: [A, B], exclusive: true}`")
      return nil
    }
    let found: RoleConstraint.Limit? =
      switch limit {
      case "units": units.isEmpty ? nil : .units(units)
      case "requestedBy": requesters.map { .requesters($0.filter, units: $0.units) }
      case "exclusive": isExclusive == true ? .exclusive : nil
      default: maximum.map { .maximum($0) }
      }
    guard let found, !patterns.isEmpty else { return nil }
    var constraint = RoleConstraint(roles: patterns, found, position: mapping.mark.position(in: file))
    constraint.places = places
    return constraint
  }

  private static let limits = ["units", "requestedBy", "exclusive", "maximum"]

  private func patterns(_ mapping: inout YAMLMapping) -> (patterns: [RolePattern], places: [SourcePosition]) {
    guard let node = mapping.node("roles"), !node.isNull else {
      mapping.missing("roles")
      return ([], [])
    }
    let items = if case .list(let items) = node.content { items } else { [node] }
    var patterns: [RolePattern] = []
    var places: [SourcePosition] = []
    for item in items {
      guard let text = mapping.texts(of: item, "`roles`").first else { continue }
      guard isRole(text) else {
        mapping.report(
          "wrong-role", at: place(in: item), "a role is a text of 1 to 256 octets without control characters")
        continue
      }
      patterns.append(RolePattern(text))
      places.append(place(in: item))
    }
    if items.isEmpty { mapping.missing("roles") }
    return (patterns, places)
  }

  private func units(_ mapping: inout YAMLMapping) -> [HSAIdentity] {
    let hadNone = mapping.findings.isEmpty
    let units = identities("units", &mapping)
    if mapping.has("units"), units.isEmpty, hadNone, mapping.findings.isEmpty {
      mapping.report(
        "constraint-limit", at: mapping.position(of: "units"),
        "no unit is listed: nobody could hold the role",
        advice: "list the HSA-ids of units; people at and below them may hold it")
    }
    return units
  }

  private func requesters(_ mapping: inout YAMLMapping) -> (filter: Filter?, units: [HSAIdentity])? {
    guard mapping.has("requestedBy") else { return nil }
    let found = mapping.mapping("requestedBy") { requestedBy(&$0) }
    if mapping.mappingIsEmpty("requestedBy") {
      mapping.report(
        "constraint-limit", at: mapping.position(of: "requestedBy"),
        "it is not said who may ask for the role",
        advice: "write `person`, `units` or both; `person: true` for anybody but the one who gets it")
    }
    return found ?? nil
  }

  private func requestedBy(_ mapping: inout YAMLMapping) -> (filter: Filter?, units: [HSAIdentity])? {
    let isConditional = mapping.has("person")
    let node = mapping.node("person")
    let units = identities("units", &mapping)
    guard let node, isConditional else { return mapping.has("units") ? (nil, units) : nil }
    return filter(node, "`person`", &mapping).map { ($0, units) }
  }
}

extension YAMLMapping {
  /// Whether a key has nothing, or a mapping of nothing.
  fileprivate func mappingIsEmpty(_ key: String) -> Bool {
    guard let node = pairs.first(where: { $0.key == key })?.value else { return false }
    return node.isNull || node.content == .mapping([])
  }
}

extension RoleFileReading {
  /// Reads one request.
  func request(_ mapping: inout YAMLMapping) -> RoleRequest? {
    let role = mapping.string("role", required: true)
    let person = identity("person", &mapping)
    let requester = identity("by", &mapping)
    let period = period("from", "until", &mapping)
    _ = mapping.string("reason")
    if let role, !isRole(role) || role.contains("*") {
      mapping.report(
        "wrong-role", at: mapping.position(of: "role"), "one whole role is asked for, no pattern",
        advice: "write it as the rule gives it")
      return nil
    }
    guard let role, let person, let requester else { return nil }
    if person == requester {
      mapping.report(
        "own-request", .warning, at: mapping.position(of: "by"), "somebody asks for a role for themselves",
        advice: "let another person ask")
    }
    return RoleRequest(
      role: role, person: person, requester: requester, from: period.from, to: period.to,
      position: mapping.mark.position(in: file))
  }
}
