import Directory

/// What a run ends with, for every verb and for whoever started it.
package enum ExitCode: Int32, Hashable, Sendable {
  /// Done, or in agreement.
  case done = 0
  /// Some changes failed; the others were made.
  case someFailed = 1
  /// Changes are waiting (`plan --detailed-exitcode`).
  case changesWaiting = 2
  /// Refused by a guard: nothing was written.
  case refused = 3
  /// The directory changed since the plan: plan again.
  case stalePlan = 4
  case usage = 64
  case desiredStateWrong = 65
  case directoryUnavailable = 69
  case tryAgain = 75
  case notPermitted = 77
  case configurationWrong = 78
}

/// Why a run was not begun, or not ended: a code to branch on, findings to show, what to do next.
package struct Refusal: Error, Sendable, CustomStringConvertible {
  /// A stable name of the reason.
  package enum Code: String, Hashable, Sendable {
    /// The configuration or the profile has faults.
    case configurationWrong
    /// The audit log's end is not what it was written as.
    case auditUnsound
    /// The audit log cannot be written or read.
    case auditUnusable
    /// The desired state has faults.
    case desiredStateWrong
    /// A set of desired files is not sealed with that serial, or not by that name.
    case sealRefused
    /// The plan has findings that are errors.
    case planHasErrors
    /// The plan is not one: its order refers to changes that are not before.
    case planBroken
    /// The approval is for another plan.
    case approvalOfAnother
    /// The file is not the plan that was kept and approved.
    case planAltered
    /// No plan is kept under this code.
    case planUnknown
    /// The plan has been applied.
    case planUsed
    /// What the plan would change has been changed since, and it was to be all or nothing.
    case planStale
    /// The plan is for another base than the configuration's.
    case planOfAnotherBase
    /// The plan goes beyond what the configuration owns.
    case planTrespasses
    /// There is no such run.
    case runUnknown
    /// What the run changed is no longer remembered.
    case runForgotten
    /// The plan was made from a file, not from a directory.
    case observedFromFile
    /// A guard has tripped.
    case guardTripped
    /// The read did not see everything, and a part is not what was asked for.
    case incompleteRead
    /// The directory does not have what is needed: the base, the schema.
    case directoryUnsuitable
    /// The observed file has faults.
    case observedFileWrong
    /// Another process writes with the store.
    case storeBusy
    /// The store cannot be used: the disk is full or faulty.
    case storeUnavailable
    /// The store may not be written by this user.
    case storeNotPermitted
    /// The store's database is damaged.
    case storeBroken
    /// The store was written by a newer version.
    case storeNewer
    /// There is no attribute by the name that was given.
    case unknownAttribute
    /// The store's database is some other program's.
    case storeForeign
    /// The store has no tables yet.
    case storeEmpty
    /// Several waiting plans have the same short code.
    case codeAmbiguous
    /// As many persons as the configuration wants have not approved it yet.
    case secondPersonNeeded
    /// The approval was for one run, which there has been.
    case approvalUsed
    /// Nothing more is sent to this target of roles.
    case targetStopped
    /// No other entry has come in the place of the one that is known, or none that can be told.
    case nothingToAdopt
    /// What the run pushed follows from entries and rules, and is not undone by itself.
    case runOfRoles
    /// Whoever asks is not among those whom the agent listens to.
    case callerUnknown
    /// Whoever asks may look, and not have things written; or not there.
    case callerNotPermitted
    /// The request is not one that the agent understands.
    case requestMalformed
    /// There is no such request, or it has been forgotten.
    case requestUnknown
    /// The key was used for another request.
    case keyUsed
    /// It goes beyond what the delegated administrator, or the file that wants it, may speak for.
    case outsideScope
    /// Nobody has given this person a mandate, or it does not hold now.
    case mandateMissing
    /// Whoever approves has asked for it, or gains by it.
    case ownRequest
    /// Another file has been taken since this one was shown.
    case fileOutdated
    /// One person asks for more than is let through in a minute.
    case tooManyRequests
    /// No agent answers, or it is about to end.
    case agentUnavailable
    /// The directory did not do what was asked of it.
    case directoryFailed
    /// Something failed that has no name of its own.
    case failed
  }
  package var code: Code
  package var exitCode: ExitCode
  /// One sentence, no full stop; tells nobody's data.
  package var message: String
  /// What to do next.
  package var advice: String?
  /// What was found, where there are several things to say.
  package var findings: [Finding]

  package init(
    _ code: Code, _ exitCode: ExitCode, _ message: String, advice: String? = nil, findings: [Finding] = []
  ) {
    self.code = code
    self.exitCode = exitCode
    self.message = message
    self.advice = advice
    self.findings = findings
  }

  package var description: String { advice.map { "\(message); \($0)" } ?? message }
}
