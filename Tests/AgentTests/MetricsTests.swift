import CoreMetrics
import Directory
import Foundation
import LDAP
import Logging
import Reconciler
import ServiceLifecycle
import Synchronization
import TestKit
import Testing

@testable import Agent

@Suite struct `What monitoring is told` {
  private let now = Date(timeIntervalSince1970: 1_700_000_010.25)

  @Test func `has counters, gauges and histograms as Prometheus reads them`() {
    let registry = PrometheusRegistry()
    Counter(label: "b.total", dimensions: [("z", "1"), ("a", "x\"y\\z\n")], factory: registry).increment(
      by: 2)
    Counter(label: "b.total", dimensions: [("a", "x\"y\\z\n"), ("z", "1")], factory: registry).increment()
    Gauge(label: "a", factory: registry).record(1.5)
    let timer = CoreMetrics.Timer(label: "c_seconds", factory: registry)
    timer.recordNanoseconds(3_000_000)
    timer.recordNanoseconds(90_000_000_000)
    var text = PrometheusText()
    registry.write(to: &text)
    let lines = text.text.split(separator: "\n").map(String.init)
    #expect(lines.prefix(2) == ["# TYPE a gauge", "a 1.5"])
    #expect(lines.contains(#"b_total{a="x\"y\\z\n",z="1"} 3"#))
    #expect(lines.count { $0.hasPrefix("b_total{") } == 1)
    #expect(
      lines.contains(#"c_seconds_bucket{le="0.0025"} 0"#)
        && lines.contains(#"c_seconds_bucket{le="0.005"} 1"#))
    #expect(
      lines.contains(#"c_seconds_bucket{le="60"} 1"#) && lines.contains(#"c_seconds_bucket{le="+Inf"} 2"#))
    #expect(lines.contains("c_seconds_count 2") && lines.contains { $0.hasPrefix("c_seconds_sum 90.003") })
  }

  @Test func `has every gauge by its documented name, and nothing else`() {
    let registry = PrometheusRegistry()
    for name in MetricName.allCases where name.kind == .counter {
      Counter(label: name.rawValue, factory: registry).increment()
    }
    CoreMetrics.Timer(label: MetricName.ldap.rawValue, factory: registry).recordNanoseconds(1)
    let text = MetricsPage(status: ScriptedDesk.status, now: now).text(registry)
    let types = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map {
      $0.split(separator: " ")
    }
    #expect(types.map { String($0[2]) }.sorted() == MetricName.allCases.map(\.rawValue).sorted())
    #expect(types.allSatisfy { MetricName(rawValue: String($0[2]))?.kind.rawValue == String($0[3]) })
    for line in [
      #"hsasync_build_info{version="1.2.3"} 1"#, #"hsasync_state{state="inSync"} 1"#,
      #"hsasync_state{state="degraded"} 0"#, "hsasync_lag_seconds 0.5", "hsasync_queue_entries 3",
      #"hsasync_entries{kind="person"} 12"#, "hsasync_sync_cookie_age_seconds 10",
      #"hsasync_guard_tripped{guard="deleted"} 1"#, #"hsasync_guard_tripped{guard="moved"} 0"#,
      #"hsasync_target_overdue_revocations{target="journal \"x\""} 1"#, "hsasync_waiting_changes 3",
      #"hsasync_directory_connected{source="contentSync"} 1"#,
      "hsasync_last_success_timestamp_seconds 1700000000.25",
    ] { #expect(text.contains(line + "\n"), "\(line)") }
  }

  @Test func `is alive while the process turns, and ready while the agent does its work`() async throws {
    let state = Mutex(ScriptedDesk.status)
    let port = Mutex(0)
    var logger = Logger(label: "test")
    logger.logLevel = .error
    var server = MachineServer(host: "127.0.0.1", port: 0, registry: PrometheusRegistry(), logger: logger) {
      state.withLock { $0 }
    }
    server.opened = { opened in port.withLock { $0 = opened } }
    let group = ServiceGroup(services: [server], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      try await eventually(within: .seconds(120)) { port.withLock { $0 } > 0 }
      func ask(_ path: String) async throws -> String {
        let url = "http://127.0.0.1:\(port.withLock { $0 })\(path)"
        return try await Tool.run("curl", ["-s", "-m", "120", "-w", "%{http_code}", url]).output
      }
      #expect(try await ask("/livez") == "ok\n200")
      let ready: [AgentState] = [.inSync, .reconciling, .waitingForApproval, .quarantined]
      for each in AgentState.allCases {
        state.withLock { $0.state = each }
        #expect(try await ask("/readyz") == each.rawValue + "\n" + (ready.contains(each) ? "200" : "503"))
      }
      state.withLock { ($0.state, $0.server) = (.inSync, nil) }
      #expect(try await ask("/readyz") == "inSync\n503")
      let metrics = try await ask("/metrics")
      #expect(
        metrics.hasSuffix("200")
          && metrics.contains(#"hsasync_directory_connected{source="contentSync"} 0"#))
      #expect(try await ask("/v1/status").hasSuffix("404"))
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  @Test func `says who has the port when it is taken`() async throws {
    let taken = Mutex(0)
    let logger = Logger(label: "test")
    let status: @Sendable () async -> AgentStatus = { ScriptedDesk.status }
    var first = MachineServer(host: "127.0.0.1", port: 0, registry: .init(), logger: logger, status: status)
    first.opened = { opened in taken.withLock { $0 = opened } }
    let group = ServiceGroup(services: [first], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      try await eventually(within: .seconds(120)) { taken.withLock { $0 } > 0 }
      let second = MachineServer(
        host: "127.0.0.1", port: taken.withLock { $0 }, registry: .init(), logger: logger, status: status)
      let refusal = await #expect(throws: Refusal.self) { try await second.run() }
      #expect(refusal?.exitCode == .configurationWrong)
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  @Test func `times operations on the directory`() async throws {
    let server = try await Slapd()
    let seen = Mutex([OperationTime]())
    var configuration = try server.configuration
    configuration.onOperationEnd = { time in seen.withLock { $0.append(time) } }
    let connection = try await LDAPConnection.open(configuration, bind: try server.agent)
    _ = try? await connection.compare(try DistinguishedName(parsing: "cn=nobody,o=none"), "cn", Value("x"))
    await connection.close()
    let last = try #require(seen.withLock { $0.last })
    #expect(last.name == "compare" && last.result != nil && last.result != .success && last.duration > .zero)
  }
}

@Suite struct `The agent as a service` {
  @Test func `ends with the agent, and with it all who wait`() async throws {
    let fixture = try ControlFixture(.init())
    fixture.desk.shut()
    let service = AgentService(
      running: { try await Task.sleep(for: .seconds(3_600)) }, control: fixture.server(), machine: nil)
    var logger = Logger(label: "test")
    logger.logLevel = .error
    let group = ServiceGroup(services: [service], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      try await eventually(within: .seconds(120)) { ControlClient.isAgentRunning(at: fixture.path) }
      async let running = fixture.ask("POST", "/v1/reconcile", "{}")
      try await eventually("it has begun") { fixture.desk.asked.count == 1 }
      await group.triggerGracefulShutdown()
      #expect(try await running.status == 503)
      try await tasks.waitForAll()
    }
    #expect(!ControlClient.isAgentRunning(at: fixture.path))
    fixture.desk.open()
  }

  @Test func `fails with the part that fails`() async throws {
    let fixture = try ControlFixture(.init())
    struct Fault: Error {}
    let service = AgentService(running: { throw Fault() }, control: fixture.server(), machine: nil)
    await #expect(throws: Fault.self) { try await service.run() }
    fixture.desk.open()
    try fixture.folder.write("control", "not a socket")
    let other = AgentService(
      running: { try await Task.sleep(for: .seconds(3_600)) }, control: fixture.server(), machine: nil)
    await #expect(throws: Refusal.self) { try await other.run() }
  }
}
