/// What all requests of one reading or push pass: it lets them wait when the server asks for it, and stops them.
actor SCIMGate {
  /// So many requests in a row without an answer say that nobody is there.
  static let mostSilences = 4
  /// So many writes in a row that the server could not or would not take say that it takes none. Not fewer: some
  /// users whom it never lets anyone touch must not keep the losses of others from being sent.
  static let mostRejections = 25
  /// The longest that is waited in all, in one push or reading.
  private let patience: Duration
  private var waited = Duration.zero
  private var opening = ContinuousClock.now
  private var silences = 0
  private var rejections = 0
  /// Why nothing more is sent.
  private(set) var halt: String?

  init(patience: Duration) { self.patience = patience }

  /// Waits until a request may be sent.
  ///
  /// - Returns: whether it may be: not when sending has been stopped or the task is cancelled.
  func pass() async -> Bool {
    while halt == nil, !Task.isCancelled {
      guard opening > ContinuousClock.now else { return true }
      do { try await Task.sleep(until: opening, clock: .continuous) } catch { return false }
    }
    return false
  }

  /// Waits until the server wants to be asked again, also when sending has been stopped: for what must be settled.
  func rest() async {
    let opening = opening
    guard opening > ContinuousClock.now else { return }
    await Task { try? await Task.sleep(until: opening, clock: .continuous) }.value
  }

  /// Takes the server's wish not to be asked for some time.
  ///
  /// - Parameter seconds: `nil` where it did not say how long.
  /// - Returns: whether it will be asked again in this run; when not, nothing more is sent.
  func delay(_ seconds: Double?) -> Bool {
    let wish = Duration.seconds(min(max(seconds ?? 1, 0.2), 1_000_000))
    let now = ContinuousClock.now
    let later = max(opening, now.advanced(by: wish))
    let more = max(opening, now).duration(to: later)
    guard waited + more <= patience else {
      stop("later")
      return false
    }
    waited += more
    opening = later
    return true
  }

  /// Stops all that has not been sent.
  func stop(_ why: String) { if halt == nil { halt = why } }

  /// Takes that no answer came.
  func wasSilent(_ why: String) {
    silences += 1
    if silences >= Self.mostSilences { stop(why) }
  }

  /// Takes an answer.
  ///
  /// - Parameter rejection: to a write that was not taken, and not for what was in it, the status; else `nil`.
  func hasAnswered(isWrite: Bool, rejection: String?) {
    silences = 0
    guard isWrite else { return }
    rejections = rejection == nil ? 0 : rejections + 1
    if let rejection, rejections >= Self.mostRejections { stop(rejection) }
  }
}
