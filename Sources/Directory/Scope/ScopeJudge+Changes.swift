import LDAP

// What a plan would write for an administrator.
extension ScopeJudge {
  /// An error for each change that goes beyond what is the administrator's; empty when none does.
  ///
  /// Each is judged twice: by the entries as they are, and by where the plan says that the entry lies and will lie.
  ///
  /// - Parameter sources: what the administrator's own files are called, as sources and by path: a change that anything
  ///   else wants is none of the administrator's.
  /// - Throws: what the lookup throws.
  package mutating func findings(in plan: Plan, wantedBy sources: Set<String>) throws -> [Finding] {
    var findings: [Finding] = []
    for change in plan.changes {
      if let finding = try finding(for: change, wantedBy: sources) { findings.append(finding) }
    }
    return findings
  }

  private mutating func finding(
    for change: Change, wantedBy sources: Set<String>
  ) throws -> Finding? {
    let position: SourcePosition? = if case .desired(let place) = change.cause { place } else { nil }
    let isOurs =
      switch change.cause {
      case .desired(let place): sources.contains(place.file)
      case .absence(let source): sources.contains(source)
      case .undo: true
      }
    guard isOurs, lies(change.place), change.destination.map(lies) ?? true,
      try isWithin(change)
    else { return outside(position, change.identity, "change \(change.id + 1)") }
    guard !touchesScope(change) else {
      return Finding(
        "scope-attribute", at: position, subject: change.identity,
        "change \(change.id + 1) would change who answers for an entry, or what it is",
        advice: "ask the region's administrators")
    }
    return nil
  }

  private func lies(_ place: Change.Place) -> Bool {
    place.provider.map(scope.providers.contains) ?? false
  }

  private mutating func isWithin(_ change: Change) throws -> Bool {
    let standing = try reach.standing(of: change.identity)
    guard change.action == .create else { return standing == .within }
    return standing == .unknown && scope.mayCreate(change.identity)
  }

  /// Whether a change moves or ends a care provider, or writes what decides who answers for an entry.
  private func touchesScope(_ change: Change) -> Bool {
    if scope.providers.contains(change.identity), change.action != .update { return true }
    switch change.operation {
    case .add(let entry):
      let plain = plainClasses(of: change.kind)
      return entry.attributes.contains { attribute in
        guard attribute.name.equalsIgnoringASCIICase("objectClass") else {
          return attribute.name.equalsIgnoringASCIICase(profile.responsibleProvider)
        }
        return !attribute.values.allSatisfy { plain.contains(($0.text ?? "").asciiLowercased) }
      }
    case .modify(_, let modifications): return modifications.contains { definesScope($0.attribute) }
    case .rename, .delete: return false
    }
  }
}
