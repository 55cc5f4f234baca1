import Foundation
import Reconciler
import Synchronization
import TestKit
import Testing

@testable import Agent

@Suite struct `What a form of the ombuds' page sends` {
  private static let boundary = "----x"

  private func multipart(_ parts: [(head: String, body: String)], end: String = "------x--\r\n") -> [UInt8] {
    Array((parts.map { "------x\r\n\($0.head)\r\n\r\n\($0.body)\r\n" }.joined() + end).utf8)
  }

  private func read(_ octets: [UInt8]) throws -> OmbudForm {
    try OmbudForm(octets, type: "multipart/form-data; boundary=\(Self.boundary)")
  }

  @Test func `is read with its file as it is`() throws {
    let form = try read(
      multipart([
        ("Content-Disposition: form-data; name=\"csrf\"", "abc"),
        (
          "content-disposition: form-data; name=\"file\"; filename=\"våra.yaml\"\r\nContent-Type: text/plain",
          "persons:\r\n--x\n"
        ),
        ("Content-Disposition: form-data; name=\"note\"", "två\r\nrader"),
      ]))
    #expect(form["csrf"] == "abc" && form["note"] == "två\r\nrader")
    #expect(form.file?.name == "våra.yaml" && form.file?.octets == Array("persons:\r\n--x\n".utf8))
    let pairs = try OmbudForm(
      Array("reason=sett+och+l%C3%A4st&read=yes".utf8), type: "application/x-www-form-urlencoded")
    #expect(pairs["reason"] == "sett och läst" && pairs["read"] == "yes")
  }

  @Test func `is refused as a whole when it is not what a form sends`() throws {
    let good = multipart([("Content-Disposition: form-data; name=\"a\"", "1")])
    for count in 0..<(good.count - 4) {
      #expect(throws: Refusal.self, "\(count)") { try read(Array(good.prefix(count))) }
    }
    let head = "Content-Disposition: form-data; name=\"a\""
    for parts in [
      [(head, "1"), (head, "2")], [("Content-Type: text/plain", "1")],
      [(head + "; filename=\"x\"", "1")], [(head, "\0")], [(head, String(repeating: "x", count: 9_000))],
    ] {
      #expect(throws: Refusal.self) { try read(multipart(parts)) }
    }
    for (body, type) in [
      ("a=%FF", "application/x-www-form-urlencoded"), ("a=1&a=2", "application/x-www-form-urlencoded"),
      ("a=1", "text/plain"), ("a=1", ""), ("x", "multipart/form-data"),
      ("x", "multipart/form-data; boundary="),
    ] {
      #expect(throws: Refusal.self, "\(type)") { try OmbudForm(Array(body.utf8), type: type) }
    }
  }

  @Test func `is never read wrong from octets that somebody has altered`() throws {
    var random = SeededGenerator(seed: 6)
    let good = multipart([("Content-Disposition: form-data; name=\"csrf\"", "abc")])
    for _ in 0..<2_000 {
      var octets = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let form = try? read(octets) else { continue }
      #expect(form.fields.count <= 1 && form.file == nil)
    }
  }
}

@Suite struct `A session of the ombuds' page` {
  @Test func `is one card's, and over when nothing has come for a while`() throws {
    let clock = TurnedInstant()
    let sessions = OmbudSessions(now: { clock.now })
    let session = sessions.begin(for: "a")
    #expect(session.id.count == 64 && session.token.count == 64 && session.id != session.token)
    let idle = Duration.seconds(900)
    #expect(sessions.session(session.id, of: "a", idle: idle) == session)
    #expect(sessions.session(session.id, of: "b", idle: idle) == nil)
    #expect(sessions.session(nil, of: "a", idle: idle) == nil)
    clock.turn(.seconds(800))
    #expect(sessions.session(session.id, of: "a", idle: idle) != nil)
    clock.turn(.seconds(800))
    #expect(sessions.session(session.id, of: "a", idle: idle) != nil)
    clock.turn(.seconds(901))
    #expect(sessions.session(session.id, of: "a", idle: idle) == nil)
  }

  @Test func `ends with the card, tells each notice once, and makes way when there are too many`() {
    let sessions = OmbudSessions()
    let first = sessions.begin(for: "a")
    sessions.tell(.init(kind: .info, text: "x"), in: first.id)
    #expect(sessions.told(in: first.id)?.text == "x" && sessions.told(in: first.id) == nil)
    sessions.end(of: "a")
    #expect(sessions.session(first.id, of: "a", idle: .seconds(900)) == nil)
    let oldest = sessions.begin(for: "b")
    for number in 0..<OmbudSessions.most { _ = sessions.begin(for: "card \(number)") }
    #expect(sessions.session(oldest.id, of: "b", idle: .seconds(900)) == nil)
  }

  @Test func `of one card makes way for nobody but itself`() {
    let sessions = OmbudSessions()
    let idle = Duration.seconds(900)
    let other = sessions.begin(for: "b")
    let first = sessions.begin(for: "a")
    let second = sessions.begin(for: "a")
    for _ in 0..<(OmbudSessions.mostOfOne - 1) { _ = sessions.begin(for: "a") }
    #expect(sessions.session(first.id, of: "a", idle: idle) == nil)
    #expect(sessions.session(second.id, of: "a", idle: idle) == second)
    for _ in 0..<OmbudSessions.most { _ = sessions.begin(for: "a") }
    #expect(sessions.session(other.id, of: "b", idle: idle) == other)
  }
}

/// A clock that is turned forwards.
private final class TurnedInstant: Sendable {
  private let start = ContinuousClock.now
  private let passed = Mutex(Duration.zero)

  var now: ContinuousClock.Instant { start + passed.withLock { $0 } }

  func turn(_ duration: Duration) { passed.withLock { $0 += duration } }
}
