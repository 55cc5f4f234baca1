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
  package mutating func findings(
    in changes: [Change], wantedBy sources: Set<String>
  ) throws -> [Finding] {
    var findings: [Finding] = []
    for change in changes {
      if let finding = try finding(for: change, wantedBy: sources) { findings.append(finding) }
    }
    return findings
  }

  private mutating func finding(
    for change: Change, wantedBy sources: Set<String>
  ) throws -> Finding? {
    let position = change.position
    let isOurs = change.source.map(sources.contains) ?? true
    guard isOurs, scope.covers(change.place), change.destination.map(scope.covers) ?? true,
      try isWithin(change)
    else { return outside(position, change.identity, "change \(change.id + 1)") }
    guard !rules.touchesScope(change, of: scope) else {
      return Finding(
        "scope-attribute", at: position, subject: change.identity,
        "change \(change.id + 1) would change who answers for an entry, or what it is",
        advice: "ask the region's administrators")
    }
    return nil
  }

  private mutating func isWithin(_ change: Change) throws -> Bool {
    let standing = try reach.standing(of: change.identity)
    guard change.action == .create else { return standing == .within }
    return standing == .unknown && scope.mayCreate(change.identity)
  }
}
