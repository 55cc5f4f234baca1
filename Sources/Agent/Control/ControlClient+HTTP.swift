import AsyncHTTPClient
import Directory
import Foundation
import NIOCore
import Reconciler

// One request on one connection: an agent that was started anew in between is simply found again.
extension ControlClient {
  /// What came, in one piece.
  struct Answer: Sendable {
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// The most that an answer may hold, in octets: a plan of the whole of a region is far less.
  private static let largestAnswer = 512 << 20

  /// For all clients of this process; never ended, as the process does that.
  private static let http: HTTPClient = {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)))
    configuration.httpVersion = .http1Only
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  func get(_ target: String, as form: ControlForm = .json, within patience: TimeAmount) async throws(Refusal)
    -> Answer
  {
    try await whole(request(target, form), .now() + patience)
  }

  func post(_ order: AgentOrder, waits: Bool, key: String?) async throws(Refusal) -> Answer {
    var request = try request(order.request.route.path, .json)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    if let key { request.headers.add(name: "Idempotency-Key", value: key) }
    request.body = .bytes(ByteBuffer(string: OrderBody.text(of: order, waits: waits)))
    return try await whole(request, .distantFuture)
  }

  func decoded<Value: Decodable>(_ answer: Answer) throws(Refusal) -> Value {
    do { return try ControlJSON.value(from: answer.body) } catch { throw notUnderstood }
  }

  /// Hands on what comes until the agent ends it.
  func stream(_ target: String, _ take: (ByteBuffer) throws(Refusal) -> Void) async throws(Refusal) {
    let request = try request(target, .json)
    do {
      let response = try await Self.http.execute(request, deadline: .distantFuture)
      guard response.status.code == 200 else { throw try await refusal(of: response) }
      for try await buffer in response.body { try take(buffer) }
    } catch {
      throw telling(error)
    }
  }

  private func whole(_ request: HTTPClientRequest, _ deadline: NIODeadline) async throws(Refusal) -> Answer {
    do {
      let response = try await Self.http.execute(request, deadline: deadline)
      guard (200..<300).contains(response.status.code) else { throw try await refusal(of: response) }
      return Answer(body: Array(try await response.body.collect(upTo: Self.largestAnswer).readableBytesView))
    } catch {
      throw telling(error)
    }
  }

  private func refusal(of response: HTTPClientResponse) async throws -> Refusal {
    let body = try await response.body.collect(upTo: 16 << 20)
    let problem = try? ControlJSON.value(ControlProblem.self, from: body.readableBytesView)
    return problem?.refusal ?? notUnderstood
  }

  private func request(_ target: String, _ form: ControlForm) throws(Refusal) -> HTTPClientRequest {
    guard let url = URL(httpURLWithSocketPath: path, uri: target) else { throw absent }
    var request = HTTPClientRequest(url: url.absoluteString)
    request.headers.add(name: "User-Agent", value: "hsasync")
    request.headers.add(name: "Connection", value: "close")
    switch form {
    case .json: request.headers.add(name: "Accept", value: "application/json")
    case .text(let language):
      request.headers.add(name: "Accept", value: "text/plain")
      request.headers.add(name: "Accept-Language", value: language.rawValue)
    }
    return request
  }

  /// Why nothing came: asked of the socket itself, which knows better than a library's error.
  private func telling(_ error: any Error) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    switch ControlReach(at: path) {
    case .absent: return absent
    case .forbidden:
      return Refusal(
        .callerUnknown, .notPermitted, "this user may not connect to the agent's socket \(path)",
        advice: "be a member of the socket's group, and listed under `control` in the configuration")
    case .answers:
      return Refusal(
        .agentUnavailable, .tryAgain, "the agent did not answer the request to its end",
        advice: "see `hsasync status` and `hsasync runs` for what was done, then ask again")
    }
  }

  private var absent: Refusal {
    Refusal(
      .agentUnavailable, .tryAgain, "no agent answers at \(path)",
      advice: "start it with `systemctl start hsasync`, and see `systemctl status hsasync`")
  }

  private var notUnderstood: Refusal {
    Refusal(
      .agentUnavailable, .tryAgain, "what answers at \(path) is not understood",
      advice: "see whether agent and command are of one version (`hsasync --version`)")
  }

  static func escaped(_ text: String) -> String {
    // RFC 3986 section 2.3.
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }
}
