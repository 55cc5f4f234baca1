import Directory

/// How runs and explanations are wanted.
package enum ControlForm: Hashable, Sendable {
  /// As `--format json` writes them: `schemas/runs.schema.json`, `schemas/explain.schema.json`.
  case json
  /// As a terminal shows them.
  case text(Language)
}

/// A request that nobody waits for, or whose answer has come.
package struct ControlRequest: Hashable, Sendable, Codable {
  package enum State: String, Hashable, Sendable, Codable { case waiting, running, done }
  package var id: String
  /// What was asked for, as the last part of its path.
  package var request: String
  package var state: State
  /// The answer's, once it is done and was not refused.
  package var answer: AgentAnswer?
  /// Why it was refused.
  package var problem: ControlProblem?
}
