import Directory
import LDAP
import Logging

/// The one writer: makes a plan so, change by change, and tells what became of each.
///
/// A change is sent when all it comes after have been applied; as many as the window allows are under way at a
/// time, never two at one entry. Each write carries its condition. One that fails does not stop the others; its
/// dependents are skipped. One whose answer never came is read back before anything else touches its entry.
package struct Applier: Sendable {
  package struct Settings: Sendable {
    /// How many writes are under way at a time.
    package var window = 64
    /// After so many failures the rest is not sent.
    package var errors = 10
    /// How long a server that says "busy" or "unavailable" is asked again, for each change.
    package var busyDeadline = Duration.seconds(60)
    /// How long a lost directory is looked for.
    package var reconnectDeadline = Duration.seconds(60)
    /// How long one write may take; `nil`: as the connection says.
    package var writeDeadline: Duration?
    /// What the server can check; `nil`: as its root DSE says.
    package var support: WriteSupport?
    package init() {}
  }

  let profile: Profile
  let settings: Settings
  let progress: ProgressReport
  let logger: Logger
  let open: @Sendable () async throws -> LDAPConnection

  /// - Parameter open: makes a connection that is bound as the agent and has proven it; called again when one
  ///   is lost.
  package init(
    profile: Profile, settings: Settings = Settings(), logger: Logger,
    progress: @escaping ProgressReport = { _ in }, open: @escaping @Sendable () async throws -> LDAPConnection
  ) {
    self.profile = profile
    self.settings = settings
    self.logger = logger
    self.progress = progress
    self.open = open
  }

  /// Applies a plan.
  ///
  /// When the task is cancelled nothing more is sent, and what was sent is waited for.
  /// - Parameter isApproved: whether somebody has lifted this plan's guards.
  /// - Throws: ``Refusal`` before anything is sent, when the plan may not be applied; `LDAPError` when the
  ///   directory cannot be reached at all.
  package func apply(_ plan: Plan, approved isApproved: Bool = false) async throws -> ApplyResult {
    try PlanApproval.check(plan, approved: isApproved)
    guard !plan.changes.isEmpty else { return ApplyResult(outcomes: []) }
    let connection = try await open()
    let session = WriteSession(
      connection, deadline: settings.reconnectDeadline, progress: progress, open: open)
    do {
      let rootDSE = try await connection.rootDSE()
      let schema = try await connection.schema()
      let writer = Writer(
        session: session, schema: schema, support: settings.support ?? WriteSupport(rootDSE), base: plan.base,
        serverSpells: profile.serverSpells, unique: Set(profile.unique.map(\.asciiLowercased)),
        identity: profile.identity, settings: settings)
      let result = await send(plan.changes, writer, session)
      await session.close()
      return result
    } catch {
      await session.close()
      throw error
    }
  }

  private func send(_ changes: [Change], _ writer: Writer, _ session: WriteSession) async -> ApplyResult {
    var ledger = Ledger(changes, schema: writer.schema, progress: progress)
    await withTaskGroup(of: Written.self) { group in
      while !ledger.isDone {
        while ledger.outstanding < settings.window, ledger.stop == nil, let next = ledger.next() {
          // Not part of the cancelled tree: what is being sent is waited for, never abandoned.
          group.addTask { await Task { await writer.write(next.change, csn: next.csn) }.value }
        }
        guard let written = await group.next() else { break }
        ledger.settle(written, errors: settings.errors)
        if Task.isCancelled { ledger.end(because: .cancelled) }
        if ledger.stop != nil { await session.stop() }
      }
    }
    logger.debug("applied", metadata: ["changes": "\(changes.count)", "stopped": "\(ledger.stop != nil)"])
    return ledger.result
  }
}

/// What became of each change so far, and which is next.
private struct Ledger {
  private let changes: [Change]
  private let progress: ProgressReport
  private let entryOf: (Change) -> String
  private var queue: WriteQueue
  private var outcomes: [Outcome?]
  /// The CSN of each entry after our own last write to it.
  private var csns: [String: String] = [:]
  private var failures = 0
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

  var outstanding: Int { queue.outstanding }
  var isDone: Bool { queue.remaining == 0 }
  var result: ApplyResult {
    ApplyResult(
      outcomes: outcomes.enumerated().map { $1 ?? Outcome(change: $0, .notSent) }, stop: stop)
  }

  mutating func next() -> (change: Change, csn: String?)? {
    queue.next().map { (changes[$0], csns[entryOf(changes[$0])]) }
  }

  mutating func settle(_ written: Written, errors: Int) {
    let outcome = written.outcome
    if let csn = written.entryCSN { csns[entryOf(changes[outcome.change])] = csn }
    record(outcome)
    for skipped in queue.settle(outcome.change, applied: outcome.isApplied) {
      let verdict: Outcome.Verdict = stop == nil ? .skipped(because: skipped.because) : .notSent
      record(Outcome(change: skipped.id, verdict))
    }
    switch outcome.verdict {
    case .unknown, .notSent: end(because: .directoryUnavailable)
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
    guard !rest.isEmpty || reason == .directoryUnavailable else { return }
    stop = reason
    for id in rest { record(Outcome(change: id, .notSent)) }
  }

  private mutating func record(_ outcome: Outcome) {
    outcomes[outcome.change] = outcome
    done += 1
    progress(.applied(outcome, done: done, of: changes.count))
  }
}
