import Directory

/// Makes edits: reads, writes under the condition of the version that was read, and believes only what it is shown.
struct SCIMEditor: Sendable {
  let session: SCIMSession
  let features: SCIMFeatures

  /// What was found when a resource was read.
  private enum Reading {
    case resource(SCIMResource)
    case gone
    case fault(RoleOutcome)
  }

  /// Makes an edit.
  ///
  /// - Returns: an outcome for each value, in the same order. A removal from a resource that is gone is done.
  func make(_ edit: SCIMEdit) async -> [RoleOutcome] {
    let outcomes = await make(edit, attempt: 1)
    // One value that the provider refuses must not keep it from taking the others.
    guard edit.values.count > 1, outcomes.contains(where: SCIMEditor.isForOneValue) else { return outcomes }
    var single: [RoleOutcome] = []
    for (value, outcome) in zip(edit.values, outcomes) {
      guard SCIMEditor.isForOneValue(outcome) else {
        single.append(outcome)
        continue
      }
      var edit = edit
      edit.values = [value]
      single += await make(edit, attempt: 1)
    }
    return single
  }

  private static func isForOneValue(_ outcome: RoleOutcome) -> Bool {
    outcome.verdict == .refused && outcome.detail?.hasPrefix("400") == true
  }

  private func make(_ edit: SCIMEdit, attempt: Int) async -> [RoleOutcome] {
    func all(_ outcome: RoleOutcome) -> [RoleOutcome] { edit.values.map { _ in outcome } }
    let before: SCIMResource
    switch await read(edit) {
    case .fault(let outcome): return all(outcome)
    case .gone: return all(RoleOutcome(edit.direction == .remove ? .appliedAlready : .refused, "404"))
    case .resource(let resource): before = resource
    }
    if let person = edit.person, before.person != person { return all(RoleOutcome(.stale, "holder")) }
    let open = edit.values.filter { !edit.isDone($0, before) }
    guard !open.isEmpty else { return all(RoleOutcome(.appliedAlready)) }
    if !features.patch, before.version == nil || !features.etag {
      // Without either, what somebody else writes meanwhile would be undone.
      return all(RoleOutcome(.refused, "neither PATCH nor ETag"))
    }
    let written = await write(edit, open, before, attempt: attempt)
    var rest = written[...]
    return edit.values.map { edit.isDone($0, before) ? RoleOutcome(.appliedAlready) : rest.removeFirst() }
  }

  /// Sends the edit of those values that are not as they are to be.
  private func write(
    _ edit: SCIMEdit, _ open: [String], _ before: SCIMResource, attempt: Int
  ) async -> [RoleOutcome] {
    func all(_ outcome: RoleOutcome) -> [RoleOutcome] { open.map { _ in outcome } }
    var edit = edit
    edit.values = open
    switch await session.send(edit.request(open, on: before, features)) {
    case .heldBack: return all(RoleOutcome(.notSent, await session.gate.halt))
    case .failure(let failure) where !failure.wasSent:
      return all(RoleOutcome(.failed, failure.fault.code.rawValue))
    case .failure(let failure):
      return await settle(edit, before, nil, failure.fault.code.rawValue)
    case .answer(let answer):
      switch answer.status {
      case 200..<300: return await settle(edit, before, answer, answer.detail)
      // Somebody was faster, or it is gone: what is to be done follows from what there is now.
      case 404, 409, 412:
        if attempt == 1 { return await make(edit, attempt: 2) }
        return all(RoleOutcome(answer.status == 404 ? .refused : .stale, answer.detail))
      case 429: return all(RoleOutcome(.failed, answer.detail))
      case 503 where answer.retryAfter != nil: return all(RoleOutcome(.failed, answer.detail))
      case 501: return all(RoleOutcome(.refused, answer.detail))
      case 408, 500..<600: return await settle(edit, before, answer, answer.detail)
      default: return all(RoleOutcome(.refused, answer.detail))
      }
    }
  }

  // MARK: What became of it

  /// Finds out what became of what was sent: by the answer where it shows the resource, else by reading it.
  private func settle(
    _ edit: SCIMEdit, _ before: SCIMResource, _ answer: SCIMAnswer?, _ detail: String
  ) async -> [RoleOutcome] {
    if let answer, answer.isSuccess, let shown = answer.json.flatMap({ SCIMResource($0, edit.slot) }),
      shown.id == edit.id, shown.showsAttribute, edit.values.allSatisfy({ edit.isDone($0, shown) })
    {
      await watch(edit, before, shown)
      return edit.values.map { _ in RoleOutcome(.applied) }
    }
    var reading = Reading.fault(RoleOutcome(.unknown, detail))
    // A provider of several machines may show for a moment what was before.
    for pause in [Duration.zero, .milliseconds(200), .seconds(1)] {
      await Task { try? await Task.sleep(for: pause) }.value
      reading = await read(edit, isSettling: true)
      guard case .resource(let resource) = reading else { break }
      if edit.values.allSatisfy({ edit.isDone($0, resource) }) { break }
    }
    return await judge(edit, before, reading, answer, detail)
  }

  private func judge(
    _ edit: SCIMEdit, _ before: SCIMResource, _ reading: Reading, _ answer: SCIMAnswer?, _ detail: String
  ) async -> [RoleOutcome] {
    switch reading {
    case .fault: return edit.values.map { _ in RoleOutcome(.unknown, detail) }
    case .gone:
      let verdict = edit.direction == .remove ? RoleOutcome.Verdict.applied : .refused
      return edit.values.map { _ in RoleOutcome(verdict, "404") }
    case .resource(let resource):
      await watch(edit, before, resource)
      // A version that is not the one it told: what is shown is not what there is.
      let isOld = answer?.isSuccess == true && answer?.version != nil && answer?.version != resource.version
      let otherwise =
        answer?.isSuccess == true
        ? RoleOutcome(isOld ? .unknown : .failed, "\(detail) not confirmed") : RoleOutcome(.failed, detail)
      return edit.values.map { edit.isDone($0, resource) ? RoleOutcome(.applied) : otherwise }
    }
  }

  /// Stops the push when what is not ours has gone with what was to go: the provider does not do what was asked.
  private func watch(_ edit: SCIMEdit, _ before: SCIMResource, _ after: SCIMResource) async {
    guard !edit.leavesOthers(before, after) else { return }
    session.logger.error("a SCIM target changed more than it was asked to; nothing more is sent to it")
    await session.gate.stop("more was changed than asked")
  }

  private func read(_ edit: SCIMEdit, isSettling: Bool = false) async -> Reading {
    let query = features.patch ? [("attributes", edit.slot.attributes)] : []
    let request = SCIMRequest(path: [edit.slot.resources, edit.id], query: query)
    switch await session.send(request, isSettling: isSettling) {
    case .heldBack: return .fault(RoleOutcome(.notSent, await session.gate.halt))
    case .failure(let failure): return .fault(RoleOutcome(.failed, failure.fault.code.rawValue))
    case .answer(let answer):
      if answer.status == 404 || answer.status == 410 { return .gone }
      guard answer.isSuccess else { return .fault(RoleOutcome(.failed, answer.detail)) }
      guard var resource = answer.json.flatMap({ SCIMResource($0, edit.slot) }), resource.id == edit.id else {
        return .fault(RoleOutcome(.failed, RoleTargetFault.Code.malformed.rawValue))
      }
      resource.version = answer.version ?? resource.version
      return .resource(resource)
    }
  }
}
