import Directory
import Foundation

/// All there is to tell of an agent at a moment: what `hsasync status`, the control socket and the metrics show.
///
/// Nobody's data: HSA-ids of units and persons do not occur, names and values never.
package struct AgentStatus: Hashable, Sendable, Codable {
  package var state: AgentState
  package var since: Date
  /// Why, in one sentence, where the state does not say it all; never a person's data.
  package var reason: String?
  package var version: String
  package var started: Date
  package var base: String
  package var server: Server?
  package var index: Index
  package var desired: Desired
  /// When something last changed in the directory or in the files, and when all last agreed.
  package var lastChange: Date?
  package var lastAgreement: Date?
  /// How long the oldest change that has not been made good has waited, in seconds; 0 when there is none.
  package var lag: Double
  /// How many HSA-ids are touched and not made good.
  package var queue: Int
  /// When the next date is reached that changes something.
  package var nextBoundary: Date?
  package var lastComparison: Date?
  package var nextComparison: Date?
  /// Plans that guards hold.
  package var waiting: [Waiting]
  package var targets: [Target]
  package var lastRun: LastRun?
  /// Who holds the catalogue's lock, when it is somebody else.
  package var lockHolder: String?

  package struct Server: Hashable, Sendable, Codable {
    package var url: String
    package var tlsVersion: String?
    package var tlsCipher: String?
    /// As whom the server knows us.
    package var identity: String
    /// `contentSync`, or `polling` where the server offers no content sync; deletions then wait for the next comparison.
    package var source: Source
    package var since: Date
    /// How far its clock is ahead of ours, in seconds.
    package var clockSkew: Int?

    package enum Source: String, Hashable, Sendable, Codable { case contentSync, polling }
  }

  package struct Index: Hashable, Sendable, Codable {
    /// By kind; `other` for what is of none.
    package var entries: [String: Int] = [:]
    /// When the cookie was last stored.
    package var cookieStored: Date?
    /// Whether all of the directory has been seen, and nothing gives reason to doubt it.
    package var isSound = false
    package init() {}
  }

  package struct Desired: Hashable, Sendable, Codable {
    package var files = 0
    package var rows = 0
    /// The serial, or the beginning of the digest.
    package var identifier = ""
    /// Since when this set has been in force.
    package var inForceSince: Date?
    /// How many faults the set has that lies there now; more than 0: the one before is still in force.
    package var faults = 0
    package init() {}
  }

  package struct Waiting: Hashable, Sendable, Codable {
    package var code: String
    package var digest: String
    package var since: Date
    package var changes: Int
    package var roles: Int
    /// What guards say, each in a sentence.
    package var guards: [String]
    /// Those that have tripped, by name (`GuardVerdict.Name`), sorted.
    package var tripped: [String] = []
    /// Who has approved it so far, where a second person is needed.
    package var approvals: [String]
  }

  package struct Target: Hashable, Sendable, Codable {
    package var name: String
    package var lastRead: Date?
    package var lastFailed: Date?
    /// By code, such as `unavailable`.
    package var fault: String?
    package var failures: Int
    package var overdue: Int
    package var oldestOverdue: Date?
    /// Whether what others change there is seen as it happens; if not, by the nightly comparison. `nil` where no agent
    /// says.
    package var isFollowed: Bool?
  }

  package struct LastRun: Hashable, Sendable, Codable {
    package var number: Int
    package var ended: Date?
    package var exitCode: Int32?
  }
}
