import Directory
import Foundation
import Synchronization
import TestKit
import Testing

@testable import Reconciler

extension AuditBench {
  func verify(from first: Int = 1, heads: [AuditMark] = []) throws(Refusal) -> AuditVerification {
    try AuditVerification.verify(folder: path, from: first, heads: heads)
  }

  /// What is found in a log with these lines, as `line kind sound-records`.
  func finding(_ lines: [String], heads: [AuditMark] = []) throws -> String {
    try folder.write("audit/audit.ndjson", lines.map { $0 + "\n" }.joined())
    let result = try verify(heads: heads)
    guard let fault = result.fault else { return "sound \(result.records)" }
    return "\(fault.line) \(fault.kind.rawValue) \(result.records)"
  }

  /// Settings with which a file holds about three records.
  static var small: AuditSettings {
    var settings = AuditSettings()
    settings.rotate = 1_100
    return settings
  }
}

@Suite struct `An audit log that is verified` {
  @Test func `is sound as it was written, over files, and says how far it is`() throws {
    let bench = try AuditBench()
    let log = try bench.filled(20, AuditBench.small)
    let result = try bench.verify()
    #expect(result.fault == nil)
    #expect(result.files > 4)
    // One more for each file that was finished.
    #expect(result.records == 20 + result.files - 1)
    #expect(result.first == 1 && result.last == log.mark)
    #expect(try bench.names().count == result.files)
  }

  @Test func `is found out whichever octet of it is changed`() throws {
    let bench = try AuditBench()
    try bench.filled(5)
    let whole = bench.bytes()
    var random = SystemRandomNumberGenerator()
    for place in whole.indices {
      var changed = whole
      changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      try bench.folder.write("audit/audit.ndjson", changed)
      let result = try bench.verify()
      let line = whole[..<place].count { $0 == 10 } + 1
      #expect(result.fault != nil, "octet \(place): \(whole[place]) -> \(changed[place])")
      #expect(result.fault?.line == line && result.records == line - 1)
    }
  }

  @Test func `tells a line taken away, moved, doubled, made up and changed apart`() throws {
    let bench = try AuditBench()
    try bench.filled(8)
    let lines = bench.lines()
    let made = #"{"event":"write"}"#
    #expect(try bench.finding(lines) == "sound 8")
    for place in 0..<7 {
      var dropped = lines
      dropped.remove(at: place)
      #expect(try bench.finding(dropped) == "\(place + 1) missing \(place)")
      var swapped = lines
      swapped.swapAt(place, place + 1)
      #expect(try bench.finding(swapped) == "\(place + 1) reordered \(place)")
    }
    for place in 0...8 {
      #expect(
        try bench.finding(Array(lines[..<place]) + [made] + Array(lines[place...]))
          == "\(place + 1) notARecord \(place)")
      guard place > 0 else { continue }
      let doubled = Array(lines[..<place] + [lines[place - 1]] + lines[place...])
      #expect(try bench.finding(doubled) == "\(place + 1) repeated \(place)")
    }
    var changed = lines
    changed[3] = changed[3].replacing("record 4", with: "record 9")
    #expect(try bench.finding(changed) == "4 changed 3")
    #expect(try bench.finding(lines.map { $0.hasSuffix("}") ? $0 + " " : $0 }) == "1 notARecord 0")
  }

  @Test func `is found out when the hash of a changed line was calculated anew, too`() throws {
    let bench = try AuditBench()
    try bench.filled(6)
    let lines = bench.lines()
    let forged = try AuditBench()
    let log = try forged.open()
    for number in 1...6 { try log.append([forged.event(number == 3 ? 33 : number)], at: AuditBench.instant) }
    let others = forged.lines()
    #expect(try bench.finding(Array(lines[..<2]) + [others[2]] + Array(lines[3...])) == "4 spliced 3")
    for place in 3...5 {
      #expect(
        try bench.finding(Array(lines[..<place]) + Array(others[place...])) == "\(place + 1) spliced \(place)"
      )
    }
  }

  @Test func `is found out against a head when its end was cut off, or all of it was written anew`() throws {
    let bench = try AuditBench()
    try bench.filled(6)
    let lines = bench.lines()
    let head = AuditMark(sequence: 5, hash: lines[4].hash)
    for count in 0..<5 {
      #expect(try bench.finding(Array(lines[..<count])) == "sound \(count)")
      let found = try bench.finding(Array(lines[..<count]), heads: [head])
      #expect(found == "\(count + 1) tailMissing \(count)")
    }
    #expect(try bench.finding(lines, heads: [head]) == "sound 6")
    #expect(try bench.verify(heads: [head]).heads == 1)
    let forged = try AuditBench()
    let log = try forged.open()
    for number in 11...16 { try log.append([forged.event(number)], at: AuditBench.instant) }
    #expect(try bench.finding(forged.lines(), heads: [head]) == "5 replaced 4")
    let liar = AuditMark(sequence: 5, hash: String(repeating: "f", count: 64))
    #expect(try bench.finding(lines, heads: [head, liar]) == "5 replaced 4")
  }

  @Test func `is found out when a file of it is taken away, renamed or cut`() throws {
    let bench = try AuditBench()
    try bench.filled(20, AuditBench.small)
    let names = try bench.names().filter { $0 != AuditFolder.current }
    let path = { (name: String) in "\(bench.path)/\(name)" }
    for (place, name) in names.enumerated() {
      #expect(rename(path(name), bench.folder.path("away")) == 0)
      let result = try bench.verify()
      #expect(result.fault?.kind == .missing && result.fault?.line == 1)
      #expect(result.files == place + 1)
      #expect(rename(bench.folder.path("away"), path(name)) == 0)
    }
    let text = bench.folder.text("audit/\(names[1])")
    try bench.folder.write("audit/\(names[1])", String(text.dropLast(5)))
    #expect(try bench.verify().fault?.kind == .torn)
    try bench.folder.write("audit/\(names[1])", text)
    #expect(rename(path(names[1]), path(AuditFolder.name(first: 999))) == 0)
    #expect(try bench.verify().fault?.kind == .missing)
  }

  @Test func `may begin later when older files were archived and that is said`() throws {
    let bench = try AuditBench()
    try bench.filled(20, AuditBench.small)
    let names = try bench.names().filter { $0 != AuditFolder.current }
    let first = AuditFolder.firstSequence(names[1]) ?? 0
    try FileManager.default.removeItem(atPath: "\(bench.path)/\(names[0])")
    #expect(try bench.verify().fault?.kind == .missing)
    let old = AuditMark(sequence: 2, hash: String(repeating: "0", count: 64))
    let result = try bench.verify(from: first, heads: [old])
    #expect(result.fault == nil && result.first == first && result.olderHeads == 1)
  }

  @Test func `reads heads as files, journals and exports of them have them`() throws {
    let hash = String(repeating: "0123456789abcdef", count: 4)
    let mark = AuditMark(sequence: 42, hash: hash)
    for text in [
      AuditHead.line(mark, "2027-01-15T08:00:00.125Z"), AuditHead.entry(mark, "2027-01-15T08:00:00.125Z"),
      "Jan 15 09:00:00 agent1 hsasync[4711]: audit head 42 \(hash)\n", "42 \(hash)",
      #"{"PRIORITY":"5","MESSAGE":"audit head 42 \#(hash)"}"#,
    ] {
      #expect(AuditMark.heads(in: Array(text.utf8)) == [mark], "\(text)")
    }
    #expect(AuditMark.heads(in: Array("nothing 0 \(hash) 7 abc\n\(hash) \(hash)".utf8)).isEmpty)
    let folder = try TemporaryFolder()
    let empty = try folder.write("head", "nothing\n")
    #expect(throws: Refusal.self) { try AuditMark.heads(inFile: empty) }
  }

  @Test func `is sound, with nothing lost, when several write, rotate and verify it at once`() async throws {
    let bench = try AuditBench()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          // As another process would: with an opening of its own.
          let log = try bench.open(AuditBench.small)
          for number in 0..<25 { try log.append([bench.event(writer * 100 + number), bench.event(-1)]) }
        }
      }
      group.addTask {
        for _ in 0..<20 {
          guard (try? bench.names()) != nil else { continue }
          let result = try bench.verify()
          #expect(result.fault == nil)
        }
      }
      try await group.waitForAll()
    }
    let result = try bench.verify()
    #expect(result.fault == nil)
    #expect(result.records == 200 + result.files - 1)
  }

  @Test func `that is not there is no sound one`() throws {
    let bench = try AuditBench()
    let refusal = #expect(throws: Refusal.self) { try bench.verify() }
    #expect(refusal?.exitCode == .usage)
  }
}
