import Directory
import LDAP

/// How changes of the directory are learnt of.
package enum LiveSource: String, Hashable, Sendable {
  /// The server tells them (RFC 4533).
  case contentSync
  /// The server is asked for them again and again; deletions wait for the next full comparison.
  case polling
}

/// What following the directory brings.
package enum LiveReport: Sendable {
  /// A connection is made, and the directory is followed over it.
  case connected(LDAPConnection.ServerFacts, identity: String, LiveSource)
  /// All that happened before the connection is in the index: whom it touches, and what the index is worth now.
  case refreshed(Touched, ReadProof)
  /// Something changed, and is in the index.
  case changed(Touched)
  /// The index may not be as the directory is, for a reason in one clause: everything should be compared.
  case doubt(String)
}

/// Where what is reported goes.
package typealias LiveReporter = @Sendable (LiveReport) async throws -> Void
