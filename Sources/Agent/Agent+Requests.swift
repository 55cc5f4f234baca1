import Directory
import Foundation
import LDAP
import Reconciler

// What people ask for.
extension Agent {
  /// Does what somebody asks for, in the order in which it is asked; waits until it is done.
  ///
  /// - Throws: ``Refusal``, exit code 75 when the directory is not at hand.
  package func answer(_ order: AgentOrder, by caller: Caller) async throws -> AgentAnswer {
    guard order.request.isAllowed(to: caller.role) else {
      throw Refusal(
        .planTrespasses, .notPermitted, "you may look, and not have things written",
        advice: "ask one of the operators (control: operators in the configuration)")
    }
    return try await errand { agent, world, books in
      try await agent.perform(order, caller, world, books)
    }
  }

  /// Does something in the worker's turn, after what was asked for before.
  ///
  /// - Throws: ``Refusal``, exit code 75 when the directory is not at hand; what the body throws.
  func errand<Answer: Sendable>(
    _ body: @escaping @Sendable (isolated Agent, World, Books) async throws -> Answer
  ) async throws -> Answer {
    guard world?.proof != nil else { throw away }
    return try await withCheckedThrowingContinuation { continuation in
      jobs.append(Job(continuation, body))
      wake()
    }
  }

  var away: Refusal {
    Refusal(
      .incompleteRead, state == .starting ? .tryAgain : .directoryUnavailable,
      state == .starting ? "the agent has not seen all of the directory yet" : "the directory is not at hand",
      advice: "look at `hsasync status`, and ask again")
  }

  func perform(
    _ order: AgentOrder, _ caller: Caller, _ world: World, _ books: Books
  ) async throws -> AgentAnswer {
    if let mandate = try presentMandate(caller) {
      return try await perform(order, for: mandate, caller, world, books)
    }
    switch order.request {
    case .take(let provider, let file):
      return try await make(
        try await takeFile(file, provider, order, caller, world, books), order, caller, world, books)
    case .plan(let extent):
      let planned = try await plan(extent, world, books)
      return AgentAnswer(
        planned.plan, of: world.run, history: try books.store.history(at: planned.plan.instant), to: order,
        by: caller, at: Date())
    case .reconcile(.whole):
      // Who asks for everything doubts what is known of it: it is read anew first.
      try await compareAll(world, books)
      try await readFilesAgain(world, books)
      let world = self.world ?? world
      return try await make(try await plan(.whole, world, books), order, caller, world, books)
    case .reconcile(let extent):
      return try await make(try await plan(extent, world, books), order, caller, world, books)
    case .apply(code: nil):
      return try await make(try await plan(.whole, world, books), order, caller, world, books)
    case .apply(let code?), .approve(let code):
      return try await approve(code, order, caller, world, books)
    case .cancel(let code): return try await cancel(code, order, caller, world, books)
    case .undo(let run):
      let plan = try await world.run.undo(run, store: books.store, asOf: Date())
      return try await make(PartPlanning.Planned(plan: plan), order, caller, world, books)
    case .pushRoles:
      let history = try books.store.history(at: Date())
      let (plan, forecast) = try await world.run.planRoles(asOf: Date(), history: history)
      let planned = PartPlanning.Planned(plan: plan, forecast: forecast)
      return try await make(planned, order, caller, world, books)
    case .release(let identity): return try release(identity, order, caller, world, books)
    case .adopt(let identity):
      let adoption = try await world.run.adopt(identity, in: books, by: caller.actor, reason: order.reason)
      try world.index.touch(Touched([adoption.identity]))
      day.quietMark = -1
      return AgentAnswer(lines: [adoption.told(order.language)])
    }
  }

  /// The same for a delegated administrator, who has not all of it.
  private func perform(
    _ order: AgentOrder, for mandate: Mandate, _ caller: Caller, _ world: World, _ books: Books
  ) async throws -> AgentAnswer {
    switch order.request {
    case .plan(.provider(let provider)):
      let planned = try await planOwn(provider, mandate, world, books)
      return AgentAnswer(
        planned.plan, of: world.run, history: try books.store.history(at: planned.plan.instant), to: order,
        by: caller, at: Date())
    case .reconcile(.provider(let provider)):
      return try await make(
        try await planOwn(provider, mandate, world, books), order, caller, world, books)
    case .take(let provider, let file):
      return try await make(
        try await takeFile(file, provider, order, caller, world, books), order, caller, world, books)
    case .approve(let code): return try await approve(code, order, caller, world, books)
    case .cancel(let code): return try await cancel(code, order, caller, world, books)
    default: throw Refusal.mandateMissing
    }
  }

  private func plan(
    _ extent: AgentRequest.Extent, _ world: World, _ books: Books
  ) async throws -> PartPlanning.Planned {
    guard let proof = world.proof else { throw away }
    let now = Date()
    switch extent {
    case .person(let identity):
      var planned = try await plan(Touched([identity]), world, proof, books, asOf: now)
      // Where one alone cannot be told from the others, nothing is written of those all the same.
      if planned.extent == nil {
        planned.keep(
          "person \(identity)", world.run, try books.store.history(at: now), and: [identity]
        ) { $0.identity == identity }
      }
      return planned
    case .unit(let identity): return try await plan(.whole, world, proof, books, asOf: now, scope: identity)
    case .whole: return try await plan(.whole, world, proof, books, asOf: now)
    case .provider(let provider):
      var planned = try await plan(.whole, world, proof, books, asOf: now)
      planned.keep("provider \(provider)", world.run, try books.store.history(at: now)) { change in
        change.identity == provider || change.place.provider == provider
          || change.destination?.provider == provider
      }
      return planned
    }
  }

  /// Applies a plan for somebody, and tells what became of it.
  private func make(
    _ planned: PartPlanning.Planned, _ order: AgentOrder, _ caller: Caller, _ world: World, _ books: Books
  ) async throws -> AgentAnswer {
    try await make(planned, order, caller, world, books, saved: nil, approval: nil).answer
  }

  private func make(
    _ planned: PartPlanning.Planned, _ order: AgentOrder, _ caller: Caller, _ world: World, _ books: Books,
    saved: SavedPlan?, approval: String?
  ) async throws -> (answer: AgentAnswer, applied: [AppliedPlan]) {
    var wanted = ApplyOrder(by: caller.actor, reason: order.reason, approval: approval)
    wanted.isAllOrNothing = order.isAllOrNothing
    wanted.scope = try presentMandate(caller)?.scope
    let history = try books.store.history(at: planned.plan.instant)
    let started = ContinuousClock.now
    let applied = try await apply(planned, wanted, world, books, saved: saved)
    let rest = Unsettled(applied)
    if !rest.again.isEmpty { try world.index.touch(rest.again) }
    _ = noteWritten(rest)
    let answer = AgentAnswer(
      planned.plan, isFresh: saved == nil && planned.plan.undoneRun == nil, of: world.run, history: history,
      applied: applied, to: order, by: caller, applying: ContinuousClock.now - started, at: Date())
    return (answer, applied)
  }

  /// Approves a plan that is kept, and applies it when as many have approved it as are needed.
  private func approve(
    _ typed: String, _ order: AgentOrder, _ caller: Caller, _ world: World, _ books: Books
  ) async throws -> AgentAnswer {
    let kept = try books.store.pending(typed: typed)
    let (plan, forecast, saved) = try await world.run.kept(kept, in: books, by: caller.actor)
    if let mandate = try presentMandate(caller) { try refuseForeign(plan, mandate, world, typed) }
    try refuseOwnCommissions(plan, caller, world)
    let planned = PartPlanning.Planned(plan: plan, forecast: forecast)
    let made = try await make(
      planned, order, caller, world, books, saved: saved, approval: plan.tripped.isEmpty ? nil : kept.code)
    broadcast.send(.approved, "a plan was approved", code: kept.code)
    guard held?.digest.hex == kept.digest else { return made.answer }
    if made.applied.contains(where: { $0.refusal?.code == .secondPersonNeeded }) {
      held?.approvals = try books.store.approvers(digest: kept.digest, sha256: kept.sha256).map(\.user)
      become(.waitingForApproval, "a plan has been approved once, and needs a second person")
    } else if made.applied.allSatisfy({ $0.refusal == nil }) {
      held = nil
      day.quietMark = -1
    }
    return made.answer
  }

  private func cancel(
    _ typed: String, _ order: AgentOrder, _ caller: Caller, _ world: World, _ books: Books
  ) async throws -> AgentAnswer {
    let kept = try books.store.pending(typed: typed)
    if let mandate = try presentMandate(caller) {
      let (plan, _, _) = try await world.run.kept(kept, in: books, by: caller.actor)
      try refuseForeign(plan, mandate, world, typed)
    }
    try books.audit.append([.cancelled(digest: kept.digest, reason: order.reason, by: caller.actor)])
    try books.store.drop(kept)
    if held?.digest.hex == kept.digest {
      // What caused it is planned anew: if it still is as it was, it waits again, under another code.
      held = nil
      day.quietMark = -1
    }
    wake()
    return AgentAnswer(
      lines: [order.language.say("The plan \(kept.code) is forgotten.", "Planen \(kept.code) är glömd.")])
  }

  private func release(
    _ identity: HSAIdentity, _ order: AgentOrder, _ caller: Caller, _ world: World, _ books: Books
  ) throws -> AgentAnswer {
    let shown = VisibleText(identity.text).text
    guard try books.release(identity, by: caller.actor) else {
      throw Refusal(.nothingToAdopt, .usage, "\(shown) is not on hold")
    }
    try world.index.touch(Touched([identity]))
    day.quietMark = -1
    return AgentAnswer(
      lines: [
        order.language.say(
          "\(shown) is released; the next plan has it again.",
          "\(shown) är släppt; nästa plan har den igen.")
      ])
  }
}

extension AgentRequest {
  /// Whether it only looks.
  fileprivate func isAllowed(to role: Caller.Role) -> Bool {
    if case .plan = self { return true }
    return role >= .operator
  }
}
