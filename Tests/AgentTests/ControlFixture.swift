import Directory
import Foundation
import Logging
import Reconciler
import ServiceLifecycle
import Synchronization
import TestKit

@testable import Agent

/// A control socket with a desk behind it that does what the test says, and nothing else of an agent.
final class ControlFixture: Sendable {
  let folder: TemporaryFolder
  let path: String
  let desk = ScriptedDesk()
  private let control: Mutex<DaemonSettings.Control>
  private let records = Mutex([AuditEvent]())
  private let later = Mutex(Duration.zero)
  private let refusal = Mutex<Refusal?>(nil)

  /// Starts one, lends it, and stops it.
  static func with(
    _ control: DaemonSettings.Control = .init(), heartbeat: Duration = .seconds(15),
    _ body: (ControlFixture) async throws -> Void
  ) async throws {
    let fixture = try ControlFixture(control)
    try await serving(fixture.group(heartbeat), at: fixture.path) {
      // What still waits at the desk would hold up the end.
      defer { fixture.desk.open() }
      try await body(fixture)
    }
  }

  /// Runs a control socket's services while something is done there, and stops them.
  static func serving(
    _ group: ServiceGroup, at path: String, _ body: () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      do {
        try await eventually(within: .seconds(120), "the socket's opening") {
          ControlClient.isAgentRunning(at: path)
        }
        try await body()
      } catch {
        await group.triggerGracefulShutdown()
        throw error
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  init(_ settings: DaemonSettings.Control) throws {
    folder = try TemporaryFolder()
    // Others than root come to it as well.
    chmod(folder.path, 0o755)
    path = folder.path("control")
    var settings = settings
    settings.socket = path
    control = Mutex(settings)
  }

  func server(_ heartbeat: Duration = .seconds(15)) -> ControlServer {
    ControlServer(
      desk.desk, settings: { self.control.withLock { $0 } }, logger: Logger(label: "test"),
      heartbeat: heartbeat,
      now: { .now + self.later.withLock { $0 } },
      record: { (event) throws(Refusal) in
        if let refusal = self.refusal.withLock({ $0 }) { throw refusal }
        self.records.withLock { $0.append(event) }
      })
  }

  func group(_ heartbeat: Duration = .seconds(15)) -> ServiceGroup {
    var logger = Logger(label: "test")
    logger.logLevel = .error
    return ServiceGroup(services: [server(heartbeat)], logger: logger)
  }

  var client: ControlClient { ControlClient(socketPath: path) }
  var recorded: [AuditEvent] { records.withLock { $0 } }

  /// Lets time go by, as the ledger's clock has it.
  func pass(_ time: Duration) { later.withLock { $0 += time } }

  /// Has nothing recorded from now on.
  func failRecording(_ reason: Refusal?) { refusal.withLock { $0 = reason } }

  /// An answer of the socket's, as it came.
  struct Reply {
    var status: Int
    var headers: [String: String]
    var body: String
    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }
  }

  /// Asks as a user of this machine, in a process of theirs.
  func ask(
    _ method: String, _ target: String, _ body: String? = nil, headers: [String: String] = [:],
    as user: UInt32 = 0,
    group: UInt32 = 0
  ) async throws -> Reply {
    try await Self.ask(at: path, method, target, body, headers: headers, as: user, group: group)
  }

  /// Asks at any control socket.
  static func ask(
    at path: String, _ method: String, _ target: String, _ body: String? = nil,
    headers: [String: String] = [:], as user: UInt32 = 0, group: UInt32 = 0
  ) async throws -> Reply {
    var headers = headers
    if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
    let question: [String: Any] = [
      "path": path, "method": method, "target": target, "body": body ?? "", "headers": headers,
      "uid": Int(user),
      "gid": Int(group),
    ]
    let input = String(decoding: try JSONSerialization.data(withJSONObject: question), as: UTF8.self)
    let output = try await Tool.run("python3", ["-c", asker], input: input).output
    let parts = output.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
    let fields = try JSONDecoder().decode([String: String].self, from: Data(parts[1].utf8))
    return Reply(status: Int(parts[0]) ?? 0, headers: fields, body: String(parts[2]))
  }

  /// All that is needed is imported before the user is given up: the modules may lie where that user cannot read.
  private static let asker = """
    import http.client, json, os, socket, sys
    q = json.load(sys.stdin)
    os.setgroups([])
    os.setgid(q["gid"])
    os.setuid(q["uid"])
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(120)
    s.connect(q["path"])
    body = q["body"].encode()
    h = {"Host": "agent", "Connection": "close", **q["headers"]}
    if body: h["Content-Length"] = str(len(body))
    head = q["method"] + " " + q["target"] + " HTTP/1.1\\r\\n" + "".join(k + ": " + v + "\\r\\n" for k, v in h.items())
    s.sendall(head.encode() + b"\\r\\n" + body)
    r = http.client.HTTPResponse(s, method=q["method"])
    r.begin()
    print(r.status)
    print(json.dumps({k.lower(): v for k, v in r.getheaders()}))
    sys.stdout.write(r.read().decode())
    """
}

/// What stands for the agent: notes what it is asked, and answers when it is let.
final class ScriptedDesk: Sendable {
  struct Asked: Sendable, Equatable {
    var request: AgentRequest
    var user: UInt32
  }
  private struct State {
    var asked: [Asked] = []
    var isOpen = true
    var waiters: [CheckedContinuation<Void, Never>] = []
    var answers: [AgentRequest: Result<AgentAnswer, Refusal>] = [:]
  }
  private let state = Mutex(State())
  private let events = EventBroadcast(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  private let listening = Atomic<Int>(0)
  /// How many have begun to listen.
  var listeners: Int { listening.load(ordering: .relaxed) }

  var asked: [Asked] { state.withLock { $0.asked } }
  func set(_ answer: Result<AgentAnswer, Refusal>, for request: AgentRequest) {
    state.withLock { $0.answers[request] = answer }
  }
  func shut() { state.withLock { $0.isOpen = false } }
  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
  func tell(_ message: String) { events.send(.changed, message, ["entries": 1]) }

  var desk: ControlDesk {
    ControlDesk(
      status: { Self.status }, answer: { try await self.answer($0, $1) },
      events: {
        self.listening.add(1, ordering: .relaxed)
        return self.events.subscribe()
      },
      runs: { last, form in form == .json ? #"{"formatVersion":1,"runs":[]}"# : "the last \(last) in \(form)"
      },
      run: { number, _ in number == 1 ? #"{"formatVersion":1,"runs":[]}"# : nil },
      explain: { identity, subject, form in
        form == .json ? "{}" : "\(identity.text) \(subject ?? "all")"
      }, prefixes: { ["TSTNMT"] })
  }

  private func answer(_ order: AgentOrder, _ caller: Caller) async throws -> AgentAnswer {
    state.withLock { $0.asked.append(Asked(request: order.request, user: caller.actor.uid)) }
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiters.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
    let count = asked.count
    return try state.withLock { $0.answers[order.request] }?.get()
      ?? AgentAnswer(lines: ["answer \(count)"], messages: [], code: "7F3A-91C2", runs: [count])
  }

  /// A status with everything in it.
  static let status: AgentStatus = {
    let instant = Date(timeIntervalSince1970: 1_700_000_000.25)
    var status = AgentStatus(
      state: .inSync, since: instant, reason: "all is well", version: "1.2.3", started: instant, base: "o=x",
      index: .init(), desired: .init(), lag: 0.5, queue: 3, waiting: [], targets: [])
    status.server = .init(
      url: "ldaps://ek.example.org", tlsVersion: "TLS1.3", tlsCipher: "AES", identity: "dn:cn=agent,o=x",
      source: .contentSync, since: instant, clockSkew: 1)
    status.index.entries = ["person": 12, "unit": 3]
    status.index.cookieStored = instant
    status.index.isSound = true
    status.desired.inForceSince = instant
    (status.lastChange, status.lastAgreement, status.nextBoundary) = (instant, instant, instant)
    (status.lastComparison, status.nextComparison) = (instant, instant)
    status.waiting = [
      .init(
        code: "7F3A-91C2", digest: "7f3a", since: instant, changes: 2, roles: 1, guards: ["too many"],
        tripped: ["deleted"], approvals: ["anna"])
    ]
    status.targets = [
      .init(
        name: "journal \"x\"", lastRead: instant, lastFailed: instant, fault: "unavailable", failures: 2,
        overdue: 1,
        oldestOverdue: instant)
    ]
    status.lastRun = .init(number: 7, ended: instant, exitCode: 0)
    status.lockHolder = "other"
    return status
  }()
}
