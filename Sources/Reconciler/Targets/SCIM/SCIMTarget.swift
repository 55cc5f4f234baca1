import Directory
import LDAP
import Logging

/// Roles at a SCIM 2.0 service provider (RFC 7643, RFC 7644): values of a user's attribute, or members of groups.
///
/// A user is the person whose HSA-id its `externalId` is.
package struct SCIMTarget: RoleTarget {
  package let form: RoleTargetForm
  let settings: SCIMSettings
  let permit: WritePermit
  let logger: Logger
  let line: SCIMLine

  package init(_ settings: SCIMSettings, form: RoleTargetForm, permit: WritePermit = .always, logger: Logger)
  {
    self.settings = settings
    self.form = form
    self.permit = permit
    self.logger = logger
    line = SCIMLine(settings)
  }

  package func held() async throws(RoleTargetFault) -> HeldRoles {
    line.features = nil
    line.filtersAreProven = false
    return try await held(session(try await line.transport(isShielded: false)))
  }

  package func held(
    of persons: Set<HSAIdentity>, named names: [DistinguishedName]
  ) async throws(RoleTargetFault) -> HeldRoles {
    guard !persons.isEmpty else { return HeldRoles(target: form.name, of: []) }
    let session = session(try await line.transport(isShielded: false))
    let areFew = persons.count <= SCIMTarget.most
    if areFew, line.filtersAreProven, let held = try await held(of: persons, session) { return held }
    let all = try await held(session)
    line.filtersAreProven = areFew ? await filtersHold(all, session) : false
    return all.only(persons)
  }

  /// How many persons are asked for by filters; of more, all that is held is read.
  private static let most = 400

  package func push(
    _ changes: [RoleChange], from held: HeldRoles, journal: any RoleJournal
  ) async -> [RoleOutcome] {
    guard !changes.isEmpty else { return [] }
    do throws(RoleTargetFault) {
      var push = SCIMPush(
        changes, held, session(try await line.transport(isShielded: true)), self, journal)
      return await push.run()
    } catch {
      return changes.map { _ in RoleOutcome(.failed, error.code.rawValue) }
    }
  }

  package func close() async { await line.close() }

  private func session(_ transport: SCIMTransport) -> SCIMSession {
    SCIMSession(
      transport: transport, gate: SCIMGate(patience: settings.timeouts.patience), slot: settings.slot,
      permit: permit, logger: logger)
  }
}
