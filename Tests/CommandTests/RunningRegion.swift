import Foundation
import Glibc
import Synchronization
import TestKit

/// `hsasync run` on the sample region with roles, on a private slapd, with desired files that tests may change.
final class RunningRegion: Sendable {
  let region: SampleRegion
  let config: String
  let socket: String
  private let daemon = Mutex<Server?>(nil)

  /// - Parameters:
  ///   - isSettled: whether entries and roles agree before the agent is started; otherwise the first role push, which
  ///     a guard holds, is before it.
  ///   - edit: changes the configuration.
  ///   - options: of the slapd.
  ///   - desired: gives desired files by name, in place of the sample's.
  ///   - environment: of the agent, beside what the configuration refers to.
  init(
    isSettled: Bool = true, options: Slapd.Options = Slapd.Options(), _ edit: (String) -> String = { $0 },
    environment: [String: String] = [:], desired: ((SampleRegion) async throws -> [String: String])? = nil
  ) async throws {
    region = try await SampleRegion(options: options)
    socket = region.folder.path("control")
    if let desired {
      for (name, text) in try await desired(region) { try region.folder.write("desired/" + name, text) }
      config = try RunningRegion.write(region.folder, socket) { text in
        edit(text.replacing("  - desired/hr.ldif\n", with: ""))
      }
    } else {
      config = try RunningRegion.configuration(region.folder, socket, edit)
    }
    if isSettled { try await settle() }
    try start(environment: environment)
  }

  deinit {
    daemon.withLock { $0?.stop() }
    Transcript.add(file: region.folder.path("agent.log"))
  }

  private static func configuration(
    _ folder: TemporaryFolder, _ socket: String, _ edit: (String) -> String
  ) throws -> String {
    let source = Repository.path("conf/region/desired")
    for name in try FileManager.default.contentsOfDirectory(atPath: source).sorted() {
      try folder.write("desired/" + name, try Repository.bytes("conf/region/desired/" + name))
    }
    return try write(folder, socket, edit)
  }

  private static func write(
    _ folder: TemporaryFolder, _ socket: String, _ edit: (String) -> String
  ) throws -> String {
    let sample = String(decoding: try Repository.bytes("conf/hsasync-roles.yaml"), as: UTF8.self)
      .replacing("rules: roles.yaml", with: "rules: \(Repository.path("conf/roles.yaml"))")
      .replacing("profile: hsa", with: "profile: \(Repository.path("conf/profiles/hsa.yaml"))")
      .replacing("../schemas/hsa.schema", with: Repository.path("schemas/hsa.schema"))
      .replacing("  - region/desired/", with: "  - desired/")
    return try folder.write("agent.yaml", edit(sample + "\ncontrol: {socket: \"\(socket)\"}\n"))
  }

  /// Makes entries and roles agree, as it would be on any day but the first.
  private func settle() async throws {
    var answer = try await hsasync(["apply", "--yes", "--summary"])
    if answer.code == 3, let code = answer.errors.firstMatch(of: /--approve ([0-9A-F]{4}-[0-9A-F]{4})/) {
      answer = try await hsasync(["apply", "--yes", "--summary", "--approve", String(code.1)])
    }
    guard answer.code == 0 else { throw Failure("the region does not settle: \(answer)") }
  }

  // MARK: The agent

  /// Starts the agent.
  func start(environment: [String: String] = [:]) throws {
    let server = try Server(
      Command.path, ["run", "--config", config], environment: region.environment.merging(environment) { $1 },
      log: region.folder.path("agent.log"), folder: region.folder)
    daemon.withLock { $0 = server }
  }

  var agent: Server {
    get throws {
      guard let server = daemon.withLock({ $0 }) else { throw Failure("no agent was started") }
      return server
    }
  }

  /// What it has written to its log.
  var log: String { region.folder.text("agent.log") }

  /// Waits until it is in a state, and returns its status.
  @discardableResult
  func reaches(_ state: String, where condition: ([String: Any]) -> Bool = { _ in true }) async throws
    -> [String: Any]
  {
    var last: [String: Any] = [:]
    do {
      try await eventually(within: .seconds(120), state) {
        guard try !agent.hasEnded else { throw Failure("the agent has ended: \(log.suffix(4_000))") }
        last = try await status()
        return last["state"] as? String == state && condition(last)
      }
    } catch {
      throw Failure("\(error); status \(last); log: \(log.suffix(4_000))")
    }
    return last
  }

  /// Its status; empty while it does not answer.
  func status() async throws -> [String: Any] {
    let answer = try await hsasync(["status", "--format", "json"])
    guard answer.code == 0 else { return [:] }
    return try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any] ?? [:]
  }

  /// Sends SIGTERM and waits for the end.
  ///
  /// - Returns: the exit code.
  func end() async throws -> Int32? {
    let server = try agent
    server.signal(SIGTERM)
    try await eventually(within: .seconds(120), "the end") { server.hasEnded }
    return server.exitCode
  }

  // MARK: What is around it

  /// Runs a command with the agent's configuration.
  func hsasync(_ arguments: [String], environment: [String: String] = [:]) async throws -> Tool.Answer {
    try await region.hsasync(arguments, config: config, environment: environment)
  }

  /// Runs a command that has no password of the directory at hand, and no way to it.
  func withoutPassword(_ arguments: [String]) async throws -> Tool.Answer {
    try await hsasync(
      arguments,
      environment: ["CREDENTIALS_DIRECTORY": "/proc/no-credentials", "HSASYNC_URL": "ldapi://%2Fnowhere"])
  }

  /// Replaces a stretch of a desired file.
  func edit(_ file: String, _ old: String, _ new: String) throws {
    let text = region.folder.text("desired/" + file)
    guard text.contains(old) else { throw Failure("\(file) has no \(old)") }
    try region.folder.write("desired/" + file, text.replacing(old, with: new))
  }

  /// Waits until an entry has exactly these values.
  func has(_ values: [String], of attribute: String, at person: String) async throws {
    var last: [String] = []
    do {
      try await eventually(within: .seconds(120), "\(attribute) of \(person)") {
        last = try await region.values(of: attribute, at: person)
        return last.sorted() == values.sorted()
      }
    } catch {
      throw Failure("\(error): it is \(last); status \(try await status()); log: \(log.suffix(4_000))")
    }
  }
}
