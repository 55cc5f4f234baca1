/// What targets would lose and gain by a plan: what they have, held against what follows once its changes are made.
///
/// "Not seen" takes nothing away: when not everything was seen, only what time has ended is lost, by persons who were
/// seen. A target that could not be read is left as it is.
package struct RoleForecast: Sendable {
  package let derivation: RoleDerivation
  /// What is ours at each target that could be read, by the target's name.
  package let held: [String: HeldRoles]
  private let faults: [String: String]
  private let forms: [RoleTargetForm]
  package let proofIsComplete: Bool
  private let isProposed: Bool

  /// - Parameters:
  ///   - derivation: of what was observed, derived at the plan's instant.
  ///   - held: what is ours at each target that could be read.
  ///   - faults: why others could not, by the target's name; nobody's data.
  ///   - forms: all targets.
  ///   - proofIsComplete: whether the read saw everything (``ReadProof/isComplete``).
  ///   - isProposed: whether the rules are proposed ones.
  package init(
    derivation: RoleDerivation, held: [HeldRoles], faults: [String: String] = [:], forms: [RoleTargetForm],
    proofIsComplete: Bool, isProposed: Bool = false
  ) {
    self.derivation = derivation
    self.held = Dictionary(held.map { ($0.target, $0) }, uniquingKeysWith: { first, _ in first })
    self.faults = faults
    self.forms = forms.sorted { $0.name < $1.name }
    self.proofIsComplete = proofIsComplete
    self.isProposed = isProposed
  }

  /// What each target would lose and gain once the changes are made.
  package func roles(for changes: [Change]) -> RolePlan {
    let endings = changes.closedEndings
    var (predicted, ended) = (derivation, derivation)
    let touched = changes.isEmpty ? [] : predicted.make(changes)
    if endings.count == changes.count {
      ended = predicted
    } else if !endings.isEmpty {
      _ = ended.make(changes.filter { endings.contains($0.id) })
    }
    let comparison = RoleComparison(
      observed: RoleView(derivation), predicted: RoleView(predicted), ended: RoleView(ended),
      isComplete: proofIsComplete, touched: touched)
    return plan(comparison)
  }

  /// The same for a part of a plan: of the persons whom its changes touch, and of those who are named.
  ///
  /// What a person gains drags along what the person loses.
  package func roles(forPart changes: [Change], and persons: Set<HSAIdentity> = []) -> RolePlan {
    var copy = derivation
    let touched = copy.make(changes).union(persons)
    var roles = roles(for: changes)
    roles.changes.removeAll { !touched.contains($0.person) }
    return roles
  }

  /// The same, of some persons only.
  package func roles(for changes: [Change], of persons: Set<HSAIdentity>) -> RolePlan {
    var roles = roles(for: changes)
    roles.changes.removeAll { !persons.contains($0.person) }
    return roles
  }

  /// Who has a role whose holders are counted, before changes or after them, or would have it if others had it not.
  package func countedHolders(after changes: [Change]) -> Set<HSAIdentity> {
    guard !derivation.rules.countedRoles.isEmpty else { return [] }
    var predicted = derivation
    _ = predicted.make(changes)
    return derivation.countedHolders.union(predicted.countedHolders)
  }

  /// Whether somebody has a role whose holders are counted, by the rules, once changes are made, or at a target that
  /// writes the role as it is called: then what others have depends on it. A target that cannot be read may hold one.
  package func countsHolders(after changes: [Change]) -> Bool {
    let counted = derivation.rules.countedRoles
    guard !counted.isEmpty else { return false }
    var predicted = derivation
    _ = predicted.make(changes)
    guard !derivation.countsHolders, !predicted.countsHolders, faults.isEmpty else { return true }
    return forms.contains { form in
      held[form.name]?.roles.contains { counted.match(form.role(of: $0.value)) || counted.match($0.value) }
        ?? true
    }
  }

  /// What the derivation found, and the rules that give what no target takes.
  package var findings: [Finding] { derivation.findings + RoleForecast.untaken(RoleView(derivation), forms) }

  /// The comparison at every target that was read.
  func plan(_ comparison: RoleComparison) -> RolePlan {
    var comparison = comparison
    var targets: [RolePlan.Target] = []
    for form in forms {
      guard let held = held[form.name], faults[form.name] == nil else {
        let fault = faults[form.name] ?? "it was not read"
        targets.append(RolePlan.Target(name: form.name, held: 0, foreign: 0, fault: fault))
        continue
      }
      targets.append(RolePlan.Target(name: form.name, held: held.roles.count, foreign: held.foreign))
      comparison.compare(form, held)
    }
    return RolePlan(
      rules: derivation.rules.digest, isProposed: isProposed, changes: comparison.changes.inOrder,
      targets: targets, scale: comparison.scale)
  }

  /// A finding for each rule that has given something that no target takes.
  static func untaken(_ view: RoleView, _ forms: [RoleTargetForm]) -> [Finding] {
    guard !forms.isEmpty else { return [] }
    var rules: [String: SourcePosition] = [:]
    for holder in view.holders {
      for assignment in view.assignments(holder) where rules[assignment.rule] == nil {
        guard !forms.contains(where: { $0.value(of: assignment) != nil }) else { continue }
        rules[assignment.rule] = assignment.position
      }
    }
    return rules.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { _, position in
      Finding(
        "role-without-target", .warning, at: position,
        "the rule gives a role that no target owns, or that none can write, so it comes nowhere",
        advice: "let a target own it, or remove the rule")
    }
  }
}

extension RolePlan {
  /// What is ended by positive evidence, and all else.
  func split() -> (endings: RolePlan?, rest: RolePlan) {
    var (endings, rest) = (self, self)
    endings.changes = changes.filter(\.isEnding)
    rest.changes = changes.filter { !$0.isEnding }
    // What ends is gone when the rest is made: whoever is left may be the last holder.
    rest.scale.take(endings.changes, but: rest.changes)
    return (endings.changes.isEmpty ? nil : endings, rest)
  }
}

extension [Change] {
  /// The endings by positive evidence that need nothing else done first, by ``Change/id``.
  var closedEndings: Set<Int> {
    reduce(into: []) { endings, change in
      if change.isEnding, change.after.allSatisfy(endings.contains) { endings.insert(change.id) }
    }
  }
}

extension [RoleChange] {
  /// Losses before gains; by target, person and value.
  package var inOrder: [RoleChange] {
    map { (key: $0.orderKey, change: $0) }.sorted { left, right in
      left.key.rank != right.key.rank
        ? left.key.rank < right.key.rank : left.key.texts.lexicographicallyPrecedes(right.key.texts)
    }.map(\.change)
  }
}

extension RoleChange {
  fileprivate var orderKey: (rank: Int, texts: [String]) {
    let rank =
      switch direction {
      case .loss: 0
      case .gain: 1
      case .renewal: 2
      }
    return (
      rank, [target, person.normalForm, RoleName.normalForm(value), value, holder, entryUUID ?? ""]
    )
  }
}
