/// What one guard found in a plan: how many, of how many, against which limit.
package struct GuardVerdict: Hashable, Sendable {
  /// Which guard; the word is the one in configuration, plan, log and metric.
  package enum Name: String, CaseIterable, Hashable, Sendable, Codable {
    /// Deletions.
    case deleted
    /// Deactivations and archivings.
    case deactivated
    /// Moves and renames.
    case moved
    /// Modifications and reactivations.
    case updated
    /// Members taken from commissions.
    case membersRemoved
    /// Endings by positive evidence; the one ceiling of their plan.
    case ended
    /// Roles taken away, each person and role counted once.
    case rolesLost
    /// Roles given.
    case rolesGranted
    /// Roles that end by positive evidence; the ceiling of their plan.
    case rolesEnded
    /// A role that is on the configuration's list would be given to somebody.
    case sensitiveRoles
    /// A role, or one that is tied to a unit, whose last holders would lose it.
    case lastHolder
    /// A unit whose last persons or functions would go.
    case unitEmptied
    /// A care provider's root would be moved, renamed, ended or deleted.
    case providerRoot
    /// Changes by absence, and no earlier run to measure them against.
    case firstAbsence
    /// The desired state has fewer rows than at the last accepted run.
    case desiredShrank
    /// The directory shows fewer entries than at the last accepted run.
    case observedShrank
    /// The read did not see everything.
    case incompleteRead
    /// An entry that every read must see was not seen.
    case sentinelMissing
    /// The server held us for nobody.
    case anonymous
    /// The directory's contextCSN is behind what it was.
    case contextBackwards
    /// Our clock and the directory's disagree.
    case clocks
  }

  /// What was counted within.
  package enum Subject: Hashable, Sendable {
    case everything
    case kind(Kind)
    /// A kind under one care provider.
    case provider(HSAIdentity, Kind)
    case unit(HSAIdentity)
    /// All that is at one care provider.
    case careProvider(HSAIdentity)
    /// The holders of one role.
    case role(String)
    /// The holders of one role that is tied to a unit.
    case roleAt(String, HSAIdentity)
    /// The members of one commission.
    case commission(HSAIdentity)
    /// A source of the desired state.
    case source(String)
  }

  /// Over which time.
  package enum Window: String, CaseIterable, Hashable, Sendable, Codable {
    /// This plan alone.
    case plan
    /// With what was applied in the last 24 hours.
    case day
    /// With what was applied in the last 7 days.
    case week
  }

  package enum State: String, Hashable, Sendable, Codable {
    case passed, tripped
    /// There is nothing to measure against.
    case notKnown
  }

  /// What most likely happened.
  package enum Cause: Hashable, Sendable {
    /// Many entries of one unit are absent or moved at once: it was renamed or reorganised at the source.
    case reorganised(HSAIdentity)
    /// All rows of a source or unit are gone: a file is missing from the set.
    case fileMissing(String)
    /// A file ends early: its last rows are gone.
    case fileTruncated(String)
    /// The same attribute changes nearly everywhere: a column was shifted or a rule was changed.
    case attributeEverywhere(String)
    /// The roles that one rule gives come or go: the rule was changed.
    case ruleChanged(String)
    /// No rule gives what goes any longer: rules were changed or removed.
    case rulesChanged
    /// A commission gives nobody anything, because it or its unit or provider lacks a mandatory value.
    case commissionWithheld(HSAIdentity)
    /// The read was incomplete, or the agent sees less than it did.
    case readIncomplete
    /// The directory was restored from a backup, or is another one.
    case directoryRestored
    /// A clock is wrong.
    case clockWrong
  }

  package var name: Name
  package var subject: Subject
  package var window: Window
  package var state: State
  /// How many were found; in seconds for ``Name/clocks``.
  package var count: Int
  /// Of how many; `nil` where there is no whole.
  package var population: Int?
  /// The most that passes; `nil` where any trips.
  package var limitCount: Int?
  /// The most per cent of the population that pass.
  package var limitPercent: Int?
  package var cause: Cause?

  package init(
    _ name: Name, _ subject: Subject = .everything, window: Window = .plan, _ state: State, count: Int,
    of population: Int? = nil, limitCount: Int? = nil, limitPercent: Int? = nil, cause: Cause? = nil
  ) {
    self.name = name
    self.subject = subject
    self.window = window
    self.state = state
    self.count = count
    self.population = population
    self.limitCount = limitCount
    self.limitPercent = limitPercent
    self.cause = cause
  }

  package var isTripped: Bool { state == .tripped }
}
