import Glibc

extension Configuration {
  /// The folder of the audit log.
  package var auditFolder: String { "\(store)/audit" }

  /// Opens the audit log of the store.
  package func openAudit() throws(Refusal) -> AuditLog {
    try AuditLog.open(folder: auditFolder, settings: audit)
  }

  /// Records what changes neither directory nor store, where this user may: whoever seals a feed elsewhere has no
  /// store, and one who only reads it may not write its log.
  ///
  /// - Returns: why nothing was recorded although there is a log to do it in.
  package func recordIfPossible(_ events: [AuditEvent]) -> Refusal? {
    guard access(store, W_OK | X_OK) == 0 else { return nil }
    do {
      try openAudit().append(events)
      return nil
    } catch { return error }
  }
}
