import Directory

/// Who wants a plan applied, why, and how.
package struct ApplyOrder: Sendable {
  package var actor: Actor
  /// Why, in the actor's words.
  package var reason: String?
  /// The code by which the actor approves what a guard holds, as in `7F3A-91C2`.
  package var approval: String?
  /// Whether nothing is written unless every change can still be made.
  package var isAllOrNothing = false
  /// What the actor may have written; `nil`: all that is owned.
  package var scope: ProviderScope?

  package init(by actor: Actor, reason: String? = nil, approval: String? = nil) {
    self.actor = actor
    self.reason = reason
    self.approval = approval
  }
}

/// The octets that a plan was read from: what an approval of it names.
package struct SavedPlan: Hashable, Sendable {
  package var bytes: [UInt8]
  /// Of all of it; hexadecimal.
  package var sha256: String

  package init(bytes: [UInt8], sha256: String) {
    self.bytes = bytes
    self.sha256 = sha256
  }
}

/// What became of a plan that was to be applied.
package struct AppliedPlan: Sendable {
  package var plan: Plan
  /// Its number in the store; `nil` when nothing was begun.
  package var run: Int?
  package var result: ApplyResult?
  /// Why nothing was begun.
  package var refusal: Refusal?
  /// What became of its role changes; `nil` when it has none.
  package var roles: RolePushResult?

  /// What the command ends with.
  package var exitCode: ExitCode {
    if let refusal { return refusal.exitCode }
    return ExitCode.weightiest([result?.exitCode, roles?.exitCode].compactMap { $0 })
  }
}

extension [AppliedPlan] {
  /// What the command ends with when several plans were applied: what weighs most.
  package var exitCode: ExitCode { .weightiest(map(\.exitCode)) }
}

extension ExitCode {
  /// What a command ends with that did several things.
  static func weightiest(_ codes: [ExitCode]) -> ExitCode {
    let weight: [ExitCode] = [.done, .stalePlan, .someFailed, .refused, .tryAgain]
    return codes.max { left, right in
      (weight.firstIndex(of: left) ?? weight.count) < (weight.firstIndex(of: right) ?? weight.count)
    } ?? .done
  }
}
