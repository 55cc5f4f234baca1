import Foundation

/// What guards measure a part of a plan against: the figures of the whole, as they were when all was last read, and
/// with what has been applied since.
package struct Baseline: Hashable, Sendable {
  package var population: Population
  /// How many entries of each kind were observed.
  package var observed: [Kind: Int]
  package var scale: RoleScale
  /// How many entries were read.
  package var entries: Int
  /// When all was read.
  package var readAt: Date

  package init(
    population: Population = Population(), observed: [Kind: Int] = [:], scale: RoleScale = RoleScale(),
    entries: Int = 0, readAt: Date
  ) {
    self.population = population
    self.observed = observed
    self.scale = scale
    self.entries = entries
    self.readAt = readAt
  }

  /// The figures of a plan of the whole, whose read was complete.
  ///
  /// - Parameter scale: of roles, where the plan has none.
  package init(of plan: Plan, scale: RoleScale = RoleScale()) {
    self.init(
      population: plan.population, observed: plan.observed, scale: plan.roles?.scale ?? scale,
      entries: plan.proof.entries, readAt: plan.instant)
  }

  /// The figures once changes of entries and of roles have been applied.
  package func taking(_ changes: [Change], roles: [RoleChange] = []) -> Baseline {
    var baseline = self
    baseline.population = population.taking(changes)
    baseline.scale = scale.taking(roles)
    for change in changes {
      let step = change.action == .create ? 1 : change.action == .delete ? -1 : 0
      baseline.entries = max(0, baseline.entries + step)
      baseline.observed[change.kind, default: 0] = max(0, (baseline.observed[change.kind] ?? 0) + step)
    }
    return baseline
  }

  /// The plan of a part, measured against the figures of the whole.
  package func measuring(_ plan: Plan) -> Plan {
    var plan = plan
    plan.population = population
    plan.observed = observed
    plan.roles?.scale = scale
    return plan
  }
}

extension Population {
  /// Who lives where once changes have been applied; what a unit is called, and under whom, stays as it was read.
  package func taking(_ changes: [Change]) -> Population {
    var population = self
    for change in changes {
      switch change.action {
      case .create, .reactivate: population.add(1, change.kind, in: change.place)
      case .deactivate, .archive: population.add(-1, change.kind, in: change.place)
      case .move:
        guard let destination = change.destination else { continue }
        population.add(-1, change.kind, in: change.place)
        population.add(1, change.kind, in: destination)
      // What is deleted has ended before: it does not count among the living.
      case .rename, .update, .delete: continue
      }
    }
    return population
  }

  private mutating func add(_ step: Int, _ kind: Kind, in place: Change.Place) {
    guard let identity = place.unit else {
      elsewhere[kind] = max(0, (elsewhere[kind] ?? 0) + step)
      return
    }
    var unit = units[identity] ?? Unit(provider: place.provider)
    unit.living[kind] = max(0, (unit.living[kind] ?? 0) + step)
    units[identity] = unit
  }
}

extension RoleScale {
  /// How many are held once changes have been applied, each person and role once.
  ///
  /// What one target has and another has not is counted as if all had the same: the next comparison counts anew.
  package func taking(_ changes: [RoleChange]) -> RoleScale {
    var scale = self
    var seen: Set<[String]> = []
    for change in changes where change.direction != .renewal {
      let role = RoleName.normalForm(change.role)
      guard seen.insert([change.person.normalForm, role, change.direction.rawValue]).inserted else {
        continue
      }
      scale.add(change.direction == .gain ? 1 : -1, role, change)
    }
    return scale
  }

  private mutating func add(_ step: Int, _ role: String, _ change: RoleChange) {
    func sum(_ count: Int?) -> Int? {
      let sum = (count ?? 0) + step
      return sum > 0 ? sum : nil
    }
    total = max(0, total + step)
    roles[role] = sum(roles[role])
    if let provider = change.place.provider { providers[provider] = sum(providers[provider]) }
    guard let unit = change.place.unit else { return }
    units[unit] = sum(units[unit])
    guard change.assignments.first?.scope == unit else { return }
    var tied = tied[unit] ?? [:]
    tied[role] = sum(tied[role])
    self.tied[unit] = tied.isEmpty ? nil : tied
  }
}
