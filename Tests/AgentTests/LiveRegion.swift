import Directory
import Foundation
import Logging
import Reconciler
import TestKit
import Testing

@testable import Agent

/// The sample region on a private slapd, with desired files of its own, for an agent that runs in this process.
final class LiveRegion: Sendable {
  let folder: TemporaryFolder
  let slapd: Slapd

  /// A nurse who has a commission, and what the sample region's directory says of the telephone.
  static let nurse = "SE2321000016-31DB"

  /// - Parameter files: the desired files by name; each is read as it is.
  init(
    _ files: [String: String] = [:], options: Slapd.Options = Slapd.Options(), settings: String = ""
  ) async throws {
    folder = try TemporaryFolder()
    slapd = try await Slapd([.region], options: options)
    try folder.write("credentials/ldap", slapd.password(of: "agent"))
    try folder.write("desired/none.yaml", "persons: []\n")
    for (name, text) in files { try folder.write("desired/" + name, text) }
    try folder.write("hsasync.yaml", try LiveRegion.text(settings))
  }

  /// The sample's configuration with roles, of which only the desired files are others.
  private static func text(_ settings: String) throws -> String {
    String(decoding: try Repository.bytes("conf/hsasync-roles.yaml"), as: UTF8.self)
      .replacing("rules: roles.yaml", with: "rules: \(Repository.path("conf/roles.yaml"))")
      .replacing("profile: hsa", with: "profile: \(Repository.path("conf/profiles/hsa.yaml"))")
      .replacing("../schemas/hsa.schema", with: Repository.path("schemas/hsa.schema"))
      .replacing(/desired:\n(  - .*\n)+/, with: "desired: [desired/*.yaml]\n") + settings
  }

  /// The sample's configuration, for no server that there is.
  static func sample() throws -> Configuration {
    try Configuration.load(
      Repository.path("conf/hsasync-roles.yaml"),
      environment: [
        "HSASYNC_URL": "ldapi://%2Fnowhere", "CREDENTIALS_DIRECTORY": "/nowhere",
        "STATE_DIRECTORY": "/nowhere",
      ])
  }

  func configuration() throws -> Configuration {
    try Configuration.load(
      folder.path("hsasync.yaml"),
      environment: [
        "HSASYNC_URL": slapd.ldapi, "CREDENTIALS_DIRECTORY": folder.path("credentials"),
        "STATE_DIRECTORY": folder.path("store"), "RUNTIME_DIRECTORY": folder.path(""),
      ])
  }

  /// Makes everything agree, whatever guards say: what tests begin with.
  func align() async throws {
    let run = Run(try configuration(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let books = try Books.open(run.configuration, for: "test", by: .current())
    for _ in 1...4 {
      let history = try books.store.history(at: Date())
      let (plan, forecast) = try await run.foresee(asOf: Date(), history: history)
      try #require(!plan.findings.haveErrors, "\(plan.findings)")
      if plan.isEmpty { break }
      let (endings, rest) = plan.split()
      for part in [endings, rest].compactMap({ $0 }).map({ run.guarded($0, history) }) where !part.isEmpty {
        let code = part.tripped.isEmpty ? nil : part.digest.code
        let applied = try await run.apply(
          part, ApplyOrder(by: .current(), approval: code), in: books, forecast: forecast)
        try #require(applied.exitCode == .done, "\(applied)")
      }
    }
    // An empty plan of the whole is what later ones are measured against.
    let (plan, forecast) = try await run.foresee(asOf: Date(), history: try books.store.history(at: Date()))
    try #require(plan.isEmpty)
    _ = try await run.apply(plan, ApplyOrder(by: .current()), in: books, forecast: forecast)
  }

  /// Starts an agent.
  func agent() throws -> RunningAgent { RunningAgent(try configuration()) }

  // MARK: What others do to the directory

  /// Runs `ldapmodify` as the administrator.
  func modify(_ ldif: String) async throws {
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.adminDN, "-w", slapd.password(of: "admin")]
    try await Tool.run("ldapmodify", bind, input: ldif)
  }

  /// Changes an entry as the administrator, found by its HSA-id.
  func change(_ identity: String, _ lines: String) async throws {
    let name = Data(try await dn(of: identity).utf8).base64EncodedString()
    try await modify("dn:: \(name)\n\(lines)\n")
  }

  func search(_ filter: String, _ attributes: [String]) async throws -> [String] {
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.adminDN, "-w", slapd.password(of: "admin")]
    let answer = try await Tool.run(
      "ldapsearch", bind + ["-LLL", "-o", "ldif_wrap=no", "-b", Slapd.suffix, filter] + attributes,
      check: false)
    return answer.output.split(separator: "\n").map(String.init).map(LiveRegion.decoded)
  }

  func values(_ attribute: String, of identity: String) async throws -> [String] {
    try await search("(hsaIdentity=\(identity))", [attribute]).filter { $0.hasPrefix(attribute + ": ") }
      .map { String($0.dropFirst(attribute.count + 2)) }
  }

  func dn(of identity: String) async throws -> String {
    let line = try await search("(hsaIdentity=\(identity))", ["1.1"]).first { $0.hasPrefix("dn: ") }
    return String(try #require(line).dropFirst(4))
  }

  private static func decoded(_ line: String) -> String {
    let parts = line.components(separatedBy: ":: ")
    guard parts.count == 2, let data = Data(base64Encoded: parts[1]) else { return line }
    return parts[0] + ": " + String(decoding: data, as: UTF8.self)
  }

  func audit() throws -> [[String: Any]] {
    try folder.text("store/audit/audit.ndjson").split(separator: "\n").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  /// A desired file of one person, with what is given besides the name of the unit.
  static func person(_ members: String, _ identity: String = LiveRegion.nurse) -> String {
    "persons:\n  - {hsaIdentity: \(identity), \(members)}\n"
  }
}

/// An agent at work in this process; it ends when it is released.
final class RunningAgent: Sendable {
  let agent: Agent
  private let task: Task<Void, any Error>

  init(_ configuration: Configuration) {
    let agent = Agent(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    self.agent = agent
    task = Task { try await agent.run() }
  }

  deinit { task.cancel() }

  /// Tells it to end, and waits until it has.
  func stop() async throws {
    task.cancel()
    _ = await task.result
  }

  /// Waits until it says so.
  func reaches(_ state: AgentState, _ what: String = "") async throws {
    var last: AgentStatus?
    do {
      try await eventually(within: .seconds(120), "the state \(state.rawValue)") {
        last = await agent.status()
        return last?.state == state
      }
    } catch {
      throw Failure("\(what) \(error): \(String(describing: last))")
    }
  }

  /// Waits until a condition holds; when it does not, the agent's status tells why.
  func sees(_ what: String, _ condition: () async throws -> Bool) async throws {
    do {
      try await eventually(within: .seconds(60), what, condition)
    } catch {
      throw Failure("\(error); \(await agent.status())")
    }
  }

  /// Waits until nothing is left to do.
  func settles() async throws {
    try await eventually(within: .seconds(120), "agreement") {
      let status = await agent.status()
      return status.state == .inSync && status.queue == 0
    }
  }

  static func operatorCaller(_ name: String = "anna", _ uid: UInt32 = 4711) -> Caller {
    Caller(actor: Actor(user: name, uid: uid, host: "test"), role: .operator)
  }

  func ask(_ request: AgentRequest, as caller: Caller = RunningAgent.operatorCaller()) async throws
    -> AgentAnswer
  {
    try await agent.answer(AgentOrder(request), by: caller)
  }
}
