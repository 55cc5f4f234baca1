import Foundation
import LDAP
import Reconciler
import Synchronization
import TestKit
import Testing

/// `hsasync run` at work while its directory and itself are frozen, killed and started again.
@Suite struct `An agent among faults` {
  private static let environment = ProcessInfo.processInfo.environment
  /// How many faults it meets; `HSASYNC_FAULTS` says otherwise.
  static let moments = environment["HSASYNC_FAULTS"].flatMap { Int($0) } ?? 6
  static let seed = environment["HSASYNC_FAULTS_SEED"].flatMap { UInt64($0) } ?? 1
  /// For how long it is soaked, in seconds; `nil`: it is not.
  static let soak = environment["HSASYNC_SOAK"].flatMap { Double($0) }

  @Test(.timeLimit(.minutes(30)))
  func `makes good all of it in the end, keeps others' work, deletes nobody, and its books are true`()
    async throws
  {
    let trial = try await FaultTrial(seed: Self.seed)
    try await trial.underLoad {
      for _ in 0..<Self.moments { try await trial.moment(FaultyRegion.Fault.allCases) }
    }
    try await trial.expectLaws()
  }

  @Test(.enabled(if: Self.soak != nil), .timeLimit(.minutes(240)))
  func `is soaked in them for long, and its memory does not grow without bound`() async throws {
    let trial = try await FaultTrial(seed: Self.seed)
    let time = Duration.seconds(Self.soak ?? 0)
    let start = ContinuousClock.now
    var first: Double?
    try await trial.underLoad {
      // First one and the same process, so that its memory tells something.
      while ContinuousClock.now < start + time * 0.6 {
        try await trial.moment(FaultyRegion.Fault.allCases.filter(\.sparesAgent))
        if first == nil, ContinuousClock.now > start + min(.seconds(60), time * 0.2) {
          first = try trial.region.memory()
        }
      }
      let (early, late) = (try #require(first), try trial.region.memory())
      print("soak: the agent's memory was \(early) MB after the first minute, and \(late) MB at the end")
      #expect(late - early < 64, "from \(early) MB to \(late) MB")
      while ContinuousClock.now < start + time { try await trial.moment(FaultyRegion.Fault.allCases) }
    }
    try await trial.expectLaws()
    print("soak: \(trial.summary)")
  }
}

/// One agent, its load, and what must hold of them in the end.
final class FaultTrial {
  let region: FaultyRegion
  private var random: SeededGenerator
  private let before: FaultySnapshot
  private let wanted: Mutex<FaultyDesired>
  private let others: Mutex<FaultyEdits>
  private var faults: [String] = []

  init(seed: UInt64) async throws {
    random = SeededGenerator(seed: seed)
    region = try await FaultyRegion(seed: seed)
    try await region.running.reaches("inSync")
    before = try await FaultySnapshot(region.running.region.slapd)
    wanted = Mutex(FaultyDesired(region.victims, seed: seed))
    others = Mutex(FaultyEdits(region.running.region, region.victims, seed: seed))
  }

  var summary: String {
    "\(faults.count) faults, \(others.withLock(\.edits)) edits of others, \(wanted.withLock(\.edits)) of the files, "
      + "\(region.approvals) approvals"
  }

  // MARK: Load and faults

  /// Runs something while files and directory are edited; the last edits are over when it returns.
  func underLoad(_ body: () async throws -> Void) async throws {
    let (wanted, others, folder) = (
      wanted.withLock { $0 }, others.withLock { $0 }, region.running.region.folder
    )
    let isOver = Flag()
    let files = Task { try await FaultTrial.editFiles(wanted, folder, isOver) }
    let directory = Task { try await FaultTrial.editDirectory(others, isOver) }
    do {
      try await body()
    } catch {
      isOver.set()
      throw Failure("\(error) after \(faults)")
    }
    isOver.set()
    let (finalFiles, finalDirectory) = (try await files.value, try await directory.value)
    self.wanted.withLock { $0 = finalFiles }
    self.others.withLock { $0 = finalDirectory }
  }

  private static func editFiles(
    _ start: FaultyDesired, _ folder: TemporaryFolder, _ isOver: Flag
  ) async throws -> FaultyDesired {
    var desired = start
    while !isOver.isSet {
      for _ in 0..<3 { desired.edit() }
      for (name, text) in desired.files.sorted(by: { $0.key < $1.key }) {
        // Now and then somebody looks who has only half of it.
        if desired.edits % 4 == 0 { try folder.write("desired/" + name, String(text.prefix(text.count / 2))) }
        try folder.write("desired/" + name, text)
      }
      try await Task.sleep(for: .milliseconds(400))
    }
    return desired
  }

  private static func editDirectory(_ start: FaultyEdits, _ isOver: Flag) async throws -> FaultyEdits {
    var others = start
    while !isOver.isSet {
      try await others.edit()
      try await Task.sleep(for: .milliseconds(60))
    }
    return others
  }

  /// Waits a little, and then lets one of some faults happen.
  func moment(_ some: [FaultyRegion.Fault]) async throws {
    try await Task.sleep(for: .milliseconds(Int.random(in: 0...1_200, using: &random)))
    guard let fault = some.randomElement(using: &random) else { return }
    // Seldom for longer than an operation may take.
    let isLong = Int.random(in: 0..<5, using: &random) == 0
    let pause = Int.random(in: isLong ? 3_000...5_000 : 0...800, using: &random)
    faults.append("\(fault) \(pause) ms")
    try await region.undergo(fault, .milliseconds(pause))
    if Bool.random(using: &random) { try await region.approve(try await region.running.status()) }
  }

  // MARK: Laws

  /// Waits until everything agrees, and holds what there is then against what there must be.
  func expectLaws() async throws {
    try await agree()
    #expect(try await region.running.end() == 0)
    for arguments in [["plan", "--detailed-exitcode"], ["roles", "plan", "--detailed-exitcode"]] {
      let plan = try await region.running.hsasync(arguments)
      #expect(plan.code == 0, "\(arguments): \(plan) after \(faults)")
    }
    try await expectRoles()
    try await expectNobodyGone()
    try await expectBooks()
  }

  private func agree() async throws {
    var (status, differences) = ([String: Any](), [String]())
    do {
      try await eventually(within: .seconds(300), "agreement") {
        status = try await region.running.status()
        if status["state"] as? String == "quarantined" { try await region.approve(status) }
        guard status["state"] as? String == "inSync", status["queue"] as? Int == 0 else {
          try await Task.sleep(for: .milliseconds(100))
          return false
        }
        differences = try await self.differences()
        return differences.isEmpty
      }
    } catch {
      throw Failure(
        "\(error): \(differences); status \(status); after \(faults); log: \(region.running.log.suffix(6_000))"
      )
    }
  }

  /// What the directory has otherwise than the files and the others say.
  private func differences() async throws -> [String] {
    let now = try await FaultySnapshot(region.running.region.slapd).entries
    let (wanted, others) = (wanted.withLock { $0 }, others.withLock { $0 })
    var differences: [String] = []
    for (identity, row) in wanted.rows.sorted(by: { $0.key < $1.key }) {
      guard let entry = now[identity] else {
        differences.append("\(identity) is not there")
        continue
      }
      let isAtHome = entry.name.parent == now[row.unit]?.name
      if !isAtHome { differences.append("\(identity) lies elsewhere") }
      if entry["title"] != [row.title] {
        differences.append("\(identity) has \(entry["title"]), not \(row.title)")
      }
      if entry["telephoneNumber"] != [row.telephone] { differences.append("\(identity): telephone") }
      if entry["endDate"].isEmpty == row.hasEnded { differences.append("\(identity): end") }
      differences += others.differences(identity, entry, before.entries[identity])
    }
    let members = Set(
      now[FaultyRegion.commission]?["hsaCommissionMember"].map { String($0.prefix { $0 != ";" }) } ?? [])
    if members != wanted.members {
      differences.append("members: \(members.symmetricDifference(wanted.members).sorted())")
    }
    return differences + untouched(now)
  }

  /// What nobody had anything to do with must be as it was.
  private func untouched(_ now: [String: FaultySnapshot.Content]) -> [String] {
    let touched = Set(wanted.withLock(\.rows).keys).union([FaultyRegion.commission])
    return before.entries.filter { !touched.contains($0.key) }.sorted { $0.key < $1.key }.compactMap {
      identity, old in
      guard let entry = now[identity] else { return "\(identity) is gone" }
      guard entry.attributes == old.attributes else { return "\(identity) is another" }
      return entry.name.rdns.first == old.name.rdns.first ? nil : "\(identity) has another name"
    }
  }

  /// Persons have the roles that follow, and no others of ours.
  private func expectRoles() async throws {
    let answer = try await region.running.hsasync(["roles", "list", "--format", "json"])
    let list = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any] ?? [:]
    var derived: [String: Set<String>] = [:]
    for holder in list["holders"] as? [[String: Any]] ?? [] where holder["protected"] as? Bool == false {
      guard let identity = holder["hsaIdentity"] as? String else { continue }
      derived[identity] = Set(
        (holder["assignments"] as? [[String: Any]] ?? []).compactMap { $0["role"] as? String })
    }
    #expect(!derived.isEmpty, "\(answer.errors)")
    let ours = ["Webcert;", "Vård;", "SIA;", "Alltid öppet;", "HSA;"]
    for (identity, entry) in try await FaultySnapshot(region.running.region.slapd).entries
    where !entry.classes.contains("hsaconfidentialperson") {
      let held = Set(entry["hsaSystemRole"].filter { value in ours.contains { value.hasPrefix($0) } })
      #expect(held == derived[identity] ?? [], "\(identity) after \(faults)")
    }
  }

  private func expectNobodyGone() async throws {
    let now = try await FaultySnapshot(region.running.region.slapd).entries
    for (identity, entry) in before.entries { #expect(now[identity]?.uuid == entry.uuid, "\(identity)") }
    let deletions = try await FaultTrial.writes(region.running.region.slapd).filter { $0.type == "delete" }
    #expect(!deletions.contains { !$0.isOfRoles }, "\(deletions)")
  }

  private func expectBooks() async throws {
    let audit = try await region.running.hsasync(["audit", "verify"])
    #expect(audit.code == 0, "\(audit)")
    let store = try #require(try Store.reading(region.running.region.folder.path("store")))
    for run in try store.runs(limit: .max) {
      #expect(run.ended != nil && run.counts.unknown == 0, "\(run) after \(faults)")
    }
    // Nothing is sent that was not written down before; what the server did as it was killed, it may not know itself.
    let made = try await FaultTrial.writes(region.running.region.slapd).filter { !$0.isOfRoles }
    let begun = try region.running.region.audit().count { $0["event"] as? String == "write" }
    #expect(made.count <= begun, "the server has \(made.count) writes of ours, and the books \(begun)")
    #expect(!made.isEmpty)
  }

  fileprivate struct Write {
    var type: String
    var name: String
    var attributes: Set<String>

    var isOfRoles: Bool { name.contains("ou=Roller,") || attributes.contains("hsaSystemRole") }
  }

  /// What the server's own log has of the agent. It hands over so many at once, the oldest first.
  private static func writes(_ slapd: Slapd) async throws -> [Write] {
    let connection = try await slapd.connection(slapd.admin)
    let log = DistinguishedName([RelativeDistinguishedName("cn", "log")])
    var writes: [String: Write] = [:]
    var (last, isComplete) = ("20000101000000.000000Z", false)
    while !isComplete {
      let filter = Filter.and([
        .equal("objectClass", "auditWriteObject"), .equal("reqResult", "0"),
        .equal("reqAuthzID", Value(Slapd.agentDN)), .greaterOrEqual("reqStart", Value(last)),
      ])
      let stream = connection.search(
        SearchRequest(
          base: log, scope: .oneLevel, filter: filter, attributes: ["reqStart", "reqType", "reqDN", "reqMod"])
      )
      let before = writes.count
      for try await batch in stream {
        for index in 0..<batch.count {
          let (start, write) = Write.read(try batch.entry(index))
          writes[start] = write
          last = max(last, start)
        }
      }
      isComplete = try stream.outcome().isComplete
      guard isComplete || writes.count > before else { throw Failure("the server's log cannot be read") }
    }
    await connection.close()
    return writes.sorted { $0.key < $1.key }.map(\.value)
  }
}

extension FaultTrial.Write {
  fileprivate static func read(_ entry: Entry) -> (start: String, FaultTrial.Write) {
    let attributes = entry["reqMod"].compactMap { $0.text.map { String($0.prefix { $0 != ":" }) } }
    let write = FaultTrial.Write(
      type: entry.text("reqType") ?? "", name: entry.text("reqDN") ?? "", attributes: Set(attributes))
    return (entry.text("reqStart") ?? "", write)
  }
}

extension FaultyEdits {
  /// What the directory has otherwise of what is not the agent's.
  func differences(
    _ identity: String, _ entry: FaultySnapshot.Content, _ before: FaultySnapshot.Content?
  ) -> [String] {
    var differences: [String] = []
    if let comment = comments[identity] {
      if entry["hsaAdminComment"] != [comment] { differences.append("\(identity): comment") }
    } else if entry["hsaAdminComment"] != before?["hsaAdminComment"] ?? [] {
      differences.append("\(identity): comment")
    }
    if let name = names[identity], entry["cn"] != [name] { differences.append("\(identity): name") }
    let foreign = { (values: [String]) in
      Set(values.filter { $0.hasPrefix("NPÖ;") || $0.hasPrefix("INTYG;") })
    }
    let roles = foreign(before?["hsaSystemRole"] ?? []).union(roles[identity] ?? [])
    if foreign(entry["hsaSystemRole"]) != roles { differences.append("\(identity): roles of others") }
    return differences
  }
}

/// Says to a load that it is over.
private final class Flag: Sendable {
  private let value = Mutex(false)
  var isSet: Bool { value.withLock { $0 } }
  func set() { value.withLock { $0 = true } }
}
