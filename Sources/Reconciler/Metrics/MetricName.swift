/// All that the agent measures, in one place: what `/metrics` shows under which name.
///
/// Names and labels are part of what others build on: they are added to, and not changed. No label ever holds a
/// person's data: kinds, actions, outcomes, names of targets, guards and states.
package enum MetricName: String, CaseIterable, Sendable {
  // The agent.
  /// 1, with the `version`.
  case build = "hsasync_build_info"
  /// When the process was started, in seconds since 1970.
  case started = "hsasync_start_time_seconds"
  /// 1 for the `state` that the agent is in, 0 for each other.
  case state = "hsasync_state"
  /// Since when it has been in it, in seconds since 1970.
  case stateSince = "hsasync_state_since_timestamp_seconds"

  // Agreement.
  /// When directory, desired state and roles last agreed, in seconds since 1970. Alert on its age.
  case lastSuccess = "hsasync_last_success_timestamp_seconds"
  /// When something last changed in the directory or the files, in seconds since 1970.
  case lastChange = "hsasync_last_change_timestamp_seconds"
  /// How long the oldest change that has not been made good has waited, in seconds; 0 when there is none.
  case lag = "hsasync_lag_seconds"
  /// How many HSA-ids are touched and not made good.
  case queue = "hsasync_queue_entries"
  /// When the next date is reached that changes something, in seconds since 1970.
  case nextBoundary = "hsasync_next_boundary_timestamp_seconds"
  /// When everything was last compared, in seconds since 1970.
  case lastComparison = "hsasync_last_comparison_timestamp_seconds"
  /// What the last run ended with, as the command line's exit codes.
  case lastExitCode = "hsasync_last_run_exit_code"

  // The directory.
  /// 1 while there is a connection, with its `source`: `contentSync` or `polling`.
  case connected = "hsasync_directory_connected"
  /// How far the directory's clock is ahead of ours, in seconds.
  case clockSkew = "hsasync_directory_clock_skew_seconds"
  /// Entries under the base by `kind`.
  case entries = "hsasync_entries"
  /// 1 when all of the directory has been seen and nothing gives reason to doubt it.
  case indexSound = "hsasync_index_sound"
  /// How long ago the cookie of content sync was stored, in seconds.
  case cookieAge = "hsasync_sync_cookie_age_seconds"
  /// How long operations took, by `operation` and `result`: the server's by name, or `failed` when no answer
  /// came.
  case ldap = "hsasync_ldap_operation_seconds"

  // The desired state.
  case desiredFiles = "hsasync_desired_files"
  case desiredRows = "hsasync_desired_rows"
  /// Faults of the set that lies there now; more than 0: the one before is still in force.
  case desiredFaults = "hsasync_desired_faults"

  // Changes.
  /// Changes of entries by `kind`, `action` and `outcome`, as the audit log has them.
  case changes = "hsasync_changes_total"
  /// Changes of roles by `target`, `direction` and `outcome`, as the audit log has them.
  case roleChanges = "hsasync_role_changes_total"
  /// What people asked for over the control socket, by `request`.
  case requests = "hsasync_requests_total"

  // Guards.
  /// Plans that wait for an approval.
  case waitingPlans = "hsasync_waiting_plans"
  /// Changes in them.
  case waitingChanges = "hsasync_waiting_changes"
  /// 1 for each `guard` that has tripped in a plan that waits, 0 for each other.
  case guardTripped = "hsasync_guard_tripped"

  // Targets of roles.
  /// Roles that should have been taken away at the `target` and could not be.
  case overdue = "hsasync_target_overdue_revocations"
  /// How long the oldest of them has been due, in seconds; 0 when there is none.
  case overdueAge = "hsasync_target_overdue_revocation_age_seconds"
  /// Failures in a row.
  case targetFailures = "hsasync_target_failures"
  /// When the target was last read, in seconds since 1970.
  case targetRead = "hsasync_target_last_read_timestamp_seconds"

  /// How it behaves (Prometheus text format 0.0.4).
  package enum Kind: String, Sendable { case gauge, counter, histogram }

  package var kind: Kind {
    switch self {
    case .ldap: .histogram
    case .changes, .roleChanges, .requests: .counter
    default: .gauge
    }
  }

  /// One line for whoever reads the page.
  package var help: String {
    switch self {
    case .build: "1, with the version of the agent."
    case .started: "When the process was started."
    case .state: "1 for the state that the agent is in."
    case .stateSince: "Since when the agent has been in its state."
    case .lastSuccess: "When directory, desired state and roles last agreed."
    case .lastChange: "When something last changed in the directory or the files."
    case .lag: "How long the oldest change that is not made good has waited."
    case .queue: "Entries that are touched and not made good."
    case .nextBoundary: "When the next date is reached that changes something."
    case .lastComparison: "When everything was last compared."
    case .lastExitCode: "What the last run ended with."
    case .connected: "1 while there is a connection to the directory."
    case .clockSkew: "How far the directory's clock is ahead."
    case .entries: "Entries under the base by kind."
    case .indexSound: "1 when all of the directory has been seen and is not in doubt."
    case .cookieAge: "How long ago the cookie of content sync was stored."
    case .ldap: "How long LDAP operations took, by operation and result."
    case .desiredFiles: "Files of the desired state that is in force."
    case .desiredRows: "Rows of the desired state that is in force."
    case .desiredFaults: "Faults of the desired state that lies there and is not in force."
    case .changes: "Changes of entries by kind, action and outcome."
    case .roleChanges: "Changes of roles by target, direction and outcome."
    case .requests: "Requests over the control socket."
    case .waitingPlans: "Plans that wait for an approval."
    case .waitingChanges: "Changes in plans that wait for an approval."
    case .guardTripped: "1 for each guard that has tripped in a plan that waits."
    case .overdue: "Roles that should have been taken away and could not be."
    case .overdueAge: "How long the oldest overdue revocation has been due."
    case .targetFailures: "Failures of the target in a row."
    case .targetRead: "When the target was last read."
    }
  }
}
