extension Plan {
  /// What stands in the way of applying a plan.
  package enum Obstacle: Hashable, Sendable, CustomStringConvertible {
    /// So many findings are errors.
    case findings(Int)
    /// These guards have tripped.
    case guards([GuardVerdict])

    package var description: String {
      switch self {
      case .findings(let count): "\(count.counting("error")) must be corrected first"
      case .guards(let tripped):
        "\(tripped.count.counting("guard")) tripped: "
          + Set(tripped.map(\.name.rawValue)).sorted().joined(separator: ", ")
      }
    }
  }

  /// The guards that stand in the way.
  ///
  /// A plan that no guard has looked at is held back by what it would do by absence, and by nothing else.
  package var tripped: [GuardVerdict] {
    guard guards.isEmpty else { return guards.filter(\.isTripped) }
    let absent = changes.count(where: \.isByAbsence)
    return absent > 0 ? [GuardVerdict(.firstAbsence, .everything, .tripped, count: absent)] : []
  }

  /// The first thing in the way of applying it; `nil` when there is none.
  package var obstacle: Obstacle? {
    let errors = findings.count { $0.severity == .error }
    if errors > 0 { return .findings(errors) }
    let tripped = tripped
    return tripped.isEmpty ? nil : .guards(tripped)
  }
}
