import Directory
import Foundation
import HTTPTypes
import Hummingbird
import Reconciler

// The same for programs, in JSON (`schemas/ombud.openapi.yaml`).
extension OmbudRoutes {
  func addProgram(to router: Router<OmbudContext>) {
    router.get("/api/v1/providers", use: providers)
    router.get("/api/v1/providers/:provider/state", use: stateForProgram)
    router.post("/api/v1/providers/:provider/proposals", use: proposeForProgram)
    router.post("/api/v1/providers/:provider/proposals/:number/accept") { request, context in
      let provider = try self.provider(context)
      let number = context.parameters.get("number").flatMap { Int($0) } ?? 0
      return try await self.submit(.take(provider, file: number), of: provider, request, context)
    }
    router.post("/api/v1/providers/:provider/plan") { request, context in
      let provider = try self.provider(context)
      return try await self.submit(.plan(.provider(provider)), of: provider, request, context)
    }
    router.post("/api/v1/providers/:provider/reconcile") { request, context in
      let provider = try self.provider(context)
      return try await self.submit(.reconcile(.provider(provider)), of: provider, request, context)
    }
    router.post("/api/v1/plans/:code/approve") { request, context in
      let (code, provider) = try await self.code(context)
      return try await self.submit(.approve(code), of: provider, request, context)
    }
    router.post("/api/v1/plans/:code/cancel") { request, context in
      let (code, provider) = try await self.code(context)
      return try await self.submit(.cancel(code), of: provider, request, context)
    }
    router.get("/api/v1/requests/:id", use: requestForProgram)
  }

  private struct ProviderRow: Encodable {
    var hsaIdentity: String
    var name: String
    var state: String
    var serial: Int?
    var waiting: [String]
  }

  @Sendable private func providers(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let visit = try context.visit
    var rows: [ProviderRow] = []
    for provider in visit.mandate.scope.providers.sorted() {
      let look = try await agent.look(at: provider, for: visit.caller)
      rows.append(
        ProviderRow(
          hsaIdentity: provider.text, name: look.name, state: "\(look.state)",
          serial: look.versions.first?.serial, waiting: look.waiting.map(\.kept.code)))
    }
    return try .json(rows)
  }

  @Sendable private func stateForProgram(_ request: Request, _ context: OmbudContext) async throws -> Response
  {
    let (visit, provider) = (try context.visit, try provider(context))
    try await admit("export", of: provider, visit, context.number)
    return .octets(try await agent.export(provider, for: visit.caller), "application/yaml")
  }

  @Sendable private func proposeForProgram(
    _ request: Request, _ context: OmbudContext
  ) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    let upload = try await request.upload()
    try await admit("propose", of: provider, visit, context.number)
    let proposed = try await agent.propose(upload, named: "file", for: provider, by: visit.caller)
    return try .json(ProposalRow(proposed), .created)
  }

  private func code(_ context: OmbudContext) async throws -> (String, HSAIdentity) {
    let code = context.parameters.get("code").flatMap { PlanDigest.code(parsing: $0) } ?? ""
    guard let (plan, provider) = try await agent.waiting(code, for: try context.visit.caller) else {
      throw Refusal(.planUnknown, .stalePlan, "no plan waits under this code")
    }
    return (plan.kept.code, provider)
  }

  private struct Reason: Decodable {
    var reason: String?
  }

  private func submit(
    _ what: AgentRequest, of provider: HSAIdentity, _ request: Request, _ context: OmbudContext
  ) async throws -> Response {
    let visit = try context.visit
    let octets = try await request.octets(upTo: 64 << 10)
    guard octets.isEmpty || request.headers[.contentType]?.hasPrefix("application/json") == true,
      let body = octets.isEmpty ? Reason() : try? JSONDecoder().decode(Reason.self, from: Data(octets))
    else { throw OrderBodyReader.fault("the body is JSON with the member `reason`, or nothing") }
    let order = AgentOrder(
      what, reason: body.reason.map { String($0.prefix(OrderBody.longestReason)) }, language: visit.words)
    let ticket = try await ledger.submit(
      order, by: visit.caller, key: try request.idempotencyKey, isKept: true, perMinute: perMinute)
    asked.note(ticket.id, provider, what, visit.caller.actor)
    guard let found = await ledger.request(ticket.id, for: visit.caller) else { throw RequestLedger.unknown }
    var response = try Response.json(found, .accepted)
    response.headers[.location] = "/api/v1/requests/\(ticket.id)"
    return response
  }

  @Sendable private func requestForProgram(_ request: Request, _ context: OmbudContext) async throws
    -> Response
  {
    try .json(try await asked(context).request)
  }
}
