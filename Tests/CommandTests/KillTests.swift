import Directory
import Foundation
import Glibc
import LDAP
import Logging
import Reconciler
import TestKit
import Testing

/// `hsasync apply`, killed at points strewn over the whole of it, again and again on one directory.
@Suite struct `A killed apply` {
  /// How often it is killed; `HSASYNC_KILLS` says otherwise.
  static let kills = ProcessInfo.processInfo.environment["HSASYNC_KILLS"].flatMap { Int($0) } ?? 60

  @Test(.timeLimit(.minutes(20)))
  func `is made good by the next: no write is lost, none is made twice, and the books are true`() async throws
  {
    let world = try await KilledWorld()
    try await world.measure()
    for seed in 1...Self.kills {
      try await world.killAndRecover(UInt64(seed))
      #expect(world.writes == world.wanted, "\(seed): \(KilledWorld.differences(world.writes, world.wanted))")
    }
    let journalled = try world.journalled()
    #expect(journalled == world.writes, "\(KilledWorld.differences(journalled, world.writes))")
    #expect(try world.auditedWrites() == world.writes.values.reduce(0, +))
    try world.expectBooksInOrder()
    // A sweep that always comes too early or too late would show nothing.
    #expect(world.interrupted > Self.kills / 4, "only \(world.interrupted) of \(Self.kills) runs were caught")
    #expect(world.caughtWriting > Self.kills / 10, "only \(world.caughtWriting) were caught while writing")
  }
}

/// A small directory whose desired state is another each round: every person gets a title, some move, one is new.
final class KilledWorld {
  static let units = ["SE2321000016-1B01", "SE2321000016-1B02"]
  static let persons = 24
  /// Those that nothing happens to: a plan that changes everybody would be held by a guard.
  static let idle = 24
  /// A new store is begun after so many rounds, or the guard against a slow drip would see one.
  static let roundsPerStore = 5
  let slapd: Slapd
  private let admin: LDAPConnection
  private let config: String
  private let configuration: Configuration
  private var round = 0
  /// The writes that each round needs, by sort and name.
  private(set) var wanted: [String: Int] = [:]
  /// How many runs were killed after they had begun, and how many with writes made and others not.
  private(set) var interrupted = 0
  private(set) var caughtWriting = 0
  /// What the server's own log says that the agent wrote, by sort and name.
  private(set) var writes: [String: Int] = [:]
  /// The last of it that has been read.
  private var read = "20000101000000.000000Z"
  /// How long a run takes, and how long from its beginning in the journal, in microseconds; learnt as we go.
  private var durations = (whole: 0.0, writing: 0.0)

  init() async throws {
    slapd = try await Slapd([.base, .text(Self.content)])
    admin = try await slapd.connection(slapd.admin)
    try slapd.folder.write("credentials/ldap", slapd.password(of: "agent"))
    let config = try SampleConfiguration.write(to: slapd.folder, desired: [("all.yaml", [])]) {
      $0.replacing("apply: {window: 64, errors: 100}", with: "apply: {window: 3, errors: 100}")
        .replacing(
          /\nguards:\n(  .*\n)+/,
          with: "\nguards: {updated: {percent: 80}, moved: {percent: 50}, windows: {day: 10, week: 20}}\n")
    }
    self.config = config
    configuration = try Configuration.load(config, environment: Self.environment(slapd, store: 0))
  }

  private static var content: String {
    let units = ["Ett", "Två"].enumerated().map { index, name in
      """
      dn: ou=\(name),\(Slapd.suffix)
      objectClass: organizationalUnit
      objectClass: hsaOrganizationalUnitExtension
      ou: \(name)
      hsaIdentity: \(Self.units[index])

      """
    }
    let persons = (0..<(persons + idle)).map { number in
      """
      dn: cn=Person \(number),ou=Ett,\(Slapd.suffix)
      objectClass: person
      objectClass: hsaPersonExtension
      cn: Person \(number)
      sn: Person
      givenName: \(number)
      fullName: \(number) Person
      title: Titel 0
      hsaIdentity: SE2321000016-P\(number)

      """
    }
    return (units + persons).joined(separator: "\n")
  }

  private static func moves(_ number: Int) -> Bool { number % 6 == 0 }

  /// Writes the next desired state, and counts what it takes to get there.
  private func nextRound() throws {
    let (from, to) = (round % 2, (round + 1) % 2)
    round += 1
    var rows = (0..<Self.persons).map { number in
      let unit = Self.units[Self.moves(number) ? to : 0]
      return row("P\(number)", unit, "Person", "\(number)", "Titel \(round)")
    }
    rows += (1...round).map { row("N\($0)", Self.units[1], "Ny", "Nr \($0)", "Titel") }
    try slapd.folder.write("desired/all.yaml", "persons:\n" + rows.joined())
    let name = { (unit: Int) in "ou=\(["Ett", "Två"][unit]),\(Slapd.suffix)" }
    for number in 0..<Self.persons {
      let moves = Self.moves(number)
      if moves { wanted["modrdn cn=Person \(number),\(name(from))", default: 0] += 1 }
      wanted["modify cn=Person \(number),\(name(moves ? to : 0))", default: 0] += 1
    }
    wanted["add cn=Nr \(round) Ny,\(name(1))", default: 0] += 1
  }

  private func row(_ id: String, _ unit: String, _ sn: String, _ givenName: String, _ title: String) -> String
  {
    "  - {hsaIdentity: SE2321000016-\(id), parent: \(unit), sn: \(sn), givenName: \"\(givenName)\", title: \(title)}\n"
  }

  private var environment: [String: String] { Self.environment(slapd, store: round / Self.roundsPerStore) }

  private static func environment(_ slapd: Slapd, store: Int) -> [String: String] {
    [
      "HSASYNC_URL": slapd.ldapi, "CREDENTIALS_DIRECTORY": slapd.folder.path("credentials"),
      "STATE_DIRECTORY": slapd.folder.path("store\(store)"),
    ]
  }

  private var store: String { slapd.folder.path("store\(round / Self.roundsPerStore)") }
  private var stores: [String] {
    (0...(round / Self.roundsPerStore)).map { slapd.folder.path("store\($0)") }
  }

  /// A run by the library: what the command does, without the time that it takes to start.
  private var run: Run {
    var configuration = configuration
    configuration.store = store
    return Run(configuration, logger: Logger(label: "kill") { _ in SwiftLogNoOpLogHandler() })
  }

  private func start() throws -> Server {
    try Server(
      Command.path, ["apply", "--yes", "--summary", "--config", config], environment: environment,
      log: slapd.folder.path("killed.log"), folder: slapd.folder)
  }

  /// Learns from a run that nobody kills how long one takes.
  func measure() async throws {
    try nextRound()
    let clock = ContinuousClock()
    let start = clock.now
    let server = try self.start()
    spin(until: { self.hasBegun || server.hasEnded })
    let begun = clock.now
    spin(until: { server.hasEnded })
    durations = ((clock.now - start) / .microseconds(1), (clock.now - begun) / .microseconds(1))
    try await converge(byCommand: true)
  }

  /// Kills one run: at any time, some time after it has begun in the journal, or when so many writes have been seen.
  func killAndRecover(_ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    try nextRound()
    let server = try start()
    switch seed % 5 {
    case 0: pause(Double.random(in: 0...durations.whole, using: &random))
    case 1, 2:
      spin(until: { self.hasBegun || server.hasEnded })
      pause(Double.random(in: 0...durations.writing, using: &random))
    default: try await watch(Int.random(in: 1...24, using: &random), server)
    }
    server.stop(SIGKILL)
    let wasCaught = try count()
    // However busy the machine is: most kills shall come while there is something to kill.
    if seed % 5 == 0 {
      durations.whole *= wasCaught ? 1.1 : 0.95
    } else {
      durations.writing *= wasCaught ? 1.1 : 0.8
    }
    try await converge(byCommand: seed % 10 == 0)
  }

  /// Waits until the server has made some writes.
  private func watch(_ count: Int, _ server: Server) async throws {
    let top = DistinguishedName([RelativeDistinguishedName("c", "SE")])
    var (seen, last) = (-1, [Value]())
    while seen < count, !server.hasEnded {
      let now = try await admin.entry(top, attributes: ["contextCSN"])?["contextCSN"] ?? []
      if now != last { seen += 1 }
      last = now
    }
  }

  /// Whether the journal has been written to: its log is gone after a run that ended by itself.
  private var hasBegun: Bool {
    var status = stat()
    return stat(store + "/hsasync.sqlite-wal", &status) == 0 && status.st_size > 0
  }

  private func spin(until condition: () -> Bool) { while !condition() { usleep(50) } }

  private func pause(_ microseconds: Double) { usleep(UInt32(microseconds)) }

  /// One run makes everything good, and leaves nothing to do.
  private func converge(byCommand: Bool) async throws {
    if byCommand {
      let apply = try await Command.run(["apply", "--yes", "--config", config], environment: environment)
      #expect(apply.code == 0, "round \(round): \(apply)")
      let plan = try await Command.run(
        ["plan", "--detailed-exitcode", "--config", config], environment: environment)
      #expect(plan.code == 0, "round \(round): \(plan)")
    } else {
      let actor = Actor.current()
      let books = try Books.open(run.configuration, for: "test", by: actor)
      _ = try await run.recover(books, by: actor)
      let plan = try await run.plan(asOf: Date(), history: books.store.history(at: Date()))
      let applied = try await run.apply(plan, ApplyOrder(by: actor), in: books)
      #expect(applied.exitCode == .done, "round \(round): \(applied)")
      let next = try await run.plan(asOf: Date())
      #expect(next.changes.isEmpty, "round \(round): \(next.changes.map(\.identity))")
    }
    try await readLog()
  }

  /// Takes note of whether the run was caught after it had begun, and with operations under way.
  private func count() throws -> Bool {
    guard let store = try? Store.reading(store), let run = try store.runs(limit: 1).first, run.ended == nil
    else {
      return false
    }
    interrupted += 1
    if try !store.operations(run: run.id).isEmpty { caughtWriting += 1 }
    return true
  }
}

extension KilledWorld {
  /// Reads what the server's own log has had from the agent since the last time.
  private func readLog() async throws {
    let filter = Filter.and([
      .equal("objectClass", "auditWriteObject"), .equal("reqResult", "0"),
      .equal("reqAuthzID", Value(Slapd.agentDN)), .greaterOrEqual("reqStart", Value(read)),
    ])
    let log = DistinguishedName([RelativeDistinguishedName("cn", "log")])
    let stream = admin.search(
      SearchRequest(
        base: log, scope: .oneLevel, filter: filter, attributes: ["reqType", "reqDN", "reqStart"]))
    var last = read
    for try await batch in stream {
      for index in 0..<batch.count {
        let entry = try batch.entry(index)
        guard let start = entry.text("reqStart"), start > read else { continue }
        last = max(last, start)
        let dn = try DistinguishedName(parsing: entry.text("reqDN") ?? "")
        writes["\(entry.text("reqType") ?? "") \(dn)", default: 0] += 1
      }
    }
    #expect(try stream.outcome().isComplete)
    read = last
  }

  /// What the journals say that was applied.
  func journalled() throws -> [String: Int] {
    var writes: [String: Int] = [:]
    for store in try stores.compactMap({ try Store.reading($0) }) {
      for operation in try store.runs(limit: .max).flatMap({ try store.operations(run: $0.id) })
      where operation.verdict == .applied {
        let change = try #require(operation.change)
        writes["\(change.operation.logName) \(change.dn)", default: 0] += 1
      }
    }
    return writes
  }

  /// How many writes the audit logs say were made; one that is told of twice is one.
  func auditedWrites() throws -> Int {
    try stores.reduce(0) { try $0 + KilledWorld.auditedWrites($1 + "/audit/audit.ndjson") }
  }

  private static func auditedWrites(_ file: String) throws -> Int {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    var made: Set<[Int]> = []
    for line in text.split(separator: "\n") {
      let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      guard record["outcome"] as? String == "applied", let run = record["run"] as? Int,
        let change = record["change"] as? Int
      else { continue }
      made.insert([run, change])
    }
    return made.count
  }

  /// Nothing is in doubt any more, every run has ended, and every audit log is sound.
  func expectBooksInOrder() throws {
    for path in stores {
      let store = try #require(try Store.reading(path))
      for run in try store.runs(limit: .max) {
        #expect(run.ended != nil && run.counts.unknown == 0, "\(run)")
        #expect(run.isInterrupted == (run.exitCode == nil), "\(run)")
      }
      let audit = try AuditVerification.verify(folder: path + "/audit")
      #expect(audit.fault == nil, "\(audit)")
    }
  }

  static func differences(_ left: [String: Int], _ right: [String: Int]) -> [String] {
    Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted().map {
      "\($0): \(left[$0] ?? 0), not \(right[$0] ?? 0)"
    }
  }
}

extension WriteOperation {
  /// As slapd's access log names it.
  fileprivate var logName: String {
    switch self {
    case .add: "add"
    case .modify: "modify"
    case .rename: "modrdn"
    case .delete: "delete"
    }
  }
}
