import LDAP

/// A verdict as the store writes it: its name, and what it is about.
extension Outcome.Verdict {
  /// What its ``name`` is about.
  package var detail: String? {
    switch self {
    case .stale(let staleness): staleness.rawValue
    case .failed(let result): String(result.rawValue)
    case .refused(let reason): reason.rawValue
    case .skipped(let because): String(because)
    case .applied, .appliedAlready, .notSent, .unknown: nil
    }
  }

  /// - Returns: `nil` for what this version does not write.
  package init?(name: String, detail: String?) {
    let number = detail.flatMap { Int32($0) }
    let verdict: Outcome.Verdict? =
      switch name {
      case "applied": .applied
      case "appliedAlready": .appliedAlready
      case "stale": detail.flatMap { Outcome.Staleness(rawValue: $0) }.map { .stale($0) }
      case "failed": number.map { .failed(ResultCode(rawValue: $0)) }
      case "refused": detail.flatMap { Outcome.RefusalReason(rawValue: $0) }.map { .refused($0) }
      case "skipped": number.map { .skipped(because: Int($0)) }
      case "notSent": .notSent
      case "unknown": .unknown
      default: nil
      }
    guard let verdict else { return nil }
    self = verdict
  }
}
