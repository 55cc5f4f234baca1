import LDAP

/// The conditions of all rules, each once, in a form that is quick to judge.
///
/// A condition is made of assertions about one attribute. Each is judged once for every set of values that an
/// attribute has in some entry, and what it says is looked up by the set's number.
struct RoleConditions: Sendable {
  /// An assertion that has no other in it.
  enum Assertion: Hashable, Sendable {
    case filter(Filter)
    /// That one of the values is a right that covers this one.
    case right(attribute: String, CommissionRight)
  }

  /// What an assertion says of the sets of one attribute, by their numbers; 0 is no values.
  private struct Column: Sendable {
    var slot: Int
    /// Open where nobody has asked.
    var verdicts: [RoleVerdict]
  }

  /// A condition is a list of these, each before its parts.
  private enum Step: Sendable {
    case assertion(Int)
    case not
    /// So many parts follow.
    case all(Int)
    case any(Int)
  }

  private let schema: Schema
  private(set) var assertions: [Assertion] = []
  /// For each assertion, the attributes that it looks at.
  private var columns: [[Column]] = []
  /// How many slots have their columns.
  private var knownSlots = 0
  private var numbers: [Assertion: Int] = [:]
  private var programs: [[Step]] = []
  private var programNumbers: [Filter: Int] = [:]
  /// The kinds of entry that each condition is about.
  private var kinds: [Set<Kind>] = []
  /// The conditions about each kind, by its rank.
  private var ofKind: [[Int]] = Array(repeating: [], count: Kind.count)
  /// Whether some look at the names of entries.
  private(set) var lookAtNames = false

  init(_ schema: Schema) { self.schema = schema }

  /// How many conditions there are.
  var count: Int { programs.count }

  /// The conditions that are about entries of a kind.
  func about(_ kind: Kind) -> [Int] { ofKind[kind.rank] }

  // MARK: Putting in

  /// The number of a condition, given to it now if it has none.
  mutating func insert(_ filter: Filter, on kinds: Set<Kind>) -> Int {
    if let known = programNumbers[filter] {
      add(known, to: kinds)
      return known
    }
    var program: [Step] = []
    compile(filter, &program)
    programNumbers[filter] = programs.count
    return append(program, kinds)
  }

  /// The number of the condition that a commission gives a right.
  mutating func insert(_ right: CommissionRight, of attribute: String) -> Int {
    append([.assertion(number(.right(attribute: attribute, right)))], [.commission])
  }

  private mutating func append(_ program: [Step], _ kinds: Set<Kind>) -> Int {
    programs.append(program)
    self.kinds.append([])
    add(programs.count - 1, to: kinds)
    return programs.count - 1
  }

  private mutating func add(_ condition: Int, to kinds: Set<Kind>) {
    for kind in kinds.subtracting(self.kinds[condition]) { ofKind[kind.rank].append(condition) }
    self.kinds[condition].formUnion(kinds)
  }

  private mutating func compile(_ filter: Filter, _ program: inout [Step]) {
    switch filter {
    case .and(let parts):
      program.append(.all(parts.count))
      for part in parts { compile(part, &program) }
    case .or(let parts):
      program.append(.any(parts.count))
      for part in parts { compile(part, &program) }
    case .not(let part):
      program.append(.not)
      compile(part, &program)
    default: program.append(.assertion(number(.filter(filter))))
    }
  }

  private mutating func number(_ assertion: Assertion) -> Int {
    if let known = numbers[assertion] { return known }
    numbers[assertion] = assertions.count
    assertions.append(assertion)
    columns.append([])
    if case .filter(.extensible(_, _, dn: true, _)) = assertion { lookAtNames = true }
    return assertions.count - 1
  }

  // MARK: Learning the values

  /// Whether an assertion looks at an attribute: at its type, a type below it, or it with more options.
  func concern(_ attribute: String) -> Bool {
    assertions.contains { RoleConditions.concerns($0, attribute, schema) }
  }

  static func concerns(_ assertion: Assertion, _ attribute: String, _ schema: Schema) -> Bool {
    let wanted: String
    switch assertion {
    case .right(let name, _): return RoleValues.key(name, schema) == RoleValues.key(attribute, schema)
    case .filter(let filter):
      guard let name = filter.attribute else { return true }
      wanted = name
    }
    return concerns(wanted, attribute, schema)
  }

  /// Whether a filter that names an attribute looks at another: a type below it, or it with more options.
  static func concerns(_ wanted: String, _ attribute: String, _ schema: Schema) -> Bool {
    // Hardly any name has options, and this is asked of every attribute for every filter.
    guard attribute.utf8.contains(UInt8(ascii: ";")) || wanted.utf8.contains(UInt8(ascii: ";")) else {
      return schema.isSubtype(attribute, of: wanted)
    }
    let parts = attribute.asciiLowercased.split(separator: ";").map(String.init)
    let wantedParts = wanted.asciiLowercased.split(separator: ";").map(String.init)
    guard let type = parts.first, let wantedType = wantedParts.first else { return false }
    return schema.isSubtype(type, of: wantedType)
      && Set(wantedParts.dropFirst()).isSubset(of: parts.dropFirst())
  }

  /// Gets to know the attributes that have been given slots since the last time.
  mutating func learn(_ values: RoleValues) {
    while knownSlots < values.names.count {
      let name = values.names[knownSlots]
      for (number, assertion) in assertions.enumerated()
      where RoleConditions.concerns(assertion, name, schema) {
        let absent = RoleConditions.judge(assertion, name, [], schema)
        columns[number].append(Column(slot: knownSlots, verdicts: [absent]))
      }
      knownSlots += 1
    }
  }

  /// What an assertion says of an entry that has these values of one attribute, and nothing else.
  static func judge(_ assertion: Assertion, _ attribute: String, _ values: [Value], _ schema: Schema)
    -> RoleVerdict
  {
    switch assertion {
    case .right(_, let wanted):
      RoleVerdict(
        values.contains { $0.gives(wanted) })
    case .filter(.present): values.isEmpty ? .no : .yes
    case .filter(let filter):
      RoleVerdict(
        filter.matches(
          Entry(dn: DistinguishedName(), attributes: values.isEmpty ? [] : [Attribute(attribute, values)]),
          schema: schema))
    }
  }

  // MARK: Judging

  /// What a condition says of an entry.
  ///
  /// - Parameters:
  ///   - sets: the numbers of the entry's sets of values, from `start` on, by slot.
  ///   - name: the entry's name, where assertions look at it.
  mutating func judge(
    _ condition: Int, _ sets: [UInt32], at start: Int, _ values: RoleValues, name: DistinguishedName?
  ) -> RoleVerdict {
    var step = 0
    return judge(programs[condition], &step, sets, start, values, name)
  }

  private mutating func judge(
    _ program: [Step], _ step: inout Int, _ sets: [UInt32], _ start: Int, _ values: RoleValues,
    _ name: DistinguishedName?
  ) -> RoleVerdict {
    let one = program[step]
    step += 1
    switch one {
    case .assertion(let number): return judge(number, sets, start, values, name)
    case .not: return !judge(program, &step, sets, start, values, name)
    case .all(let count):
      var verdict = RoleVerdict.yes
      for _ in 0..<count { verdict = verdict & judge(program, &step, sets, start, values, name) }
      return verdict
    case .any(let count):
      var verdict = RoleVerdict.no
      for _ in 0..<count { verdict = verdict | judge(program, &step, sets, start, values, name) }
      return verdict
    }
  }

  private mutating func judge(
    _ number: Int, _ sets: [UInt32], _ start: Int, _ values: RoleValues, _ name: DistinguishedName?
  ) -> RoleVerdict {
    var verdict: RoleVerdict?
    for column in columns[number].indices {
      let set = sets[start + columns[number][column].slot]
      let one = self.verdict(number, column, set, values)
      verdict = verdict.map { $0 | one } ?? one
    }
    if let name, case .filter(let filter) = assertions[number], case .extensible(_, _, dn: true, _) = filter {
      let ofName = RoleVerdict(filter.matches(Entry(dn: name), schema: schema))
      verdict = verdict.map { $0 | ofName } ?? ofName
    }
    // No entry has the attribute.
    return verdict ?? RoleConditions.judge(assertions[number], "", [], schema)
  }

  /// What an assertion says of a set of values, judged when it is first asked.
  private mutating func verdict(_ number: Int, _ column: Int, _ set: UInt32, _ values: RoleValues)
    -> RoleVerdict
  {
    let known = columns[number][column].verdicts.count
    if Int(set) < known, columns[number][column].verdicts[Int(set)] != .open {
      return columns[number][column].verdicts[Int(set)]
    }
    let slot = columns[number][column].slot
    if Int(set) >= known {
      // Room for all that are known by now: sets come in order.
      columns[number][column].verdicts.append(
        contentsOf: repeatElement(.open, count: values.count(slot) + 1 - known))
    }
    let verdict = RoleConditions.judge(
      assertions[number], values.names[slot], values.values(slot, set), schema)
    columns[number][column].verdicts[Int(set)] = verdict
    return verdict
  }
}

extension Filter {
  /// The attribute that an assertion is about; `nil` for one about all that a rule fits.
  var attribute: String? {
    switch self {
    case .equal(let name, _), .greaterOrEqual(let name, _), .lessOrEqual(let name, _),
      .approximate(let name, _), .present(let name), .substrings(let name, _, _, _):
      name
    case .extensible(_, let name, _, _): name
    case .and, .or, .not: nil
    }
  }
}

extension Value {
  /// Whether it is a commission's right that covers another.
  func gives(_ right: CommissionRight) -> Bool {
    text.flatMap { CommissionRight(parsing: $0) }?.covers(right) ?? false
  }
}
