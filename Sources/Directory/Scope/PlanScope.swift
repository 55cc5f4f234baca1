import LDAP

/// What each source of a delegated administrator may have written, judged by where the plan says that entries lie and
/// will lie.
///
/// It needs nothing but the plan, so that every plan is judged, whoever makes it and from whatever it was made.
package struct PlanScope: Sendable {
  /// By the source's name.
  private let scopes: [String: ProviderScope]
  private let rules: ScopeRules

  package init(_ sources: [DesiredState.Source], profile: Profile) {
    scopes = Dictionary(
      sources.compactMap { source in source.scope.map { (source.name, $0) } }, uniquingKeysWith: { $1 })
    rules = ScopeRules(profile)
  }

  /// Whether no source is a delegated administrator's.
  package var isEmpty: Bool { scopes.isEmpty }

  /// An error for each change that a delegated administrator's source wants beyond what it may speak for.
  package func findings(in plan: Plan) -> [Finding] {
    guard !scopes.isEmpty else { return [] }
    return plan.changes.compactMap { change in
      guard let scope = scopes[change.source ?? ""], !isWithin(change, scope) else { return nil }
      return rules.outside(change)
    }
  }

  /// The changes that sources of these care providers want.
  package func changes(of plan: Plan, for providers: Set<HSAIdentity>) -> Set<Int> {
    Set(
      plan.changes.filter { change in
        scopes[change.source ?? ""].map { $0.providers.isSubset(of: providers) } ?? false
      }.map(\.id))
  }

  /// Whether a delegated administrator's source wants a change.
  func isOf(_ change: Change) -> Bool { scopes[change.source ?? ""] != nil }

  private func isWithin(_ change: Change, _ scope: ProviderScope) -> Bool {
    scope.covers(change.place) && change.destination.map(scope.covers) ?? true
      && (change.action != .create || scope.mayCreate(change.identity))
      && !rules.touchesScope(change, of: scope)
  }
}

extension ProviderScope {
  /// Whether a place is one of the care providers'.
  package func covers(_ place: Change.Place) -> Bool { place.provider.map(providers.contains) ?? false }
}

extension Change {
  /// The name of the source that wants it; `nil` for what is taken back.
  package var source: String? {
    switch cause {
    case .desired(let position): position.file
    case .absence(let source): source
    case .undo: nil
    }
  }

  /// Where it is wanted.
  package var position: SourcePosition? { if case .desired(let position) = cause { position } else { nil } }
}

extension Plan {
  /// Leaves out what a delegated administrator's source wants beyond what it may speak for, and says so: nobody else's
  /// changes wait for that.
  package func within(_ scope: PlanScope) -> Plan {
    let found = scope.findings(in: self)
    guard !found.isEmpty else { return self }
    let outside = Set(found.compactMap(\.subject))
    var plan = subset(excluding: part ?? "") { outside.contains($0.identity) && scope.isOf($0) }
    plan.part = part
    plan.findings =
      (plan.findings
      + found.map { finding in
        var finding = finding
        finding.severity = .warning
        return finding
      }).inOrder
    return plan
  }
}
