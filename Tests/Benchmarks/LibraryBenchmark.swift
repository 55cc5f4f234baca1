import Directory
import Foundation
import LDAP
import Reconciler
import TestKit

/// The parts of a plan by themselves, in this process and on one core: reading LDIF, comparing, planning.
struct LibraryBenchmark {
  let region: Region
  let rounds: Int

  func run() async throws {
    let folder = try TemporaryFolder()
    let files = RegionFiles(region: region, folder: folder)
    let content = Array(try Data(contentsOf: URL(filePath: files.writeDesired()), options: .mappedIfSafe))
    let rules = try Rules(folder: folder)
    var report = Report(
      "The parts by themselves: \(Figure.count(region.entries)) entries, "
        + "\(Figure.text(Double(content.count) / 1e6, 1)) MB of LDIF, \(rounds) rounds",
      ["", "min s", "median s", "max s", "user s", ""])
    let megabytes = Double(content.count) / 1e6
    let (reading, readingUser) = try measure { LibraryBenchmark.read(content) }
    add(
      "LDIFReader", reading, readingUser, rate: "\(Figure.text(megabytes / reading.median, 0)) MB/s",
      to: &report)
    let (desiring, desiringUser) = try measure { _ = rules.desired(content) }
    add(
      "DesiredReader", desiring, desiringUser, rate: "\(Figure.text(megabytes / desiring.median, 0)) MB/s",
      to: &report)
    let state = rules.desired(content)
    let (checking, checkingUser) = try measure { try rules.check(state) }
    add("check of what is desired", checking, checkingUser, rate: "", to: &report)
    try compare(state, rules, &report)
    try guards(&report)
    report.remark(
      "user s: the processor's time in the median round. Peak memory of this process: "
        + "\(Figure.megabytes(ChildProcess.resident())) MB, the file's \(Figure.megabytes(megabytes)) MB included."
    )
    print(report.text)
  }

  private func compare(_ desired: DesiredState, _ rules: Rules, _ report: inout Report) throws {
    let batches = Observed.batches(of: desired.table)
    var (comparing, planning, comparingUser, planningUser) = (Series(), Series(), Series(), Series())
    for _ in 0..<rounds {
      var comparison: Comparison?
      try measureOnce(&comparing, &comparingUser) {
        var made = rules.comparison(desired)
        for batch in batches { made.take(batch) }
        comparison = made
      }
      try measureOnce(&planning, &planningUser) {
        guard let plan = comparison.take()?.plan(proof: Observed.proof(region.entries)) else { return }
        guard plan.changes.isEmpty, plan.unchanged == desired.rows.count else {
          throw Failure(
            "\(plan.changes.count) changes, \(plan.unchanged) unchanged: \(plan.findings.prefix(3))")
        }
      }
    }
    let rate = Double(region.entries) / comparing.median
    add("comparison", comparing, comparingUser, rate: "\(Figure.count(Int(rate))) entries/s", to: &report)
    add("plan with nothing to do", planning, planningUser, rate: "", to: &report)
    let size = batches.reduce(0) { $0 + $1.byteCount }
    report.remark(
      "The desired table takes \(Figure.megabytes(Double(desired.table.byteCount) / 1e6)) MB, "
        + "all observed batches together \(Figure.megabytes(Double(size) / 1e6)) MB.")
  }

  /// All guards on a large plan, with a week of earlier runs.
  private func guards(_ report: inout Report) throws {
    let plan = GuardedPlan(changes: 100_000)
    let (judging, judgingUser) = try measure {
      guard !plan.plan.guarded(by: GuardSettings(), history: plan.history).tripped.isEmpty else {
        throw Failure("a plan that changes so much trips no guard")
      }
    }
    add("guards on 100 000 changes", judging, judgingUser, rate: "", to: &report)
  }

  private func add(_ name: String, _ wall: Series, _ user: Series, rate: String, to report: inout Report) {
    report.add(
      name, Figure.seconds(wall.minimum), Figure.seconds(wall.median), Figure.seconds(wall.maximum),
      Figure.seconds(user.median), rate)
  }

  private func measure(_ body: () throws -> Void) throws -> (wall: Series, user: Series) {
    var (wall, user) = (Series(), Series())
    for _ in 0..<rounds { try measureOnce(&wall, &user, body) }
    return (wall, user)
  }

  private func measureOnce(_ wall: inout Series, _ user: inout Series, _ body: () throws -> Void) throws {
    let clock = ContinuousClock()
    let (start, used) = (clock.now, ChildProcess.ownUserTime)
    try body()
    wall.add((clock.now - start) / .seconds(1))
    user.add(ChildProcess.ownUserTime - used)
  }

  private static func read(_ content: [UInt8]) {
    var reader = LDIFReader()
    var builder = EntryTableBuilder()
    builder.reserve(fileSize: content.count)
    content.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: Rules.chunk) {
        reader.read(
          UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + Rules.chunk, bytes.count)]),
          into: &builder)
      }
    }
    reader.finish(into: &builder)
  }
}

/// The sample's profile and table of ownership, and the schema that `conf/slapd` serves.
struct Rules {
  static let chunk = 1 << 18
  let configuration: Configuration
  let schema: Schema

  init(folder: TemporaryFolder) throws {
    configuration = try Configuration.load(
      Repository.path("conf/hsasync.yaml"),
      environment: ["HSASYNC_URL": "ldapi://%2Fnowhere", "CREDENTIALS_DIRECTORY": folder.path])
    let texts = try configuration.schema.map { try String(contentsOfFile: $0, encoding: .utf8) }
    schema = try Schema.standard.merging(Schema.parsing(slapdSchema: texts))
  }

  func desired(_ content: [UInt8]) -> DesiredState {
    var reader = DesiredReader(
      profile: configuration.profile, management: configuration.management, schema: schema)
    reader.beginLDIF(file: "desired.ldif", size: content.count)
    content.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: Rules.chunk) {
        reader.feed(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + Rules.chunk, bytes.count)]))
      }
    }
    reader.finishLDIF()
    return reader.finish().state
  }

  /// What a plan checks before it believes the files.
  func check(_ desired: DesiredState) throws {
    var observed = ByteIndex(foldingCase: true)
    _ = observed.insert("\(Region.organisation)-1000")
    let findings = desired.check(
      profile: configuration.profile, management: configuration.management, schema: schema,
      instant: Rules.instant, observed: observed)
    guard findings.isEmpty else { throw Failure("\(findings.count) findings: \(findings.prefix(3))") }
  }

  static let instant = Date(timeIntervalSince1970: 1_800_000_000)

  func comparison(_ desired: DesiredState) -> Comparison {
    Comparison(
      desired: desired, profile: configuration.profile, management: configuration.management, schema: schema,
      base: configuration.base, instant: Rules.instant)
  }
}

/// What a server that fulfils a desired state would send.
enum Observed {
  /// The entries in batches, as they come from a connection, each with an entryUUID and an entryCSN.
  static func batches(of table: EntryTable, size: Int = 500) -> [EntryTable] {
    var builder = EntryTableBuilder(continuing: table.names)
    let (uuid, csn) = (builder.intern(Array("entryUUID".utf8)), builder.intern(Array("entryCSN".utf8)))
    var result: [EntryTable] = []
    let root = [Value("Region Exempel"), Value("\(Region.organisation)-1000")]
    builder.append(
      Entry(
        dn: Region.top,
        attributes: [
          Attribute("objectClass", ["top", "organization", "hsaOrganizationExtension"]),
          Attribute("o", [root[0]]), Attribute("hsaIdentity", [root[1]]),
        ]))
    table.withRows { rows in
      for entry in 0..<rows.count {
        builder.beginEntry(dn: rows.dn(of: entry))
        for attribute in rows.attributes(of: entry) where !rows.values(of: attribute).isEmpty {
          builder.beginAttribute(id: UInt32(rows.name(of: attribute)))
          for value in rows.values(of: attribute) { builder.appendValue(rows.bytes(of: value)) }
        }
        builder.beginAttribute(id: uuid)
        append("6f2f7f4e-5c1a-1040-8000-\(String(entry + 1_000_000_000_000))", to: &builder)
        builder.beginAttribute(id: csn)
        append("20260101000000.\(entry % 900_000 + 100_000)Z#000000#000#000000", to: &builder)
        builder.endEntry()
        if builder.table.count == size { result.append(builder.take()) }
      }
    }
    result.append(builder.take())
    return result
  }

  private static func append(_ text: String, to builder: inout EntryTableBuilder) {
    var text = text
    text.withUTF8 { builder.appendValue(UnsafeRawBufferPointer($0)) }
  }

  static func proof(_ entries: Int) -> ReadProof {
    ReadProof(
      method: .search, origin: "bench", authorizationIdentity: "bench", entries: entries + 1, finished: true)
  }
}
