import Crypto
import Directory
import Foundation
import Glibc
import TestKit
import Testing

@testable import Reconciler

/// A folder, and a target that is a file in it.
private struct FileBench {
  static let now = Date(timeIntervalSince1970: 1_800_000_000)
  let folder: TemporaryFolder
  let journal = RecordingRoleJournal()
  var path: String { folder.path("out/roles.jsonl") }

  init() throws {
    folder = try TemporaryFolder()
    try folder.folder("out")
  }

  func target(_ rules: String = "r1", path: String? = nil) -> FileTarget {
    let form = RoleTargetForm(
      name: "fil", owns: ["NPÖ;*", "Vaccinera;*"].map { RolePattern($0) }, style: .record)
    return FileTarget(path: path ?? self.path, form: form, rules: rules) { Self.now }
  }

  static func assignment(
    _ role: String, _ person: String, unit: String? = nil, rule: String = "läsare", from: Double? = nil,
    to: Double? = nil
  ) -> Assignment {
    var assignment = Assignment(
      person: HSAIdentity(person), role: role, rule: rule, position: SourcePosition(file: "r.yaml", line: 1))
    assignment.scope = unit.map { HSAIdentity($0) }
    assignment.unit = assignment.scope
    assignment.commission = HSAIdentity("SE1-C1")
    assignment.provider = HSAIdentity("SE1-V1")
    assignment.from = from.map { Date(timeIntervalSince1970: $0) }
    assignment.to = to.map { Date(timeIntervalSince1970: $0) }
    return assignment
  }

  func change(_ direction: RoleChange.Direction, _ assignments: [Assignment]) -> RoleChange {
    let first = assignments[0]
    var change = RoleChange(
      target: "fil", direction, person: first.person, role: first.role,
      value: target().form.value(of: first) ?? first.role, assignments: assignments)
    if direction != .loss {
      change.evidence = [
        RoleEvidence(.person, first.person, attribute: "title", value: "Läkare \"å\"\n"),
        RoleEvidence(.commission, HSAIdentity("SE1-C1"), attribute: "hsaCommissionPurpose", value: "Vård"),
      ]
    }
    return change
  }

  func push(_ changes: [RoleChange], _ target: FileTarget? = nil) async throws -> [RoleOutcome] {
    let target = target ?? self.target()
    return await target.push(changes, from: try await target.held(), journal: journal)
  }

  var text: String { folder.text("out/roles.jsonl") }
  var lines: [String] { text.split(separator: "\n").map(String.init) }
  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()) ?? []
  }

  func header() throws -> [String: Any] {
    let line = try #require(lines.first)
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }
}

@Suite struct `Roles as a file` {
  @Test func `are written in one order, after a line that says what follows`() async throws {
    let bench = try FileBench()
    #expect(try await bench.target().held().roles.isEmpty)
    let changes = [
      bench.change(.gain, [FileBench.assignment("Vaccinera;Vaccinatör", "SE1-B")]),
      bench.change(
        .gain, [FileBench.assignment("NPÖ;Läsare", "se1-a", unit: "SE1-U1", from: 0, to: 1_900_000_000)]),
    ]
    #expect(try await bench.push(changes).verdicts == [.applied, .applied])
    let lines = bench.lines
    #expect(lines.count == 3)
    let because =
      #""because":[{"attribute":"hsaCommissionPurpose","entry":"SE1-C1","value":"Vård"},"#
      + #"{"attribute":"title","entry":"se1-a","value":"Läkare \"å\"\n"}]"#
    #expect(
      lines[1] == "{\(because),"
        + #""commission":"SE1-C1","from":"1970-01-01T00:00:00Z","person":"se1-a","provider":"SE1-V1","#
        + #""role":"NPÖ;Läsare","rule":"läsare","scope":"SE1-U1","to":"2030-03-17T17:46:40Z","unit":"SE1-U1"}"#
    )
    #expect(lines[2].contains(#""person":"SE1-B""#))
    let header = try bench.header()
    let body = bench.text.split(separator: "\n", maxSplits: 1)[1]
    let sum = SHA256.hash(data: Data(body.utf8)).map { String(format: "%02x", $0) }.joined()
    #expect(header["digest"] as? String == sum)
    #expect(header["format"] as? String == "hsasync-roles-1" && header["count"] as? Int == 2)
    #expect(header["generation"] as? Int == 1 && header["rules"] as? String == "r1")
    #expect(header["written"] as? String == "2027-01-15T08:00:00Z")
    var status = stat()
    #expect(stat(bench.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(bench.names == ["roles.jsonl"])
  }

  @Test(
    .enabled("needs python3-jsonschema") {
      (try? await Tool.run("python3", ["-c", "import jsonschema"])) != nil
    })
  func `are as the shipped schema says, line by line`() async throws {
    let bench = try FileBench()
    let whole = FileBench.assignment("NPÖ;Läsare", "SE1-A", unit: "SE1-U1", from: 0, to: 1_900_000_000)
    _ = try await bench.push([
      bench.change(.gain, [whole]), bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-B")]),
    ])
    let program = """
      import json, sys, jsonschema
      validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
      for line in sys.stdin:
          for fault in validator.iter_errors(json.loads(line)): print(fault.json_path, fault.message)
      """
    let arguments = ["-c", program, Repository.path("schemas/role-file.schema.json")]
    #expect(try await Tool.run("python3", arguments, input: bench.text).output == "")
    let other = bench.text.replacing(#""rule":"#, with: #""rules":"#)
    #expect(try await Tool.run("python3", arguments, input: other).output != "")
  }

  @Test func `are read back as they were, whoever gives them`() async throws {
    let bench = try FileBench()
    let first = FileBench.assignment("NPÖ;Läsare", "SE1-A", unit: "SE1-U1", from: 1_000, to: 2_000)
    let second = FileBench.assignment(
      "NPÖ;Läsare", "SE1-A", unit: "SE1-U1", rule: "vikarie", from: 500, to: 1_500)
    let elsewhere = FileBench.assignment("NPÖ;Läsare", "SE1-A", unit: "SE1-U2")
    let changes = [bench.change(.gain, [first, second]), bench.change(.gain, [elsewhere])]
    #expect(try await bench.push(changes).verdicts == [.applied, .applied])
    #expect(bench.lines.count == 4)
    let held = try await bench.target().held()
    #expect(held.roles.map(\.value) == changes.map(\.value))
    #expect(held.roles[0].from?.timeIntervalSince1970 == 500)
    #expect(held.roles[0].to?.timeIntervalSince1970 == 2_000)
    #expect(held.roles[1].from == nil && held.roles[1].to == nil && held.foreign == 0)
  }

  @Test func `that are so already make no new generation`() async throws {
    let bench = try FileBench()
    let gain = bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-A", to: 2_000)])
    _ = try await bench.push([gain])
    let before = bench.text
    let never = bench.change(.loss, [FileBench.assignment("NPÖ;Läsare", "SE1-Z")])
    #expect(try await bench.push([gain, never]).verdicts == [.appliedAlready, .appliedAlready])
    #expect(bench.text == before && bench.journal.intended.count == 1)
  }

  @Test func `are renewed, and lost, and counted on`() async throws {
    let bench = try FileBench()
    let assignment = FileBench.assignment("NPÖ;Läsare", "SE1-A", to: 2_000)
    let other = FileBench.assignment("NPÖ;Läsare", "SE1-B")
    _ = try await bench.push([bench.change(.gain, [assignment]), bench.change(.gain, [other])])
    let longer = FileBench.assignment("NPÖ;Läsare", "SE1-A", to: 3_000)
    #expect(
      try await bench.push([bench.change(.renewal, [longer])], bench.target("r2")).verdicts == [.applied])
    #expect(try await bench.target().held().roles[0].to?.timeIntervalSince1970 == 3_000)
    #expect(try bench.header()["generation"] as? Int == 2)
    #expect(try bench.header()["rules"] as? String == "r2")
    #expect(try await bench.push([bench.change(.loss, [assignment])]).verdicts == [.applied])
    #expect(try await bench.target().held().roles.map(\.person) == [HSAIdentity("SE1-B")])
    #expect(try await bench.push([bench.change(.loss, [other])]).verdicts == [.applied])
    #expect(bench.lines.count == 1)
    #expect(try bench.header()["generation"] as? Int == 4)
    #expect(bench.journal.settled.allSatisfy { $0.1.verdict == .applied })
    #expect(bench.journal.settled.map(\.0) == bench.journal.intended)
  }

  @Test func `that are not ours stay line for line, and are never written`() async throws {
    let bench = try FileBench()
    var foreign = RoleRecord(FileBench.assignment("SIA;Akut", "SE1-A"), [])
    foreign.because = [.init(entry: "SE1-A", attribute: "x", value: "y")]
    let file = RoleFile(generation: 6, records: [foreign])
    try bench.folder.write("out/roles.jsonl", file.bytes(rules: "r0", written: FileBench.now))
    #expect(try await bench.target().held().foreign == 1)
    var stranger = bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-D")])
    stranger.target = "another"
    var misnamed = bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-A")])
    misnamed.person = HSAIdentity("SE1-B")
    let outcomes = try await bench.push([
      bench.change(.loss, [FileBench.assignment("SIA;Akut", "SE1-A")]),
      bench.change(.gain, [FileBench.assignment("SIA;Ny", "SE1-A")]), stranger, misnamed,
      bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-A")]),
      bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-C")]),
    ])
    // The last but one waits for its person's loss, which is not ours to make.
    #expect(outcomes.verdicts == [.refused, .notSent, .refused, .refused, .notSent, .applied])
    #expect(bench.lines.contains(foreign.json.text) && bench.lines.count == 3)
    #expect(try bench.header()["generation"] as? Int == 8)
  }
}

@Suite struct `A target that is a file` {
  @Test(arguments: [
    "empty", "cut", "digest", "format", "count", "garbage", "lines", "time", "noHeader", "twoInOne",
    "unknownKey",
  ])
  func `that is broken is not read, and not written over`(how: String) async throws {
    let bench = try FileBench()
    let gain = bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-A", to: 2_000)])
    _ = try await bench.push([gain, bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-B")])])
    let broken = try Self.broken(bench.text, how)
    #expect(broken != bench.text)
    try bench.folder.write("out/roles.jsonl", broken)
    let fault = await #expect(throws: RoleTargetFault.self) { try await bench.target().held() }
    #expect(fault?.code == .malformed && fault?.description.contains("move it away") == true)
    #expect(fault?.description.contains("SE1") == false)
    let more = bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-C")])
    let outcomes = await bench.target().push(
      [more], from: HeldRoles(target: "fil"), journal: bench.journal)
    #expect(outcomes == [RoleOutcome(.failed, "malformed")])
    #expect(bench.text == broken && bench.journal.intended.count == 2)
  }

  private static func broken(_ text: String, _ how: String) throws -> String {
    let (header, body) = (text.split(separator: "\n")[0], text.split(separator: "\n").dropFirst())
    /// A body under a header that fits it but for the reason that is tested.
    func sealed(_ lines: [String], count: Int) -> String {
      let body = lines.map { $0 + "\n" }.joined()
      let sum = SHA256.hash(data: Data(body.utf8)).map { String(format: "%02x", $0) }.joined()
      return #"{"count":\#(count),"digest":"\#(sum)","format":"hsasync-roles-1","generation":1,"rules":"r1","#
        + #""written":"2027-01-15T08:00:00Z"}"# + "\n" + body
    }
    let lines = body.map(String.init)
    switch how {
    case "empty": return ""
    case "cut": return String(text.dropLast(20))
    case "digest": return text.replacing("SE1-A", with: "SE1-X")
    case "format": return text.replacing("hsasync-roles-1", with: "hsasync-roles-9")
    case "count": return sealed(lines, count: 3)
    case "garbage": return sealed(["{}", "x"], count: 2)
    case "lines": return sealed(lines + [""], count: 2)
    case "time": return sealed(lines.map { $0.replacing("1970-01-01T00:33:20Z", with: "when") }, count: 2)
    case "twoInOne": return sealed([lines.joined(separator: ",")], count: 2)
    case "unknownKey":
      return sealed(lines.map { $0.replacing(#","to""#, with: #","ticket":"1","to""#) }, count: 2)
    case "noHeader": return String(text.dropFirst(header.utf8.count + 1))
    default: throw Failure(how)
    }
  }

  @Test(arguments: ["link", "folder", "pipe", "dangling"])
  func `that is no file is not written through`(what: String) async throws {
    let bench = try FileBench()
    let elsewhere = try bench.folder.write("elsewhere", "what somebody else keeps")
    switch what {
    case "link": #expect(symlink(elsewhere, bench.path) == 0)
    case "dangling": #expect(symlink(bench.folder.path("none"), bench.path) == 0)
    case "pipe": #expect(mkfifo(bench.path, 0o600) == 0)
    default: try bench.folder.folder("out/roles.jsonl")
    }
    let fault = await #expect(throws: RoleTargetFault.self) { try await bench.target().held() }
    #expect(fault?.code == .unsuitable)
    let gain = bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-A")])
    let outcomes = await bench.target().push(
      [gain], from: HeldRoles(target: "fil"), journal: bench.journal)
    #expect(outcomes.verdicts == [.failed])
    #expect(bench.folder.text("elsewhere") == "what somebody else keeps")
    #expect(bench.names == ["roles.jsonl"] && access(bench.folder.path("none"), F_OK) != 0)
  }

  @Test func `in a folder that is not there cannot be written`() async throws {
    let bench = try FileBench()
    let target = bench.target(path: bench.folder.path("none/roles.jsonl"))
    let gain = bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-A")])
    #expect(try await bench.push([gain], target) == [RoleOutcome(.failed, "No such file or directory")])
    #expect(bench.journal.settled.map(\.1.verdict) == [.failed])
  }

  @Test func `is whole at any moment, and what a killed process left is put away`() async throws {
    let bench = try FileBench()
    _ = try await bench.push([bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-A")])])
    let before = bench.text
    // As a process leaves it that is killed between writing and renaming; and as one plants a link there.
    try bench.folder.write("out/.roles.jsonl.new", "half of a fi")
    #expect(try await bench.target().held().roles.count == 1)
    let gain = bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-B")])
    var target = bench.target()
    target.beforeRename = {
      #expect(bench.text == before)
      #expect(bench.names == [".roles.jsonl.new", "roles.jsonl"])
    }
    #expect(try await bench.push([gain], target).verdicts == [.applied])
    #expect(bench.names == ["roles.jsonl"] && bench.lines.count == 3)
    let elsewhere = try bench.folder.write("elsewhere", "x")
    #expect(symlink(elsewhere, bench.folder.path("out/.roles.jsonl.new")) == 0)
    #expect(try await bench.push([bench.change(.loss, gain.assignments)]).verdicts == [.applied])
    #expect(bench.folder.text("elsewhere") == "x" && bench.names == ["roles.jsonl"])
  }

  @Test func `is not written when it cannot be written down, nor when somebody asks to stop`() async throws {
    let bench = try FileBench()
    let gain = bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-A")])
    bench.journal.refuse(after: 0)
    #expect(try await bench.push([gain]) == [RoleOutcome(.notSent, "storeUnavailable")])
    bench.journal.refuse(after: .max)
    let target = bench.target()
    let journal = bench.journal
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await target.push([gain], from: HeldRoles(target: "fil"), journal: journal)
    }
    #expect(await task.value == [RoleOutcome(.notSent, "cancelled")])
    #expect(bench.names.isEmpty && bench.journal.intended.isEmpty)
  }

  @Test func `on a disk that is full, or may only be read, stays what it was`() async throws {
    let bench = try FileBench()
    let folder = bench.folder.path("out")
    let path = bench.path
    let ran = try await SmallDisk.run(mountedAt: folder, octets: 64 << 10) {
      let place = FilePlace(path)
      try place.put(Array("whole\n".utf8))
      let tooMuch = [UInt8](repeating: 0x61, count: 128 << 10)
      #expect(throws: FilePlace.Fault.notWritten(ENOSPC)) { try place.put(tooMuch) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "whole\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["roles.jsonl"])
      try place.put(Array("room again\n".utf8))
      #expect(mount(nil, folder, nil, UInt(MS_REMOUNT) | UInt(MS_RDONLY), nil) == 0)
      #expect(throws: FilePlace.Fault.notWritten(EROFS)) { try place.put([0x62]) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "room again\n")
    }
    if !ran { print("not tested: a full disk, which needs the right to mount") }
  }

  @Test func `takes 3,000 assignments at once`() async throws {
    let bench = try FileBench()
    let changes = (0..<3_000).map { number in
      bench.change(.gain, [FileBench.assignment("NPÖ;Läsare", "SE1-\(number)", unit: "SE1-U\(number % 50)")])
    }
    #expect(try await bench.push(changes).allSatisfy { $0.verdict == .applied })
    let held = try await bench.target().held()
    #expect(held.roles.count == 3_000)
    let first = bench.text
    // In another order it is the same file but for its generation.
    try FileManager.default.removeItem(atPath: bench.path)
    _ = try await bench.push(changes.reversed())
    #expect(bench.text == first)
  }
}
