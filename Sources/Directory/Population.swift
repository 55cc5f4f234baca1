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
  package var units: [HSAIdentity: Unit]
  package var elsewhere: [Kind: Int]

  package init(units: [HSAIdentity: Unit] = [:], elsewhere: [Kind: Int] = [:]) {
    self.units = units
    self.elsewhere = elsewhere
  }

  /// How many living entries of a kind there are.
  package func living(_ kind: Kind) -> Int {
    units.values.reduce(elsewhere[kind] ?? 0) { $0 + ($1.living[kind] ?? 0) }
  }
}
