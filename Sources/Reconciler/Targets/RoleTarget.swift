import Directory
import LDAP

/// Where role assignments are pushed to, and authorization reads them.
///
/// A target is caught up by reading what it has: nothing is remembered of it that decides anything. What it does not
/// confirm it has not done.
package protocol RoleTarget: Sendable {
  /// Its name, its namespace, and how it writes roles.
  var form: RoleTargetForm { get }

  /// Reads all that is ours there, and counts what is not.
  ///
  /// - Throws: ``RoleTargetFault`` when not all could be read.
  func held() async throws(RoleTargetFault) -> HeldRoles

  /// Reads what some persons have there: of them the same as ``held()``, and nothing of others.
  ///
  /// - Parameters:
  ///   - persons: by HSA-id, or as ``HeldRole/person`` names holders who have none: one that is known by
  ///     `entryUUID ` and an entryUUID is found by that.
  ///   - names: names that entries had: what is still held under them is read too, where the target knows holders by
  ///     name; not where somebody else has the name now, of whom it would tell too little.
  /// - Returns: what tells of these persons (``HeldRoles/persons``); ``HeldRoles/foreign`` counts only what was met with.
  /// - Throws: ``RoleTargetFault`` when not all of it could be read.
  func held(
    of persons: Set<HSAIdentity>, named names: [DistinguishedName]
  ) async throws(RoleTargetFault) -> HeldRoles

  /// Takes away and gives, losses before gains; a gain is not sent when a loss of the same person has failed.
  ///
  /// When the task is cancelled nothing more is sent, and what was sent is waited for.
  /// - Parameters:
  ///   - held: what was read there just before.
  ///   - journal: has each change before it is sent, and what became of it.
  /// - Returns: an outcome for each change, in the same order.
  func push(
    _ changes: [RoleChange], from held: HeldRoles, journal: any RoleJournal
  ) async -> [RoleOutcome]

  /// Ends connections, which are else kept between calls; the target may be used again.
  func close() async
}

extension RoleTarget {
  /// Reads what some persons have there.
  package func held(of persons: Set<HSAIdentity>) async throws(RoleTargetFault) -> HeldRoles {
    try await held(of: persons, named: [])
  }
}

extension HeldRoles {
  /// What some persons hold.
  func only(_ persons: Set<HSAIdentity>) -> HeldRoles {
    var some = self
    some.persons = persons
    some.roles = roles.filter { persons.contains($0.person) }
    return some
  }
}

/// What has each change before it is sent: the run's entries in the store and in the audit log.
package protocol RoleJournal: Sendable {
  /// Writes down what is about to be sent; when this returns, it may be.
  ///
  /// - Throws: exit code 75 or 77; then none of it may be sent.
  func intend(_ changes: [RoleChange]) async throws(Refusal)

  /// Takes what became of changes.
  func settled(_ changes: [RoleChange], _ outcomes: [RoleOutcome]) async
}

/// What became of one role change.
package struct RoleOutcome: Hashable, Sendable {
  package enum Verdict: String, CaseIterable, Hashable, Sendable, Codable {
    /// The target confirmed it.
    case applied
    /// It was so already.
    case appliedAlready
    /// The holder is no longer what was read: nothing was done; read and compare again.
    case stale
    /// The target refused it, and would again.
    case refused
    /// The target could not take it now; it may later.
    case failed
    /// It was sent, and nobody knows what became of it.
    case unknown
    /// It was not sent.
    case notSent
  }
  package var verdict: Verdict
  /// What the target answered, by number or name; never a value, never its own words.
  package var detail: String?

  package init(_ verdict: Verdict, _ detail: String? = nil) {
    self.verdict = verdict
    self.detail = detail
  }

  /// Whether the target is as the change wants it.
  package var isApplied: Bool { verdict == .applied || verdict == .appliedAlready }
}

/// Why a target cannot be read or written at all.
package struct RoleTargetFault: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, CaseIterable, Hashable, Sendable, Codable {
    /// It cannot be reached, or broke off.
    case unavailable
    /// It does not let us in, or not do this.
    case notPermitted
    /// What it answered is not what the protocol says, or is too large.
    case malformed
    /// TLS could not be agreed on, or the certificate is not good.
    case tls
    /// It is not what the configuration says: no such attribute, base, resource type.
    case unsuitable
  }
  package var code: Code
  /// What happened, and what to do; never a person's data, never the target's own words.
  package var description: String
  /// When it said that it may be asked again, in seconds from now.
  package var retryAfter: Double?

  package init(_ code: Code, _ description: String, retryAfter: Double? = nil) {
    self.code = code
    self.description = description
    self.retryAfter = retryAfter
  }
}
