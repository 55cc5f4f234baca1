extension RoleDerivation {
  /// How far the rules reach at the instant.
  package func coverage() -> RoleCoverage {
    var coverage = RoleCoverage()
    var persons = Array(repeating: (held: 0, assignments: 0, refused: 0), count: rules.rules.count)
    var refusals = Array(repeating: (persons: 0, assignments: 0), count: rules.constraints.count)
    var overlaps: [Shared: Int] = [:]
    for person in held.indices {
      let valid = entries.all[person].kind == .person && entries.isValid(Int32(person), at: moment)
      if valid { coverage.persons += 1 }
      let given = held[person].filter { $0.refusal < 0 }
      if valid, given.isEmpty { coverage.withoutRoles.append(entries.identity(Int32(person))) }
      for rule in Set(given.map(\.rule)) { persons[Int(rule)].held += 1 }
      for one in given { persons[Int(one.rule)].assignments += 1 }
      for one in held[person] where one.refusal >= 0 {
        persons[Int(one.rule)].refused += 1
        refusals[Int(one.refusal)].assignments += 1
      }
      for constraint in Set(held[person].map(\.refusal)) where constraint >= 0 {
        refusals[Int(constraint)].persons += 1
      }
      for shared in shared(given) { overlaps[shared, default: 0] += 1 }
    }
    coverage.withoutRoles.sort()
    coverage.rules = rules.rules.indices.map { index in
      RoleCoverage.Rule(
        name: rules.rules[index].name, position: rules.rules[index].position, persons: persons[index].held,
        assignments: persons[index].assignments, refused: persons[index].refused)
    }
    coverage.overlaps = overlaps.sorted { ($0.key.rules, $0.key.role) < ($1.key.rules, $1.key.role) }.map {
      shared, count in
      RoleCoverage.Overlap(rules: shared.names(rules), role: texts.text(shared.number), persons: count)
    }
    coverage.refusals = refusals.enumerated().map { index, count in
      RoleCoverage.Refusal(
        constraint: index, position: rules.constraints[index].position, persons: count.persons,
        assignments: count.assignments)
    }
    coverage.withheld = withheldCommissions
    return coverage
  }

  private var withheldCommissions: [RoleCoverage.Withheld] {
    withheld.map { one in
      RoleCoverage.Withheld(
        commission: entries.identity(one.commission), fault: entries.identity(one.fault.entry),
        attribute: one.fault.attribute, persons: one.people)
    }.sorted { $0.commission < $1.commission }
  }

  /// A role that several rules give one person in one place.
  private struct Shared: Hashable {
    var rules: RuleList
    var role: String
    var number: Int32
    static func == (left: Shared, right: Shared) -> Bool {
      left.rules == right.rules && left.role == right.role
    }
    func hash(into hasher: inout Hasher) {
      hasher.combine(rules)
      hasher.combine(role)
    }
    func names(_ all: RoleRules) -> [String] { rules.numbers.map { all.rules[Int($0)].name } }
  }

  private struct RuleList: Hashable, Comparable {
    var numbers: [Int32]
    static func < (left: RuleList, right: RuleList) -> Bool {
      left.numbers.lexicographicallyPrecedes(right.numbers)
    }
  }

  /// Where an assignment holds: two rules that give a role there give it twice.
  private struct Place: Hashable {
    var role: String
    var commission: Int32
    var unit: Int32
    var provider: Int32
    var function: Int32
  }

  private func shared(_ given: [RoleHeld]) -> Set<Shared> {
    guard given.count > 1 else { return [] }
    var rules: [Place: Set<Int32>] = [:]
    var numbers: [Place: Int32] = [:]
    for one in given {
      let place = Place(
        role: texts.normal(one.role), commission: one.commission, unit: one.careUnit, provider: one.provider,
        function: one.function)
      rules[place, default: []].insert(one.rule)
      numbers[place] = min(numbers[place] ?? one.role, one.role)
    }
    var found: Set<Shared> = []
    for (place, givers) in rules where givers.count > 1 {
      found.insert(
        Shared(rules: RuleList(numbers: givers.sorted()), role: place.role, number: numbers[place] ?? 0))
    }
    return found
  }
}
