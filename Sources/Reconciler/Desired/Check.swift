import Directory

/// What a check of the desired state without a server found.
package struct Check: Sendable {
  package var rows: Int
  package var files: Int
  /// Rules of roles, in force and proposed, and the examples in them that were run.
  package var rules: Int
  package var examples: Int
  /// In the order of their places.
  package var findings: [Finding]

  package init(rows: Int, files: Int, rules: Int = 0, examples: Int = 0, findings: [Finding]) {
    self.rows = rows
    self.files = files
    self.rules = rules
    self.examples = examples
    self.findings = findings
  }

  /// What the command ends with.
  package var exitCode: ExitCode { findings.haveErrors ? .desiredStateWrong : .done }
}

extension Refusal {
  /// Files that cannot be read rightly: all that can be said of them at once.
  init(_ loaded: LoadedDesired, _ found: [Finding]) {
    // What refers to entries that the files lack is for later, when it is known what the directory has.
    self.init(desiredStateWrong: (loaded.findings + found.filter { $0.severity == .error }).inOrder)
  }

  init(desiredStateWrong findings: [Finding]) {
    let count = findings.count { $0.severity == .error }
    self.init(
      .desiredStateWrong, .desiredStateWrong, "the desired state has \(count) errors",
      advice: "correct what they name; nothing was written", findings: findings)
  }
}
