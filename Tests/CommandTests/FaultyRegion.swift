import Foundation
import Glibc
import LDAP
import TestKit

/// A running agent whose directory and process are frozen, killed and started again, with people who wear both out.
final class FaultyRegion {
  let running: RunningRegion
  /// Who is worn out: persons by HSA-id, with the unit that each shall lie in.
  let victims: [Victim]
  /// slapd, once it has been started again.
  private var again: Server?
  private(set) var approvals = 0

  struct Victim: Sendable {
    var identity: String
    var unit: String
  }

  /// The commission whose members come and go, and the unit that is moved about with all in it.
  static let commission = "SE2321000016-7B01"
  static let unit = (identity: "SE2321000016-1B03", parent: "SE2321000016-1B01", name: "Provtagning")

  init(seed: UInt64) async throws {
    var found: [Victim] = []
    running = try await RunningRegion(FaultyRegion.configuration) { region in
      try await FaultyRegion.protect(region)
      found = try await FaultyRegion.victims(region)
      return FaultyDesired(found, seed: seed).files
    }
    victims = found
  }

  /// What is done wears out every guard's patience, and is short of time.
  private static func configuration(_ text: String) -> String {
    let names = [
      "deleted", "deactivated", "moved", "membersRemoved", "ended", "rolesLost", "rolesEnded",
      "observedShrank",
      "desiredShrank",
    ]
    let narrow = names.map { "\($0): {count: 5000, percent: 50}" }
    let broad = ["updated", "rolesGranted"].map { "\($0): {count: 50000, percent: 80}" }
    let guards = (narrow + broad + ["windows: {day: 10, week: 20}"]).joined(separator: ", ")
    return
      text
      .replacing(/\nguards:\n(  .*\n)+/, with: "\nguards: {\(guards)}\n")
      .replacing("base: o=Region", with: "daemon: {heartbeat: 1s, longestPause: 2s}\nbase: o=Region")
      .replacing("server:\n", with: "server:\n  timeouts: {connect: 2s, operation: 3s}\n")
  }

  /// Protects whom the sample's own files would: elsewhere it is made sure that this name is shown nowhere.
  private static func protect(_ region: SampleRegion) async throws {
    let bind = [
      "-H", region.slapd.ldapi, "-x", "-D", Slapd.adminDN, "-w", region.slapd.password(of: "admin"),
    ]
    try await Tool.run(
      "ldapmodify", bind,
      input: """
        dn: cn=Dag Ek,ou=Akutmottagningen,ou=Exempelsjukhuset,o=Region Exempel,c=SE
        changetype: modify
        add: objectClass
        objectClass: hsaConfidentialPerson

        """)
  }

  /// Those in the sample region that nothing special is about.
  private static func victims(_ region: SampleRegion) async throws -> [Victim] {
    let snapshot = try await FaultySnapshot(region.slapd)
    let units = Dictionary(
      uniqueKeysWithValues: snapshot.entries.map { ($0.value.name.description, $0.key) })
    let persons = snapshot.entries.filter { _, entry in
      entry.classes.contains("hsapersonextension") && !entry.classes.contains("hsaconfidentialperson")
        && entry["endDate"].isEmpty
    }
    return persons.compactMap { identity, entry in
      guard let parent = entry.name.parent, let unit = units[parent.description] else { return nil }
      return Victim(identity: identity, unit: unit)
    }.sorted { $0.identity < $1.identity }
  }

  // MARK: Faults

  enum Fault: CaseIterable, Sendable {
    case freezeServer, killServer, freezeAgent, reloadAgent, freezeAgentWhileServerDies
    case killAgent, endAgent, killBoth, killAgentAtFrozenServer, endAgentAtFrozenServer

    /// Whether the agent is the same process afterwards.
    var sparesAgent: Bool {
      switch self {
      case .freezeServer, .killServer, .freezeAgent, .reloadAgent, .freezeAgentWhileServerDies: true
      case .killAgent, .endAgent, .killBoth, .killAgentAtFrozenServer, .endAgentAtFrozenServer: false
      }
    }
  }

  /// Does it, and has both running again.
  func undergo(_ fault: Fault, _ pause: Duration) async throws {
    switch fault {
    case .freezeServer: try await frozen(pause) {}
    case .killServer:
      stopServer()
      try await Task.sleep(for: pause)
      try await startServer()
    case .freezeAgent: try await agentFrozen { try await Task.sleep(for: pause) }
    case .reloadAgent: try running.agent.signal(SIGHUP)
    case .freezeAgentWhileServerDies:
      try await agentFrozen {
        stopServer()
        try await startServer()
      }
    case .killAgent: try await killAgent(pause)
    case .endAgent: try await endAgent()
    case .killBoth:
      stopServer()
      try await killAgent(pause)
      try await Task.sleep(for: pause)
      try await startServer()
    case .killAgentAtFrozenServer: try await frozen(pause) { try await killAgent(.zero) }
    case .endAgentAtFrozenServer: try await frozen(pause) { try await endAgent() }
    }
  }

  private func frozen(_ pause: Duration, _ body: () async throws -> Void) async throws {
    signalServer(SIGSTOP)
    defer { signalServer(SIGCONT) }
    try await body()
    try await Task.sleep(for: pause)
  }

  private func agentFrozen(_ body: () async throws -> Void) async throws {
    try running.agent.signal(SIGSTOP)
    try await body()
    try running.agent.signal(SIGCONT)
  }

  private func killAgent(_ pause: Duration) async throws {
    try running.agent.stop(SIGKILL)
    try await Task.sleep(for: pause)
    try running.start()
  }

  private func endAgent() async throws {
    let code = try await running.end()
    guard code == 0 else {
      throw Failure("SIGTERM ended it with \(code ?? -1): \(running.log.suffix(4_000))")
    }
    try running.start()
  }

  private func signalServer(_ number: Int32) {
    if let again { again.signal(number) } else { running.region.slapd.signal(number) }
  }

  private func stopServer() {
    if let again { again.stop() } else { running.region.slapd.stop() }
  }

  private func startServer() async throws { again = try await running.region.slapd.startAgain() }

  // MARK: People

  /// Approves what guards hold, as an operator would who knows what is going on.
  func approve(_ status: [String: Any]) async throws {
    for waiting in status["waiting"] as? [[String: Any]] ?? [] {
      guard let code = waiting["code"] as? String else { continue }
      _ = try await running.withoutPassword(["approve", code, "--reason", "a test wears it out"])
      approvals += 1
    }
  }

  /// Resident memory of the agent, in megabytes.
  func memory() throws -> Double {
    let status = try String(contentsOfFile: "/proc/\(running.agent.pid)/status", encoding: .utf8)
    guard let match = status.firstMatch(of: /VmRSS:\s+([0-9]+) kB/), let size = Double(match.1) else {
      return 0
    }
    return size / 1_024
  }
}

/// All entries with an HSA-id as an administrator sees them.
struct FaultySnapshot {
  struct Content {
    var name: DistinguishedName
    var uuid: String
    /// By name in small letters, sorted.
    var attributes: [String: [String]]

    subscript(_ name: String) -> [String] { attributes[name.lowercased()] ?? [] }
    var classes: Set<String> { Set(self["objectClass"].map { $0.lowercased() }) }
  }

  private(set) var entries: [String: Content] = [:]

  init(_ slapd: Slapd) async throws {
    let connection = try await slapd.connection(slapd.admin)
    let base = try DistinguishedName(parsing: Slapd.suffix)
    let stream = connection.search(
      SearchRequest(
        base: base, scope: .subtree, filter: .present("hsaIdentity"), attributes: ["*", "entryUUID"]))
    for try await batch in stream {
      for index in 0..<batch.count { take(try batch.entry(index)) }
    }
    guard try stream.outcome().isComplete else { throw Failure("the directory was not read whole") }
    await connection.close()
  }

  private mutating func take(_ entry: Entry) {
    var attributes: [String: [String]] = [:]
    for attribute in entry.attributes {
      attributes[attribute.name.lowercased()] = attribute.values.map { $0.text ?? "\($0.bytes)" }.sorted()
    }
    let uuid = attributes.removeValue(forKey: "entryuuid")?.first ?? ""
    let identity = attributes["hsaidentity"]?.first ?? ""
    entries[identity] = Content(name: entry.dn, uuid: uuid, attributes: attributes)
  }
}
