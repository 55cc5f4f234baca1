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
    var verdicts: [RoleVerdict]
  }

  private enum Step: Sendable {
    case assertion(Int)
    case not
    /// Joins the last so many.
    case all(Int)
    case any(Int)
  }

  private let schema: Schema
  private(set) var assertions: [Assertion] = []
  private var columns: [[Column]] = []
  /// For each slot the columns about it, as places in `columns`.
  private var columnsOfSlot: [[(assertion: Int, column: Int)]] = []
  private var numbers: [Assertion: Int] = [:]
  private var programs: [[Step]] = []
  private var programNumbers: [Filter: Int] = [:]
  /// The kinds of entry that each condition is about.
  private(set) var kinds: [Set<Kind>] = []

  init(_ schema: Schema) { self.schema = schema }

  /// Whether some look at the names of entries.
  var lookAtNames: Bool {
    assertions.contains { if case .filter(.extensible(_, _, dn: true, _)) = $0 { true } else { false } }
  }

  /// How many conditions there are.
  var count: Int { programs.count }

  // MARK: Putting in

  /// The number of a condition, given to it now if it has none.
  mutating func insert(_ filter: Filter, on kinds: Set<Kind>) -> Int {
    if let known = programNumbers[filter] {
      self.kinds[known].formUnion(kinds)
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
    self.kinds.append(kinds)
    return programs.count - 1
  }

  private mutating func compile(_ filter: Filter, _ program: inout [Step]) {
    switch filter {
    case .and(let parts):
      for part in parts { compile(part, &program) }
      program.append(.all(parts.count))
    case .or(let parts):
      for part in parts { compile(part, &program) }
      program.append(.any(parts.count))
    case .not(let part):
      compile(part, &program)
      program.append(.not)
    default: program.append(.assertion(number(.filter(filter))))
    }
  }

  private mutating func number(_ assertion: Assertion) -> Int {
    if let known = numbers[assertion] { return known }
    numbers[assertion] = assertions.count
    assertions.append(assertion)
    columns.append([])
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
    let parts = attribute.asciiLowercased.split(separator: ";").map(String.init)
    let wantedParts = wanted.asciiLowercased.split(separator: ";").map(String.init)
    guard let type = parts.first, let wantedType = wantedParts.first else { return false }
    return schema.isSubtype(type, of: wantedType)
      && Set(wantedParts.dropFirst()).isSubset(of: parts.dropFirst())
  }

  /// Judges the sets of values that have become known since the last time.
  mutating func learn(_ values: RoleValues) {
    while columnsOfSlot.count < values.names.count { addColumns(values.names[columnsOfSlot.count]) }
    for slot in columnsOfSlot.indices { learn(slot, values) }
  }

  mutating func learn(_ slot: Int, _ values: RoleValues) {
    for (assertion, column) in columnsOfSlot[slot] {
      while columns[assertion][column].verdicts.count <= values.count(slot) {
        let number = UInt32(columns[assertion][column].verdicts.count)
        let verdict = RoleConditions.judge(
          assertions[assertion], values.names[slot], values.values(slot, number), schema)
        columns[assertion][column].verdicts.append(verdict)
      }
    }
  }

  private mutating func addColumns(_ name: String) {
    let slot = columnsOfSlot.count
    columnsOfSlot.append([])
    for (number, assertion) in assertions.enumerated()
    where RoleConditions.concerns(assertion, name, schema) {
      columnsOfSlot[slot].append((number, columns[number].count))
      let absent = RoleConditions.judge(assertion, name, [], schema)
      columns[number].append(Column(slot: slot, verdicts: [absent]))
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
  ///   - set: the number of the set of values that the entry has of a slot.
  ///   - name: the entry's name, asked for only by assertions about names.
  func judge(_ condition: Int, set: (Int) -> UInt32, name: () -> DistinguishedName?) -> RoleVerdict {
    let program = programs[condition]
    if program.count == 1, case .assertion(let number) = program[0] { return judge(number, set, name) }
    var stack: [RoleVerdict] = []
    for step in program {
      switch step {
      case .assertion(let number): stack.append(judge(number, set, name))
      case .not: stack.append(!(stack.popLast() ?? .undefined))
      case .all(let count): RoleConditions.fold(&stack, count, .yes) { $0 & $1 }
      case .any(let count): RoleConditions.fold(&stack, count, .no) { $0 | $1 }
      }
    }
    return stack.last ?? .undefined
  }

  private static func fold(
    _ stack: inout [RoleVerdict], _ count: Int, _ first: RoleVerdict,
    _ join: (RoleVerdict, RoleVerdict) -> RoleVerdict
  ) {
    let verdict = stack.suffix(count).reduce(first, join)
    stack.removeLast(count)
    stack.append(verdict)
  }

  private func judge(_ number: Int, _ set: (Int) -> UInt32, _ name: () -> DistinguishedName?) -> RoleVerdict {
    var verdict: RoleVerdict?
    for column in columns[number] {
      let one = column.verdicts[Int(set(column.slot))]
      verdict = verdict.map { $0 | one } ?? one
    }
    if case .filter(.extensible(_, _, dn: true, _)) = assertions[number],
      case .filter(let filter) = assertions[number],
      let name = name()
    {
      let ofName = RoleVerdict(filter.matches(Entry(dn: name), schema: schema))
      verdict = verdict.map { $0 | ofName } ?? ofName
    }
    // No entry has the attribute.
    return verdict ?? RoleConditions.judge(assertions[number], "", [], schema)
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
