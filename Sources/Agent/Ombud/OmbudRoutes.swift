import Directory
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Reconciler

/// What a delegated administrator's browser and programs can ask for; `schemas/ombud.openapi.yaml` describes the latter.
struct OmbudRoutes: Sendable {
  let agent: Agent
  let pages: Pages
  let ledger: RequestLedger
  let sessions: OmbudSessions
  /// What was asked for in each request, to be told while it goes on.
  let asked: OmbudRequests
  private let door: OmbudDoor

  init(
    _ agent: Agent, judge: CertificateJudge, idle: Duration, logger: Logger,
    record: @escaping @Sendable (AuditEvent) throws(Refusal) -> Void
  ) throws {
    self.agent = agent
    pages = try Pages()
    sessions = OmbudSessions()
    asked = OmbudRequests()
    ledger = RequestLedger(record: record) { order, caller in
      do { return .success(try await agent.answer(order, by: caller)) } catch {
        return .failure(Refusal(telling: error, isOutsider: caller.mandate != nil))
      }
    }
    door = OmbudDoor(
      agent: agent, judge: judge, sessions: sessions, idle: idle, pages: pages,
      refusals: OmbudRefusals(record), logger: logger)
  }

  var router: Router<OmbudContext> {
    let router = Router(context: OmbudContext.self)
    router.add(middleware: door)
    router.get("/", use: home)
    addProviders(to: router)
    addPlans(to: router)
    addProgram(to: router)
    return router
  }

  /// How many requests that plan or write one ombud may make in a minute.
  var perMinute: Int { agent.configuration.ombud?.perMinute ?? 30 }

  func page(_ page: some Page, _ request: Request, _ visit: OmbudVisit) -> Response {
    let frame = visit.frame(request.uri.string, sessions.told(in: visit.session.id))
    return .html(pages.html(page, in: frame))
  }

  /// What a form has sent, once it is known to be of this session.
  func form(_ request: Request, _ visit: OmbudVisit, upTo most: Int = 64 << 10) async throws -> OmbudForm {
    let type = request.headers[.contentType] ?? ""
    let form = try OmbudForm(try await request.octets(upTo: most), type: type)
    guard form["csrf"] == visit.session.token else { throw OmbudSessionEnded() }
    return form
  }

  /// The care provider that a path names.
  func provider(_ context: OmbudContext) throws -> HSAIdentity {
    let text = context.parameters.get("provider")?.removingPercentEncoding ?? ""
    guard
      let identity = HSAIdentity(wellFormed: text, prefixes: agent.configuration.profile.identityPrefixes),
      try context.visit.mandate.scope.providers.contains(identity)
    else { throw Refusal.mandateMissing }
    return identity
  }

  @Sendable private func home(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let visit = try context.visit
    var rows: [HomePage.Provider] = []
    for provider in visit.mandate.scope.providers.sorted() {
      let look = try await agent.look(at: provider, for: visit.caller)
      rows.append(
        HomePage.Provider(
          id: provider.text, name: look.name, state: HomePage.State(look.state),
          sentence: look.sentence(visit.words),
          file: look.versions.first.map { ProviderPage.File($0, by: look.who($0.actor)) },
          plansWaiting: look.waiting.count, findings: look.findings.count))
    }
    return page(HomePage(providers: rows), request, visit)
  }

  /// Has something done for whoever asks, and shows how it goes.
  func order(
    _ request: AgentRequest, of provider: HSAIdentity, reason: String? = nil, _ visit: OmbudVisit
  ) async throws -> Response {
    let order = AgentOrder(request, reason: reason, language: visit.words)
    let ticket = try await ledger.submit(
      order, by: visit.caller, key: nil, isKept: true, perMinute: perMinute)
    asked.note(ticket.id, provider, request, visit.caller.actor)
    return .seeOther(PagePath.path("requests", ticket.id))
  }

  /// Counts a request that is answered at once.
  func admit(_ what: String, of provider: HSAIdentity, _ visit: OmbudVisit, _ id: String) async throws {
    let event = AuditEvent.requested(what, id: id, of: provider, by: visit.caller.actor)
    try await ledger.admit(event, by: visit.caller, perMinute: perMinute)
  }
}
