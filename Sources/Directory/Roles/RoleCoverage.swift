/// How far a set of rules reaches: what gives nothing, who has nothing, what is given twice.
package struct RoleCoverage: Hashable, Sendable {
  /// What one rule gives.
  package struct Rule: Hashable, Sendable {
    package var name: String
    package var position: SourcePosition
    /// How many people have something by it, refused assignments aside.
    package var persons: Int
    package var assignments: Int
    /// How many of its assignments constraints refuse.
    package var refused: Int
  }

  /// Rules that give the same role to the same people in the same place.
  package struct Overlap: Hashable, Sendable {
    /// The rules' names, in the order of the file.
    package var rules: [String]
    package var role: String
    package var persons: Int
  }

  /// A constraint and how much it refuses.
  package struct Refusal: Hashable, Sendable {
    /// The index in ``RoleRules/constraints``.
    package var constraint: Int
    package var position: SourcePosition
    package var persons: Int
    package var assignments: Int
  }

  /// A commission that gives nobody anything.
  package struct Withheld: Hashable, Sendable {
    package var commission: HSAIdentity
    /// The entry at fault, and its attribute.
    package var fault: HSAIdentity
    package var attribute: String
    /// How many valid people it takes rights from.
    package var persons: Int
  }

  /// In the order of the file.
  package var rules: [Rule] = []
  /// Rules that match nobody, by name, in the order of the file.
  package var matchingNobody: [String] { rules.filter { $0.assignments + $0.refused == 0 }.map(\.name) }
  /// How many valid people there are.
  package var persons = 0
  /// Valid people who hold nothing, by HSA-id.
  package var withoutRoles: [HSAIdentity] = []
  package var overlaps: [Overlap] = []
  package var refusals: [Refusal] = []
  package var withheld: [Withheld] = []
}
