import Directory
import LDAP

/// How the agent goes about its day (`daemon:`), whom it listens to (`control:`), and what machines may ask (`http:`).
package struct DaemonSettings: Hashable, Sendable {
  /// When everything is compared, in minutes after midnight, Europe/Stockholm.
  package var comparison = 2 * 60 + 30
  /// For how long the desired files must be still before a change of them is taken; up to 1 s, other values in a file
  /// that is put in place by renaming are taken at once.
  package var debounce = Duration.milliseconds(50)
  /// How often a silent server is asked whether it is there.
  package var heartbeat = Duration.seconds(30)
  /// How often a server without content sync is asked what has changed.
  package var polling = Duration.seconds(30)
  /// The longest pause between two attempts to reach a directory or target that is away.
  package var longestPause = Duration.seconds(300)
  /// The entry by which agents on several machines agree on which of them writes; `nil`: there is one machine.
  package var lock: DistinguishedName?
  /// After how long without a sign of life another agent's lock is taken over.
  package var lockPatience = Duration.seconds(60)
  package var control = Control()
  package var http = HTTP()
  package init() {}

  /// The Unix socket that people's commands go over.
  package struct Control: Hashable, Sendable {
    /// `nil`: `$RUNTIME_DIRECTORY/control`, else `/run/hsasync/control`.
    package var socket: String?
    /// Users, and groups as `@group`, who may have things written. Root always may.
    package var operators: [String] = []
    /// Users and groups who may look.
    package var readers: [String] = []
    /// How many different persons must approve what a guard holds: 1 or 2.
    package var approvals = 1
    /// How many requests that plan or write one person may make in a minute.
    package var perMinute = 30
    package init() {}
  }

  /// What monitoring asks.
  package struct HTTP: Hashable, Sendable {
    /// `nil`: nothing is listened on.
    package var host: String?
    package var port = 9_640
    package init() {}
  }
}
