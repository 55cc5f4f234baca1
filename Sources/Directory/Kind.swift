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

  private var rank: Int { Kind.allCases.firstIndex(of: self) ?? 0 }
  package static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }
}
