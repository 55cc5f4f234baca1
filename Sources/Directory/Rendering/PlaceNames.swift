/// What people call units and care providers: as observed, or for new ones as the plan makes them.
struct PlaceNames {
  private let population: Population
  private var made: [HSAIdentity: String] = [:]

  init(_ plan: Plan, disclosure: Disclosure) {
    population = plan.population
    for change in plan.changes where change.kind.isContainer {
      if let label = disclosure.label(of: change) { made[change.identity] = label }
    }
  }

  /// The name of a unit or organisation; `nil` where none is known.
  func label(of unit: HSAIdentity) -> String? {
    let label = population.units[unit]?.label ?? made[unit]
    return label == unit.text ? nil : label
  }

  /// The name, or the HSA-id where there is no name.
  func name(of unit: HSAIdentity) -> String { label(of: unit) ?? unit.text }

  /// The care provider that answers for a unit.
  func provider(of unit: HSAIdentity) -> HSAIdentity? { population.units[unit]?.provider }
}
