import Synchronization

/// How many entries there are and where they lie, as observed: what guards measure changes against.
package struct Population: Hashable, Sendable {
  /// One unit or organisation with what lies directly in it.
  package struct Unit: Hashable, Sendable {
    /// What people call it.
    package var label: String?
    /// The care provider that answers for it.
    package var provider: HSAIdentity?
    /// Whether it carries the care provider's mark itself.
    package var isProvider: Bool
    /// How many entries of each kind lie directly in it and have not ended at the plan's instant.
    package var living: [Kind: Int]

    package init(
      label: String? = nil, provider: HSAIdentity? = nil, isProvider: Bool = false, living: [Kind: Int] = [:]
    ) {
      self.label = label
      self.provider = provider
      self.isProvider = isProvider
      self.living = living
    }
  }

  /// By HSA-id; what lies in no unit that has one is under ``elsewhere``.
  package var units: [HSAIdentity: Unit] { didSet { sums = PopulationSums() } }
  package var elsewhere: [Kind: Int] { didSet { sums = PopulationSums() } }
  /// Of as many as are counted here.
  private(set) var sums = PopulationSums()

  package init(units: [HSAIdentity: Unit] = [:], elsewhere: [Kind: Int] = [:]) {
    self.units = units
    self.elsewhere = elsewhere
  }

  /// How many living entries of a kind there are.
  package func living(_ kind: Kind) -> Int {
    units.values.reduce(elsewhere[kind] ?? 0) { $0 + ($1.living[kind] ?? 0) }
  }
}

/// How many live where in all, counted when it is first asked for: a part of a plan is held against the figures of the
/// whole, which are those of thousands of units.
///
/// It says nothing that the units do not say, and takes no part in whether two populations are the same.
final class PopulationSums: Hashable, Sendable {
  struct Counts: Sendable {
    var kinds: [Kind: Int] = [:]
    var places: [GuardTally.Place: Int] = [:]
  }
  private let counts = Mutex<Counts?>(nil)

  func counts(of population: Population) -> Counts {
    counts.withLock { counts in
      let made = counts ?? Counts(population)
      counts = made
      return made
    }
  }

  static func == (_: PopulationSums, _: PopulationSums) -> Bool { true }
  func hash(into _: inout Hasher) {}
}

extension PopulationSums.Counts {
  fileprivate init(_ population: Population) {
    kinds = population.elsewhere
    for unit in population.units.values {
      for (kind, count) in unit.living {
        kinds[kind, default: 0] += count
        if let provider = unit.provider {
          places[GuardTally.Place(provider: provider, kind: kind), default: 0] += count
        }
      }
    }
  }
}
