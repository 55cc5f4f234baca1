import Crypto
import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct PlanFileTests {
  /// A plan in which nothing is left out.
  static func plan(seed: UInt64 = 11) throws -> Plan {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    var plan = try makePlan(.wanting(world.after, complete: [.person]), against: directory.all)
    plan.findings = [
      Finding(
        "odd", .warning, at: SourcePosition(file: "å.yaml", line: 3), and: SourcePosition(file: "b", line: 4),
        subject: HSAIdentity("x"), "one", advice: "two"), Finding("plain", .warning, "three"),
    ]
    plan.desired = DesiredSummary(
      serial: -4, digest: "ab", rows: [.person: 3], rowsBySource: ["å": 1, "b": 2],
      seals: ["region/hr": .init(serial: 7, sha256: "cd"), ".": .init(serial: 0, sha256: "")])
    plan.population = Population(
      units: [
        HSAIdentity("se-1"): .init(
          label: "VC", provider: HSAIdentity("P"), isProvider: true, living: [.person: 2]),
        HSAIdentity("SE-2"): .init(),
      ], elsewhere: [.unit: 1])
    plan.guards = [
      GuardVerdict(
        .moved, .kind(.person), window: .day, .tripped, count: 4, of: 9, limitCount: 1, limitPercent: 2,
        cause: .reorganised(HSAIdentity("U"))), GuardVerdict(.clocks, .everything, .notKnown, count: 0),
    ]
    plan.isOfEndings = true
    plan.part = "without deletions"
    plan.absentees = [HSAIdentity("A"), HSAIdentity("b")]
    plan.foreseen = [
      Foreseen(
        at: plan.instant, .membershipEnds, kind: .commission, identity: HSAIdentity("C"), label: "Vård",
        member: HSAIdentity("M")),
      Foreseen(
        at: plan.instant, .ends, kind: .person, identity: HSAIdentity("D"), label: "Hemlig", isProtected: true
      ),
    ]
    plan.proof.contextBefore = ["a"]
    plan.proof.clockSkew = -3
    plan.proof.readAt = plan.instant
    plan.proof.add(.miscounted, "one is missing")
    plan.changes[0].isEnding = true
    plan.changes[0].destination = .init(unit: HSAIdentity("V"))
    plan.changes[1].precondition.entryCSN = "csn"
    plan.changes[2].operation = .delete(plan.changes[2].dn)
    return plan
  }

  private func saved(_ plan: Plan) -> (bytes: [UInt8], sha256: String) {
    PlanFile(plan, profile: TestCatalogue.profile).saved()
  }

  private func finding(_ bytes: [UInt8]) -> Finding? {
    do {
      _ = try PlanFile.read(bytes, path: "plan.json")
      return nil
    } catch { return error.all.first }
  }

  /// The file with its checksum made right again, as a forger would.
  private func withChecksum(_ text: String) -> [UInt8] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let head = lines.dropLast(2).joined(separator: "\n") + "\n"
    return Array((head + "\"sha256\":\"\(SHA256.hash(data: Data(head.utf8)).hexadecimal)\"}\n").utf8)
  }

  private func text(_ plan: Plan) -> String { String(decoding: saved(plan).bytes, as: UTF8.self) }

  @Test func `a plan that was saved is read back whole`() throws {
    let plan = try PlanFileTests.plan()
    let (bytes, sha256) = saved(plan)
    let read = try PlanFile.read(bytes, path: "plan.json")
    #expect(read.sha256 == sha256)
    #expect(saved(read.plan).bytes == bytes)
    #expect(read.plan.digest == plan.digest && read.plan.digest.code == plan.digest.code)
    #expect("\(read.plan.changes)" == "\(plan.changes)")
    #expect(read.plan.instant == plan.instant && read.plan.base == plan.base && read.plan.part == plan.part)
    #expect(read.plan.findings == plan.findings && read.plan.guards == plan.guards)
    #expect(read.plan.proof == plan.proof && read.plan.desired == plan.desired)
    #expect(read.plan.population == plan.population && read.plan.observed == plan.observed)
    #expect(read.plan.absentees == plan.absentees && read.plan.foreseen == plan.foreseen)
    #expect(read.plan.isOfEndings && read.plan.unchanged == plan.unchanged)
  }

  @Test(arguments: Seeds.first(12)) func `the plans of all worlds are read back`(seed: UInt64) throws {
    let world = RandomWorld(seed: seed)
    let directory = try InMemoryDirectory.holding(world.before)
    let plan = try makePlan(.wanting(world.after, complete: [.person], named: true), against: directory.all)
    let (bytes, sha256) = saved(plan)
    let read = try PlanFile.read(bytes, path: "plan.json")
    #expect(read.sha256 == sha256 && read.plan.digest == plan.digest && saved(read.plan).bytes == bytes)
  }

  @Test func `a plan of an instant between seconds is read back as of the second`() throws {
    var plan = try PlanFileTests.plan()
    plan.instant += 0.75
    let read = try PlanFile.read(saved(plan).bytes, path: "plan.json").plan
    #expect(read.digest == plan.digest && read.instant == plan.instant - 0.75)
  }

  @Test func `a file that was cut is never read`() throws {
    let bytes = saved(try PlanFileTests.plan()).bytes
    for count in Array(stride(from: 0, to: bytes.count, by: 97)) + [bytes.count - 1, bytes.count - 2] {
      #expect(finding(Array(bytes[..<count]))?.code == "plan-file-truncated", "cut at \(count)")
    }
  }

  @Test func `a file with one octet changed is never read`() throws {
    let bytes = saved(try PlanFileTests.plan()).bytes
    var generator = SeededGenerator(seed: 4)
    var codes: Set<String> = []
    for index in stride(from: 0, to: bytes.count, by: 61) {
      var changed = bytes
      let octets: [UInt8] = [
        changed[index] ^ 1, changed[index] ^ 0x20, .random(in: 0...255, using: &generator),
      ]
      for octet in octets where octet != bytes[index] {
        changed[index] = octet
        let found = try #require(finding(changed), "octet \(index) as \(octet)")
        #expect(found.position != nil && found.advice != nil)
        codes.insert(found.code)
      }
    }
    #expect(codes.isSuperset(of: ["plan-file-checksum", "plan-file-form"]), "\(codes)")
  }

  private func expect(_ code: String, of bytes: [UInt8], line: Int? = nil) throws {
    let found = try #require(finding(bytes), "\(code)")
    #expect(found.code == "plan-file-" + code, "\(found)")
    #expect(found.position?.file == "plan.json" && found.advice != nil && found.severity == .error)
    if let line { #expect(found.position?.line == line, "\(found)") }
  }

  /// The number of the first line that has a text.
  private func line(_ part: String, _ text: String) -> Int? {
    text.components(separatedBy: "\n").firstIndex { $0.contains(part) }.map { $0 + 1 }
  }

  @Test func `what is no plan file, is damaged or is not for applying is refused by its own code`() throws {
    let text = text(try PlanFileTests.plan())
    try expect("truncated", of: [], line: 1)
    try expect("form", of: Array("plan:\n".utf8), line: 1)
    try expect("form", of: Array("{}\n".utf8), line: 1)
    try expect("form", of: Array((text + "\n{}\n").utf8))
    try expect("form", of: Array(text.replacing("\n", with: "\r\n").utf8), line: 1)
    let redacted = PlanFile(try PlanFileTests.plan(), profile: TestCatalogue.profile).text(redacted: true)
    try expect("redacted", of: Array(redacted.utf8), line: line("\"redacted\":", redacted))
    let alterations = [
      ("form", "\"kept\":", "\"kept\": "), ("form", "\"code\":", "\"zode\":"),
      ("version", "\"formatVersion\":2", "\"formatVersion\":1"),
      ("checksum", "\"part\":\"without", "\"part\":\"Without"),
    ]
    for (code, old, new) in alterations {
      let altered = text.replacing(old, with: new)
      #expect(altered != text)
      let place = code == "checksum" ? "\"sha256\":" : old
      try expect(code, of: Array(altered.utf8), line: line(place, text))
    }
  }

  @Test func `what a forger left wrong is told by its own code and place`() throws {
    let text = text(try PlanFileTests.plan())
    let alterations = [
      ("content", "\"event\":\"ends\"", "\"event\":\"bends\"", "\"foreseen\""),
      ("content", "\"name\":\"clocks\"", "\"name\":\"watches\"", "\"guards\""),
      ("content", "\n\"part\":\"without deletions\",", "\n\"part\":3,", "\"part\""),
      ("order", "\"number\":1,", "\"number\":2,", "\"number\":1,"),
      ("order", "\"after\":[]", "\"after\":[1]", "\"number\":1,"),
      ("order", "\"following\":[]", "\"following\":[9]", "\"number\":1,"),
      ("digest", "\"serial\":-4", "\"serial\":-5", "\"digest\":\""),
      ("form", "\"applicable\":false", "\"applicable\":true", "\"applicable\""),
      ("form", "\"inverse\":{\"action\":\"", "\"inverse\":{\"action\":\"x", "\"number\":1,"),
    ]
    for (code, old, new, place) in alterations {
      let altered = text.replacing(old, with: new, maxReplacements: 1)
      #expect(altered != text)
      let start = place == "\"digest\":\"" ? "\n" + place : place
      let number = text.range(of: start).map { text[..<$0.upperBound].count { $0 == "\n" } + 1 }
      try expect(code, of: withChecksum(altered), line: number)
    }
  }

  // MARK: Forgery

  /// The value with one thing in it altered, in each way there is, and where that is.
  private func alterations(_ json: CanonicalJSON, _ place: String = "") -> [(
    place: String, json: CanonicalJSON
  )] {
    switch json {
    case .string(let text):
      return [(place, .string(text + "x")), (place, .string(""))].filter { $0.1 != json }
    case .number(let number): return [(place, .number(number + 1))]
    case .bool(let flag): return [(place, .bool(!flag))]
    case .null: return []
    case .array(let elements):
      let fewer = elements.isEmpty ? [] : [(place, CanonicalJSON.array(elements.dropLast()))]
      return fewer
        + elements.indices.flatMap { index in
          alterations(elements[index], place).map { altered in
            var elements = elements
            elements[index] = altered.json
            return (altered.place, CanonicalJSON.array(elements))
          }
        }
    case .object(let members):
      return members.keys.sorted().flatMap { key -> [(place: String, json: CanonicalJSON)] in
        let below = place.isEmpty ? key : "\(place).\(key)"
        let without = CanonicalJSON.object(members.filter { $0.key != key })
        let altered = alterations(members[key] ?? .null, below)
        return [(below, without)]
          + altered.map { ($0.place, .object(members.merging([key: $0.json]) { $1 })) }
      }
    }
  }

  /// What may be another without the plan doing anything else.
  private static let free = ["label", "place", "destination", "cause", "protected", "precondition.entryCSN"]

  @Test func `a forger who makes every sum right has another digest, unless nothing is done otherwise`()
    throws
  {
    let plan = try PlanFileTests.plan()
    let approved = plan.digest
    var read = 0
    for index in plan.changes.indices {
      for (place, json) in alterations(plan.changes[index].json) {
        guard let change = try? Change(json: json) else { continue }
        read += 1
        var forged = plan
        forged.changes[index] = change
        let isFree = PlanFileTests.free.contains { place.hasPrefix($0) } || place.hasSuffix("kept")
        if !isFree, place != "number" { #expect(forged.digest != approved, "change \(index + 1), \(place)") }
        #expect(saved(forged).sha256 != saved(plan).sha256, "change \(index + 1), \(place)")
      }
    }
    #expect(read > 100)
  }

  @Test func `a forger who makes the checksum right and not the digest is refused, or has another checksum`()
    throws
  {
    let plan = try PlanFileTests.plan()
    let (bytes, approved) = saved(plan)
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
    let first = try #require(lines.firstIndex { $0.hasPrefix("\"changes\":") }) + 1
    for index in plan.changes.indices where index < 6 {
      let line = lines[first + index]
      let end = line.hasSuffix("],") ? "]," : ","
      let json = try CanonicalJSON(parsing: Array(line.dropLast(end.count).utf8))
      for (place, altered) in alterations(json) {
        var lines = lines
        lines[first + index] = altered.text + end
        guard let (_, sum) = try? PlanFile.read(withChecksum(lines.joined(separator: "\n")), path: "p") else {
          continue
        }
        let isFree = PlanFileTests.free.contains { place.hasPrefix($0) } || place.hasSuffix("kept")
        #expect(isFree && sum != approved, "change \(index + 1), \(place)")
      }
    }
  }

  @Test func `each member of the whole is refused when it is another`() throws {
    let lines = text(try PlanFileTests.plan()).components(separatedBy: "\n")
    let approved = saved(try PlanFileTests.plan()).sha256
    var accepted: Set<String> = []
    for index in lines.indices where lines[index].contains("\":") && !lines[index].contains("\"action\":") {
      let start = lines[index].hasPrefix("{") ? "{" : ""
      let name = lines[index].dropFirst(start.count + 1).prefix { $0 != "\"" }
      guard name != "changes", name != "sha256" else { continue }
      let value = lines[index].dropFirst(start.count + name.count + 3).dropLast()
      for (place, altered) in alterations(try CanonicalJSON(parsing: Array(value.utf8)), String(name)) {
        var lines = lines
        lines[index] = start + "\"\(name)\":" + altered.text + ","
        guard let (_, sum) = try? PlanFile.read(withChecksum(lines.joined(separator: "\n")), path: "p") else {
          continue
        }
        #expect(sum != approved)
        accepted.insert(String(place.prefix { $0 != "." }))
      }
    }
    // These say what was seen and how, not what is done; an approval names the checksum too.
    #expect(
      accepted.isSubset(of: [
        "absentees", "counts", "desired", "findings", "foreseen", "guards", "observed", "part", "population",
        "proof",
      ]), "\(accepted)")
  }

  @Test func `the redacted form names no protected person and holds nothing to try guesses against`() throws {
    let plan = try PlanFileTests.plan()
    let text = PlanFile(plan, profile: TestCatalogue.profile).text(redacted: true)
    #expect(!text.contains("Hemlig") && !text.contains(plan.digest.hex) && !text.contains("sha256"))
    #expect(text.contains("\"code\":\"\(plan.digest.code)\""))
    #expect(text.hasSuffix("}\n") && !text.contains("absentees") && !text.contains("population\":{\"else"))
  }
}
