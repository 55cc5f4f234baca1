/// What the agent is doing, in one word.
package enum AgentState: String, CaseIterable, Hashable, Sendable, Codable {
  /// It has not seen the whole of the directory yet.
  case starting
  /// Another agent holds the lock of this catalogue: it looks on, and takes over when that one is gone.
  case standby
  /// Directory, desired state and roles agree.
  case inSync
  /// Something has changed and is being made good.
  case reconciling
  /// A plan that has been approved once needs a second person.
  case waitingForApproval
  /// A guard has tripped: it reads and reports, and writes nothing but endings by positive evidence.
  case quarantined
  /// The directory is away, or its answers cannot be relied on.
  case degraded
  /// It was told to end, and finishes what it has begun.
  case stopping
}
