import Reconciler

/// What somebody has asked for, until it is answered.
struct Job: Sendable {
  /// Does it, in its turn, and answers.
  let perform: @Sendable (isolated Agent, World, Books) async -> Void
  private let refuse: @Sendable (any Error) -> Void

  init<Answer: Sendable>(
    _ continuation: CheckedContinuation<Answer, any Error>,
    _ body: @escaping @Sendable (isolated Agent, World, Books) async throws -> Answer
  ) {
    perform = { agent, world, books in
      do {
        continuation.resume(returning: try await body(agent, world, books))
      } catch {
        continuation.resume(throwing: error)
      }
    }
    refuse = { continuation.resume(throwing: $0) }
  }

  /// Says why it is not done.
  func fail(_ error: any Error) {
    refuse(
      error as? Refusal
        ?? Refusal(
          .incompleteRead, .tryAgain, "the agent has lost the directory or is ending, so nothing was done",
          advice: "look at `hsasync status`, and ask again"))
  }
}
