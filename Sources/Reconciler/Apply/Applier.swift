import Directory
import LDAP
import Logging

/// The one writer: makes a plan so, change by change, and tells what became of each.
///
/// A change is sent when all it comes after have been applied; as many as the window allows are under way at a
/// time, never two at one entry. Each write is in the journal before it is sent, and carries its condition. One that fails does not stop the others; its
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
  /// The connection that is used and left open; `nil`: each plan has one of its own.
  let kept: KeptConnection?
  /// Asked just before each write is sent.
  let permit: WritePermit

  /// - Parameters:
  ///   - kept: a connection to use, and to leave open for the next plan.
  ///   - permit: asked just before each write is sent; without it no more is.
  ///   - open: makes a connection that is bound as the agent and has proven it; called again when one is lost.
  package init(
    profile: Profile, settings: Settings = Settings(), logger: Logger,
    progress: @escaping ProgressReport = { _ in }, kept: KeptConnection? = nil,
    permit: WritePermit = .always, open: @escaping @Sendable () async throws -> LDAPConnection
  ) {
    self.kept = kept
    self.permit = permit
    self.profile = profile
    self.settings = settings
    self.logger = logger
    self.progress = progress
    self.open = open
  }

  /// The same writer over a connection that is left open.
  func keeping(_ kept: KeptConnection) -> Applier {
    Applier(
      profile: profile, settings: settings, logger: logger, progress: progress, kept: kept, permit: permit,
      open: open)
  }

  /// Applies a plan.
  ///
  /// When the task is cancelled nothing more is sent, and what was sent is waited for.
  /// - Parameters:
  ///   - journal: has each write before it is sent, and what became of it.
  ///   - isApproved: whether somebody has lifted this plan's guards.
  /// - Throws: ``Refusal`` before anything is sent, when the plan may not be applied or the journal cannot be written;
  ///   `LDAPError` when the directory cannot be reached at all.
  package func apply(
    _ plan: Plan, journal: any WriteJournal, approved isApproved: Bool = false
  ) async throws -> ApplyResult {
    try PlanApproval.check(plan, approved: isApproved)
    guard !plan.changes.isEmpty else { return ApplyResult(outcomes: []) }
    let lease = try await lease()
    let session = session(lease.connection)
    do {
      let writer = Writer(
        session: session, schema: lease.schema, support: settings.support ?? WriteSupport(lease.rootDSE),
        base: plan.base,
        serverSpells: profile.serverSpells, unique: Set(profile.unique.map(\.asciiLowercased)),
        identity: profile.identity, settings: settings, permit: permit)
      let result = try await send(plan.changes, writer, session, journal)
      await session.close()
      return result
    } catch {
      await session.close()
      throw error
    }
  }

  /// A connection for one plan, with what its server says of itself.
  func lease() async throws -> KeptConnection.Lease {
    if let kept { return try await kept.lease() }
    let connection = try await open()
    do {
      return try await KeptConnection.Lease(connection)
    } catch {
      await connection.close()
      throw error
    }
  }

  func session(_ connection: LDAPConnection) -> WriteSession {
    WriteSession(
      connection, deadline: settings.reconnectDeadline, isKept: kept != nil, progress: progress
    ) { [kept, open] lost in
      if let kept { try await kept.replacement(of: lost).connection } else { try await open() }
    }
  }

  private func send(
    _ changes: [Change], _ writer: Writer, _ session: WriteSession, _ journal: any WriteJournal
  ) async throws(Refusal) -> ApplyResult {
    let ledger = Ledger(changes, schema: writer.schema, progress: progress)
    var dispatch = Dispatch(ledger, writer, session, journal)
    var result = try await dispatch.run()
    do { try await journal.flush() } catch { result.stop = result.stop ?? .journalUnavailable }
    logger.debug("applied", metadata: ["changes": "\(changes.count)", "stopped": "\(result.stop != nil)"])
    return result
  }
}
