/// How the audit log is kept; `audit:` in the configuration.
package struct AuditSettings: Hashable, Sendable {
  /// Where else the number and hash of the last record are kept, so that a log whose end was cut off is found out.
  package var head: [AuditHead]
  /// A file that would grow beyond so many octets is finished and another begun.
  package var rotate = 64 << 20
  /// The head is sent at least after so many records, also in the middle of a run.
  package var every = 10_000

  package init(head: [AuditHead] = []) { self.head = head }
}

/// A place for the log's head.
package enum AuditHead: Hashable, Sendable {
  /// The system's journal, by its native protocol.
  case journald(socket: String = "/run/systemd/journal/socket")
  /// A line is added to this file; it should lie off this machine.
  case file(String)

  /// How people write it.
  package var text: String {
    switch self {
    case .journald: "journald"
    case .file(let path): path
    }
  }
}
