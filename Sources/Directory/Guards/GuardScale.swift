import Foundation

/// What counts are held against: who lives where, and what was applied lately.
struct GuardScale {
  private var kinds: [Kind: Int] = [:]
  private var places: [GuardTally.Place: Int] = [:]
  /// How many living entries there are in all.
  private(set) var total = 0

  init(_ plan: Plan) {
    let population = plan.population
    let counts = population.sums.counts(of: population)
    (kinds, places) = (counts.kinds, counts.places)
    // Nobody has counted the living: all that was observed is the nearest that is known.
    if population.units.isEmpty, population.elsewhere.isEmpty { kinds = plan.observed }
    total = kinds.values.reduce(0, +)
  }

  /// How many living entries there are in all, of a kind, or of a kind at a care provider.
  func living(_ kind: Kind?, at provider: HSAIdentity?) -> Int {
    guard let kind else { return total }
    guard let provider else { return kinds[kind] ?? 0 }
    return places[GuardTally.Place(provider: provider, kind: kind)] ?? 0
  }
}

/// What was applied within the last day and the last week.
struct GuardPast {
  private struct Key: Hashable {
    var window: GuardVerdict.Window
    var name: GuardVerdict.Name
    var kind: Kind?
    var provider: HSAIdentity?
  }
  private var counts: [Key: Int] = [:]

  /// An hour counts for a window as soon as a part of it lies within.
  init(_ applied: [History.Applied], until now: Date) {
    for (window, seconds) in [(GuardVerdict.Window.day, 86_400.0), (.week, 7 * 86_400.0)] {
      for item in applied where item.hour.addingTimeInterval(3_600 + seconds) > now {
        if let name = GuardVerdict.Name(item.action) { add(item.count, window, name, item) }
        if item.membersRemoved > 0 { add(item.membersRemoved, window, .membersRemoved, item) }
      }
    }
  }

  private mutating func add(
    _ count: Int, _ window: GuardVerdict.Window, _ name: GuardVerdict.Name, _ item: History.Applied
  ) {
    counts[Key(window: window, name: name), default: 0] += count
    counts[Key(window: window, name: name, kind: item.kind), default: 0] += count
    guard let provider = item.provider else { return }
    counts[Key(window: window, name: name, kind: item.kind, provider: provider), default: 0] += count
  }

  func count(
    _ window: GuardVerdict.Window, _ name: GuardVerdict.Name, _ kind: Kind?, at provider: HSAIdentity?
  ) -> Int {
    counts[Key(window: window, name: name, kind: kind, provider: provider)] ?? 0
  }
}
