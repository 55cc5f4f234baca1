/// The kinds of entries that the agent keeps.
package enum Kind: String, CaseIterable, Hashable, Sendable, Codable, Comparable {
  case organisation, unit, function, person, commission, administrativeCommission

  /// The list in a desired-state file that holds rows of this kind.
  package var listKey: String {
    switch self {
    case .organisation: "organisations"
    case .unit: "units"
    case .function: "functions"
    case .person: "persons"
    case .commission: "commissions"
    case .administrativeCommission: "administrativeCommissions"
    }
  }

  /// Whether entries of this kind may hold others beneath them.
  package var isContainer: Bool { self == .organisation || self == .unit }

  /// Its place in the order of kinds, from 0; an index into counts by kind.
  package var rank: Int {
    switch self {
    case .organisation: 0
    case .unit: 1
    case .function: 2
    case .person: 3
    case .commission: 4
    case .administrativeCommission: 5
    }
  }

  /// How many kinds there are.
  package static let count = allCases.count

  package static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }
}
