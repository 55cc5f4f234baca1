import Directory
import Foundation
import LDAP
import Reconciler

/// What is known of the catalogue while its directory is at hand.
struct World: Sendable {
  let run: Run
  /// A connection for looking things up; changes are followed on another.
  let observer: Observer
  let index: TreeIndex
  let planning: PartPlanning
  /// How desired files are read for it (``LinkReader/digest``).
  let reading: String
  /// Who had a role whose holders are counted when all was planned last; `nil`: it has not been yet.
  var counted: Set<HSAIdentity>?
  /// What the index is worth; `nil` until the first refresh has ended.
  var proof: ReadProof?
  var server: AgentStatus.Server?
  /// The figures of the whole; `nil` until everything has been looked at once.
  var baseline: Baseline?
  /// Ends the attendance to this directory.
  let leave: @Sendable () -> Void
  /// The catalogue's lock, where agents on several machines share it.
  let lock: CatalogueLock?

  var schema: Schema { observer.schema }

  private var rules: RoleRules? { run.configuration.roles?.rules }

  /// When something next becomes another by itself: an entry, or a request.
  func nextBoundary(after instant: Date) throws -> Date? {
    [try index.nextBoundary(after: instant), rules?.nextBoundary(after: instant)].compactMap { $0 }.min()
  }

  /// Puts in the queue whom the boundaries in (after, upTo] touch.
  func passBoundaries(after: Date, upTo: Date) throws {
    var touched = try index.touched(byBoundariesAfter: after, upTo: upTo)
    if let rules { touched.formUnion(rules.touched(after: after, upTo: upTo)) }
    try index.touch(touched)
  }
}

/// What has happened and is to happen.
struct Day: Sendable {
  /// When something last changed, in the directory or in the files.
  var lastChange: Date?
  /// When the directory last told something, so that there was a cookie to store.
  var lastReport: Date?
  /// Since when the desired files that are in force have been.
  var inForceSince: Date?
  /// Until when the set that is in force had been in force before; `nil`: it is a new one.
  var replayed: Date?
  /// When all last agreed.
  var lastAgreement: Date?
  /// Since when the oldest change that is not made good waits.
  var oldestTouch: Date?
  var queue = 0
  var nextBoundary: Date?
  var lastComparison: Date?
  var nextComparison: Date?
  /// Whether everything is to be compared as soon as possible.
  var isComparisonDue = false
  /// Whether something has happened to the desired files.
  var areFilesDue = false
  /// Whether one of them has been put in place, and others may follow.
  var haveFilesArrived = false
  /// Whether one that arrived could not be taken alone: the files are looked at again when they are still.
  var mustFilesBeStill = false
  /// Whether what was done last is what somebody had asked for.
  var hasJustServed = false
  /// Up to which mark of the touched queue nothing is to be done for now: it is held, or put off.
  var quietMark: Int64 = -1
  /// The wall clock and the one that only goes forwards, when they were last looked at.
  var clocks = (wall: Date(), steady: ContinuousClock.now)
  /// How long the last look at everything took: the next one is not sooner than twice that.
  var wholeTook = Duration.zero
  var wholeEnded: ContinuousClock.Instant?
  var lastRun: AgentStatus.LastRun?
  /// The digest of the desired state that the index notes as agreed with.
  var settled: String?
  /// How often the files had been looked at when that was noted.
  var settledLook: Int?
  /// When to look at the files once more: they were read so soon after they had been written that it may have been too
  /// soon.
  var looksAgain: Date?
  /// Who could not be planned because of somebody or something else, which nothing tells when it is out of the way.
  var obstructed: Set<HSAIdentity> = []
  /// Those of them whose rows do not fit the directory.
  var faulty: Set<HSAIdentity> = []
  /// Since when the index has waited for what has to be looked up, so that nothing is planned.
  var unsettledSince: ContinuousClock.Instant?
  /// What guards hold beside what is told of: when both what ends and what is left are held.
  var heldToo: [HeldPlan] = []
  /// When it was last looked whether what is held still has to be.
  var heldLooked = ContinuousClock.now

  /// When the directory that is at hand was found.
  var attended = Date()
  /// When everything was last compared because not all of it could be seen.
  var lookedForMissing = ContinuousClock.now

  var hasAgreed: Bool { lastAgreement != nil }
}
