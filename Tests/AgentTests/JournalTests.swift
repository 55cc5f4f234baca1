import Foundation
import Glibc
import Logging
import Synchronization
import TestKit
import Testing

@testable import Agent

@Suite struct `The journal` {
  private let folder: TemporaryFolder
  private let journal: DatagramReceiver
  private let lines = Lines()
  private let logger: Logger

  /// What went to standard error instead.
  private final class Lines: Sendable {
    private let all = Mutex<[String]>([])
    var texts: [String] { all.withLock { $0 } }
    func add(_ line: String) { all.withLock { $0.append(line) } }
  }

  init() throws {
    folder = try TemporaryFolder()
    journal = try DatagramReceiver(folder.path("journal"))
    let (path, lines) = (journal.name, lines)
    logger = Logger(label: "hsasync") {
      var handler = JournalLogHandler(label: $0, socket: path) { lines.add($0) }
      handler.logLevel = .debug
      return handler
    }
  }

  /// The fields of one entry, as the journal's own reader takes them apart.
  private func fields(_ octets: [UInt8]) throws -> [String: String] {
    var fields: [String: String] = [:]
    var rest = octets[...]
    while !rest.isEmpty {
      let end = try #require(rest.firstIndex { $0 == UInt8(ascii: "=") || $0 == 10 })
      let name = String(decoding: rest[..<end], as: UTF8.self)
      let isPlain = rest[end] != 10
      rest = rest[(end + 1)...]
      var count =
        try rest.firstIndex(of: 10).map { $0 - rest.startIndex } ?? { throw Failure("no end of \(name)") }()
      if !isPlain {
        count = rest.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        rest = rest.dropFirst(8)
      }
      #expect(fields[name] == nil, "\(name) comes twice")
      fields[name] = String(decoding: rest.prefix(count), as: UTF8.self)
      rest = rest.dropFirst(count)
      #expect(rest.first == 10)
      rest = rest.dropFirst()
    }
    return fields
  }

  private func onlyEntry() throws -> [String: String] {
    let entries = journal.take()
    #expect(entries.count == 1 && lines.texts.isEmpty)
    return try fields(try #require(entries.first))
  }

  @Test func `has a line's fields`() throws {
    logger.warning(
      "a guard has tripped", metadata: ["event": "refused", "code": "7F3A-91C2", "changes": "47"])
    #expect(
      try onlyEntry() == [
        "PRIORITY": "4", "SYSLOG_IDENTIFIER": "hsasync", "MESSAGE": "a guard has tripped",
        "MESSAGE_ID": try #require(JournalMessageID.byEvent["refused"]), "HSASYNC_LOGGER": "hsasync",
        "HSASYNC_EVENT": "refused", "HSASYNC_CODE": "7F3A-91C2", "HSASYNC_CHANGES": "47",
      ])
  }

  @Test func `takes a value with line feeds by its length, and nothing in it for a field`() throws {
    let text = "one\nPRIORITY=0\n\ntwo\u{0}=å\n"
    logger.error("\(text)", metadata: ["detail": "\(text)", "empty": ""])
    let fields = try onlyEntry()
    #expect(fields["MESSAGE"] == text && fields["HSASYNC_DETAIL"] == text)
    #expect(fields["PRIORITY"] == "3" && fields["HSASYNC_EMPTY"] == "")
  }

  @Test func `has a priority for each level, as syslog counts`() throws {
    for (level, priority) in [
      (Logger.Level.debug, "7"), (.info, "6"), (.notice, "5"), (.warning, "4"), (.error, "3"),
      (.critical, "2"),
    ] {
      logger.log(level: level, "x")
      #expect(try onlyEntry()["PRIORITY"] == priority)
    }
  }

  @Test func `has our fields under our name, whatever the key`() throws {
    logger.info("x", metadata: ["message": "m", "lag-ms": "1", "värde": "2", "_PID": "3"])
    let fields = try onlyEntry()
    #expect(fields["MESSAGE"] == "x" && fields["HSASYNC_MESSAGE"] == "m" && fields["HSASYNC_LAG_MS"] == "1")
    #expect(fields["HSASYNC_V__RDE"] == "2" && fields["HSASYNC__PID"] == "3")
    #expect(JournalEntry.fieldName(String(repeating: "x", count: 100)).utf8.count == 64)
  }

  @Test func `has nested values in one order`() throws {
    logger.info("x", metadata: ["counts": ["b": "2", "a": "1", "c": ["x", "y"]]])
    #expect(try onlyEntry()["HSASYNC_COUNTS"] == "{a: 1, b: 2, c: [x, y]}")
  }

  @Test func `knows the logger's own values, which a line may replace`() throws {
    var logger = logger
    logger[metadataKey: "run"] = "7"
    logger[metadataKey: "target"] = "a"
    logger.info("x", metadata: ["target": "b"])
    let fields = try onlyEntry()
    #expect(fields["HSASYNC_RUN"] == "7" && fields["HSASYNC_TARGET"] == "b")
  }

  @Test func `that is away is replaced by standard error, with the priority before the line`() {
    unlink(journal.name)
    logger.error("one\ntwo", metadata: ["b": "2", "a": "<0>\n<0>"])
    #expect(lines.texts == ["<3>one two a=<0> <0> b=2\n"])
  }

  @Test func `that cannot take so much is replaced too`() throws {
    logger.info("\(String(repeating: "x", count: 1 << 20))")
    #expect(journal.take().isEmpty)
    #expect(lines.texts.map(\.utf8.count) == [(1 << 20) + 4])
  }

  @Test func `is standard error's only where the kernel says so too`() throws {
    let path = try folder.write("stream", "")
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var status = stat()
    #expect(fstat(descriptor, &status) == 0)
    let (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    #expect(JournalStream.isJournal("\(device):\(inode)", descriptor: descriptor))
    for text in [
      "\(device):\(inode + 1)", "\(device + 1):\(inode)", "\(inode)", "\(device):\(inode):", "", ":",
    ] {
      #expect(!JournalStream.isJournal(text, descriptor: descriptor), "\(text)")
    }
    #expect(!JournalStream.isJournal(nil, descriptor: descriptor))
    #expect(JournalLogHandler(label: "x", environment: ["JOURNAL_STREAM": "0:0"]) == nil)
  }

  @Test func `has a number of its own for each kind of event`() {
    let ids = JournalMessageID.byEvent
    #expect(Set(ids.values).count == ids.count)
    for id in ids.values { #expect(id.wholeMatch(of: /[0-9a-f]{32}/) != nil) }
    let names: [AgentEvent.Name] = [
      .state, .changed, .planned, .refused, .applied, .pushed, .approved, .desiredLoaded, .desiredRefused,
      .comparison, .connected, .disconnected, .overdue,
    ]
    for name in names { #expect(ids[name.rawValue] != nil) }
  }
}
