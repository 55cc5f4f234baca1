import LDAP

/// A connection that is kept from one use to the next, with what its server has said of itself: opened when it is
/// first needed, and anew when it was lost, so that a day of small writes needs one bind.
package actor KeptConnection {
  /// A connection with what its server says of itself.
  package struct Lease: Sendable {
    package let connection: LDAPConnection
    package let rootDSE: RootDSE
    package let schema: Schema
    /// Whether it was opened for an earlier use: it may have been lost since.
    package internal(set) var isFromBefore = false

    /// Asks the server what it is.
    package init(_ connection: LDAPConnection) async throws {
      self.connection = connection
      rootDSE = try await connection.rootDSE()
      schema = try await connection.schema()
    }
  }

  private let open: @Sendable () async throws -> LDAPConnection
  private var kept: Lease?
  private var lastUsed = ContinuousClock.now
  private var opening: Task<Lease, any Error>?
  /// How often a connection was opened.
  package private(set) var openings = 0

  /// After how long without a use a connection is asked whether it is still there.
  private static let calm = Duration.seconds(1)
  /// How long that answer may take: what a wall between has silently cut off gives none.
  private static let patience = Duration.seconds(5)

  /// - Parameter open: makes a connection that is bound as the agent and has proven it.
  package init(open: @escaping @Sendable () async throws -> LDAPConnection) { self.open = open }

  /// The connection; one that has not been used for a while has just answered.
  ///
  /// - Throws: `LDAPError` when none can be had.
  package func lease() async throws -> Lease {
    if opening == nil, let kept {
      let isCalm = lastUsed.duration(to: .now) > KeptConnection.calm
      lastUsed = .now
      var lease = kept
      lease.isFromBefore = true
      if !isCalm { return lease }
      if await KeptConnection.answers(kept.connection) { return lease }
      // Whoever still waits on it would wait for nothing.
      await kept.connection.close()
      return try await replacement(of: kept.connection)
    }
    return try await replacement(of: nil)
  }

  /// Another connection than one that was lost, which is left to whoever found it lost.
  ///
  /// - Throws: `LDAPError` when none can be had.
  package func replacement(of lost: LDAPConnection?) async throws -> Lease {
    if let opening { return try await opening.value }
    if let kept, kept.connection !== lost { return kept }
    kept = nil
    let task = Task { [open] in
      let connection = try await open()
      do {
        return try await Lease(connection)
      } catch {
        await connection.close()
        throw error
      }
    }
    opening = task
    openings += 1
    defer { opening = nil }
    let lease = try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
    kept = lease
    lastUsed = .now
    return lease
  }

  /// Asks the server of a connection once more what it is: what it can do and its schema change while it runs.
  ///
  /// - Throws: `LDAPError`.
  package func refreshed(_ lease: Lease) async throws -> Lease {
    let fresh = try await Lease(lease.connection)
    if kept?.connection === fresh.connection { kept = fresh }
    return fresh
  }

  /// Ends the connection; it may be used again.
  package func close() async {
    opening?.cancel()
    let before = kept
    kept = nil
    await before?.connection.close()
  }

  /// Whether the server still knows us as whom it did.
  private static func answers(_ connection: LDAPConnection) async -> Bool {
    do {
      return try await connection.whoAmI(deadline: patience) == connection.authorizationIdentity
    } catch {
      // A server that cannot say is there.
      return error.code == .operationFailed
    }
  }
}
