import Directory
import Foundation
import Reconciler

/// Reads the configuration again while the agent runs. What is wrong, or cannot be taken over without a restart, leaves
/// the one that is in force as it is: all of it, never half.
package struct ConfigurationReload: Sendable {
  package enum Outcome: Sendable {
    case accepted(Configuration)
    /// What is wrong with it; the old one stays in force.
    case refused(Findings)
  }

  private let read: @Sendable () throws(Findings) -> Configuration

  /// - Parameter read: reads and validates the configuration with all that it names, profile and rules included.
  package init(_ read: @escaping @Sendable () throws(Findings) -> Configuration) { self.read = read }

  /// Reads a file as it was read when the process began.
  package init(
    of path: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.init { () throws(Findings) in try Configuration.load(path, environment: environment) }
  }

  /// Reads, and judges what is new against what is in force.
  package func callAsFunction(_ inForce: Configuration) -> Outcome {
    do throws(Findings) {
      let new = try read()
      let findings = ConfigurationReload.fixed(inForce, new)
      return findings.isEmpty ? .accepted(new) : .refused(Findings(findings))
    } catch {
      return .refused(error)
    }
  }

  /// What is opened once, when the process begins, and would have to be opened anew.
  private static func fixed(_ old: Configuration, _ new: Configuration) -> [Finding] {
    let changed: [(key: String, isOther: Bool)] = [
      ("base", old.base != new.base),
      ("store", old.store != new.store),
      ("audit", old.audit != new.audit),
      ("control.socket", old.daemon.control.socket != new.daemon.control.socket),
      ("daemon.lock", old.daemon.lock != new.daemon.lock),
      ("http.listen", old.daemon.http != new.daemon.http),
    ]
    return changed.filter(\.isOther).map { key, _ in
      Finding(
        "needs-restart", at: key == "base" ? new.basePosition : SourcePosition(file: new.file, line: 1),
        "`\(key)` is another, which a running agent does not take over",
        advice: "write it as it was, or restart the service")
    }
  }
}
