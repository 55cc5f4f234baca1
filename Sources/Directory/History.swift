import Foundation

/// What is remembered of earlier runs, as far as a plan and its guards need it.
///
/// It comes from the store, which is a memory and never a source of rights: without it nothing more is allowed.
package struct History: Hashable, Sendable {
  /// The last run that was applied from a complete read and a whole desired state.
  package struct Accepted: Hashable, Sendable {
    /// `nil` when there was nothing to apply.
    package var run: Int?
    package var instant: Date
    package var desired: DesiredSummary
    /// How many managed entries were observed, by kind.
    package var observed: [Kind: Int]
    /// How many entries were read.
    package var entries: Int

    package init(
      run: Int?, instant: Date, desired: DesiredSummary, observed: [Kind: Int], entries: Int
    ) {
      self.run = run
      self.instant = instant
      self.desired = desired
      self.observed = observed
      self.entries = entries
    }
  }

  /// Changes of one sort that were applied within one hour.
  package struct Applied: Hashable, Sendable {
    package var hour: Date
    package var action: Change.Action
    package var kind: Kind
    package var provider: HSAIdentity?
    package var count: Int
    /// How many members they took from commissions.
    package var membersRemoved: Int

    package init(
      hour: Date, action: Change.Action, kind: Kind, provider: HSAIdentity?, count: Int,
      membersRemoved: Int = 0
    ) {
      self.hour = hour
      self.action = action
      self.kind = kind
      self.provider = provider
      self.count = count
      self.membersRemoved = membersRemoved
    }
  }

  /// Role changes of one sort that were made within one hour, each person and role counted once.
  package struct AppliedRoles: Hashable, Sendable {
    package var hour: Date
    package var direction: RoleChange.Direction
    /// By ``RoleName/normalForm(_:)``.
    package var role: String
    package var unit: HSAIdentity?
    package var provider: HSAIdentity?
    package var count: Int

    package init(
      hour: Date, direction: RoleChange.Direction, role: String, unit: HSAIdentity?, provider: HSAIdentity?,
      count: Int
    ) {
      self.hour = hour
      self.direction = direction
      self.role = role
      self.unit = unit
      self.provider = provider
      self.count = count
    }
  }

  /// What keeps an entry as an undo left it.
  package struct Hold: Hashable, Sendable {
    /// The run that was undone.
    package var run: Int
    package var since: Date
    /// The desired state that the hold is against: another one ends it.
    package var desired: String

    package init(run: Int, since: Date, desired: String) {
      self.run = run
      self.since = since
      self.desired = desired
    }
  }

  package var accepted: Accepted?
  /// What was applied in the seven days before.
  package var applied: [Applied] = []
  /// The role changes of the seven days before; endings by positive evidence are not among them.
  package var roles: [AppliedRoles] = []
  /// The entryUUID by which each HSA-id that has had a part in a role is known.
  package var known: [HSAIdentity: String] = [:]
  /// The highest `contextCSN` of each server id that was ever seen.
  package var context: [String] = []
  package var holds: [HSAIdentity: Hold] = [:]
  /// Since when entries have been missing from a source that declares itself complete.
  package var absentSince: [HSAIdentity: Date] = [:]
  /// The latest instant at which a run was begun.
  package var latest: Date?

  package init() {}
}

/// What the desired state was, in numbers.
package struct DesiredSummary: Hashable, Sendable, Codable {
  /// What a manifest says of its set.
  package struct Seal: Hashable, Sendable, Codable {
    /// Grows with each sealing; a lower one than was accepted is an old set.
    package var serial: Int
    /// SHA-256 over the names and hashes of the set's files; lower-case hexadecimal.
    package var sha256: String

    package init(serial: Int, sha256: String) {
      self.serial = serial
      self.sha256 = sha256
    }
  }

  /// The manifest's serial, where one manifest speaks for all files.
  package var serial: Int?
  /// SHA-256 over the files, in order; lower-case hexadecimal.
  package var digest: String
  package var rows: [Kind: Int]
  /// By the name of the source.
  package var rowsBySource: [String: Int]
  /// The manifests, by the folder each lies in, as written in the configuration.
  package var seals: [String: Seal]

  package init(
    serial: Int? = nil, digest: String = "", rows: [Kind: Int] = [:], rowsBySource: [String: Int] = [:],
    seals: [String: Seal] = [:]
  ) {
    self.serial = serial
    self.digest = digest
    self.rows = rows
    self.rowsBySource = rowsBySource
    self.seals = seals
  }

  /// What tells one desired state from another: the serial, or the digest where none is counted.
  package var identifier: String { serial.map { "serial \($0)" } ?? "sha256 \(digest)" }
}
