import Directory
import LDAP

/// A change that may be sent as soon as the journal has it.
struct ReadyChange: Sendable {
  var change: Change
  /// The CSN of its entry after our own last write to it.
  var csn: String?
}

/// What became of each change so far, and which are next.
struct Ledger {
  private let changes: [Change]
  private let progress: ProgressReport
  private let entryOf: (Change) -> String
  private var queue: WriteQueue
  private var outcomes: [Outcome?]
  /// The CSN of each entry after our own last write to it.
  private var csns: [String: String] = [:]
  private var failures = 0
  /// How many were taken and are not on their way yet.
  private var held = 0
  private var done = 0
  private(set) var stop: ApplyResult.Stop?

  init(_ changes: [Change], schema: Schema, progress: @escaping ProgressReport) {
    self.changes = changes
    self.progress = progress
    let entryOf = { (change: Change) in change.precondition.entryUUID ?? change.dn.normalForm(schema) }
    self.entryOf = entryOf
    queue = WriteQueue(changes, entry: entryOf)
    outcomes = Array(repeating: nil, count: changes.count)
  }

  var result: ApplyResult {
    ApplyResult(
      outcomes: outcomes.enumerated().map { $1 ?? Outcome(change: $0, .notSent) }, stop: stop)
  }

  /// Takes the first changes in plan order that may be sent, so many at most.
  mutating func take(_ limit: Int) -> [ReadyChange] {
    var taken: [ReadyChange] = []
    while taken.count < limit, let id = queue.next() {
      taken.append(ReadyChange(change: changes[id], csn: csns[entryOf(changes[id])]))
    }
    held += taken.count
    return taken
  }

  /// Notes that a change which was taken is being sent, or came to its end without.
  mutating func release() { held -= 1 }

  /// Takes in how a change ended; those that stand on it are skipped when it was not applied.
  mutating func settle(_ written: Written, errors: Int) {
    let outcome = written.outcome
    if let csn = written.entryCSN { csns[entryOf(changes[outcome.change])] = csn }
    record(outcome)
    for skipped in queue.settle(outcome.change, applied: outcome.isApplied) {
      let verdict: Outcome.Verdict = stop == nil ? .skipped(because: skipped.because) : .notSent
      record(Outcome(change: skipped.id, verdict))
    }
    switch outcome.verdict {
    case .unknown, .notSent: end(because: written.stop ?? .directoryUnavailable)
    case .failed:
      failures += 1
      if failures >= errors { end(because: .tooManyFailures(failures)) }
    default: break
    }
  }

  /// Sends nothing more; the first reason is the one that is told.
  mutating func end(because reason: ApplyResult.Stop) {
    guard stop == nil else { return }
    let rest = queue.skipRest()
    guard !rest.isEmpty || held > 0 || reason == .directoryUnavailable || reason == .lockLost else { return }
    stop = reason
    for id in rest { record(Outcome(change: id, .notSent)) }
  }

  /// Ends a change that was taken and is not sent, because the apply has stopped.
  mutating func abandon(_ id: Int) {
    release()
    _ = queue.settle(id, applied: false)
    record(Outcome(change: id, .notSent))
  }

  private mutating func record(_ outcome: Outcome) {
    outcomes[outcome.change] = outcome
    done += 1
    progress(.applied(outcome, done: done, of: changes.count))
  }
}
