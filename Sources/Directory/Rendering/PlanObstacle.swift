extension Plan {
  /// What stands in the way of applying a plan.
  package enum Obstacle: Hashable, Sendable, CustomStringConvertible {
    /// So many findings are errors.
    case findings(Int)
    /// So many changes come from something not having been seen.
    case changesByAbsence(Int)

    package var description: String {
      switch self {
      case .findings(let count): "\(count.counting("error")) must be corrected first"
      case .changesByAbsence(let count):
        "\(count.counting("change")) would be made because entries are absent from a source, and there is no guard for that yet"
      }
    }
  }

  /// The first thing in the way of applying it; `nil` when there is none.
  package var obstacle: Obstacle? {
    let errors = findings.count { $0.severity == .error }
    if errors > 0 { return .findings(errors) }
    let absent = changes.count(where: \.isByAbsence)
    return absent > 0 ? .changesByAbsence(absent) : nil
  }
}
