import Logging

/// One reading of a target, or one push to it: how it is reached, and what its requests pass.
struct SCIMSession: Sendable {
  let transport: SCIMTransport
  let gate: SCIMGate
  let slot: SCIMSlot
  /// Asked just before each request that changes something.
  let permit: WritePermit
  let logger: Logger

  /// What came of a request.
  enum Sent: Sendable {
    case answer(SCIMAnswer)
    case failure(SCIMFailure)
    /// It was not sent: sending has been stopped, or the task is cancelled.
    case heldBack
  }

  /// Sends a request once it may be; waits and sends it again when the server asks for that.
  ///
  /// - Parameter isSettling: whether it only finds out what became of something, which is never held back.
  func send(_ request: SCIMRequest, isSettling: Bool = false) async -> Sent {
    while true {
      if isSettling {
        await gate.rest()
      } else if await !gate.pass() {
        return .heldBack
      }
      if request.method != .get, !permit.isGiven {
        await gate.stop(ApplyResult.Stop.lockLost.name)
        return .heldBack
      }
      switch await transport.send(request) {
      case .failure(let failure):
        await gate.wasSilent(failure.fault.code.rawValue)
        return .failure(failure)
      case .success(let answer):
        if answer.isLater, await gate.delay(answer.retryAfter) { continue }
        await note(answer, isWrite: request.method != .get)
        return .answer(answer)
      }
    }
  }

  private func note(_ answer: SCIMAnswer, isWrite: Bool) async {
    let isRejection = answer.status == 403 || (500..<600).contains(answer.status)
    await gate.hasAnswered(isWrite: isWrite, rejection: isRejection ? "\(answer.status)" : nil)
    // Who is not known, or sent elsewhere, is not asked for anything more.
    if answer.status == 401 || (300..<400).contains(answer.status) { await gate.stop("\(answer.status)") }
  }

  /// Reads one resource or a list.
  ///
  /// - Throws: ``RoleTargetFault`` for any answer but a success with a JSON body; `unavailable` when it is cancelled.
  func read(_ path: [String], _ query: [(String, String)] = []) async throws(RoleTargetFault) -> SCIMAnswer {
    switch await send(SCIMRequest(path: path, query: query)) {
    case .heldBack: throw RoleTargetFault(.unavailable, "the reading was stopped")
    case .failure(let failure): throw failure.fault
    case .answer(let answer):
      guard answer.isSuccess else { throw answer.fault }
      return answer
    }
  }
}

/// What a provider says that it can do (RFC 7644 section 4).
struct SCIMFeatures: Hashable, Sendable {
  var patch = true
  var etag = true

  init() {}

  init(_ json: SCIMJSON) {
    patch = json["patch"]?["supported"]?.flag ?? true
    etag = json["etag"]?["supported"]?.flag ?? true
  }
}

extension SCIMSession {
  /// Asks what the provider can do; one that does not tell is taken to speak all of SCIM.
  func features() async throws(RoleTargetFault) -> SCIMFeatures {
    switch await send(SCIMRequest(path: ["ServiceProviderConfig"])) {
    case .heldBack: throw RoleTargetFault(.unavailable, "the push was stopped")
    case .failure(let failure): throw failure.fault
    case .answer(let answer):
      if [403, 404, 501].contains(answer.status) { return SCIMFeatures() }
      guard answer.isSuccess else { throw answer.fault }
      guard let json = answer.json else {
        throw RoleTargetFault(.malformed, "it does not tell in JSON what it can do; look at the URL")
      }
      return SCIMFeatures(json)
    }
  }
}
