import Directory
import Foundation

/// A role that should have been taken from somebody at a target, and that the target has not confirmed to be gone.
package struct OverdueLoss: Hashable, Sendable {
  package var target: String
  package var person: HSAIdentity
  package var role: String
  /// As the target writes it.
  package var value: String
  /// When it was first tried.
  package var since: Date
  /// How many times it has been tried.
  package var attempts: Int
  package var lastTried: Date
  /// What the target answered last, by number or name.
  package var detail: String?
  /// Whether the person is protected: then only the HSA-id may be shown.
  package var isProtected = false

  package init(
    target: String, person: HSAIdentity, role: String, value: String, since: Date, attempts: Int = 1,
    lastTried: Date, detail: String? = nil
  ) {
    self.target = target
    self.person = person
    self.role = role
    self.value = value
    self.since = since
    self.attempts = attempts
    self.lastTried = lastTried
    self.detail = detail
  }

  /// How long it has been overdue, in seconds; never below 0, whatever has been done to the clock.
  package func age(at time: Date) -> Double { max(0, time.timeIntervalSince(since)) }
}

/// How a target was met last: for people, and never a reason to send or not to send anything.
package struct TargetState: Hashable, Sendable {
  package var name: String
  package var lastRead: Date?
  package var lastFailed: Date?
  /// Why it could not be read or written last; `nil` when it could.
  package var fault: RoleTargetFault.Code?
  /// How many times in a row it could not.
  package var failures: Int

  package init(
    name: String, lastRead: Date? = nil, lastFailed: Date? = nil, fault: RoleTargetFault.Code? = nil,
    failures: Int = 0
  ) {
    self.name = name
    self.lastRead = lastRead
    self.lastFailed = lastFailed
    self.fault = fault
    self.failures = failures
  }
}
