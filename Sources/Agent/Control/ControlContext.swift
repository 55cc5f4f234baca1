import Directory
import HTTPTypes
import Hummingbird
import Logging
import Reconciler

/// Where a request came from.
struct ControlSource: RequestContextSource {
  let logger: Logger
  let peer: ControlPeer
}

/// A request's, with who asks.
struct ControlContext: RequestContext {
  typealias Source = ControlSource
  var coreContext: CoreRequestContextStorage
  let peer: ControlPeer
  /// Set once the caller is known to be listed.
  private var known: Caller?

  init(source: ControlSource) {
    coreContext = CoreRequestContextStorage(source: source)
    peer = source.peer
  }

  /// - Throws: ``ControlFault`` for whom the configuration does not list.
  var caller: Caller {
    get throws {
      guard let known else {
        throw ControlFault(
          Refusal(
            .callerUnknown, .notPermitted, "the agent does not listen to \(peer.actor.user)",
            advice: "be listed under `control.operators` or `control.readers` in the configuration"))
      }
      return known
    }
  }

  /// The caller, once it is judged that they may ask this.
  func caller(asking question: ControlQuestion) throws -> Caller {
    let caller = try caller
    if let refusal = caller.refusal(of: question) { throw ControlFault(refusal) }
    return caller
  }

  /// Whether the caller has another employer, or is nobody yet.
  fileprivate var isOutsider: Bool { known.map { $0.mandate != nil } ?? true }

  fileprivate mutating func know(_ caller: Caller?) { known = caller }
}

/// Finds out who asks, refuses whom nobody knows whatever they ask, and writes each refusal as a problem.
struct ControlDoor: RouterMiddleware {
  let access: @Sendable () -> ControlAccess
  let mandate: @Sendable (HSAIdentity) async throws -> Mandate?
  let logger: Logger

  /// An operator or reader by the configuration, or a delegated administrator by an account and a mandate that holds.
  private func caller(_ peer: ControlPeer) async throws -> Caller? {
    let access = access()
    if let caller = access.caller(peer) { return caller }
    guard let person = access.person(behind: peer), let mandate = try await mandate(person) else {
      return nil
    }
    return Caller(actor: access.actor(of: peer), role: .operator, mandate: mandate)
  }

  func handle(
    _ request: Request, context: ControlContext,
    next: (Request, ControlContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    var response: Response
    do {
      context.know(try await caller(context.peer))
      _ = try context.caller
      response = try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      response = try .problem(ControlFault(Self.noSuchPath, .notFound))
    } catch {
      let fault = ControlFault(telling: error, isOutsider: context.isOutsider)
      if fault.refusal.code == .callerUnknown || fault.refusal.code == .callerNotPermitted {
        logger.notice(
          "control request refused",
          metadata: ["uid": "\(context.peer.uid)", "code": "\(fault.refusal.code.rawValue)"])
      }
      response = try .problem(fault)
    }
    response.headers[.cacheControl] = "no-store"
    return response
  }

  private static let noSuchPath = Refusal(
    .requestMalformed, .usage, "there is nothing by this path and method",
    advice: "see schemas/control.openapi.yaml for what there is")
}

extension Response {
  static func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: try ControlJSON.bytes(value))))
  }

  static func text(_ text: String, _ form: ControlForm) -> Response {
    let type = form == .json ? "application/json" : "text/plain; charset=utf-8"
    return Response(
      status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  static func problem(_ fault: ControlFault) throws -> Response {
    let problem = fault.problem
    var response = try Response.json(problem, .init(code: problem.status, reasonPhrase: problem.title))
    response.headers[.contentType] = ControlProblem.mediaType
    if let seconds = fault.retryAfter { response.headers[.retryAfter] = String(seconds) }
    return response
  }
}
