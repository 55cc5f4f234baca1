import Directory
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Reconciler
import Synchronization

/// Finds out who asks, by the card, and what they act for, at each request; refuses all others, and records that; writes
/// what a browser is told with each answer.
struct OmbudDoor: RouterMiddleware {
  typealias Context = OmbudContext
  static let cookie = "__Host-hsasync"
  let agent: Agent
  let judge: CertificateJudge
  let sessions: OmbudSessions
  let idle: Duration
  let pages: Pages
  let refusals: OmbudRefusals
  let logger: Logger

  func handle(
    _ request: Request, context: OmbudContext,
    next: (Request, OmbudContext) async throws -> Response
  ) async throws -> Response {
    // Whoever is refused reads a page too.
    if request.method == .get, let file = Self.file(request.uri.path) { return file }
    var context = context
    var response: Response
    let language = request.pageLanguage
    let isProgram = request.uri.path.hasPrefix("/api/")
    do {
      let visit = try await visit(request, context.certificate, language, isProgram)
      context.known = visit
      try refuseForged(request, visit)
      response = try await next(request, context)
      response.headers[values: .setCookie] = cookies(visit, request)
    } catch {
      response = answer(error, language, isProgram, context)
    }
    Self.secure(&response)
    return response
  }

  /// What says nothing of anybody: how pages look, and how one of them follows a request.
  private static func file(_ path: String) -> Response? {
    var response: Response
    switch path {
    case "/style.css": response = .octets(Array(StyleSheet.text.utf8), "text/css; charset=utf-8")
    case "/progress.js":
      response = .octets(Array(ProgressScript.text.utf8), "text/javascript; charset=utf-8")
    case "/favicon.ico": response = Response(status: .noContent)
    default: return nil
    }
    secure(&response)
    return response
  }

  /// - Throws: ``CertificateFault``, or ``Refusal`` without a mandate.
  private func visit(
    _ request: Request, _ certificate: [UInt8]?, _ language: PageFrame.Language, _ isProgram: Bool
  ) async throws -> OmbudVisit {
    let holder: CardHolder
    do { holder = try judge.judge(certificate ?? [], at: Date()) } catch {
      try refusals.record(error, certificate)
      throw error
    }
    let person = HSAIdentity(holder.identity)
    guard let mandate = try await agent.mandate(of: person) else {
      sessions.end(of: holder.fingerprint)
      try refusals.record(person, holder.fingerprint)
      throw Refusal.mandateMissing
    }
    let caller = Caller(actor: .holder(of: person), role: .operator, mandate: mandate)
    let known = sessions.session(request.cookies[Self.cookie]?.value, of: holder.fingerprint, idle: idle)
    if known == nil, !isProgram, request.method == .post { throw OmbudSessionEnded() }
    let session =
      known ?? (isProgram ? .none(of: holder.fingerprint) : sessions.begin(for: holder.fingerprint))
    return OmbudVisit(
      holder: holder, caller: caller, mandate: mandate, session: session, language: language,
      isProgram: isProgram)
  }

  /// Whether what changes something was sent by our own page: a card answers for every request of its browser, also for
  /// those that another site makes it send.
  private func refuseForged(_ request: Request, _ visit: OmbudVisit) throws {
    guard request.method != .get, request.method != .head else { return }
    let site = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] }
    let origin = request.headers[.origin]
    let isOurs = origin.map { $0 == "https://\(request.head.authority ?? "")" } ?? true
    guard isOurs, site == nil || site == "same-origin" || site == "none" else { throw OmbudForm.fault }
    // No page of another site sets this one without asking first (Fetch standard, CORS-preflight).
    if visit.isProgram, try request.idempotencyKey == nil {
      throw Refusal(
        .requestMalformed, .usage, "the Idempotency-Key is missing",
        advice: "give each request a key of its own, of 1 to 200 visible ASCII characters")
    }
  }

  private func cookies(_ visit: OmbudVisit, _ request: Request) -> [String] {
    guard !visit.isProgram else { return [] }
    var cookies: [String] = []
    if request.cookies[Self.cookie]?.value != visit.session.id {
      cookies.append("\(Self.cookie)=\(visit.session.id); Path=/; Secure; HttpOnly; SameSite=Strict")
    }
    if request.uri.queryParameters["language"] != nil {
      cookies.append("language=\(visit.language.rawValue); Path=/; Secure; HttpOnly; SameSite=Lax")
    }
    return cookies
  }

  private func answer(
    _ error: any Error, _ language: PageFrame.Language, _ isProgram: Bool, _ context: OmbudContext
  ) -> Response {
    let fault = ControlFault(telling: OmbudRefusals.refusal(error), isOutsider: true)
    if fault.refusal.code == .failed {
      logger.error("the ombuds' page failed", metadata: ["error": "\(type(of: error))"])
    }
    if isProgram, let response = try? Response.problem(fault) { return response }
    let page = OmbudRefusals.page(error, fault, language, context.number)
    // Whoever is refused has no form to send.
    let frame = PageFrame(
      language: language, userName: context.known?.holder.name, userID: context.known?.holder.identity,
      csrf: "", path: "/", notice: nil)
    return .html(pages.html(page, in: frame), HTTPResponse.Status(code: page.reason.status))
  }

  /// What a browser may do with an answer: nothing that is not ours, and keep nothing.
  static func secure(_ response: inout Response) {
    let policy =
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
      + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    let fields = [
      ("Content-Security-Policy", policy), ("Cache-Control", "no-store"),
      ("X-Content-Type-Options", "nosniff"),
      ("Referrer-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
      ("Strict-Transport-Security", "max-age=31536000"), ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    for (name, value) in fields {
      if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
  }
}

/// A form of a session that is over: it is loaded again before it is sent.
struct OmbudSessionEnded: Error {}

/// Who was refused at the door: recorded, and told why.
struct OmbudRefusals: Sendable {
  /// Of one certificate one refusal of a sort is recorded in a minute, and so many of all: what strangers send must not
  /// fill the disk.
  private static let (pause, most) = (Duration.seconds(60), 100)
  private let write: @Sendable (AuditEvent) throws(Refusal) -> Void
  private let recent: RecentRefusals

  init(_ write: @escaping @Sendable (AuditEvent) throws(Refusal) -> Void) {
    self.write = write
    recent = RecentRefusals()
  }

  func record(_ fault: CertificateFault, _ certificate: [UInt8]?) throws {
    let mark = CardFingerprint.of(certificate ?? [])
    try record(
      fault.code.rawValue, mark, .holder(of: HSAIdentity("unknown")), certificate == nil ? nil : mark)
  }

  func record(_ person: HSAIdentity, _ fingerprint: String) throws {
    try record(Refusal.Code.mandateMissing.rawValue, fingerprint, .holder(of: person), fingerprint)
  }

  private func record(_ code: String, _ mark: String, _ actor: Actor, _ fingerprint: String?) throws {
    guard recent.isNew("\(code) \(mark)", within: Self.pause, most: Self.most) else { return }
    try write(.doorRefused(code, certificate: fingerprint, by: actor))
  }

  /// What an error at the door or behind it is as a refusal.
  static func refusal(_ error: any Error) -> any Error {
    switch error {
    case let fault as CertificateFault:
      Refusal(.callerUnknown, .notPermitted, fault.message, advice: fault.advice)
    case is OmbudSessionEnded:
      Refusal(.requestMalformed, .usage, "the session has ended", advice: "load the page again")
    case let error as HTTPError where error.status == .notFound:
      Refusal(.requestUnknown, .usage, "there is nothing there")
    default: error
    }
  }

  static func page(
    _ error: any Error, _ fault: ControlFault, _ language: PageFrame.Language, _ reference: String
  ) -> RefusalPage {
    if let fault = error as? CertificateFault {
      let reason: RefusalPage.Reason =
        switch fault.code {
        case .noCertificate: .noCertificate
        case .revoked: .revoked
        default: .wrongCard
        }
      let isSwedish = language == .swedish
      let detail = "\(fault.message(swedish: isSwedish)) \(fault.advice(swedish: isSwedish))"
      return RefusalPage(reason: reason, detail: detail, reference: reference)
    }
    if error is OmbudSessionEnded { return RefusalPage(reason: .sessionEnded, detail: nil, reference: nil) }
    let reason: RefusalPage.Reason =
      switch fault.refusal.code {
      case .mandateMissing, .callerNotPermitted, .outsideScope: .noMandate
      case .requestUnknown, .planUnknown, .runUnknown: .notFound
      case .tooManyRequests: .tooManyRequests
      case .fileOutdated, .planUsed, .planStale, .keyUsed, .ownRequest: .conflict
      case .requestMalformed, .desiredStateWrong: .unprocessable
      default: .failure
      }
    return RefusalPage(reason: reason, detail: fault.refusal.description, reference: reference)
  }
}

/// When each sort of refusal was recorded last.
final class RecentRefusals: Sendable {
  private let seen = Mutex<[String: ContinuousClock.Instant]>([:])

  /// Whether one has not been recorded within a while, and not so many others.
  func isNew(_ mark: String, within pause: Duration, most: Int) -> Bool {
    let now = ContinuousClock.now
    return seen.withLock { seen in
      seen = seen.filter { now - $0.value < pause }
      guard seen[mark] == nil, seen.count < most else { return false }
      seen[mark] = now
      return true
    }
  }
}
