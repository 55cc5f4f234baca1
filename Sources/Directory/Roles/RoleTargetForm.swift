/// What a target is called, which of its roles are ours, and how it writes them.
package struct RoleTargetForm: Hashable, Sendable {
  package enum Style: Hashable, Sendable {
    /// One text for each role that a person has, made by the pattern: `{role}`, or `{role};{scope}`.
    case value(pattern: String)
    /// All of an assignment, its period among it.
    case record
  }
  package var name: String
  /// The values (for records: the roles) that are ours, today's rules or not.
  package var owns: [RolePattern]
  package var style: Style

  package init(name: String, owns: [RolePattern], style: Style = .value(pattern: "{role}")) {
    self.name = name
    self.owns = owns
    self.style = style
  }

  /// How the target writes an assignment; `nil` when it is outside the target's namespace, or lacks what the
  /// pattern needs.
  ///
  /// A pattern may hold `{role}`, `{scope}`, `{unit}`, `{provider}` and `{commission}`.
  package func value(of assignment: Assignment) -> String? {
    switch style {
    case .record: return owns.match(assignment.role) ? RoleTargetForm.key(assignment) : nil
    case .value(let pattern):
      guard let value = RoleTargetForm.fill(pattern, assignment), owns.match(value) else { return nil }
      return value
    }
  }

  /// The role that a value stands for, where nothing else tells; the value itself where its form does not say.
  package func role(of value: String) -> String {
    switch style {
    case .record:
      let ends = RoleTargetForm.placeNames.compactMap { value.firstRange(of: " \($0)=")?.lowerBound }
      return String(value[..<(ends.min() ?? value.endIndex)])
    case .value(let pattern):
      guard let place = pattern.firstRange(of: "{role}") else { return value }
      let (before, after) = (pattern[..<place.lowerBound], pattern[place.upperBound...])
      guard !before.contains("{"), !after.contains("{"), value.hasPrefix(before), value.hasSuffix(after),
        value.count >= before.count + after.count
      else { return value }
      return String(value.dropFirst(before.count).dropLast(after.count))
    }
  }

  private static let placeNames = ["scope", "commission", "unit", "provider", "function"]

  /// What makes a record another one; its period does not.
  private static func key(_ assignment: Assignment) -> String {
    let places = [
      ("scope", assignment.scope), ("commission", assignment.commission), ("unit", assignment.unit),
      ("provider", assignment.provider), ("function", assignment.function),
    ]
    return assignment.role
      + places.compactMap { name, identity in identity.map { " \(name)=\($0.text)" } }.joined()
  }

  private static func fill(_ pattern: String, _ assignment: Assignment) -> String? {
    let values: [(String, String?)] = [
      ("{role}", assignment.role), ("{scope}", assignment.scope?.text), ("{unit}", assignment.unit?.text),
      ("{provider}", assignment.provider?.text), ("{commission}", assignment.commission?.text),
    ]
    // From left to right, so that nothing in a value is taken for a part of the pattern.
    var (text, rest) = ("", pattern[...])
    while let first = rest.first {
      guard let (name, value) = values.first(where: { rest.hasPrefix($0.0) }) else {
        text.append(first)
        rest = rest.dropFirst()
        continue
      }
      guard let value else { return nil }
      text += value
      rest = rest.dropFirst(name.count)
    }
    return text
  }
}
