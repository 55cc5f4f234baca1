import Directory
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Reconciler

// Plans that wait for a second person, and how requests go.
extension OmbudRoutes {
  func addPlans(to router: Router<OmbudContext>) {
    router.get("/plans/:code", use: heldPage)
    router.post("/plans/:code/approve", use: approve)
    router.post("/plans/:code/cancel", use: cancel)
    router.get("/requests/:id", use: requestPage)
    router.get("/requests/:id/events", use: events)
  }

  private func waiting(
    _ context: OmbudContext
  ) async throws -> (plan: WaitingLook, provider: HSAIdentity) {
    let code = context.parameters.get("code").flatMap { PlanDigest.code(parsing: $0) } ?? ""
    guard let found = try await agent.waiting(code, for: try context.visit.caller) else {
      throw Refusal(
        .planUnknown, .stalePlan, "no plan waits under this code", advice: "look at the care provider's page")
    }
    return found
  }

  @Sendable private func heldPage(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let visit = try context.visit
    let (waiting, provider) = try await waiting(context)
    let approvals = waiting.approvals.map { approval in
      HeldPlanPage.Approval(by: approval.actor.user, at: approval.given, reason: approval.reason ?? "")
    }
    let refusal = await agent.standing(waiting, visit.caller)
    let hasApproved = waiting.approvals.contains { $0.actor.key == visit.caller.actor.key }
    let isOwn = waiting.kept.actor.key == visit.caller.actor.key
    let page = HeldPlanPage(
      code: waiting.kept.code, providerID: provider.text, providerName: try await agent.label(of: provider),
      since: waiting.kept.kept, askedBy: waiting.kept.actor.user, approvals: approvals,
      approvalsNeeded: max(1, agent.configuration.daemon.control.approvals),
      standing: hasApproved
        ? .alreadyApproved : refusal == nil ? .mayApprove : isOwn ? .ownRequest : .ownRoles, mayCancel: true,
      plan: PlanView(waiting.plan, profile: agent.configuration.profile, language: visit.words))
    return self.page(page, request, visit)
  }

  private func reason(_ form: OmbudForm) -> String? {
    let text = form["reason"]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return text.isEmpty ? nil : String(text.prefix(OrderBody.longestReason))
  }

  @Sendable private func approve(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let visit = try context.visit
    let form = try await form(request, visit)
    let (waiting, provider) = try await waiting(context)
    guard let reason = reason(form), form["read"] == "yes" else {
      sessions.tell(
        .init(
          kind: .problem,
          text: visit.words.say(
            "Say why, and that you have read the plan.", "Säg varför, och att du har läst planen.")),
        in: visit.session.id)
      return .seeOther(PagePath.path("plans", waiting.kept.code))
    }
    return try await order(.approve(waiting.kept.code), of: provider, reason: reason, visit)
  }

  @Sendable private func cancel(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let visit = try context.visit
    let form = try await form(request, visit)
    let (waiting, provider) = try await waiting(context)
    return try await order(.cancel(waiting.kept.code), of: provider, reason: reason(form), visit)
  }

  // MARK: How it goes

  /// A request of the caller's, for a care provider that the caller still acts for.
  func asked(
    _ context: OmbudContext
  ) async throws -> (asked: OmbudRequests.Asked, request: ControlRequest) {
    let id = context.parameters.get("id") ?? ""
    let visit = try context.visit
    guard let asked = asked[id], visit.mandate.scope.providers.contains(asked.provider),
      let found = await ledger.request(id, for: visit.caller)
    else { throw RequestLedger.unknown }
    return (asked, found)
  }

  @Sendable private func requestPage(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let visit = try context.visit
    let (asked, found) = try await asked(context)
    let result = RequestResult(found, visit.words)
    let page = RequestPage(
      id: asked.id, providerID: asked.provider.text, providerName: try await agent.label(of: asked.provider),
      what: asked.request.what(visit.words), by: asked.actor.user, at: asked.time, state: result.state,
      lines: result.lines, result: result.sentence, outcomes: result.outcomes,
      isEnglish: visit.language != .english && !result.lines.isEmpty, held: result.held)
    return self.page(page, request, visit)
  }

  /// Tells when it is done (server-sent events, HTML standard section 9.2).
  @Sendable private func events(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (asked, _) = try await asked(context)
    let visit = try context.visit
    let (ledger, id, events) = (ledger, asked.id, agent.events())
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream"],
      body: .init { writer in
        let outcome = Task { await ledger.outcome(of: id) }
        let lines = OmbudEvents(events, until: outcome, visit.words).lines
        for await line in lines.cancelOnGracefulShutdown() {
          try await writer.write(ByteBuffer(string: line))
        }
        try await writer.finish(nil)
      })
  }
}
