import Directory
import Foundation
import LDAP
import Logging
import Reconciler
import ServiceLifecycle
import TestKit
import Testing

@testable import Agent

/// The control socket of an agent at work, asked by users of this machine, each in a process of theirs.
private struct OmbudSocket {
  let region: OmbudRegion
  let running: RunningAgent
  let folder: TemporaryFolder
  var path: String { folder.path("control") }

  /// Starts one, lends it, and stops it.
  static func with(_ body: (OmbudSocket) async throws -> Void) async throws {
    let socket = try await OmbudSocket()
    try await socket.running.settles()
    do {
      try await ControlFixture.serving(socket.group(), at: socket.path) { try await body(socket) }
    } catch {
      try? await socket.running.stop()
      throw error
    }
    try await socket.running.stop()
  }

  /// Users that every Debian has stand for the ombuds' accounts.
  private init() async throws {
    region = try await OmbudRegion(
      OmbudRegion.settings.replacing(
        "{anna: SE2321000016-9O01}", with: "{nobody: SE2321000016-9O01, daemon: SE2321000016-9O03}"))
    running = try region.region.agent()
    folder = try TemporaryFolder()
    // Others than root come to it as well.
    chmod(folder.path, 0o755)
  }

  private func group() throws -> ServiceGroup {
    var settings = try region.region.configuration().daemon.control
    settings.socket = path
    var logger = Logger(label: "test")
    logger.logLevel = .error
    let server = ControlServer(
      running.agent, settings: { [settings] in settings }, logger: logger,
      record: { [agent = running.agent] event throws(Refusal) in try agent.record(event) })
    return ServiceGroup(services: [server], logger: logger)
  }

  func ask(_ method: String, _ target: String, _ body: String? = nil, as user: UInt32, type: String? = nil)
    async throws -> ControlFixture.Reply
  {
    try await ControlFixture.ask(
      at: path, method, target, body, headers: type.map { ["Content-Type": $0] } ?? [:], as: user)
  }

  func propose(_ text: String, for provider: HSAIdentity, as user: UInt32) async throws
    -> ControlFixture.Reply
  {
    try await ask("POST", "/v1/propose?provider=\(provider.text)", text, as: user, type: "application/yaml")
  }
}

// Who logged in is who asks, whatever user a process becomes: where somebody did, no test plays others.
@Suite(.enabled(if: Actor.loginUser() == nil)) struct `An HSA-ombud with an account on the machine` {
  /// Whose person has a mandate for the care provider.
  private let own: UInt32 = 65_534
  /// Whose person has one for another care provider.
  private let stranger: UInt32 = 1
  /// Whose account nobody has listed.
  private let unknown: UInt32 = 2
  private let file = OmbudRegion.persons(
    "  - {hsaIdentity: SE2321000016-31VK, telephoneNumber: \"+46846500001\"}\n")

  @Test func `hands in a file and has it put in force, without any password or card`() async throws {
    try await OmbudSocket.with { socket in
      let proposed = try await socket.propose(file, for: OmbudRegion.provider, as: own)
      #expect(proposed.status == 201 && proposed.json["isHeld"] as? Bool == false, "\(proposed)")
      let number = try #require(proposed.json["number"] as? Int)
      let take = #"{"provider":"SE2321000016-4000","file":\#(number)}"#
      let taken = try await socket.ask("POST", "/v1/take", take, as: own)
      #expect(taken.status == 200, "\(taken)")
      isSilentOfServers(taken)
      #expect(
        try await socket.region.region.values("telephoneNumber", of: "SE2321000016-31VK")
          == ["+46846500001"])
      let audited = try socket.region.region.audit().filter { $0["event"] as? String == "fileTaken" }
      let actor = try #require(audited.last?["actor"] as? [String: Any], "\(audited)")
      #expect(actor["user"] as? String == "nobody" && actor["person"] as? String == "SE2321000016-9O01")
      for route in ["plan", "reconcile"] {
        let answer = try await socket.ask(
          "POST", "/v1/" + route, #"{"provider":"SE2321000016-4000"}"#, as: own)
        #expect(answer.status == 200, "\(route) \(answer)")
        isSilentOfServers(answer)
      }
    }
  }

  /// What an outsider has no use for: where the directory is, and as whom the agent is there.
  private func isSilentOfServers(_ reply: ControlFixture.Reply) {
    #expect(!reply.body.contains("ldap") && !reply.body.contains(Slapd.agentDN), "\(reply.body)")
  }

  @Test func `is told of a failure what they can do, and nothing of servers`() throws {
    let error = LDAPError(.connectFailed, "connect", server: "ldaps://katalog.region.example:636")
    let mandate = Mandate(
      person: OmbudRegion.first, scope: ProviderScope(providers: [OmbudRegion.provider]),
      isFromDirectory: false)
    let ombud = Caller(actor: .holder(of: OmbudRegion.first), role: .operator, mandate: mandate)
    let told = Refusal(telling: error, isOutsider: ombud.mandate != nil)
    #expect(told.code == .directoryFailed && !"\(told)".contains("katalog"), "\(told)")
    #expect("\(Refusal(telling: error))".contains("katalog"))
  }

  @Test func `gets nothing of others, nor of the whole`() async throws {
    try await OmbudSocket.with { socket in
      for (user, provider) in [
        (own, OmbudRegion.other), (stranger, OmbudRegion.provider), (unknown, OmbudRegion.provider),
      ] {
        let proposed = try await socket.propose(file, for: provider, as: user)
        #expect(proposed.status == 403 && proposed.json["number"] == nil, "\(user) \(proposed)")
        for route in ["plan", "reconcile"] {
          let body = #"{"provider":"\#(provider.text)"}"#
          #expect(
            try await socket.ask("POST", "/v1/" + route, body, as: user).status == 403, "\(user) \(route)")
        }
      }
      // Somebody else's file is not theirs to put in force either.
      let proposed = try await socket.propose(file, for: OmbudRegion.provider, as: own)
      let number = try #require(proposed.json["number"] as? Int)
      let take = #"{"provider":"SE2321000016-4000","file":\#(number)}"#
      #expect(try await socket.ask("POST", "/v1/take", take, as: stranger).status == 403)
      for user in [own, stranger, unknown] {
        for (method, target, body) in [
          ("POST", "/v1/reconcile", "{}"), ("POST", "/v1/plan", "{}"), ("POST", "/v1/roles/push", "{}"),
          ("POST", "/v1/undo", #"{"run":1}"#), ("GET", "/v1/explain/SE2321000016-31DB", nil),
          ("POST", "/v1/reconcile", #"{"person":"SE2321000016-31DB"}"#),
          ("POST", "/v1/adopt", #"{"hsaIdentity":"SE2321000016-31DB"}"#),
        ] as [(String, String, String?)] {
          let answer = try await socket.ask(method, target, body, as: user)
          #expect(answer.status == 403, "\(user) \(method) \(target) \(answer)")
        }
      }
    }
  }
}
