import Crypto
import Foundation
import LDAP

/// Why a file is not a plan that can be applied.
struct PlanFileFault: Error {
  enum Code: String {
    case truncated, form, version, redacted, checksum, content, order, digest
  }

  var code: Code
  var line: Int
  var column = 1
  /// One clause: what is wrong there. Nothing of the file itself.
  var reason: String

  func finding(in path: String) -> Finding {
    Finding(
      "plan-file-\(code.rawValue)", at: SourcePosition(file: path, line: line, column: column), reason,
      advice: advice)
  }

  private var advice: String {
    switch code {
    case .truncated: "fetch the file anew, or make the plan again with `hsasync plan --output`"
    case .form, .content: "a plan file cannot be edited or laid out anew; make the plan again"
    case .version: "make the plan again with the version of hsasync that is to apply it"
    case .redacted: "apply the plan as it was saved; the redacted form is for reading only"
    case .checksum, .digest, .order: "do not apply it; find out who changed the file, and make the plan again"
    }
  }
}

/// Reads a plan file line by line, so that a fault can be told by its place and a long plan is never there twice.
struct PlanFileReader {
  typealias Fault = PlanFileFault
  private let bytes: [UInt8]
  private var lines: PlanFileLines

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = PlanFileLines(bytes)
  }

  func read() throws(Fault) -> (plan: Plan, sha256: String) {
    try refuseAtAGlance()
    let sum = checksum
    var members: [String: (value: JSONReading, line: Int)] = [:]
    var changes: [Change] = []
    var lines = lines
    do {
      while let item = try lines.next() {
        switch item {
        case .member(let name, let value, let line): members[name] = (JSONReading(value), line)
        case .change(let value, let line):
          changes.append(try change(JSONReading(value), at: line, index: changes.count))
        }
      }
    } catch  where error.code == .content && sum.isWrong {
      throw wrong(sum)
    }
    guard !sum.isWrong else { throw wrong(sum) }
    return (try plan(members, changes), sum.right)
  }

  // MARK: The whole

  /// What can be told without reading: that the end is missing, or that it is not for us.
  private func refuseAtAGlance() throws(Fault) {
    guard bytes.first == UInt8(ascii: "{") else {
      if bytes.isEmpty { throw Fault(code: .truncated, line: 1, reason: "the file is empty") }
      throw Fault(code: .form, line: 1, reason: "it is no plan file: a brace is wanted here")
    }
    if let line = lines.line(beginning: "\"formatVersion\":"), !line.isExactly("2,") {
      throw Fault(
        code: .version, line: line.number,
        reason: "the file is of another version than \(PlanFile.formatVersion), the one that can be read")
    }
    // Line ends of another system are no end that is missing; they are told by their place.
    guard bytes.suffix(2).elementsEqual("}\n".utf8) || bytes.suffix(3).elementsEqual("}\r\n".utf8) else {
      throw Fault(code: .truncated, line: lines.count, reason: "the file ends before the plan does")
    }
    if let line = lines.line(beginning: "\"redacted\":"), !line.isExactly("false,") {
      throw Fault(
        code: .redacted, line: line.number, reason: "values are left out of the plan, so it cannot be applied"
      )
    }
  }

  private struct Sum {
    var right: String
    var isWrong: Bool
    var line: Int
  }

  /// The SHA-256 of what stands before the last line, and whether that line says so.
  private var checksum: Sum {
    let start = (bytes.dropLast().lastIndex(of: 0x0A) ?? -1) + 1
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<start])) }
    let right = hash.finalize().hexadecimal
    let isRight = bytes[start...].elementsEqual("\"sha256\":\"\(right)\"}\n".utf8)
    return Sum(right: right, isWrong: !isRight, line: lines.count)
  }

  private func wrong(_ sum: Sum) -> Fault {
    Fault(
      code: .checksum, line: sum.line, reason: "the file is not as it was written: its checksum is of another"
    )
  }

  // MARK: The parts

  private func change(_ reading: JSONReading, at line: Int, index: Int) throws(Fault) -> Change {
    let change: Change
    do {
      change = try Change(reading, allowing: ["inverse"])
    } catch {
      throw Fault(code: .content, line: line, reason: "change \(index + 1) cannot be read: \(error)")
    }
    guard change.id == index, (change.after + change.following).allSatisfy({ (0..<index).contains($0) })
    else {
      throw Fault(
        code: .order, line: line,
        reason: "change \(index + 1) is out of order, or after one that does not come before"
      )
    }
    return change
  }

  private func plan(
    _ members: [String: (value: JSONReading, line: Int)], _ changes: [Change]
  ) throws(Fault) -> Plan {
    let plan = try contents(members, changes)
    guard let digest = members["digest"], case .string(plan.digest.hex) = digest.value.value else {
      throw Fault(
        code: .digest, line: members["digest"]?.line ?? lines.count,
        reason: "the digest is not that of what the file holds")
    }
    try expectSame(plan)
    return plan
  }

  private func contents(
    _ members: [String: (value: JSONReading, line: Int)], _ changes: [Change]
  ) throws(Fault) -> Plan {
    func read<T>(
      _ name: String, _ take: (JSONReading) throws(JSONReading.ContentError) -> T
    ) throws(Fault) -> T {
      guard let member = members[name] else {
        throw Fault(code: .content, line: lines.count, reason: "`\(name)` is missing")
      }
      do {
        return try take(member.value)
      } catch {
        throw Fault(code: .content, line: member.line, reason: "`\(name)` cannot be read: \(error)")
      }
    }
    var plan = Plan(
      instant: try read("instant") { (one) throws(JSONReading.ContentError) in try one.date() },
      base: try read("base", DistinguishedName.init), changes: changes,
      findings: try read("findings") { (all) throws(JSONReading.ContentError) in
        try all.list { (one) throws(JSONReading.ContentError) in try Finding(one) }
      },
      unchanged: try read("counts") { (one) throws(JSONReading.ContentError) in
        try one("unchanged").number()
      },
      observed: try read("observed") { (one) throws(JSONReading.ContentError) in try one.counts() },
      proof: try read("proof", ReadProof.init))
    plan.desired = try read("desired", DesiredSummary.init)
    plan.population = try read("population", Population.init)
    plan.isOfEndings = try read("ofEndings") { (one) throws(JSONReading.ContentError) in try one.bool() }
    if members["part"] != nil {
      plan.part = try read("part") { (one) throws(JSONReading.ContentError) in try one.text() }
    }
    plan.absentees = try read("absentees") { (all) throws(JSONReading.ContentError) in
      try all.list { (one) throws(JSONReading.ContentError) in try one.identity() }
    }
    plan.foreseen = try read("foreseen") { (all) throws(JSONReading.ContentError) in
      try all.list { (one) throws(JSONReading.ContentError) in try Foreseen(one) }
    }
    if members["roles"] != nil { plan.roles = try read("roles", RolePlan.init) }
    plan.guards = try read("guards") { (all) throws(JSONReading.ContentError) in
      try all.list { (one) throws(JSONReading.ContentError) in
        guard let verdict = GuardVerdict(json: one.value) else { throw one.fault("a verdict is wanted here") }
        return verdict
      }
    }
    return plan
  }

  /// What follows from the rest (counts, inverses, the code, whether it is applicable) must be what would be written.
  private func expectSame(_ plan: Plan) throws(Fault) {
    var position = 0
    var difference: Int?
    _ = PlanFileText(plan, disclosure: nil).write { piece in
      guard difference == nil else { return }
      let end = min(position + piece.utf8.count, bytes.count)
      if !bytes[position..<end].elementsEqual(piece.utf8) { difference = position }
      position = end
    }
    if difference == nil, position != bytes.count { difference = position }
    guard let difference else { return }
    // A piece begins with the break before its line.
    throw Fault(
      code: .form, line: lines.number(at: min(difference + 2, bytes.count - 1)),
      reason: "the line does not follow from the plan, or is not as hsasync writes it")
  }
}
