import LDAP

/// A made-up region of any size: units in a tree, the staff of each, functions and commissions.
///
/// Everything follows from the seed and a number, so that a region of 700,000 persons is written without being held.
struct Region {
  static let base = "o=Region Exempel,c=SE"
  static let organisation = "SE2321000016"

  let persons: Int
  let seed: Int
  let units: Int
  let functions: Int
  let commissions: Int
  /// The members of the largest commissions.
  let largest: Int

  /// One entry in ten is not a person: of those 40 % are units, 30 % functions, 30 % commissions.
  init(persons: Int, seed: Int) {
    self.persons = persons
    self.seed = seed
    units = max(8, persons * 4 / 100)
    functions = persons * 3 / 100
    commissions = persons * 3 / 100
    largest = min(5_000, persons / 2)
  }

  var entries: Int { persons + units + functions + commissions }

  /// The HSA-id of the number-th entry of a sort.
  static func identity(_ sort: Character, _ number: Int) -> String {
    "\(organisation)-\(sort)\(Words.suffix(number))"
  }

  /// The unit above; `nil` directly below the region.
  func parent(of unit: Int) -> Int? { unit < 8 ? nil : unit / 8 - 1 }

  /// Whose name is the unit's number: siblings are never called the same.
  func title(of unit: Int) -> String {
    var seed = Seed(seed, 1, unit)
    return "\(seed.pick(Words.clinics)) \(seed.pick(Words.towns)) \(unit + 1)"
  }

  func name(of unit: Int) -> DistinguishedName {
    let rdn = RelativeDistinguishedName("ou", Value(title(of: unit)))
    return parent(of: unit).map { name(of: $0).child(rdn) } ?? Region.top.child(rdn)
  }

  static let top = DistinguishedName([
    RelativeDistinguishedName("o", "Region Exempel"), RelativeDistinguishedName("c", "SE"),
  ])

  /// The numbers of the persons who work in a unit; the first is the manager.
  func staff(of unit: Int) -> Range<Int> { persons * unit / units..<persons * (unit + 1) / units }

  /// The unit where a person works.
  func unit(of person: Int) -> Int {
    var unit = person * units / persons
    while !staff(of: unit).contains(person) { unit += staff(of: unit).lowerBound > person ? -1 : 1 }
    return unit
  }
}

/// A person before it becomes an entry.
struct Person {
  let number: Int
  let given: String
  let family: String
  /// The first name and the last, made distinct in the unit.
  let name: String
}

extension Region {
  /// The persons of a unit with their names.
  func people(of unit: Int) -> [Person] {
    var taken: Set<String> = []
    return staff(of: unit).map { number in
      var seed = Seed(seed, 2, number)
      let (given, family) = (seed.pick(Words.given), seed.pick(Words.family))
      let plain = "\(given) \(family)"
      let name = taken.contains(plain) ? "\(plain) \(number)" : plain
      taken.insert(name)
      return Person(number: number, given: given, family: family, name: name)
    }
  }
}
