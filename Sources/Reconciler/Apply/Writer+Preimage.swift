import Directory
import LDAP

extension Writer {
  /// What is known of an entry that is to be deleted.
  enum Preimage: Sendable {
    /// The whole of it, as far as the agent may see; `nil` when it is gone.
    case read(Entry?)
    /// It could not be read, so it is not deleted.
    case ended(Written)
  }

  /// Reads the whole entry that a deletion is about, operational attributes included.
  func preimage(of change: Change) async -> Preimage {
    var effort = Effort(change: change, condition: nil, support: support, deadline: settings.busyDeadline)
    while true {
      guard let lease = await session.current(), !(await session.isStopped) else {
        return .ended(effort.written(.notSent))
      }
      do {
        return .read(try await lease.connection.entry(change.dn, attributes: ["*", "+"]))
      } catch {
        if case .ended(let written) = await startAgain(&effort, lease, error) { return .ended(written) }
      }
    }
  }
}
