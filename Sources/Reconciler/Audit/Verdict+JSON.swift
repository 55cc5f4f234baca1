import Directory
import LDAP

extension Outcome.Verdict {
  /// Its stable word in every machine format.
  package var name: String {
    switch self {
    case .applied: "applied"
    case .appliedAlready: "appliedAlready"
    case .stale: "stale"
    case .failed: "failed"
    case .refused: "refused"
    case .skipped: "skipped"
    case .notSent: "notSent"
    case .unknown: "unknown"
    }
  }

  /// Its members in every machine format: `outcome`, and what belongs to some.
  package var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = ["outcome": .string(name)]
    switch self {
    case .stale(let staleness): members["reason"] = .string(staleness.rawValue)
    case .refused(let reason): members["reason"] = .string(reason.rawValue)
    case .skipped(let because): members["because"] = .number(because + 1)
    case .failed(let code):
      members["reason"] = .string(code.name)
      members["result"] = .number(Int(code.rawValue))
    case .applied, .appliedAlready, .notSent, .unknown: break
    }
    return members
  }
}

extension ApplyResult.Stop {
  /// Its stable word in every machine format.
  package var name: String {
    switch self {
    case .tooManyFailures: "tooManyFailures"
    case .directoryUnavailable: "directoryUnavailable"
    case .cancelled: "cancelled"
    case .journalUnavailable: "journalUnavailable"
    case .lockLost: "lockLost"
    }
  }
}
