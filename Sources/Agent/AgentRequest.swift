import Directory
import Foundation
import Reconciler

/// What somebody asks the agent for.
package enum AgentRequest: Hashable, Sendable, Codable {
  /// What is looked at.
  package enum Extent: Hashable, Sendable, Codable {
    case whole
    /// All that lies under the unit with this HSA-id, and itself.
    case unit(HSAIdentity)
    /// The care provider's own entry, what lies under it, and the units that name it as responsible.
    case provider(HSAIdentity)
    case person(HSAIdentity)
  }
  /// A plan, and nothing written.
  case plan(Extent)
  /// Make it agree: entries and roles.
  case reconcile(Extent)
  /// Apply the plan that is kept under a code, or a fresh one of the whole.
  case apply(code: String?)
  /// Approve the plan with this code or digest, and apply it as soon as as many have approved it as are needed.
  case approve(String)
  /// Forget a plan that waits.
  case cancel(String)
  case undo(run: Int)
  /// Put a file in force that was handed in for a care provider, and make it agree.
  case take(HSAIdentity, file: Int)
  case pushRoles
  case release(HSAIdentity)
  case adopt(HSAIdentity)
}

/// Who asks, as the kernel knows them, and what the configuration lets them do.
package struct Caller: Hashable, Sendable {
  package enum Role: String, Hashable, Sendable, Codable, Comparable {
    /// May look.
    case reader
    /// May have things written.
    case `operator`

    package static func < (left: Role, right: Role) -> Bool { left == .reader && right == .operator }
  }
  package var actor: Actor
  package var role: Role
  /// What a delegated administrator acts for; `nil`: who sees and writes all of the catalogue.
  package var mandate: Mandate?
  /// The care providers that the caller may see and write; `nil`: all of the catalogue.
  package var scope: Set<HSAIdentity>? { mandate?.scope.providers }

  package init(actor: Actor, role: Role, mandate: Mandate? = nil) {
    self.actor = actor
    self.role = role
    self.mandate = mandate
  }
}

/// What came of a request.
package struct AgentAnswer: Hashable, Sendable, Codable {
  /// As the command line's, by number (``ExitCode``).
  package var exitCode: Int32
  /// What a command writes to standard output: lines in the caller's language, values masked as everywhere.
  package var lines: [String]
  /// What it writes to standard error: why something was refused, and what to do.
  package var messages: [String]
  /// The code of the plan that was made, held or applied.
  package var code: String?
  /// The runs that were made.
  package var runs: [Int]
  /// The plan in the form of a plan file, where one was asked for: JSON text.
  package var plan: String?
  /// What became of what was applied, as `apply --format json` writes it: JSON text.
  package var result: String?

  package init(
    exitCode: ExitCode = .done, lines: [String] = [], messages: [String] = [], code: String? = nil,
    runs: [Int] = [], plan: String? = nil, result: String? = nil
  ) {
    self.exitCode = exitCode.rawValue
    self.lines = lines
    self.messages = messages
    self.result = result
    self.code = code
    self.runs = runs
    self.plan = plan
  }
}

/// How a caller wants an answer.
package struct AgentOrder: Hashable, Sendable {
  package var request: AgentRequest
  package var reason: String?
  package var language: Language
  /// How much the answer's lines tell; `summary`, `normal`, `verbose`, `full` by name.
  package var detail: PlanText.Detail
  /// Whether nothing is written unless every change can still be made.
  package var isAllOrNothing: Bool

  package init(
    _ request: AgentRequest, reason: String? = nil, language: Language = .english,
    detail: PlanText.Detail = .normal, isAllOrNothing: Bool = false
  ) {
    self.request = request
    self.reason = reason
    self.language = language
    self.detail = detail
    self.isAllOrNothing = isAllOrNothing
  }
}
