import Directory
import Logging

/// Roles at a SCIM 2.0 service provider (RFC 7643, RFC 7644): values of a user's attribute, or members of groups.
///
/// A user is the person whose HSA-id its `externalId` is. Nothing is kept between two calls, connections among it.
package struct SCIMTarget: RoleTarget {
  package let form: RoleTargetForm
  let settings: SCIMSettings
  let logger: Logger

  package init(_ settings: SCIMSettings, form: RoleTargetForm, logger: Logger) {
    self.settings = settings
    self.form = form
    self.logger = logger
  }

  package func held() async throws(RoleTargetFault) -> HeldRoles {
    let found = try await SCIMTransport.with(settings, isShielded: false) { transport in
      await asResult { () async throws(RoleTargetFault) in try await held(session(transport)) }
    }
    return try found.get()
  }

  package func push(
    _ changes: [RoleChange], from held: HeldRoles, journal: any RoleJournal
  ) async -> [RoleOutcome] {
    guard !changes.isEmpty else { return [] }
    do throws(RoleTargetFault) {
      return try await SCIMTransport.with(settings, isShielded: true) { transport in
        var push = SCIMPush(changes, held, session(transport), self, journal)
        return await push.run()
      }
    } catch {
      return changes.map { _ in RoleOutcome(.failed, error.code.rawValue) }
    }
  }

  package func close() async {}

  private func session(_ transport: SCIMTransport) -> SCIMSession {
    SCIMSession(
      transport: transport, gate: SCIMGate(patience: settings.timeouts.patience), slot: settings.slot,
      logger: logger)
  }
}

/// What a body returns or throws, as a value.
private func asResult<Success: Sendable>(
  _ body: () async throws(RoleTargetFault) -> Success
) async -> Result<Success, RoleTargetFault> {
  do throws(RoleTargetFault) {
    return .success(try await body())
  } catch {
    return .failure(error)
  }
}
