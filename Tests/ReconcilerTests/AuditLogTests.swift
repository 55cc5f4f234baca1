import Directory
import Foundation
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

/// A log in a folder of its own, and events to put in it.
struct AuditBench {
  let folder: TemporaryFolder
  let actor = Actor(user: "anna", uid: 1001, onBehalfOf: "SE2321000016-1000", host: "agent1")
  var path: String { folder.path("audit") }
  var file: String { folder.path("audit/audit.ndjson") }

  init() throws { folder = try TemporaryFolder() }

  func open(_ settings: AuditSettings = AuditSettings()) throws(Refusal) -> AuditLog {
    try AuditLog.open(folder: path, settings: settings, at: Self.instant)
  }

  static let instant = Date(timeIntervalSince1970: 1_800_000_000.125)

  /// An event with nothing but a number to tell it by.
  func event(_ number: Int) -> AuditEvent {
    AuditEvent(.planned, by: actor, run: number, fields: ["note": .string("record \(number)")])
  }

  /// A log with so many records, one a call.
  @discardableResult
  func filled(_ count: Int, _ settings: AuditSettings = AuditSettings()) throws -> AuditLog {
    let log = try open(settings)
    for number in 1...count { try log.append([event(number)], at: Self.instant) }
    return log
  }

  func bytes(_ name: String = "audit.ndjson") -> [UInt8] { Array(folder.text("audit/\(name)").utf8) }

  func lines(_ name: String = "audit.ndjson") -> [String] {
    folder.text("audit/\(name)").split(separator: "\n").map(String.init)
  }

  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

  static func change() throws -> Change {
    var change = Change(
      id: 4, action: .update, kind: .person, identity: HSAIdentity("SE2321000016-7X3K"), label: "Anna Berg",
      isProtected: false, cause: .desired(SourcePosition(file: "hr.ldif", line: 12, column: 1)),
      dn: try DistinguishedName(parsing: "cn=Anna Berg,ou=VC Norr,o=Region Exempel,c=SE"),
      differences: [
        .init("title", removed: [Value("Undersköterska")], added: [Value("Sjuksköterska")], kept: 0),
        .init("mail", removed: [], added: [Value("anna.berg@example.org")], kept: 0),
      ],
      operation: .modify(try DistinguishedName(parsing: "cn=Anna Berg,c=SE"), []),
      precondition: .init(entryUUID: "4d1e"))
    change.place = .init(unit: HSAIdentity("SE2321000016-1A2B"), provider: nil)
    return change
  }
}

@Suite struct `The audit log` {
  @Test func `says who wrote what to whom, and never a value, a name or a DN`() throws {
    let bench = try AuditBench()
    let run = AuditRun(run: 17, plan: String(repeating: "ab", count: 32), actor: bench.actor)
    let change = try AuditBench.change()
    let log = try bench.open()
    try log.append([.write(change, of: run)], at: AuditBench.instant)
    try log.append([
      .outcome(change, Outcome(change: 4, .failed(.insufficientAccessRights), attempts: 1), of: run)
    ])
    let line = bench.lines()[0]
    let expected = """
      {"action":"update",\
      "actor":{"host":"agent1","onBehalfOf":"SE2321000016-1000","uid":1001,"user":"anna"},\
      "attributes":["mail","title"],"change":5,"entryUUID":"4d1e","event":"write","formatVersion":1,\
      "hash":"\(log.mark.sequence == 2 ? line.hash : "")","hsaIdentity":"SE2321000016-7X3K","kind":"person",\
      "plan":"\(run.plan)","previous":"\(AuditMark.beginning.hash)","run":17,"sequence":1,\
      "source":"hr.ldif:12","time":"2027-01-15T08:00:00.125Z","unit":"SE2321000016-1A2B"}
      """
    #expect(line == expected)
    #expect(bench.lines()[1].contains(#""outcome":"failed""#))
    #expect(bench.lines()[1].contains(#""result":50"#))
    for secret in ["Anna", "Berg", "ou=", "sköterska", "@"] {
      #expect(!bench.folder.text("audit/audit.ndjson").contains(secret), "\(secret)")
    }
  }

  @Test func `is canonical JSON, also of what needs spelling`() throws {
    let bench = try AuditBench()
    var event = AuditEvent(.approved, by: bench.actor)
    event.fields["reason"] = .string("Ärende \"4711\"\n\u{1B}[31m")
    event.fields["list"] = [1, true, .null, ["a": "b"], []]
    let log = try bench.open()
    try log.append([event], at: AuditBench.instant)
    var members = event.members
    members["time"] = "2027-01-15T08:00:00.125Z"
    members["sequence"] = 1
    members["previous"] = .string(AuditMark.beginning.hash)
    members["hash"] = .string(log.mark.hash)
    #expect(bench.lines()[0] == CanonicalJSON.object(members).text)
  }

  @Test func `chains each record to the one before, over batches and over openings`() throws {
    let bench = try AuditBench()
    try bench.filled(2)
    try bench.open().append((3...5).map(bench.event), at: AuditBench.instant)
    let lines = bench.lines()
    #expect(lines.count == 5)
    for (line, next) in zip(lines, lines.dropFirst()) {
      #expect(next.contains(#""previous":"\#(line.hash)""#))
    }
    #expect(try bench.open().mark == AuditMark(sequence: 5, hash: lines[4].hash))
  }

  @Test func `is for its owner alone, and follows no link`() throws {
    let bench = try AuditBench()
    try bench.filled(1)
    let attributes = try FileManager.default.attributesOfItem(atPath: bench.file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let folder = try FileManager.default.attributesOfItem(atPath: bench.path)
    #expect(folder[.posixPermissions] as? Int == 0o700)
    #expect(rename(bench.file, bench.folder.path("elsewhere")) == 0)
    #expect(symlink(bench.folder.path("elsewhere"), bench.file) == 0)
    let refusal = #expect(throws: Refusal.self) { try bench.open() }
    #expect(refusal?.message.contains("symbolic link") == true)
    unlink(bench.file)
    #expect(mkfifo(bench.file, 0o600) == 0)
    #expect(throws: Refusal.self) { try bench.open() }
  }

  @Test func `gives each line to who listens, once it is written`() throws {
    let bench = try AuditBench()
    let log = try bench.open()
    let heard = Mutex<[UInt8]>([])
    log.tee { line in heard.withLock { $0 += line } }
    try log.append([bench.event(1), bench.event(2)], at: AuditBench.instant)
    #expect(heard.withLock { $0 } == bench.bytes())
  }

  @Test func `keeps what a crash left of a record aside, and says so, wherever the crash cut it`() throws {
    let bench = try AuditBench()
    try bench.filled(3)
    let whole = bench.bytes()
    let start = whole.dropLast().lastIndex(of: 10).map { $0 + 1 } ?? 0
    for end in (start + 1)..<whole.count {
      let crashed = try AuditBench()
      try crashed.folder.write("audit/audit.ndjson", Array(whole[..<end]))
      let log = try crashed.open()
      #expect(log.mark.sequence == 3)
      let lines = crashed.lines()
      #expect(lines.count == 3 && lines[2].contains(#""event":"tornTail""#))
      #expect(lines[2].contains(#""octets":\#(end - start)"#))
      #expect(crashed.bytes("torn-000000000003.part") == Array(whole[start..<end]))
    }
  }

  @Test func `is refused with exit code 3 when its last records are not as they were written`() throws {
    let bench = try AuditBench()
    try bench.filled(3)
    let whole = bench.folder.text("audit/audit.ndjson")
    let lines = bench.lines()
    let wrong = [
      whole.replacing(#""run":3"#, with: #""run":4"#), whole.replacing("record 2", with: "record 5"),
      [lines[0], lines[2]].joined(separator: "\n") + "\n", whole + "{}\n", whole + "\n",
    ]
    for text in wrong {
      try bench.folder.write("audit/audit.ndjson", text)
      let refusal = #expect(throws: Refusal.self) { try bench.open() }
      #expect(refusal?.code == .auditUnsound && refusal?.exitCode == .refused)
      #expect(refusal?.advice?.contains("hsasync audit verify") == true)
      #expect(bench.folder.text("audit/audit.ndjson") == text)
    }
  }

  @Test func `is refused when it is shorter than what was written to it`() throws {
    let bench = try AuditBench()
    let log = try bench.filled(3)
    let shorter = bench.lines()[..<2].joined(separator: "\n") + "\n"
    try bench.folder.write("audit/audit.ndjson", shorter)
    let refusal = #expect(throws: Refusal.self) { try log.append([bench.event(4)]) }
    #expect(refusal?.code == .auditUnsound)
    #expect(bench.folder.text("audit/audit.ndjson") == shorter)
  }
}

extension String {
  /// The hash that a line of the log has.
  var hash: String { firstMatch(of: /"hash":"([0-9a-f]{64})"/).map { String($0.1) } ?? "" }
}
