import Foundation
import Reconciler
import Synchronization
import TestKit
import Testing

@testable import Agent

@Suite struct `The control socket's file` {
  private func mode(_ path: String) -> mode_t {
    var facts = stat()
    return lstat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
  }

  private func refusal(_ path: String) -> Refusal? {
    do throws(Refusal) {
      let socket = try ControlSocket.bound(path)
      close(socket.descriptor)
      return nil
    } catch { return error }
  }

  @Test func `is made with mode 0660, and its folder left as it is`() throws {
    let folder = try TemporaryFolder()
    chmod(folder.path, 0o711)
    let path = folder.path("control")
    let socket = try ControlSocket.bound(path)
    defer { close(socket.descriptor) }
    #expect(mode(path) == 0o660 && mode(folder.path) == 0o711)
    #expect(ControlReach(at: path) == .answers)
    socket.removeName()
    #expect(ControlReach(at: path) == .absent && mode(path) == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func `takes the place of one behind which nobody is, and of no other`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("control")
    let first = try ControlSocket.bound(path)
    let taken = try #require(refusal(path))
    #expect(taken.code == .agentUnavailable && taken.exitCode == .tryAgain)
    #expect(ControlReach(at: path) == .answers)
    close(first.descriptor)
    #expect(ControlReach(at: path) == .absent)
    let second = try ControlSocket.bound(path)
    defer { close(second.descriptor) }
    #expect(ControlReach(at: path) == .answers)
    // The first one's end takes nothing of the second's away.
    first.removeName()
    #expect(ControlReach(at: path) == .answers)
  }

  @Test func `is never made where something else lies, or where it cannot be`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("control", "precious")
    #expect(refusal(path)?.exitCode == .configurationWrong)
    #expect(folder.text("control") == "precious")
    #expect(refusal(folder.path("none/control"))?.exitCode == .configurationWrong)
    #expect(refusal(folder.path(String(repeating: "x", count: 100)))?.message.contains("too long") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["control"])
  }

  @Test func `is taken over from systemd when it hands one on to this very process`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("control")
    let socket = try ControlSocket.bound(path)
    defer { close(socket.descriptor) }
    func inherited(_ process: Int32, count: String, first: Int32) -> Int32? {
      ControlSocket.inherited({ ["LISTEN_PID": "\(process)", "LISTEN_FDS": count][$0] }, first: first)
    }
    #expect(inherited(getpid(), count: "1", first: socket.descriptor) == socket.descriptor)
    #expect(inherited(getpid() + 1, count: "1", first: socket.descriptor) == nil)
    #expect(inherited(getpid(), count: "0", first: socket.descriptor) == nil)
    #expect(inherited(getpid(), count: "x", first: socket.descriptor) == nil)
    // A file, or a socket that nobody listens on, is not it.
    let file = open(try folder.write("file", ""), O_RDONLY)
    defer { close(file) }
    #expect(inherited(getpid(), count: "1", first: file) == nil)
    #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test func `goes away when the agent ends, and who waits is told`() async throws {
    let fixture = try ControlFixture(.init())
    let group = fixture.group()
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      try await eventually(within: .seconds(120)) { ControlClient.isAgentRunning(at: fixture.path) }
      fixture.desk.shut()
      async let running = fixture.ask("POST", "/v1/reconcile", "{}")
      try await eventually("the first has begun") { fixture.desk.asked.count == 1 }
      async let waiting = fixture.ask("POST", "/v1/roles/push")
      try await eventually("the second waits") { fixture.recorded.count == 2 }
      await group.triggerGracefulShutdown()
      #expect(try await waiting.status == 503)
      fixture.desk.open()
      #expect(try await running.status == 200)
      try await tasks.waitForAll()
    }
    #expect(!ControlClient.isAgentRunning(at: fixture.path))
    #expect(fixture.desk.asked.count == 1)
    await #expect(throws: Refusal.self) { try await fixture.client.status() }
    do throws(Refusal) {
      _ = try await fixture.client.status()
    } catch {
      #expect(error.code == .agentUnavailable && error.exitCode == .tryAgain)
    }
  }
}

@Suite struct `A control socket that is cancelled` {
  @Test(arguments: 1...5) func `ends, whoever has just connected and whoever listens`(round: Int) async throws
  {
    let fixture = try ControlFixture(.init())
    let server = Task { try await fixture.server().run() }
    try await eventually(within: .seconds(120)) { ControlClient.isAgentRunning(at: fixture.path) }
    let listener = Task { try await fixture.ask("GET", "/v1/events") }
    try await eventually(within: .seconds(120), "a listener") { fixture.desk.listeners > 0 }
    let calls = Calls()
    try await withThrowingTaskGroup(of: Void.self) { visitors in
      for _ in 1...4 {
        visitors.addTask {
          while !Task.isCancelled, ControlClient.isAgentRunning(at: fixture.path) {
            calls.count.add(1, ordering: .relaxed)
            await Task.yield()
          }
        }
      }
      try await eventually(within: .seconds(120), "visitors") {
        calls.count.load(ordering: .relaxed) > 20 * round
      }
      server.cancel()
      try await server.value
      visitors.cancelAll()
    }
    _ = await listener.result
    #expect(!ControlClient.isAgentRunning(at: fixture.path))
  }
}

@Suite struct `Events over the control socket` {
  @Test func `come as they happen, to each who listens, until the agent ends`() async throws {
    let fixture = try ControlFixture(.init())
    let group = fixture.group(.milliseconds(20))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      try await eventually(within: .seconds(120)) { ControlClient.isAgentRunning(at: fixture.path) }
      // The first line says that it has begun: what is told after it comes.
      let raw = Task { try await fixture.ask("GET", "/v1/events") }
      try await eventually(within: .seconds(120), "a listener") { fixture.desk.listeners > 0 }
      let listening = Task {
        var messages: [String] = []
        for try await event in fixture.client.events() {
          messages.append(event.message)
          if messages.last == "the last" { break }
        }
        return messages
      }
      let telling = Task {
        while !Task.isCancelled {
          fixture.desk.tell("the last")
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      #expect(try await listening.value == ["the last"])
      telling.cancel()
      await group.triggerGracefulShutdown()
      let reply = try await raw.value
      #expect(reply.status == 200 && reply.headers["content-type"] == "application/x-ndjson")
      let lines = reply.body.split(separator: "\n")
      #expect(lines.first?.contains("heartbeat") == true)
      #expect(lines.contains { $0.contains("\"name\":\"changed\"") })
      #expect(lines.count { $0.contains("heartbeat") } > 1)
      try await tasks.waitForAll()
    }
  }

  @Test func `are cut into lines wherever the pieces end`() {
    var cutter = LineCutter()
    #expect(cutter.take(Array("{\"a\"".utf8)).isEmpty)
    #expect(cutter.take(Array(":1}\n{}".utf8)).map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":1}"])
    #expect(
      cutter.take(Array("\n\n\n[]\n".utf8)).map { String(decoding: $0, as: UTF8.self) } == ["{}", "[]"])
  }
}

/// How often somebody has called.
private final class Calls: Sendable {
  let count = Atomic(0)
}
