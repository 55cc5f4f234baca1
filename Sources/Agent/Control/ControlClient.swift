import AsyncHTTPClient
import Directory
import Foundation
import NIOCore
import Reconciler

/// Asks a running agent, over its control socket; no password of the directory is needed.
///
///     let agent = ControlClient(socketPath: configuration.daemon.control.path)
///     let answer = try await agent.send(AgentOrder(.reconcile(.whole), reason: "new clinic"))
///
/// All methods throw ``Refusal`` alone: the agent's own, with its exit code and words, or `agentUnavailable` (exit 75)
/// when nobody answers and `callerUnknown` (77) when this user may not connect.
package struct ControlClient: Sendable {
  package let path: String

  package init(socketPath path: String) { self.path = path }

  /// Whether an agent holds the socket, be it that this user may not ask it.
  package static func isAgentRunning(at path: String) -> Bool { ControlReach(at: path) != .absent }

  package func status() async throws(Refusal) -> AgentStatus {
    try await decoded(get("/v1/status", within: .seconds(30)))
  }

  /// Asks, and waits until it is done, however long that takes.
  ///
  /// - Parameter key: the same key with the same order within 24 hours gives the same answer and is done once.
  package func send(_ order: AgentOrder, key: String? = nil) async throws(Refusal) -> AgentAnswer {
    try await decoded(post(order, waits: true, key: key))
  }

  /// Asks, and does not wait: by what is returned, ``request(_:)`` tells what became of it.
  package func submit(_ order: AgentOrder, key: String? = nil) async throws(Refusal) -> ControlRequest {
    try await decoded(post(order, waits: false, key: key))
  }

  /// A request of this user's; an operator sees everybody's.
  package func request(_ id: String) async throws(Refusal) -> ControlRequest {
    try await decoded(get("/v1/requests/" + Self.escaped(id), within: .seconds(30)))
  }

  /// The latest runs, the newest first.
  package func runs(last count: Int = 20, as form: ControlForm) async throws(Refusal) -> String {
    try await get("/v1/runs?last=\(count)", as: form, within: .seconds(120)).text
  }

  /// One run with what became of each of its changes.
  package func run(_ number: Int, as form: ControlForm) async throws(Refusal) -> String {
    try await get("/v1/runs/\(number)", as: form, within: .seconds(120)).text
  }

  /// Why an entry is as it is.
  ///
  /// - Parameter subject: the one attribute or role to explain; `nil`: all attributes.
  package func explain(_ identity: HSAIdentity, of subject: String? = nil, as form: ControlForm)
    async throws(Refusal) -> String
  {
    let question = subject.map { "?of=" + Self.escaped($0) } ?? ""
    return try await get(
      "/v1/explain/" + Self.escaped(identity.text) + question, as: form, within: .seconds(300)
    ).text
  }

  /// What happens from now on, until the agent or the listening task ends.
  package func events() -> AsyncThrowingStream<AgentEvent, any Error> {
    AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1_024)) { continuation in
      let task = Task {
        do {
          try await listen { continuation.yield($0) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func listen(_ take: (AgentEvent) -> Void) async throws(Refusal) {
    var lines = LineCutter()
    try await stream("/v1/events") { (buffer) throws(Refusal) in
      for line in lines.take(buffer.readableBytesView) {
        // A heartbeat says that the agent is there, and has no name.
        if let event = try? ControlJSON.value(AgentEvent.self, from: line) { take(event) }
      }
    }
  }
}

/// Cuts a stream of octets into lines.
struct LineCutter {
  private var rest: [UInt8] = []

  mutating func take(_ octets: some Sequence<UInt8>) -> [[UInt8]] {
    rest += octets
    var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    rest = lines.popLast() ?? []
    return lines.filter { !$0.isEmpty }
  }
}
