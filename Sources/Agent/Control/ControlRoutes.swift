import Directory
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Reconciler

/// What can be asked over the control socket; `schemas/control.openapi.yaml` describes it.
struct ControlRoutes: Sendable {
  let desk: ControlDesk
  let ledger: RequestLedger
  let settings: @Sendable () -> DaemonSettings.Control
  let logger: Logger
  var heartbeat = ControlEvents.heartbeat

  /// The paths that are read, as OpenAPI writes them.
  static let readings = [
    "/v1/status", "/v1/runs", "/v1/runs/{n}", "/v1/explain/{hsaid}", "/v1/events", "/v1/requests/{id}",
  ]

  var router: Router<ControlContext> {
    let router = Router(context: ControlContext.self)
    router.add(
      middleware: ControlDoor(
        access: { ControlAccess(settings: settings(), persons: desk.persons()) }, mandate: desk.mandate,
        logger: logger))
    router.get("/v1/status", use: status)
    router.get("/v1/runs", use: runs)
    router.get("/v1/runs/:n", use: run)
    router.get("/v1/explain/:hsaid", use: explain)
    router.get("/v1/events", use: events)
    router.get("/v1/requests/:id", use: request)
    router.post("/v1/propose", use: propose)
    for route in ControlRoute.allCases {
      router.post(RouterPath(route.path)) { request, context in try await order(route, request, context) }
    }
    return router
  }

  @Sendable private func status(_ request: Request, _ context: ControlContext) async throws -> Response {
    _ = try context.caller(asking: .status)
    try request.refuseUnknownQuestions([])
    return try .json(await desk.status())
  }

  @Sendable private func runs(_ request: Request, _ context: ControlContext) async throws -> Response {
    _ = try context.caller(asking: .runs)
    try request.refuseUnknownQuestions(["last"])
    let last = request.uri.queryParameters["last"].map { Int($0) } ?? 20
    guard let last, (1...10_000).contains(last) else { throw OrderBodyReader.fault("`last` is 1 to 10000") }
    return .text(try await desk.runs(last, request.form), request.form)
  }

  @Sendable private func run(_ request: Request, _ context: ControlContext) async throws -> Response {
    _ = try context.caller(asking: .runs)
    try request.refuseUnknownQuestions([])
    guard let number = context.parameters.get("n").flatMap({ Int($0) }), number > 0 else {
      throw OrderBodyReader.fault("a run is asked for by its number")
    }
    guard let text = try await desk.run(number, request.form) else {
      throw Refusal(
        .runUnknown, .usage, "there is no run \(number)", advice: "`hsasync runs` lists those there are")
    }
    return .text(text, request.form)
  }

  @Sendable private func explain(_ request: Request, _ context: ControlContext) async throws -> Response {
    let text = context.parameters.get("hsaid") ?? ""
    guard let identity = HSAIdentity(wellFormed: text, prefixes: desk.prefixes()) else {
      throw OrderBodyReader.fault("an entry is asked for by its HSA-id")
    }
    let caller = try context.caller(asking: .explain(identity))
    try request.refuseUnknownQuestions(["of"])
    let event = AuditEvent.requested("explain", id: context.number, of: identity, by: caller.actor)
    try await ledger.admit(event, by: caller, perMinute: settings().perMinute)
    let subject = request.uri.queryParameters["of"].map { String($0) }
    return .text(try await desk.explain(identity, subject, request.form), request.form)
  }

  @Sendable private func events(_ request: Request, _ context: ControlContext) async throws -> Response {
    _ = try context.caller(asking: .events)
    try request.refuseUnknownQuestions([])
    let (events, pause) = (desk.events(), heartbeat)
    return Response(
      status: .ok, headers: [.contentType: "application/x-ndjson"],
      body: .init { writer in
        try await ControlEvents.write(events, every: pause) { try await writer.write($0) }
        try await writer.finish(nil)
      })
  }

  @Sendable private func request(_ request: Request, _ context: ControlContext) async throws -> Response {
    let caller = try context.caller
    try request.refuseUnknownQuestions([])
    guard let found = await ledger.request(context.parameters.get("id") ?? "", for: caller) else {
      throw RequestLedger.unknown
    }
    return try .json(found)
  }

  /// A delegated administrator hands in a file: what is wrong with it, and what it would do.
  @Sendable private func propose(_ request: Request, _ context: ControlContext) async throws -> Response {
    try request.refuseUnknownQuestions(["provider"])
    let text = request.uri.queryParameters["provider"].map { String($0) } ?? ""
    guard let provider = HSAIdentity(wellFormed: text, prefixes: desk.prefixes()) else {
      throw OrderBodyReader.fault("`provider` is the HSA-id of a care provider")
    }
    let caller = try context.caller(asking: .order(.take(provider, file: 1)))
    let event = AuditEvent.requested("propose", id: context.number, of: provider, by: caller.actor)
    try await ledger.admit(event, by: caller, perMinute: settings().perMinute)
    let upload = try await request.upload()
    return try .json(ProposalRow(try await desk.propose(upload, provider, caller)), .created)
  }

  private func order(_ route: ControlRoute, _ request: Request, _ context: ControlContext) async throws
    -> Response
  {
    try request.refuseUnknownQuestions([])
    _ = try context.caller
    let body = try OrderBodyReader(try await request.octets(), of: route, prefixes: desk.prefixes()).body()
    let caller = try context.caller(asking: .order(body.order.request))
    let ticket = try await ledger.submit(
      body.order, by: caller, key: try request.idempotencyKey, isKept: !body.waits,
      perMinute: settings().perMinute)
    if body.waits { return try .json(await ledger.outcome(of: ticket.id).get()) }
    guard let found = await ledger.request(ticket.id, for: caller) else { throw RequestLedger.unknown }
    var response = try Response.json(found, .accepted)
    response.headers[.location] = "/v1/requests/\(ticket.id)"
    return response
  }
}

extension ControlContext {
  /// For a question that is kept nowhere.
  fileprivate var number: String { "\(id)" }
}

extension Request {
  /// How the answer is wanted (RFC 9110 section 12.5): as JSON, unless plain text is asked for.
  fileprivate var form: ControlForm {
    guard headers[.accept]?.hasPrefix("text/plain") == true else { return .json }
    return .text(Language(locale: headers[.acceptLanguage] ?? ""))
  }

  /// All of the body.
  ///
  /// - Throws: ``ControlFault``: 413 when it is too large, 415 when it is not JSON.
  fileprivate func octets() async throws -> [UInt8] {
    let tooLarge = ControlFault(
      OrderBodyReader.fault("the body is larger than \(OrderBody.largest) octets"), .contentTooLarge)
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > OrderBody.largest {
      throw tooLarge
    }
    do {
      let octets = Array(try await body.collect(upTo: OrderBody.largest).readableBytesView)
      let type = headers[.contentType]?.prefix { $0 != ";" } ?? ""
      guard octets.isEmpty || type == "application/json" else {
        throw ControlFault(
          OrderBodyReader.fault("the body is JSON", advice: "send `Content-Type: application/json`"),
          .unsupportedMediaType)
      }
      return octets
    } catch is NIOTooManyBytesError {
      throw tooLarge
    }
  }

  /// - Throws: ``Refusal`` when it is not 1 to 200 visible ASCII characters.
  var idempotencyKey: String? {
    get throws {
      guard let name = HTTPField.Name("Idempotency-Key"), let key = headers[name] else { return nil }
      guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw OrderBodyReader.fault("the Idempotency-Key has 1 to 200 visible ASCII characters")
      }
      return key
    }
  }

  /// A question that is not understood is not answered as if it were not there.
  fileprivate func refuseUnknownQuestions(_ known: Set<Substring>) throws {
    guard uri.queryParameters.allSatisfy({ known.contains($0.key) }) else {
      throw OrderBodyReader.fault(
        known.isEmpty
          ? "this path takes no query" : "the query may have " + known.sorted().joined(separator: ", "))
    }
  }
}
