import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Sends requests to one service provider: with limits, without following redirects, and telling what was sent.
struct SCIMTransport: Sendable {
  /// The most that one answer may hold, in octets.
  static let largestAnswer = 8 << 20
  let address: SCIMAddress
  let token: SCIMToken?
  let timeout: Duration
  let http: HTTPClient
  /// When connections were used last.
  let use: SCIMUse
  /// Whether a request is waited for when the task is cancelled.
  var isShielded: Bool

  /// Sends a request and waits for all of its answer, at most the time that is set.
  ///
  /// A server may have ended a connection since it was used last, and the request fails for nothing else: one that
  /// only reads is then sent once more.
  func send(_ request: SCIMRequest) async -> Result<SCIMAnswer, SCIMFailure> {
    let mayBeStale = use.hasRested && request.method == .get
    let result = await sendOnce(request)
    if case .failure(let failure) = result, mayBeStale, failure.fault.code == .unavailable,
      failure.fault != SCIMFailure.timeout, !Task.isCancelled
    {
      return await sendOnce(request)
    }
    return result
  }

  private func sendOnce(_ request: SCIMRequest) async -> Result<SCIMAnswer, SCIMFailure> {
    defer { use.note() }
    guard isShielded else { return await race(request) }
    return await Task { await race(request) }.value
  }

  private func race(_ request: SCIMRequest) async -> Result<SCIMAnswer, SCIMFailure> {
    let passage = Passage()
    return await withTaskGroup(of: Result<SCIMAnswer, SCIMFailure>.self) { group in
      group.addTask { await exchange(request, passage) }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return .failure(SCIMFailure(fault: SCIMFailure.timeout, wasSent: passage.hasBegun))
      }
      let first = await group.next()
      group.cancelAll()
      return first ?? .failure(SCIMFailure(fault: SCIMFailure.timeout, wasSent: passage.hasBegun))
    }
  }

  private func exchange(_ request: SCIMRequest, _ passage: Passage) async -> Result<SCIMAnswer, SCIMFailure> {
    do {
      let prepared = try prepare(request, passage)
      let response = try await http.execute(prepared, deadline: .distantFuture)
      return .success(await answer(response))
    } catch {
      return .failure(SCIMFailure(error, wasSent: passage.hasBegun))
    }
  }

  private func prepare(_ request: SCIMRequest, _ passage: Passage) throws(RoleTargetFault)
    -> HTTPClientRequest
  {
    var prepared = HTTPClientRequest(url: address.url(request.path, request.query))
    prepared.method = HTTPMethod(rawValue: request.method.rawValue)
    prepared.headers.add(name: "Accept", value: "application/scim+json, application/json")
    prepared.headers.add(name: "User-Agent", value: "hsasync")
    if let token { prepared.headers.add(name: "Authorization", value: try token.header()) }
    if let version = request.version { prepared.headers.add(name: "If-Match", value: version) }
    if let body = request.body {
      prepared.headers.add(name: "Content-Type", value: "application/scim+json")
      let bytes = ByteBuffer(string: body.json)
      prepared.body = .stream(
        Upload(bytes: bytes, passage: passage), length: .known(Int64(bytes.readableBytes)))
    }
    return prepared
  }

  private func answer(_ response: HTTPClientResponse) async -> SCIMAnswer {
    let headers = response.headers
    var answer = SCIMAnswer(status: Int(response.status.code))
    answer.version = headers.first(name: "ETag").flatMap(SCIMResource.version)
    answer.retryAfter = headers.first(name: "Retry-After")
      .flatMap { RetryAfter.seconds($0, date: headers.first(name: "Date"), now: Date()) }
    do {
      let buffer = try await response.body.collect(upTo: Self.largestAnswer)
      answer.size = buffer.readableBytes
      if answer.size > 0 { answer.body = .json(try SCIMJSONParser.parse(Array(buffer.readableBytesView))) }
    } catch is NIOTooManyBytesError {
      answer.size = Self.largestAnswer
      let fault = RoleTargetFault(.malformed, "an answer is larger than 8 MB; ask for smaller pages")
      answer.body = .unusable(fault, isTooLarge: true)
    } catch is SCIMJSONParser.SyntaxError {
      let fault = RoleTargetFault(
        .malformed, "an answer is not JSON; look at whether the URL is that of a SCIM service")
      answer.body = .unusable(fault, isTooLarge: false)
    } catch {
      answer.body = .unusable(SCIMFailure(error, wasSent: true).fault, isTooLarge: false)
    }
    return answer
  }
}

/// Whether a request has begun to go out.
///
/// The client asks for the body once it has a connection and has written the head. As long as it has not asked, no
/// whole request can have reached the server.
private final class Passage: Sendable {
  private let state = Mutex(false)
  var hasBegun: Bool { state.withLock { $0 } }
  func begin() { state.withLock { $0 = true } }
}

/// A body that tells when it is asked for.
private struct Upload: AsyncSequence, Sendable {
  let bytes: ByteBuffer
  let passage: Passage

  struct AsyncIterator: AsyncIteratorProtocol {
    var bytes: ByteBuffer?
    let passage: Passage

    mutating func next() async throws -> ByteBuffer? {
      passage.begin()
      defer { bytes = nil }
      return bytes
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(bytes: bytes, passage: passage) }
}

extension Duration {
  var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
