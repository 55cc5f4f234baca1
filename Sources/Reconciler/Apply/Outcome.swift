import Directory
import LDAP

/// What became of one change of a plan.
package struct Outcome: Sendable {
  package enum Verdict: Hashable, Sendable {
    /// The directory was changed by us.
    case applied
    /// The entry was found as wanted; nothing had to be written.
    case appliedAlready
    /// What the plan was made from has changed: nothing was written; plan again.
    case stale(Staleness)
    /// The directory refused it.
    case failed(ResultCode)
    /// It is not sent to this server; the reason says why.
    case refused(RefusalReason)
    /// It was not sent, because a change it comes after was not applied.
    case skipped(because: Int)
    /// The apply was stopped before it was sent, or before it was sent again after it is known not to have happened.
    case notSent
    /// It was sent and no answer came, and the directory could not be read afterwards.
    case unknown
  }

  package enum Staleness: String, Hashable, Sendable, Codable {
    /// The assertion was false: somebody changed what the plan changes.
    case changed
    /// The entry has another name now.
    case moved
    /// The entry is gone.
    case gone
    /// Another entry has the name.
    case replaced

    package var message: String {
      switch self {
      case .changed: "somebody has changed what this changes; nothing was written"
      case .moved: "the entry has another name now; nothing was written"
      case .gone: "the entry is gone; nothing was written"
      case .replaced: "another entry has the name; nothing was written"
      }
    }
  }

  package enum RefusalReason: String, Hashable, Sendable, Codable {
    /// The server cannot make a deletion conditional (RFC 4528).
    case deletionWithoutAssertion
    /// The server cannot make a rename conditional (RFC 4528).
    case renameWithoutAssertion

    package var message: String {
      switch self {
      case .deletionWithoutAssertion:
        "this server cannot make a deletion conditional (no assertion control), so it is not sent"
      case .renameWithoutAssertion:
        "this server cannot make a move or rename conditional (no assertion control), so it is not sent"
      }
    }

    package var advice: String { "look at the entry, make the change by hand, and plan again" }
  }

  /// Something worth knowing about a change that was applied.
  package enum Note: Hashable, Sendable {
    /// The server stored another spelling of a value of this attribute than was sent.
    case respelled(attribute: String)
    /// The write was checked by reading just before, not by a condition sent with it.
    case checkedByReading

    package var message: String {
      switch self {
      case .respelled(let attribute):
        "the server stored another spelling of \(attribute) than was sent"
      case .checkedByReading:
        "the entry was checked by reading it just before, because the server cannot check a condition"
      }
    }

    package var advice: String? {
      switch self {
      case .respelled(let attribute): "list \(attribute) under serverSpells in the profile"
      case .checkedByReading: nil
      }
    }
  }

  /// The ``Change/id``.
  package var change: Int
  package var verdict: Verdict
  package var notes: [Note]
  /// How many times the write was sent.
  package var attempts: Int
  /// Whether an answer was lost and the directory was read to learn what happened.
  package var wasUnknown: Bool

  package init(
    change: Int, _ verdict: Verdict, notes: [Note] = [], attempts: Int = 0, wasUnknown: Bool = false
  ) {
    self.change = change
    self.verdict = verdict
    self.notes = notes
    self.attempts = attempts
    self.wasUnknown = wasUnknown
  }

  /// Whether the entry is as the change wants it.
  package var isApplied: Bool { verdict == .applied || verdict == .appliedAlready }
}

/// What became of a plan.
package struct ApplyResult: Sendable {
  /// Why changes that could have been sent were not.
  package enum Stop: Hashable, Sendable {
    /// As many changes failed as the configuration allows.
    case tooManyFailures(Int)
    /// The connection was lost and could not be had again in time.
    case directoryUnavailable
    /// Somebody asked to stop.
    case cancelled
    /// The journal or the audit log could not be written: what is not written down is not sent.
    case journalUnavailable
    /// Where agents share a catalogue: another may have its lock by now.
    case lockLost
  }

  /// One for each change, in plan order.
  package var outcomes: [Outcome]
  package var stop: Stop?

  package init(outcomes: [Outcome], stop: Stop? = nil) {
    self.outcomes = outcomes
    self.stop = stop
  }

  /// What becomes of a plan of which nothing was sent.
  static func nothing(of plan: Plan, _ stop: Stop) -> ApplyResult {
    ApplyResult(outcomes: plan.changes.map { Outcome(change: $0.id, .notSent) }, stop: stop)
  }

  /// How many outcomes fulfil a condition.
  package func count(_ isCounted: (Outcome.Verdict) -> Bool) -> Int {
    outcomes.count { isCounted($0.verdict) }
  }

  /// What the command ends with.
  package var exitCode: ExitCode {
    if outcomes.contains(where: { $0.verdict == .unknown }) { return .tryAgain }
    switch stop {
    case .directoryUnavailable, .cancelled, .journalUnavailable, .lockLost: return .tryAgain
    case .tooManyFailures: return .someFailed
    case nil: break
    }
    if outcomes.contains(where: \.isFailure) { return .someFailed }
    return outcomes.allSatisfy(\.isApplied) ? .done : .stalePlan
  }
}

extension Outcome {
  /// Whether it will not succeed by planning again.
  package var isFailure: Bool {
    switch verdict {
    case .failed, .refused: true
    case .applied, .appliedAlready, .stale, .skipped, .notSent, .unknown: false
    }
  }
}
