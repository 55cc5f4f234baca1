import ArgumentParser
import Directory
import Glibc

/// The command. Each subcommand has a file of its own; what they share is in `CommonOptions.swift`.
@main
struct HSASync: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "hsasync",
    abstract: "Keeps a healthcare directory (EK/HSA) in agreement with a desired state.",
    discussion: """
      hsasync compares a desired state, written in files, with a live LDAP directory, shows what differs, and makes \
      the directory agree: persons, functions, units and commissions. Only what the configuration says is owned is \
      compared or written. An entry is known by its HSA-id, so that a new name or place is a move, never a deletion. \
      Every write carries the condition under which it was planned; someone else's change is never overwritten.

      Nothing but `apply`, `undo` and `roles push` writes to the directory, and the agent (`run`), which does the same \
      all day. While it runs, they go over its socket.

      EXAMPLES
        hsasync check                      is the desired state sound?
        hsasync plan                       what would change, and why?
        hsasync plan --observed all.ldif   the same against an export, without a directory
        hsasync plan --output plan.json    the same, saved for somebody to look at
        hsasync apply                      make it so
        hsasync apply plan.json            make exactly the saved plan so
        hsasync roles list                 who holds which roles, and by which rule?
        hsasync roles push                 make the targets hold them
        hsasync undo 12                    take back what run 12 wrote
        hsasync seal                       the desired files are whole: refuse them cut, changed or old
        hsasync audit verify               is the log of who wrote what still what was written?
        hsasync export --output all.yaml   the directory as a desired state
        hsasync run                        all of it, all day; as systemd runs it
        hsasync status                     what does the agent do, and what waits for somebody?
        hsasync approve 7F3A-91C2          let through what a guard holds
        hsasync reconcile --unit HSAID     look now, at this

      FILES
        /etc/hsasync/hsasync.yaml          the configuration; --config names another
        /run/hsasync/control               the agent's socket; --socket names another
        $STATE_DIRECTORY                   the store: journal and audit log; else /var/lib/hsasync
        $CREDENTIALS_DIRECTORY             where systemd puts passwords that the configuration refers to

      \(Manual.exitCodes)

      ENVIRONMENT
        NO_COLOR                           when set and not empty, nothing is coloured

      COMPLETIONS
        hsasync --generate-completion-script bash > /etc/bash_completion.d/hsasync
        (also zsh and fish)
      """,
    version: version,
    subcommands: [
      CheckCommand.self, SealCommand.self, PlanCommand.self, ApplyCommand.self, ExplainCommand.self,
      RolesCommand.self, RunsCommand.self, UndoCommand.self, ReleaseCommand.self, AdoptCommand.self,
      AuditCommand.self, ExportCommand.self, RunCommand.self, StatusCommand.self, ReconcileCommand.self,
      ApproveCommand.self, CancelCommand.self,
    ])

  static func main() async {
    // A closed connection, a closed pipe and a file beyond the limit would end the process; error numbers tell them.
    for number in [SIGPIPE, SIGXFSZ] { Glibc.signal(number, SIG_IGN) }
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  /// Ends the program with what an error means, after saying what it is.
  private static func end(with error: any Error) -> Never {
    guard let status = ExitStatus(of: error) else { exit(withError: error) }
    for line in status.lines { StandardStream.say(line) }
    Glibc.exit(status.code.rawValue)
  }
}

/// What stands in more than one manual page.
enum Manual {
  static let exitCodes = """
    EXIT CODES
      0   done, or in agreement
      1   some changes failed; the others were made
      2   changes are waiting (plan --detailed-exitcode; apply answered with no)
      3   refused by a guard: nothing was written
      4   the directory changed since the plan was made; plan again
      64  wrong use of the command
      65  the desired state is wrong; the audit log is not what was written (audit verify)
      69  the directory is unavailable or lacks what is needed; no agent (status)
      75  try again: interrupted, a lost connection, no room on the disk
      77  not permitted: wrong password, insufficient rights
      78  the configuration is wrong
    """
}
