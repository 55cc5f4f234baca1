import LDAP

/// Mixed changes to a region: half are new titles and numbers, the rest new persons, moves, memberships, functions
/// and ends. The same changes as a desired state and as LDIF change records.
struct RegionChanges {
  enum PersonChange {
    case update, end
    case move(unit: Int)
  }

  let region: Region
  /// By person's number.
  private(set) var persons: [Int: PersonChange] = [:]
  /// Numbers of persons who do not exist yet, by the unit where they will.
  private(set) var newcomers: [Int: [Int]] = [:]
  private(set) var functions: Set<Int> = []
  private(set) var commissions: Set<Int> = []

  /// - Parameter count: how many changes; a region of fewer than 20 persons for each gets fewer
  init(_ region: Region, count: Int) {
    self.region = region
    let share = min(count, region.persons / 10)
    choosePersons(updates: share / 2, ends: share / 20, moves: share * 3 / 20)
    for number in 0..<share * 3 / 20 {
      newcomers[number * 7 % region.units, default: []].append(region.persons + number)
    }
    functions = Set((0..<share / 20).map { $0 * region.functions / max(share / 20, 1) })
    commissions = Set((0..<share / 10).map { $0 * region.commissions / max(share / 10, 1) })
  }

  var count: Int {
    persons.count + newcomers.values.reduce(0) { $0 + $1.count } + functions.count + commissions.count
  }

  private mutating func choosePersons(updates: Int, ends: Int, moves: Int) {
    let total = updates + ends + moves
    var taken: Set<String> = []
    for index in 0..<total {
      var person = index * region.persons / total
      var unit = region.unit(of: person)
      // A manager's name stands in others' entries: managers stay where they are.
      while person == region.staff(of: unit).lowerBound || persons[person] != nil {
        person = (person + 1) % region.persons
        unit = region.unit(of: person)
      }
      switch index % 14 {
      case 0..<3: persons[person] = .move(unit: destination(of: person, from: unit, &taken))
      case 3: persons[person] = .end
      default: persons[person] = .update
      }
    }
  }

  /// A unit on the other side of the region where nobody has the person's name.
  private func destination(of person: Int, from unit: Int, _ taken: inout Set<String>) -> Int {
    let name = region.people(of: unit)[person - region.staff(of: unit).lowerBound].name
    for step in region.units / 2..<region.units * 2 {
      let target = (unit + step) % region.units
      guard target != unit, !region.people(of: target).contains(where: { $0.name == name }) else { continue }
      if taken.insert("\(target) \(name)").inserted { return target }
    }
    return unit
  }

  /// What a person's change does to the entry itself; a move leaves it as it is.
  func modifications(of person: Int, _ entry: Entry) -> [Modification] {
    switch persons[person] {
    case .update:
      var seed = Seed(region.seed, 7, person)
      let mobile = entry["mobile"].isEmpty ? [Value("+4672\(1_000_000 + seed.number(below: 8_999_999))")] : []
      return [
        Modification(.replace, "telephoneNumber", [region.telephone(&seed)]),
        Modification(.replace, "title", [Value("\(seed.pick(Words.titles).title), samordnare")]),
        Modification(.replace, "mobile", mobile),
      ]
    case .end: return [Modification(.replace, "endDate", ["20251231230000Z"])]
    case .move, nil: return []
    }
  }

  func functionModifications(_ number: Int) -> [Modification] {
    var seed = Seed(region.seed, 8, number)
    return [
      Modification(.replace, "telephoneNumber", [region.telephone(&seed)]),
      Modification(.replace, "telephoneHours", ["1-4#08:00#16:45", "5-5#08:00#14:45"]),
    ]
  }

  /// One member leaves, another comes.
  func commissionModifications(_ entry: Entry, _ number: Int) -> [Modification] {
    let newcomer = "\(Region.identity("3", number % region.persons));20251231230000Z;20301231230000Z"
    return [
      Modification(.delete, "hsaCommissionMember", [entry["hsaCommissionMember"][0]]),
      Modification(.add, "hsaCommissionMember", [Value(newcomer)]),
    ]
  }
}

extension Entry {
  /// The entry after modifications that are known to fit it.
  func applying(_ modifications: [Modification]) -> Entry {
    var entry = self
    for modification in modifications {
      switch modification.kind {
      case .add: entry[modification.attribute] += modification.values
      case .delete: entry[modification.attribute].removeAll { modification.values.contains($0) }
      case .replace: entry[modification.attribute] = modification.values
      }
    }
    entry.attributes.removeAll(where: \.values.isEmpty)
    return entry
  }
}
