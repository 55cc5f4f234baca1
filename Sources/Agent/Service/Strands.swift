import Synchronization

/// The strands of the agent's work, and when each last got somewhere: what the watchdog judges by.
///
/// A strand is judged only while it is under way. Its patience says how long it may take from one checkpoint to the
/// next: longer than the longest time it may rightly wait, which is an operation's deadline for one that asks a server.
package final class Strands: Sendable {
  package enum Strand: String, CaseIterable, Hashable, Sendable {
    /// Reads the directory, or follows it while something comes.
    case observing
    /// Plans and writes what has been touched.
    case reconciling
    /// Pushes roles to targets.
    case pushing
    /// Compares everything.
    case comparing
    /// Ends what was begun.
    case stopping
  }

  package typealias Instant = SuspendingClock.Instant

  private struct Mark {
    var last: Instant
    var patience: Duration
  }
  private let marks = Mutex<[Strand: Mark]>([:])
  private let now: @Sendable () -> Instant

  /// - Parameter now: the clock that stands still while the machine sleeps, as the service manager's does.
  package init(now: @escaping @Sendable () -> Instant = { SuspendingClock.now }) { self.now = now }

  /// Something is begun that gets somewhere at least every so often.
  package func begin(_ strand: Strand, patience: Duration) {
    let mark = Mark(last: now(), patience: patience)
    marks.withLock { $0[strand] = mark }
  }

  /// A checkpoint: a batch was read, an entry was planned, a write was answered.
  package func advance(_ strand: Strand) {
    let now = now()
    marks.withLock { $0[strand]?.last = now }
  }

  package func end(_ strand: Strand) { marks.withLock { $0[strand] = nil } }

  /// The strands that are under way and have not got anywhere within their patience, in the order of their names.
  package func stuck(at moment: Instant) -> [Strand] {
    marks.withLock { marks in
      marks.filter { $0.value.last.duration(to: moment) > $0.value.patience }.keys
    }.sorted { $0.rawValue < $1.rawValue }
  }

  /// The same now.
  func stuck() -> [Strand] { stuck(at: now()) }

  /// Does something as a strand; its checkpoints are the body's to set.
  package nonisolated(nonsending) func during<Result, Fault: Error>(
    _ strand: Strand, patience: Duration, _ body: () async throws(Fault) -> Result
  ) async throws(Fault) -> Result {
    begin(strand, patience: patience)
    defer { end(strand) }
    return try await body()
  }
}
