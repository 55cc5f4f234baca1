import Directory
import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

@Suite struct `Whom the control socket listens to` {
  /// A user and a group that every Debian has.
  private let nobody: UInt32 = 65_534
  private let daemon: UInt32 = 1

  @Test func `refuses whom nobody listed, whatever they ask`() async throws {
    try await ControlFixture.with { (fixture) async throws in
      for (method, target) in [("GET", "/v1/status"), ("POST", "/v1/reconcile"), ("GET", "/nothing")] {
        let reply = try await fixture.ask(method, target, as: nobody)
        #expect(reply.status == 403 && reply.json["code"] as? String == "callerUnknown", "\(reply)")
        #expect(reply.headers["content-type"] == "application/problem+json")
        #expect(reply.json["exitCode"] as? Int == 77)
      }
      #expect(fixture.desk.asked.isEmpty && fixture.recorded.isEmpty)
    }
  }

  @Test func `lets a reader look and plan, and write nothing`() async throws {
    var control = DaemonSettings.Control()
    control.readers = ["nobody"]
    try await ControlFixture.with(control) { (fixture) async throws in
      for target in ["/v1/status", "/v1/runs", "/v1/runs/1", "/v1/explain/SE2321000016-7X3K"] {
        #expect(try await fixture.ask("GET", target, as: nobody).status == 200, "\(target)")
      }
      #expect(try await fixture.ask("POST", "/v1/plan", "{}", as: nobody).status == 200)
      for (route, body) in [
        ("reconcile", "{}"), ("apply", "{}"), ("undo", #"{"run":1}"#), ("roles/push", "{}"),
        ("approve", #"{"code":"7F3A-91C2"}"#), ("cancel", #"{"code":"7F3A-91C2"}"#),
        ("release", #"{"hsaIdentity":"SE2321000016-7X3K"}"#),
        ("adopt", #"{"hsaIdentity":"SE2321000016-7X3K"}"#),
      ] {
        let reply = try await fixture.ask("POST", "/v1/" + route, body, as: nobody)
        #expect(
          reply.status == 403 && reply.json["code"] as? String == "callerNotPermitted", "\(route) \(reply)")
      }
      #expect(fixture.desk.asked == [.init(request: .plan(.whole), user: nobody)])
    }
  }

  @Test func `takes a group's members for what the group is`() async throws {
    var control = DaemonSettings.Control()
    control.operators = ["@daemon"]
    try await ControlFixture.with(control) { (fixture) async throws in
      let replies = [
        try await fixture.ask("POST", "/v1/reconcile", as: daemon),
        try await fixture.ask("POST", "/v1/reconcile", as: nobody),
      ]
      #expect(replies.map(\.status) == [200, 403])
      #expect(fixture.desk.asked.map(\.user) == [daemon])
      #expect(fixture.recorded.map(\.actor?.user) == ["daemon"])
    }
  }

  @Test func `judges scope in one place, in the same words whether or not something is there`() {
    let (mine, other) = (HSAIdentity("SE2321000016-1A2B"), HSAIdentity("SE2321000016-9X9X"))
    let actor = Actor(user: "anna", uid: 1_000, host: "h")
    let mandate = Mandate(person: other, scope: ProviderScope(providers: [mine]), isFromDirectory: false)
    let ombud = Caller(actor: actor, role: .operator, mandate: mandate)
    #expect(ombud.refusal(of: .order(.reconcile(.provider(mine)))) == nil)
    #expect(ombud.refusal(of: .order(.take(mine, file: 1))) == nil)
    let refused: [ControlQuestion] = [
      .explain(other), .order(.reconcile(.whole)), .order(.reconcile(.unit(other))), .order(.undo(run: 1)),
      .order(.plan(.provider(other))), .order(.reconcile(.provider(other))), .order(.release(mine)),
      .order(.apply(code: "7F3A-91C2")), .order(.take(other, file: 1)), .order(.adopt(mine)),
      .order(.pushRoles), .runs, .events, .status,
    ]
    #expect(Set(refused.map { ombud.refusal(of: $0)?.message }).count == 1)
    #expect(refused.allSatisfy { ombud.refusal(of: $0)?.exitCode == .notPermitted })
    #expect(refused.allSatisfy { Caller(actor: actor, role: .operator).refusal(of: $0) == nil })
  }
}

@Suite struct `The person behind a connection` {
  private func process(
    started: Int, login: String, users: String = "1000\t1000\t1000\t1000", _ folder: TemporaryFolder
  ) throws -> PeerProcess {
    let fields = (3...21).map { "\($0)" }.joined(separator: " ")
    try folder.write("42/stat", "42 (a ) strange) name) \(fields) \(started) 23 24\n")
    try folder.write("42/status", "Name:\tx\nUid:\t\(users)\nGid:\t0\t0\t0\t0\n")
    try folder.write("42/loginuid", login)
    return PeerProcess(42, root: folder.path)
  }

  private func login(
    _ process: PeerProcess, as user: UInt32 = 1_000, accepted: UInt64 = 500, isSame: Bool = true
  )
    -> UInt32?
  {
    process.loginUser(connectedAs: user, acceptedAt: accepted) { isSame }
  }

  @Test func `is the one who logged in`() throws {
    let folder = try TemporaryFolder()
    let process = try process(started: 400, login: "1234", folder)
    #expect(login(process) == 1_234)
    #expect(login(process, accepted: 400) == 1_234)
  }

  @Test func `is not that of a younger process that has the number now`() throws {
    let folder = try TemporaryFolder()
    let process = try process(started: 501, login: "1234", folder)
    #expect(login(process) == nil)
    #expect(login(process, accepted: 501) == 1_234)
    #expect(login(process, accepted: 501, isSame: false) == nil)
  }

  @Test func `is not that of another user's process, of a service, or of one that is gone`() throws {
    let folder = try TemporaryFolder()
    #expect(try login(process(started: 400, login: "1234", users: "0\t0\t0\t0", folder)) == nil)
    #expect(try login(process(started: 400, login: "4294967295", folder)) == nil)
    #expect(login(PeerProcess(43, root: folder.path)) == nil)
    // sudo: who logged in is another than who connects, and that is the point.
    #expect(try login(process(started: 400, login: "1234", users: "0\t0\t0\t0", folder), as: 0) == 1_234)
  }

  @Test func `reads of a process of this machine what the kernel has`() throws {
    let mine = PeerProcess(getpid())
    #expect(
      mine.loginUser(connectedAs: getuid(), acceptedAt: PeerProcess.now) { true } == Actor.loginUser())
    #expect(mine.loginUser(connectedAs: getuid(), acceptedAt: 0) { true } == nil)
  }
}
