import Foundation

// Roles taken away and given; nothing where a plan has none.
extension GuardJudge {
  /// What is counted together.
  private struct Part {
    var subject: RoleSubjectOfGuard
    var group: RoleTallies.Group
    /// Whether it is told even when it passes; units and roles are too many for that.
    var isAlwaysTold = true
  }

  /// The whole and each care provider always; a role or a unit when it trips.
  func countedRoles(_ name: GuardVerdict.Name) -> [GuardVerdict] {
    guard plan.roles != nil else { return [] }
    let side = name == .rolesGranted ? roles.gains : roles.losses
    let past = RolePast(history?.roles ?? [], until: plan.proof.readAt ?? plan.instant)
    var parts = [Part(subject: .everything, group: side.all)]
    parts += GuardJudge.inOrder(side.roles).map {
      Part(subject: .role($0.key), group: $0.value, isAlwaysTold: false)
    }
    parts += GuardJudge.inOrder(side.providers).map { Part(subject: .provider($0.key), group: $0.value) }
    parts += GuardJudge.inOrder(side.units).map {
      Part(subject: .unit($0.key), group: $0.value, isAlwaysTold: false)
    }
    return parts.flatMap { part in
      GuardVerdict.Window.allCases.compactMap { verdict(name, part, $0, past) }
    }
  }

  /// The ceiling of endings: in all, and at each care provider. A unit that is closed ends all that is tied to it.
  func endedRoles() -> [GuardVerdict] {
    guard plan.roles != nil else { return [] }
    let parts =
      [Part(subject: .everything, group: roles.losses.all)]
      + GuardJudge.inOrder(roles.losses.providers).map { Part(subject: .provider($0.key), group: $0.value) }
    return parts.compactMap { verdict(.rolesEnded, $0, .plan, RolePast([], until: plan.instant)) }
  }

  private static func inOrder<Key: Hashable & Comparable>(
    _ groups: [Key: RoleTallies.Group]
  ) -> [(key: Key, value: RoleTallies.Group)] { groups.sorted { $0.key < $1.key } }

  private func verdict(
    _ name: GuardVerdict.Name, _ part: Part, _ window: GuardVerdict.Window, _ past: RolePast
  ) -> GuardVerdict? {
    var earlier = 0
    if window != .plan {
      guard history != nil else {
        return part.subject == .everything
          ? GuardVerdict(name, .everything, window: window, .notKnown, count: 0) : nil
      }
      earlier = past.count(window, name == .rolesGranted ? .gain : .loss, part.subject)
      guard earlier > 0 || part.subject == .everything else { return nil }
    }
    let whole = whole(name, part.subject, earlier: earlier)
    let limit = settings.limit(name, kind: .person, provider: provider(of: part.subject), of: whole)
    let plans = settings.plans(in: window)
    let count = part.group.count + earlier
    let isTripped = part.group.count > 0 && limit.trips(count, of: whole, plans: plans)
    guard isTripped || part.isAlwaysTold else { return nil }
    return GuardVerdict(
      name, subject(part.subject), window: window, isTripped ? .tripped : .passed, count: count, of: whole,
      limitCount: limit.count * plans, limitPercent: limit.percent * plans,
      cause: isTripped ? roleCause(part.group, within: part.subject) : nil)
  }

  /// Of how many: the roles that are held, with those that were lost before; for gains the living persons, where they
  /// are more.
  private func whole(_ name: GuardVerdict.Name, _ subject: RoleSubjectOfGuard, earlier: Int) -> Int {
    let scale = plan.roles?.scale ?? RoleScale()
    let (held, living): (Int, Int) =
      switch subject {
      case .everything: (scale.total, self.scale.living(.person, at: nil))
      case .role(let role): (scale.roles[role] ?? 0, self.scale.living(.person, at: nil))
      case .unit(let unit):
        (scale.units[unit] ?? 0, plan.population.units[unit]?.living[.person] ?? 0)
      case .provider(let provider):
        (scale.providers[provider] ?? 0, self.scale.living(.person, at: provider))
      }
    return name == .rolesGranted ? max(held, living) : held + earlier
  }

  private func provider(of subject: RoleSubjectOfGuard) -> HSAIdentity? {
    switch subject {
    case .everything, .role: nil
    case .unit(let unit): plan.population.units[unit]?.provider
    case .provider(let provider): provider
    }
  }

  private func subject(_ subject: RoleSubjectOfGuard) -> GuardVerdict.Subject {
    switch subject {
    case .everything: .everything
    case .role(let role): .role(roles.name(role))
    case .unit(let unit): .unit(unit)
    case .provider(let provider): .careProvider(provider)
    }
  }
}

// Roles of which one is enough.
extension GuardJudge {
  /// Each role on the configuration's list that somebody would be given.
  func sensitiveRoles() -> [GuardVerdict] {
    guard let all = plan.roles else { return [] }
    var values: [String: Set<String>] = [:]
    for change in all.changes where change.direction == .gain {
      values[RoleName.normalForm(change.role), default: [change.role]].insert(change.value)
    }
    let given = roles.gains.roles.keys.sorted().filter { role in
      values[role]?.contains { settings.sensitiveRoles.match($0) } ?? false
    }
    guard !given.isEmpty else { return [GuardVerdict(.sensitiveRoles, .everything, .passed, count: 0)] }
    return given.map { role in
      let group = roles.gains.roles[role] ?? RoleTallies.Group()
      return GuardVerdict(
        .sensitiveRoles, .role(roles.name(role)), .tripped, count: group.count,
        cause: group.count >= 5 ? roleCause(group, within: .role(role)) : nil)
    }
  }

  /// Each role that has holders and would have none; where it keeps some, each unit to which it is tied.
  func lastHolders() -> [GuardVerdict] {
    guard let scale = plan.roles?.scale else { return [] }
    var verdicts: [GuardVerdict] = []
    var lost: Set<String> = []
    for (role, group) in GuardJudge.inOrder(roles.losses.roles)
    where group.count >= scale.roles[role] ?? 0 && roles.gains.roles[role] == nil {
      lost.insert(role)
      verdicts.append(
        GuardVerdict(
          .lastHolder, .role(roles.name(role)), .tripped, count: group.count, of: scale.roles[role],
          cause: roleCause(group, within: .role(role))))
    }
    for (unit, tied) in roles.losses.tied.sorted(by: { $0.key < $1.key }) {
      for (role, persons) in tied.sorted(by: { $0.key < $1.key })
      where !lost.contains(role) && persons.count >= scale.tied[unit]?[role] ?? 0
        && roles.gains.tied[unit]?[role] == nil
      {
        verdicts.append(
          GuardVerdict(
            .lastHolder, .roleAt(roles.name(role), unit), .tripped, count: persons.count,
            of: scale.tied[unit]?[role]))
      }
    }
    return verdicts.isEmpty ? [GuardVerdict(.lastHolder, .everything, .passed, count: 0)] : verdicts
  }
}

// What most likely happened.
extension GuardJudge {
  /// Why so many come or go: what at least four of five have in common.
  ///
  /// - a commission that is withheld: its members lose what it gave;
  /// - an attribute of the persons whose entries are changed: a shifted column;
  /// - one rule: it was changed; no rule at all: rules were removed;
  /// - a unit: a reorganisation.
  private func roleCause(
    _ group: RoleTallies.Group, within subject: RoleSubjectOfGuard
  ) -> GuardVerdict.Cause? {
    if let commission = withheld(group) { return .commissionWithheld(commission) }
    if let attribute = changedAttribute(group) { return .attributeEverywhere(attribute) }
    guard group.count >= 5 else { return nil }
    let isByEntries = (group.causes[.entryChange] ?? 0) * 2 > group.count
    if isByEntries, let unit = GuardJudge.common(group.units, of: group.count), subject != .unit(unit) {
      return .reorganised(unit)
    }
    if !isByEntries, let rule = GuardJudge.common(group.rules, of: group.count) { return .ruleChanged(rule) }
    return (group.causes[.noRule] ?? 0) * 5 >= group.count * 4 ? .rulesChanged : nil
  }

  /// A commission that gives nobody anything, where most are lost for want of a rule that gives them.
  private func withheld(_ group: RoleTallies.Group) -> HSAIdentity? {
    guard (group.causes[.noRule] ?? 0) * 5 >= group.count * 4 else { return nil }
    return plan.findings.compactMap { $0.code == "commission-withheld" ? $0.subject : nil }.min()
  }

  /// The attribute that changes with at least four of five of the persons, if they are five.
  private func changedAttribute(_ group: RoleTallies.Group) -> String? {
    guard group.count >= 5 else { return nil }
    let persons = Set(group.all.map(\.person))
    var attributes: [String: Set<HSAIdentity>] = [:]
    for change in plan.changes where change.action == .update && persons.contains(change.identity) {
      for difference in change.differences {
        attributes[difference.attribute, default: []].insert(change.identity)
      }
    }
    return GuardJudge.common(attributes.mapValues(\.count), of: persons.count)
  }
}
