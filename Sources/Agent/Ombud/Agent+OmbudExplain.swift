import Directory
import Foundation
import Reconciler

/// Why a person has a role, or has it not, in lines.
struct ExplainedRole: Sendable {
  var role: String
  var isHeld: Bool
  var lines: [String]
}

extension Agent {
  /// The roles that a person holds, each with what gives it; and the one that is asked for, held or not.
  nonisolated func explain(
    _ person: HSAIdentity, role: String?, _ language: Language
  ) async throws -> [ExplainedRole] {
    // Each reads the whole directory: one at a time.
    guard explaining.withLock({ isBusy in isBusy ? false : (isBusy = true, true).1 }) else {
      throw Refusal(
        .tooManyRequests, .tryAgain, "another question of this sort is being answered",
        advice: "ask again in a moment")
    }
    defer { explaining.withLock { $0 = false } }
    let run = Run(configuration, logger: logger)
    let instant = Date()
    let history = try Store.reading(configuration.store)?.history(at: instant)
    let derivation = try await run.deriveRoles(asOf: instant, history: history)
    let held = Set(derivation.assignments(of: person).map(\.role))
    let asked = role.map { [$0] } ?? held.sorted()
    return asked.map { role in
      let text = RoleExplanationText(
        derivation.explain(person, role: role), person: derivation.person(person), rules: derivation.rules,
        profile: configuration.profile, style: PlanText.Style(language: language)
      ).text
      let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      return ExplainedRole(
        role: role, isHeld: held.contains(role), lines: lines.filter { !$0.isEmpty })
    }
  }
}
