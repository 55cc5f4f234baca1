import Reconciler

/// What somebody has asked for, until it is answered.
struct Job: Sendable {
  let order: AgentOrder
  let caller: Caller
  private let continuation: CheckedContinuation<AgentAnswer, any Error>

  init(_ order: AgentOrder, _ caller: Caller, _ continuation: CheckedContinuation<AgentAnswer, any Error>) {
    self.order = order
    self.caller = caller
    self.continuation = continuation
  }

  func answer(_ answer: AgentAnswer) { continuation.resume(returning: answer) }

  func refuse(_ error: any Error) { continuation.resume(throwing: error) }

  /// Says why it is not done.
  func fail(_ error: any Error) {
    let refusal =
      error as? Refusal
      ?? Refusal(
        .incompleteRead, .tryAgain, "the agent has lost the directory or is ending, so nothing was done",
        advice: "look at `hsasync status`, and ask again")
    continuation.resume(throwing: refusal)
  }
}
