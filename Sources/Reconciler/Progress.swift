import Directory
import LDAP

/// What a run is doing, told as it happens; a terminal shows it, a service counts it.
package enum Progress: Sendable {
  /// The desired files were read: so many rows.
  case desired(rows: Int, files: Int)
  /// A server was reached, by this URL.
  case connected(server: String)
  /// So many entries were read so far, in so long a time.
  case reading(entries: Int, elapsed: Duration)
  /// The read begins anew in another way, because the server did not allow the one before.
  case readingAgain(ReadProof.Method)
  /// The read ended.
  case read(ReadProof, elapsed: Duration)
  /// A change has ended, as the so-manieth of so many.
  case applied(Outcome, done: Int, of: Int)
  /// Roles are being pushed to targets.
  case roles(RolePushProgress)
  /// What earlier runs left in doubt has been read back; empty when they left nothing.
  case recovered(Recovery.Report)
  /// The directory was lost while writing; it is being looked for again.
  case reconnecting(attempt: Int)
  /// The directory was found again; so many writes without answer are being read back.
  case reconnected
}

/// Whoever wants to know.
package typealias ProgressReport = @Sendable (Progress) -> Void
