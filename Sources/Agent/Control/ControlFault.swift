import Reconciler

/// A refusal with what HTTP says beside it.
struct ControlFault: Error, Sendable {
  var refusal: Refusal
  /// `nil`: what the refusal stands for.
  var status: ControlStatus?
  /// In seconds; 1 or more.
  var retryAfter: Int?

  init(_ refusal: Refusal, _ status: ControlStatus? = nil, retryAfter: Int? = nil) {
    self.refusal = refusal
    self.status = status
    self.retryAfter = retryAfter
  }

  /// Whatever a handler throws, as what is told of it.
  ///
  /// Its label keeps it apart from the other: a refusal is an error too, and would call itself for ever.
  init(telling error: any Error, isOutsider: Bool = false) {
    if let fault = error as? ControlFault {
      self = fault
    } else {
      self.init(Refusal(telling: error, isOutsider: isOutsider))
    }
  }

  var problem: ControlProblem { ControlProblem(refusal, status: status) }
}
