import Directory
import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

@Suite struct `Requests over the control socket` {
  private let person = HSAIdentity("SE2321000016-7X3K")

  @Test func `come to the agent as they were meant, and back as it answered`() async throws {
    try await ControlFixture.with { (fixture) async throws in
      let requests: [AgentRequest] = [
        .plan(.whole), .plan(.person(person)), .reconcile(.whole), .reconcile(.unit(person)),
        .reconcile(.provider(person)), .apply(code: nil), .apply(code: "7F3A-91C2"), .undo(run: 3),
        .pushRoles,
        .approve("7F3A-91C2"), .approve(String(repeating: "0a", count: 32)), .cancel("7F3A-91C2"),
        .release(person), .adopt(person),
      ]
      for request in requests {
        let order = AgentOrder(
          request, reason: "a \"reason\"", language: .swedish, detail: .full, isAllOrNothing: true)
        #expect(try await fixture.client.send(order).code == "7F3A-91C2")
      }
      #expect(fixture.desk.asked.map(\.request) == requests)
      #expect(fixture.recorded.count == requests.count)
      #expect(fixture.recorded.allSatisfy { $0.name == .requested && $0.actor?.uid == getuid() })
      #expect(fixture.recorded.allSatisfy { $0.fields["reason"] == "a \"reason\"" })
      #expect(try await fixture.client.status() == ScriptedDesk.status)
      #expect(
        try await fixture.client.runs(last: 7, as: .text(.swedish))
          == "the last 7 in text(Directory.Language.swedish)")
      #expect(
        try await fixture.client.explain(person, of: "NPÖ;Läsare", as: .text(.english))
          == "\(person.text) NPÖ;Läsare")
    }
  }

  @Test func `are refused when they are not understood to the letter`() async throws {
    try await ControlFixture.with { (fixture) async throws in
      for (route, body, words) in [
        ("reconcile", #"{"units":"SE2321000016-1A2B"}"#, "`units`"),
        ("apply", #"{"person":"x"}"#, "`person`"),
        ("reconcile", #"{"unit":"19121212-1212"}"#, "form of an HSA-id"),
        ("reconcile", #"{"unit":1}"#, "is a text"),
        ("reconcile", #"{"unit":"SE2321000016-1A2B","person":"SE2321000016-1A2B"}"#, "only one"),
        ("undo", "{}", "`run` is missing"), ("undo", #"{"run":"1"}"#, "number of a run"),
        ("undo", #"{"run":1.5}"#, "number of a run"), ("undo", #"{"run":0}"#, "number of a run"),
        ("approve", #"{"code":"19121212-1212"}"#, "code of a plan"), ("approve", "", "`code` is missing"),
        ("plan", "[]", "one JSON object"), ("plan", #"{"wait":true,"wait":false}"#, "one JSON object"),
        ("plan", "{} {}", "one JSON object"), ("plan", #"{"wait":"true"}"#, "true or false"),
        ("plan", #"{"language":"fi"}"#, "en or sv"), ("plan", #"{"detail":"all"}"#, "summary"),
        ("plan", "{\"reason\":\"\(String(repeating: "x", count: 1_001))\"}", "1000 characters"),
        ("plan", #"{"Anna Berg 1912":1}"#, "no member of that name"),
      ] {
        let reply = try await fixture.ask("POST", "/v1/" + route, body)
        #expect(
          reply.status == 400 && reply.json["code"] as? String == "requestMalformed", "\(body) \(reply)")
        #expect((reply.json["detail"] as? String)?.contains(words) == true, "\(reply)")
        #expect(!reply.body.contains("1212") && !reply.body.contains("Berg"))
      }
      let large = "{\"reason\":\"\(String(repeating: " ", count: 70_000))\"}"
      #expect(try await fixture.ask("POST", "/v1/plan", large).status == 413)
      #expect(
        try await fixture.ask("POST", "/v1/plan", "{}", headers: ["Content-Type": "text/plain"]).status == 415
      )
      #expect(try await fixture.ask("GET", "/v1/runs?first=1").status == 400)
      #expect(try await fixture.ask("GET", "/v1/runs?last=0").status == 400)
      #expect(try await fixture.ask("GET", "/v1/runs/2").status == 404)
      #expect(try await fixture.ask("GET", "/v1/explain/19121212-1212").status == 400)
      #expect(try await fixture.ask("GET", "/v2/status").status == 404)
      #expect(
        try await fixture.ask("POST", "/v1/plan", "{}", headers: ["Idempotency-Key": "a b"]).status == 400)
      #expect(fixture.desk.asked.isEmpty && fixture.recorded.isEmpty)
    }
  }

  @Test func `are done once for a key, and answered alike for a day`() async throws {
    try await ControlFixture.with { (fixture) async throws in
      let key = ["Idempotency-Key": "k1"]
      let first = try await fixture.ask("POST", "/v1/reconcile", "{}", headers: key)
      let again = try await fixture.ask("POST", "/v1/reconcile", " { } ", headers: key)
      #expect(first.status == 200 && again.status == 200 && first.body == again.body)
      #expect(fixture.desk.asked.count == 1 && fixture.recorded.count == 1)
      let other = try await fixture.ask("POST", "/v1/reconcile", #"{"reason":"x"}"#, headers: key)
      #expect(other.status == 422 && other.json["code"] as? String == "keyUsed", "\(other)")
      let elsewhere = try await fixture.ask("POST", "/v1/plan", "{}", headers: key)
      #expect(elsewhere.status == 422)
      fixture.pass(.seconds(24 * 3_600 - 60))
      #expect(try await fixture.ask("POST", "/v1/reconcile", "{}", headers: key).body == first.body)
      fixture.pass(.seconds(120))
      #expect(try await fixture.ask("POST", "/v1/reconcile", "{}", headers: key).body != first.body)
      #expect(fixture.desk.asked.count == 2)
    }
  }

  @Test func `belong with their keys to whoever made them`() async throws {
    var control = DaemonSettings.Control()
    control.operators = ["nobody"]
    control.readers = ["daemon"]
    try await ControlFixture.with(control) { (fixture) async throws in
      let key = ["Idempotency-Key": "k1"]
      let mine = try await fixture.ask("POST", "/v1/plan", #"{"wait":false}"#, headers: key, as: 1)
      let theirs = try await fixture.ask("POST", "/v1/plan", #"{"wait":false}"#, headers: key, as: 65_534)
      #expect(mine.status == 202 && theirs.status == 202)
      try await eventually("both are done") { fixture.desk.asked.count == 2 }
      let their = try #require(theirs.headers["location"])
      #expect(try await fixture.ask("GET", their, as: 65_534).status == 200)
      #expect(try await fixture.ask("GET", their, as: 0).status == 200)
      #expect(try await fixture.ask("GET", their, as: 1).status == 404)
      #expect(try await fixture.ask("GET", "/v1/requests/nothing").status == 404)
    }
  }

  @Test func `are not kept under a key when they say try again`() async throws {
    try await ControlFixture.with { (fixture) async throws in
      let refusal = Refusal(.storeBusy, .tryAgain, "another process writes")
      fixture.desk.set(.failure(refusal), for: .reconcile(.whole))
      let key = ["Idempotency-Key": "k1"]
      #expect(try await fixture.ask("POST", "/v1/reconcile", "{}", headers: key).status == 503)
      fixture.desk.set(.success(AgentAnswer()), for: .reconcile(.whole))
      #expect(try await fixture.ask("POST", "/v1/reconcile", "{}", headers: key).status == 200)
    }
  }

  @Test func `that nobody waits for are told of when they are asked after`() async throws {
    try await ControlFixture.with { (fixture) async throws in
      fixture.desk.shut()
      let client = fixture.client
      let begun = try await client.submit(AgentOrder(.reconcile(.whole)))
      try await eventually("it has begun") { try await client.request(begun.id).state == .running }
      let next = try await client.submit(AgentOrder(.undo(run: 3)))
      #expect(next.state == .waiting && next.request == "undo" && next.answer == nil)
      fixture.desk.set(.failure(Refusal(.runUnknown, .usage, "there is no run 3")), for: .undo(run: 3))
      fixture.desk.open()
      try await eventually("both are done") { try await client.request(next.id).state == .done }
      #expect(try await client.request(begun.id).answer?.runs == [1])
      #expect(try await client.request(next.id).problem?.status == 404)
    }
  }

  @Test func `equal to one that waits share its answer, but for what counts for one person`() async throws {
    var control = DaemonSettings.Control()
    control.operators = ["nobody"]
    try await ControlFixture.with(control) { (fixture) async throws in
      fixture.desk.shut()
      async let running = fixture.ask("POST", "/v1/reconcile", "{}")
      try await eventually("the first has begun") { fixture.desk.asked.count == 1 }
      async let second = fixture.ask("POST", "/v1/reconcile", #"{"reason":"mine"}"#)
      try await eventually("the second waits") { fixture.recorded.count == 2 }
      async let third = fixture.ask("POST", "/v1/reconcile", #"{"reason":"theirs"}"#, as: 65_534)
      async let other = fixture.ask("POST", "/v1/reconcile", #"{"unit":"SE2321000016-1A2B"}"#)
      async let approval = fixture.ask("POST", "/v1/approve", #"{"code":"7F3A-91C2"}"#)
      async let another = fixture.ask("POST", "/v1/approve", #"{"code":"7F3A-91C2"}"#, as: 65_534)
      try await eventually("all have been recorded") { fixture.recorded.count == 6 }
      fixture.desk.open()
      let replies = try await [running, second, third, other, approval, another]
      #expect(replies.allSatisfy { $0.status == 200 })
      #expect(replies[1].body == replies[2].body && replies[0].body != replies[1].body)
      #expect(fixture.desk.asked.count { $0.request == .reconcile(.whole) } == 2)
      #expect(
        Set(fixture.desk.asked.filter { $0.request == .approve("7F3A-91C2") }.map(\.user)) == [0, 65_534])
      #expect(fixture.recorded.count { $0.fields["joined"] == true } == 1)
    }
  }

  @Test func `beyond so many a minute have to wait, each person by themselves`() async throws {
    var control = DaemonSettings.Control()
    control.perMinute = 2
    control.operators = ["nobody"]
    try await ControlFixture.with(control) { (fixture) async throws in
      for _ in 1...2 { #expect(try await fixture.ask("POST", "/v1/plan", "{}").status == 200) }
      let third = try await fixture.ask("POST", "/v1/plan", "{}")
      #expect(third.status == 429 && third.json["exitCode"] as? Int == 75, "\(third)")
      let seconds = try #require(third.headers["retry-after"].flatMap { Int($0) })
      #expect((1...60).contains(seconds))
      #expect(try await fixture.ask("GET", "/v1/explain/SE2321000016-7X3K").status == 429)
      #expect(try await fixture.ask("GET", "/v1/status").status == 200)
      #expect(try await fixture.ask("POST", "/v1/plan", "{}", as: 65_534).status == 200)
      #expect(fixture.desk.asked.count == 3)
      fixture.pass(.seconds(61))
      #expect(try await fixture.ask("POST", "/v1/plan", "{}").status == 200)
    }
  }

  @Test func `are not done when they cannot be recorded`() async throws {
    try await ControlFixture.with { (fixture) async throws in
      fixture.failRecording(Refusal(.auditUnusable, .tryAgain, "there is no room for the audit log"))
      #expect(try await fixture.ask("POST", "/v1/reconcile", "{}").status == 503)
      #expect(try await fixture.ask("GET", "/v1/explain/SE2321000016-7X3K").status == 503)
      #expect(fixture.desk.asked.isEmpty)
      fixture.failRecording(nil)
      #expect(try await fixture.ask("POST", "/v1/reconcile", "{}").status == 200)
    }
  }

  @Test(arguments: [
    (Refusal.Code.guardTripped, ExitCode.refused, 409), (.planStale, .stalePlan, 412),
    (.desiredStateWrong, .desiredStateWrong, 422), (.configurationWrong, .configurationWrong, 422),
    (.storeNotPermitted, .notPermitted, 403), (.storeBusy, .tryAgain, 503),
    (.directoryFailed, .directoryUnavailable, 503), (.planUnknown, .usage, 404), (.failed, .someFailed, 500),
  ])
  func `tell a refusal by status, and the client has it as it was`(
    _ code: Refusal.Code, _ exitCode: ExitCode, _ status: Int
  ) async throws {
    let finding = Finding(
      "x", .warning, at: SourcePosition(file: "a.yaml", line: 3, column: 2), subject: person, "a thing",
      advice: "do")
    let refusal = Refusal(code, exitCode, "this is why", advice: "do that", findings: [finding])
    try await ControlFixture.with { (fixture) async throws in
      fixture.desk.set(.failure(refusal), for: .pushRoles)
      #expect(try await fixture.ask("POST", "/v1/roles/push").status == status)
      do throws(Refusal) {
        _ = try await fixture.client.send(AgentOrder(.pushRoles))
        Issue.record("it was not refused")
      } catch {
        #expect(error.code == code && error.exitCode == exitCode && error.message == "this is why")
        #expect(error.advice == "do that" && error.findings == [finding])
      }
    }
  }
}
