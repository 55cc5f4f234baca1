import LDAP

/// What a plan would do, counted in one pass by guard, care provider and kind.
struct GuardTally {
  /// A kind of entry at a care provider, or where none answers.
  struct Place: Hashable {
    var provider: HSAIdentity?
    var kind: Kind
  }

  /// How many there are of something, and what they have in common.
  struct Group {
    var count = 0
    /// By the unit in which the entries lie.
    var units: [HSAIdentity: Int] = [:]
    var attributes: [String: Int] = [:]
    /// By the source from which they are absent.
    var sources: [String: Int] = [:]

    mutating func merge(_ other: Group) {
      count += other.count
      units.merge(other.units, uniquingKeysWith: +)
      attributes.merge(other.attributes, uniquingKeysWith: +)
      sources.merge(other.sources, uniquingKeysWith: +)
    }

    mutating func add(_ change: Change, withAttributes: Bool) {
      count += 1
      if let unit = change.place.unit { units[unit, default: 0] += 1 }
      if case .absence(let source) = change.cause { sources[source, default: 0] += 1 }
      guard withAttributes else { return }
      for difference in change.differences { attributes[difference.attribute, default: 0] += 1 }
    }
  }

  /// The persons and functions that leave a unit and come to it.
  struct Flow {
    var leaving: [Kind: Int] = [:]
    var coming: [Kind: Int] = [:]
    var leavingByAbsence = 0
  }

  /// What a commission loses.
  struct Loss {
    var commission: HSAIdentity
    var provider: HSAIdentity?
    var removed: Int
    /// How many members it had.
    var members: Int
  }

  private(set) var groups: [GuardVerdict.Name: [Place: Group]] = [:]
  private(set) var absent = Group()
  private(set) var flows: [HSAIdentity: Flow] = [:]
  private(set) var losses: [Loss] = []
  /// Care providers and organisations that are themselves touched, in the plan's order.
  private(set) var roots: [HSAIdentity] = []

  init(_ plan: Plan, _ settings: GuardSettings) {
    for change in plan.changes {
      if plan.isOfEndings {
        add(.ended, change)
      } else {
        take(change, plan)
        if change.kind == .commission || change.kind == .administrativeCommission {
          takeMembers(change, settings.memberAttributes)
        }
      }
    }
  }

  private mutating func take(_ change: Change, _ plan: Plan) {
    if change.isByAbsence { absent.add(change, withAttributes: false) }
    guard let name = GuardVerdict.Name(change.action) else { return flow(change) }
    // What comes into being by this very plan is not changed by it.
    if name == .updated, GuardTally.completesCreation(change, plan) { return }
    add(name, change)
    flow(change)
    guard name != .updated, change.kind.isContainer else { return }
    let isRoot = change.kind == .organisation || plan.population.units[change.identity]?.isProvider == true
    if isRoot, !roots.contains(change.identity) { roots.append(change.identity) }
  }

  private mutating func add(_ name: GuardVerdict.Name, _ change: Change) {
    let place = Place(provider: change.place.provider, kind: change.kind)
    groups[name, default: [:]][place, default: Group()].add(
      change, withAttributes: name == .updated || name == .ended)
  }

  private static func completesCreation(_ change: Change, _ plan: Plan) -> Bool {
    change.after.contains { earlier in
      plan.changes.indices.contains(earlier) && plan.changes[earlier].action == .create
        && plan.changes[earlier].identity == change.identity
    }
  }

  private mutating func flow(_ change: Change) {
    guard change.kind == .person || change.kind == .function else { return }
    switch change.action {
    case .deactivate, .archive: leave(change)
    case .move where change.destination != nil:
      leave(change)
      if let unit = change.destination?.unit { come(change.kind, to: unit) }
    case .create, .reactivate: if let unit = change.place.unit { come(change.kind, to: unit) }
    // What is deleted has ended before: it does not count among the living.
    case .move, .rename, .update, .delete: return
    }
  }

  private mutating func leave(_ change: Change) {
    guard let unit = change.place.unit else { return }
    flows[unit, default: Flow()].leaving[change.kind, default: 0] += 1
    if change.isByAbsence { flows[unit, default: Flow()].leavingByAbsence += 1 }
  }

  private mutating func come(_ kind: Kind, to unit: HSAIdentity) {
    flows[unit, default: Flow()].coming[kind, default: 0] += 1
  }

  private mutating func takeMembers(_ change: Change, _ attributes: Set<String>) {
    guard change.action != .create else { return }
    for difference in change.differences
    where !difference.removed.isEmpty && attributes.contains(difference.attribute.asciiLowercased) {
      let removed = difference.membersRemoved
      guard removed > 0 else { continue }
      let place = Place(provider: change.place.provider, kind: change.kind)
      groups[.membersRemoved, default: [:]][place, default: Group()].count += removed
      losses.append(
        Loss(
          commission: change.identity, provider: change.place.provider, removed: removed,
          members: difference.removed.count + difference.kept))
    }
  }
}

extension Change.Difference {
  /// How many members are taken away, where the values are memberships; one whose period changes stays.
  package var membersRemoved: Int {
    let stay = Set(added.map(\.member))
    return removed.count { !stay.contains($0.member) }
  }
}

extension Value {
  /// The HSA-id before the first semicolon, in capitals.
  fileprivate var member: [UInt8] {
    bytes.prefix { $0 != UInt8(ascii: ";") }.map { $0 &- 97 < 26 ? $0 & 0xDF : $0 }
  }
}

extension GuardVerdict.Name {
  /// The guard that counts an action; `nil` for creations.
  package init?(_ action: Change.Action) {
    switch action {
    case .create: return nil
    case .delete: self = .deleted
    case .deactivate, .archive: self = .deactivated
    case .move, .rename: self = .moved
    case .update, .reactivate: self = .updated
    }
  }
}
