/// One operation from its admission to its end.
internal final class Operation {
  /// What is asked.
  internal enum Work {
    case write(WriteOperation, [Control])
    case compare(DistinguishedName, String, Value)
    case extended(String, [UInt8]?)
    case stream(any StreamRun)
  }

  internal let ticket: UInt64
  internal let name: String
  /// Whether it may change the directory: then an answer that never comes leaves its outcome unknown.
  internal let changes: Bool
  internal let work: Work
  /// How long an answer may take.
  internal let patience: Duration
  internal var expires: ContinuousClock.Instant
  /// Whether something has come since the last look at the deadlines.
  internal var isActive = false
  private var finish: ((Result<Answer, LDAPError>) -> Void)?
  /// Is told how long it took.
  internal var tell: (@Sendable (OperationTime) -> Void)?
  private let began = ContinuousClock.now

  internal init(
    _ work: Work, ticket: UInt64, name: String, changes: Bool = false, patience: Duration,
    finish: @escaping (Result<Answer, LDAPError>) -> Void
  ) {
    self.work = work
    self.ticket = ticket
    self.name = name
    self.changes = changes
    self.patience = patience
    self.finish = finish
    expires = .now.advanced(by: patience)
  }

  internal var stream: (any StreamRun)? {
    if case .stream(let run) = work { run } else { nil }
  }

  /// Whether it has no deadline now.
  internal var mayBeSilent: Bool { stream?.mayBeSilent ?? false }

  /// Ends it; once, whatever comes later.
  internal func end(_ result: Result<Answer, LDAPError>) {
    finish?(result)
    finish = nil
    guard let tell else { return }
    self.tell = nil
    let code =
      switch result {
      case .success(let answer): ResultCode?.some(answer.result)
      case .failure(let error): error.result
      }
    tell(OperationTime(name: name, duration: ContinuousClock.now - began, result: code))
  }

  /// Ends it for a reason that is not the server's answer.
  internal func fail(_ error: LDAPError, wasSent: Bool) {
    guard wasSent, changes else { return end(.failure(error)) }
    end(
      .failure(
        LDAPError(
          .unknownOutcome, name, server: error.server, result: error.result,
          reason:
            "the request was sent and no answer came (\(error.code.rawValue)); it may or may not be done",
          diagnostic: error.diagnostic, advice: "read the entry before trying again")))
  }
}
