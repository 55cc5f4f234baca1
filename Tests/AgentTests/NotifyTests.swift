import Foundation
import Glibc
import TestKit
import Testing

@testable import Agent

@Suite struct `What is told to the service manager` {
  private let folder: TemporaryFolder
  private let manager: DatagramReceiver
  private let notifier: ServiceNotifier

  init() throws {
    folder = try TemporaryFolder()
    manager = try DatagramReceiver(folder.path("notify"))
    notifier = try #require(ServiceNotifier(["NOTIFY_SOCKET": manager.name]))
  }

  @Test func `comes as it was sent, in its order`() {
    notifier.send(.extendTimeout(.seconds(30)), .status("starting"))
    notifier.send(.ready, .status("in sync"))
    notifier.send(.watchdog)
    notifier.send(.stopping)
    #expect(
      manager.takeTexts() == [
        "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=starting", "READY=1\nSTATUS=in sync", "WATCHDOG=1",
        "STOPPING=1",
      ])
  }

  @Test func `is told with the time when a reload begins`() throws {
    var before = timespec()
    clock_gettime(CLOCK_MONOTONIC, &before)
    notifier.send(.reloading)
    var after = timespec()
    clock_gettime(CLOCK_MONOTONIC, &after)
    let lines = try #require(manager.takeTexts().first).split(separator: "\n")
    #expect(lines.first == "RELOADING=1" && lines.count == 2)
    let time = try #require(lines.last?.split(separator: "=").last.flatMap { Int($0) })
    #expect(lines.last == "MONOTONIC_USEC=\(time)")
    let range = microseconds(before)...microseconds(after)
    #expect(range.contains(time))
  }

  private func microseconds(_ time: timespec) -> Int { time.tv_sec * 1_000_000 + time.tv_nsec / 1_000 }

  @Test func `has one assignment for one line, whatever the line says`() {
    notifier.send(.status("a\nWATCHDOG=1\r\u{7F}b"))
    #expect(manager.takeTexts() == ["STATUS=a WATCHDOG=1  b"])
  }

  @Test func `is shown once while it stays the same`() {
    for line in ["in sync", "in sync", "degraded", "in sync"] { notifier.show(line) }
    #expect(manager.takeTexts() == ["STATUS=in sync", "STATUS=degraded", "STATUS=in sync"])
  }

  @Test func `goes to an abstract socket too`() throws {
    let manager = try DatagramReceiver("@hsasync-test-\(UUID().uuidString)")
    let notifier = try #require(ServiceNotifier(["NOTIFY_SOCKET": manager.name]))
    #expect(notifier.send(.ready))
    #expect(manager.takeTexts() == ["READY=1"])
  }

  @Test func `is nothing where no manager listens`() {
    #expect(ServiceNotifier([:]) == nil)
    for name in ["", "/", "@", "notify", "vsock:2:1234", "/" + String(repeating: "x", count: 107)] {
      #expect(ServiceNotifier(["NOTIFY_SOCKET": name]) == nil, "\(name)")
    }
  }

  @Test func `is lost with a manager that is gone, and nothing else`() throws {
    unlink(manager.name)
    #expect(!notifier.send(.ready))
    notifier.show("in sync")
    let next = try DatagramReceiver(folder.path("notify"))
    notifier.show("in sync")
    #expect(next.takeTexts() == ["STATUS=in sync"])
  }

  @Test func `does not wait for ever for a manager that does not read`() {
    // Its queue takes so many (net.unix.max_dgram_qlen), and then no more.
    let sent = (0..<100_000).prefix { _ in notifier.send(.watchdog) }.count
    #expect(sent < 100_000)
    #expect(manager.take().count == sent)
  }

  @Test func `is heard by a real listener of another process`() async throws {
    // systemd-notify is systemd's own word for the same; both must look alike to a manager.
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-notify") else { return }
    try await Tool.run(
      "/usr/bin/systemd-notify", ["--no-block", "--ready", "--status=in sync"],
      environment: ["NOTIFY_SOCKET": manager.name]
    )
    notifier.send(.ready, .status("in sync"))
    let heard = manager.takeTexts().map { text in
      Set(text.split(separator: "\n").filter { !$0.hasPrefix("MAINPID=") })
    }
    #expect(heard == [["READY=1", "STATUS=in sync"], ["READY=1", "STATUS=in sync"]])
  }
}

@Suite struct `Signals to the service` {
  @Test func `ask for a reload as often as they come, and for the end once`() async throws {
    let signals = ServiceSignals(reload: SIGUSR1, stop: [SIGUSR2, SIGWINCH])
    defer {
      signals.end()
      for number in [SIGUSR1, SIGUSR2, SIGWINCH] { signal(number, SIG_DFL) }
    }
    // At once: nothing is lost that comes before somebody listens.
    kill(getpid(), SIGUSR1)
    var heard = signals.stream.makeAsyncIterator()
    #expect(await heard.next() == .reload)
    for _ in 1...20 {
      kill(getpid(), SIGUSR1)
      #expect(await heard.next() == .reload)
    }
    kill(getpid(), SIGUSR2)
    #expect(await heard.next() == .stop)
    // The next one that asks to stop does what it does by itself.
    var action = sigaction()
    sigaction(SIGWINCH, nil, &action)
    #expect(action.__sigaction_handler.sa_handler == nil)
  }
}
