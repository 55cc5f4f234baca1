import Foundation
import Logging
import Reconciler
import TestKit
import Testing

@testable import Agent

/// The ombuds' page of a running agent, with cards of an authority of its own, asked by curl as any client would.
final class OmbudPageFixture: Sendable {
  let region: LiveRegion
  let agent: Agent
  let folder: String
  let port: Int
  private let tasks: [Task<Void, any Error>]

  /// What came back.
  struct Reply: CustomStringConvertible {
    var status: Int
    var headers: String
    var body: String
    var description: String { "\(status)\n\(headers)\n\(body.prefix(2_000))" }

    /// What a form of the page brings with it.
    var token: String {
      body.firstMatch(of: /name="csrf" value="([0-9a-f]+)"/).map { String($0.1) } ?? ""
    }

    func header(_ name: String) -> String? {
      headers.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
  }

  init(cards: SampleCards, in region: LiveRegion, idle: String = "15m") async throws {
    self.region = region
    folder = region.folder.path("cards")
    port = Int(try Loopback.freePort())
    let page = """
        page:
          listen: "127.0.0.1:\(port)"
          certificate: \(cards.serverCertificatePath)
          key: \(cards.serverKeyPath)
          issuers: \(cards.issuerPath)
          revocationLists: \(cards.listPath)
          policies: \(SampleCards.policy)
          idle: \(idle)

      """
    let text = region.folder.text("hsasync.yaml")
    try region.folder.write("hsasync.yaml", text.replacing("ombud:\n", with: "ombud:\n" + page))
    let configuration = try region.configuration()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let agent = Agent(configuration, logger: logger)
    self.agent = agent
    let settings = try #require(configuration.ombud?.page)
    let server = try OmbudServer(agent, settings, logger: logger) { event throws(Refusal) in
      try agent.record(event)
    }
    tasks = [Task { try await agent.run() }, Task { try await server.run() }]
    try await eventually(within: .seconds(120), "agreement") { await agent.status().state == .inSync }
  }

  deinit { for task in tasks { task.cancel() } }

  /// Asks as curl does; cookies are kept by card.
  func ask(
    _ path: String, _ card: SampleCard?, _ arguments: [String] = [], host: String = "localhost"
  ) async throws -> Reply {
    let jar = region.folder.path("jar-\(card?.serial.description ?? "none")")
    let identity = card.map { ["--cert", $0.certificatePath, "--key", $0.keyPath] } ?? []
    let result = try await Tool.run(
      "curl",
      ["-sS", "-i", "--cacert", folder + "/root.pem", "--max-time", "60", "-b", jar, "-c", jar] + identity
        + arguments + ["https://\(host):\(port)\(path)"], check: false)
    guard let split = result.output.firstRange(of: "\r\n\r\n") else {
      throw Failure("no answer: \(result)")
    }
    let head = String(result.output[..<split.lowerBound])
    let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return Reply(status: status, headers: head, body: String(result.output[split.upperBound...]))
  }

  /// Sends a form, as the page shows it.
  func send(
    _ path: String, from page: String, _ card: SampleCard, _ fields: [String] = []
  ) async throws -> Reply {
    let token = try await ask(page, card).token
    let fields = fields.flatMap { ["-F", $0] }
    return try await ask(path, card, ["-F", "csrf=\(token)"] + fields)
  }
}
