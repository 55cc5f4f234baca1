import Foundation

/// What a plan takes away and gives of roles, each person and role counted once however many targets there are.
struct RoleTallies {
  /// One role of one person.
  struct Holding: Hashable {
    var person: HSAIdentity
    /// In normal form.
    var role: String
  }

  /// What is counted together, and what it has in common.
  struct Group {
    private(set) var all: Set<Holding> = []
    /// By the rule that gives it, or gave it.
    private(set) var rules: [String: Int] = [:]
    private(set) var units: [HSAIdentity: Int] = [:]
    private(set) var causes: [RoleChange.Cause: Int] = [:]

    var count: Int { all.count }

    mutating func add(_ holding: Holding, _ change: RoleChange) {
      guard all.insert(holding).inserted else { return }
      for rule in Set(change.assignments.map(\.rule)) { rules[rule, default: 0] += 1 }
      if let unit = change.place.unit { units[unit, default: 0] += 1 }
      if let cause = change.cause { causes[cause, default: 0] += 1 }
    }
  }

  /// Losses, or gains.
  struct Side {
    var all = Group()
    var roles: [String: Group] = [:]
    var units: [HSAIdentity: Group] = [:]
    var providers: [HSAIdentity: Group] = [:]
    /// By unit and role, those alone that are tied to the unit.
    var tied: [HSAIdentity: [String: Set<HSAIdentity>]] = [:]

    mutating func add(_ change: RoleChange) {
      let holding = Holding(person: change.person, role: RoleName.normalForm(change.role))
      all.add(holding, change)
      roles[holding.role, default: Group()].add(holding, change)
      if let provider = change.place.provider { providers[provider, default: Group()].add(holding, change) }
      guard let unit = change.place.unit else { return }
      units[unit, default: Group()].add(holding, change)
      if change.assignments.first?.scope == unit {
        tied[unit, default: [:]][holding.role, default: []].insert(change.person)
      }
    }
  }

  private(set) var losses = Side()
  private(set) var gains = Side()
  /// A role as the first change writes it, by its normal form.
  private(set) var names: [String: String] = [:]

  init(_ plan: Plan) {
    for change in plan.roles?.changes ?? [] {
      let role = RoleName.normalForm(change.role)
      // What a target has may be anything.
      if names[role] == nil { names[role] = PersonalNumber.masked(in: change.role) }
      switch change.direction {
      case .loss: losses.add(change)
      case .gain: gains.add(change)
      case .renewal: continue
      }
    }
  }

  func name(_ role: String) -> String { names[role] ?? role }
}

/// The role changes of the last day and the last week.
struct RolePast {
  private struct Key: Hashable {
    var window: GuardVerdict.Window
    var direction: RoleChange.Direction
    var subject: RoleSubjectOfGuard
  }
  private var counts: [Key: Int] = [:]

  /// An hour counts for a window as soon as a part of it lies within.
  init(_ applied: [History.AppliedRoles], until now: Date) {
    for (window, seconds) in [(GuardVerdict.Window.day, 86_400.0), (.week, 7 * 86_400.0)] {
      for item in applied where item.hour.addingTimeInterval(3_600 + seconds) > now {
        let subjects: [RoleSubjectOfGuard?] = [
          .everything, .role(item.role), item.unit.map { .unit($0) }, item.provider.map { .provider($0) },
        ]
        for subject in subjects.compactMap(\.self) {
          counts[Key(window: window, direction: item.direction, subject: subject), default: 0] += item.count
        }
      }
    }
  }

  func count(
    _ window: GuardVerdict.Window, _ direction: RoleChange.Direction, _ subject: RoleSubjectOfGuard
  ) -> Int {
    counts[Key(window: window, direction: direction, subject: subject)] ?? 0
  }
}

/// What roles are counted within.
enum RoleSubjectOfGuard: Hashable {
  case everything
  /// In normal form.
  case role(String)
  case unit(HSAIdentity)
  case provider(HSAIdentity)
}
