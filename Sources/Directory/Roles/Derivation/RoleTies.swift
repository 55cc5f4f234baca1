/// What one candidate for an assignment is made of: entries by number, -1 for none.
struct RoleTies: Hashable, Sendable {
  var person: Int32
  var commission: Int32 = -1
  var function: Int32 = -1
  /// The unit that is joined, or where the others lie.
  var unit: Int32 = -1
  var provider: Int32 = -1
  var careUnit: Int32 = -1
  /// The membership's period, seconds since 1970.
  var memberStart = -Double.infinity
  var memberEnd = Double.infinity

  init(person: Int32) { self.person = person }

  func entry(_ subject: RoleSubject) -> Int32 {
    switch subject {
    case .person: person
    case .commission: commission
    case .unit: unit
    case .provider: provider
    case .function: function
    }
  }
}

/// An assignment that a person has by a rule, in numbers.
struct RoleHeld: Hashable, Sendable {
  /// The rule's index.
  var rule: Int32
  /// The role's number in ``RoleTexts``.
  var role: Int32
  var commission: Int32
  var function: Int32
  var unit: Int32
  var provider: Int32
  var careUnit: Int32
  /// The index of the constraint that refuses it, or -1.
  var refusal: Int32 = -1
  var from: Double
  var to: Double

  init(rule: Int, role: Int32, _ ties: RoleTies, from: Double, to: Double) {
    self.rule = Int32(rule)
    self.role = role
    commission = ties.commission
    function = ties.function
    unit = ties.unit
    provider = ties.provider
    careUnit = ties.careUnit
    self.from = from
    self.to = to
  }

  func entry(_ subject: RoleSubject, of person: Int32) -> Int32 {
    switch subject {
    case .person: person
    case .commission: commission
    case .unit: unit
    case .provider: provider
    case .function: function
    }
  }
}

/// The texts of roles, by number, with the constraints that are about each.
struct RoleTexts: Sendable {
  private var texts: [String] = []
  private var normals: [String] = []
  private var numbers: [String: Int32] = [:]
  /// For each text the constraints that are about it, and for each the place of the first pattern that means it.
  private var limits: [[(constraint: Int, pattern: Int)]] = []
  private let constraints: [RoleConstraint]

  init(_ constraints: [RoleConstraint]) { self.constraints = constraints }

  func text(_ number: Int32) -> String { texts[Int(number)] }
  func normal(_ number: Int32) -> String { normals[Int(number)] }
  func limits(_ number: Int32) -> [(constraint: Int, pattern: Int)] { limits[Int(number)] }

  mutating func number(_ text: String) -> Int32 {
    if let known = numbers[text] { return known }
    let number = Int32(texts.count)
    numbers[text] = number
    texts.append(text)
    normals.append(RoleName.normalForm(text))
    limits.append(
      constraints.enumerated().compactMap { index, constraint in
        constraint.roles.firstIndex { $0.matches(text) }.map { (index, $0) }
      })
    return number
  }
}
