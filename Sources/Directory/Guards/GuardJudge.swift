import Foundation

extension Plan {
  /// The plan with what every guard found in it, tripped or not, in a stable order.
  ///
  /// A plan of endings by positive evidence is judged by its ceiling and the clocks alone.
  /// - Parameter history: what is remembered of earlier runs; `nil`: nothing, which lets through nothing more.
  package func guarded(by settings: GuardSettings, history: History?) -> Plan {
    var plan = self
    plan.guards = GuardJudge(self, settings, history).verdicts()
    return plan
  }

  /// Sets ``guards`` to what every guard finds; see ``guarded(by:history:)``.
  package mutating func judge(by settings: GuardSettings, history: History?) {
    guards = GuardJudge(self, settings, history).verdicts()
  }
}

/// Holds what a plan would do against what may be done without asking.
struct GuardJudge {
  let plan: Plan
  let settings: GuardSettings
  let history: History?
  let tally: GuardTally
  let scale: GuardScale
  let past: GuardPast
  let roles: RoleTallies

  init(_ plan: Plan, _ settings: GuardSettings, _ history: History?) {
    self.plan = plan
    self.settings = settings
    self.history = history
    tally = GuardTally(plan, settings)
    scale = GuardScale(plan)
    // Our own clock where there is one: a plan for next year is still applied after what was applied today.
    past = GuardPast(history?.applied ?? [], until: plan.proof.readAt ?? plan.instant)
    roles = RoleTallies(plan)
  }

  func verdicts() -> [GuardVerdict] {
    if plan.isOfEndings { return counted(.ended) + endedRoles() + [clocks()] }
    return GuardVerdict.Name.allCases.flatMap { verdicts($0) }
  }

  private func verdicts(_ name: GuardVerdict.Name) -> [GuardVerdict] {
    switch name {
    case .deleted, .deactivated, .moved, .updated: counted(name)
    case .membersRemoved: counted(name) + commissions()
    case .ended, .rolesEnded: []
    case .rolesLost, .rolesGranted: countedRoles(name)
    case .sensitiveRoles: sensitiveRoles()
    case .lastHolder: lastHolders()
    case .unitEmptied: emptiedUnits()
    case .providerRoot: touchedRoots()
    case .firstAbsence: [firstAbsence()]
    case .desiredShrank: desiredShrank()
    case .observedShrank: observedShrank()
    case .incompleteRead: [incompleteRead()]
    case .sentinelMissing: [sentinelMissing()]
    case .anonymous: [anonymous()]
    case .contextBackwards: [contextBackwards()]
    case .clocks: [clocks()]
    }
  }
}

// Counts and percentages.
extension GuardJudge {
  /// What is counted within: the whole, a kind, or a kind at a care provider.
  private struct Part {
    var kind: Kind?
    var provider: HSAIdentity?
    var group = GuardTally.Group()

    var subject: GuardVerdict.Subject {
      guard let kind else { return .everything }
      return provider.map { .provider($0, kind) } ?? .kind(kind)
    }
  }

  /// The whole always, and each kind and care provider of which something is counted.
  private func counted(_ name: GuardVerdict.Name) -> [GuardVerdict] {
    parts(tally.groups[name] ?? [:]).flatMap { part in
      GuardVerdict.Window.allCases.compactMap { verdict(name, part, $0) }
    }
  }

  private func parts(_ groups: [GuardTally.Place: GuardTally.Group]) -> [Part] {
    var all = Part()
    var kinds: [Kind: Part] = [:]
    var providers: [Part] = []
    for (place, group) in groups {
      all.group.merge(group)
      kinds[place.kind, default: Part(kind: place.kind)].group.merge(group)
      guard let provider = place.provider else { continue }
      providers.append(Part(kind: place.kind, provider: provider, group: group))
    }
    providers.sort {
      ($0.provider?.text ?? "", $0.kind ?? .person) < ($1.provider?.text ?? "", $1.kind ?? .person)
    }
    return [all] + Kind.allCases.compactMap { kinds[$0] } + providers
  }

  private func verdict(
    _ name: GuardVerdict.Name, _ part: Part, _ window: GuardVerdict.Window
  ) -> GuardVerdict? {
    let earlier = window == .plan ? 0 : past.count(window, name, part.kind, at: part.provider)
    if window != .plan {
      if name == .ended { return nil }
      guard history != nil else {
        return part.kind == nil ? GuardVerdict(name, .everything, window: window, .notKnown, count: 0) : nil
      }
      guard earlier > 0 || part.kind == nil else { return nil }
    }
    let whole = population(name, part, earlier: earlier)
    var limit = settings.limit(name, kind: part.kind, provider: part.provider, of: whole)
    let plans = settings.plans(in: window)
    let count = part.group.count + earlier
    // Memberships are counted by how many persons there are, and are no part of them.
    let isOfPersons = name == .membersRemoved
    let isTripped = part.group.count > 0 && limit.trips(count, of: isOfPersons ? 0 : whole, plans: plans)
    limit = GuardLimit(count: limit.count * plans, percent: limit.percent * plans)
    return GuardVerdict(
      name, part.subject, window: window, isTripped ? .tripped : .passed, count: count,
      of: isOfPersons ? nil : whole, limitCount: limit.count, limitPercent: isOfPersons ? nil : limit.percent,
      cause: isTripped ? cause(name, part.group, kind: part.kind) : nil)
  }

  /// Of how many: the living; what is deleted has ended before, and is added to them.
  private func population(_ name: GuardVerdict.Name, _ part: Part, earlier: Int) -> Int {
    if name == .membersRemoved { return scale.living(.person, at: part.provider) }
    let living = scale.living(part.kind, at: part.provider)
    return name == .deleted ? living + part.group.count + earlier : living
  }

  /// Each commission that loses too large a part of its members; those of a few members are left to the counts.
  private func commissions() -> [GuardVerdict] {
    let few = 5
    return tally.losses.filter { $0.members > few }.compactMap { loss in
      let limit = settings.limit(
        .membersRemoved, kind: .commission, provider: loss.provider, of: loss.members)
      guard loss.removed * 100 > loss.members * limit.percent else { return nil }
      return GuardVerdict(
        .membersRemoved, .commission(loss.commission), .tripped, count: loss.removed, of: loss.members,
        limitPercent: limit.percent)
    }
  }
}
