import Glibc
import Logging
import TestKit
import Testing

@testable import Agent

@Suite struct `The watchdog` {
  private let folder: TemporaryFolder
  private let manager: DatagramReceiver
  private let notifier: ServiceNotifier
  private let clock = TurnedClock()
  private let strands: Strands

  init() throws {
    folder = try TemporaryFolder()
    manager = try DatagramReceiver(folder.path("notify"))
    notifier = try #require(ServiceNotifier(["NOTIFY_SOCKET": manager.name]))
    let clock = clock
    strands = Strands { clock.now }
  }

  /// One of 60 seconds, unless the environment says otherwise.
  private func made(_ environment: [String: String] = ["WATCHDOG_USEC": "60000000"]) -> Watchdog? {
    Watchdog(
      environment, notifier: notifier, strands: strands,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test func `is pinged at half the time that the manager gives`() throws {
    var watchdog = try #require(made())
    #expect(watchdog.turn == .seconds(15) && watchdog.interval == .seconds(30))
    var pings: [Int] = []
    for second in stride(from: 0, through: 120, by: 5) {
      clock.turn(to: second)
      if watchdog.hasTurned(at: clock.now) { pings.append(second) }
    }
    // A turn of 5 s is within half of the longest one: no ping is later than it must be.
    #expect(pings == [0, 25, 50, 75, 100])
    #expect(manager.takeTexts() == Array(repeating: "WATCHDOG=1", count: 5))
  }

  @Test func `is not pinged by a loop that does not turn`() throws {
    var watchdog = try #require(made())
    watchdog.hasTurned(at: clock.now)
    _ = manager.take()
    clock.turn(to: 600)
    #expect(manager.take().isEmpty)
    watchdog.hasTurned(at: clock.now)
    #expect(manager.take().count == 1)
  }

  @Test func `is not pinged while a strand gets nowhere, and again when it does`() throws {
    var watchdog = try #require(made())
    strands.begin(.reconciling, patience: .seconds(90))
    var pings: [Int] = []
    for second in [0, 90, 121, 140] {
      clock.turn(to: second)
      if watchdog.hasTurned(at: clock.now) { pings.append(second) }
    }
    #expect(pings == [0, 90])
    #expect(strands.stuck(at: clock.now) == [.reconciling])
    strands.advance(.reconciling)
    watchdog.hasTurned(at: clock.now)
    #expect(manager.take().count == 3)
  }

  @Test func `is not fooled by another strand that gets somewhere`() throws {
    var watchdog = try #require(made())
    strands.begin(.observing, patience: .seconds(20))
    strands.begin(.reconciling, patience: .seconds(20))
    for second in stride(from: 0, through: 60, by: 10) {
      clock.turn(to: second)
      strands.advance(.observing)
      watchdog.hasTurned(at: clock.now)
    }
    // At 0 alone: the next would be due at 30, and by then the other has been stuck for long.
    #expect(manager.take().count == 1)
  }

  @Test func `forgets a strand that has ended, however it ended`() async throws {
    struct Fault: Error {}
    var watchdog = try #require(made())
    await #expect(throws: Fault.self) {
      try await strands.during(.pushing, patience: .seconds(1)) { throw Fault() }
    }
    // A checkpoint of what is not under way begins nothing.
    strands.advance(.comparing)
    clock.turn(to: 100)
    #expect(strands.stuck(at: clock.now).isEmpty)
    watchdog.hasTurned(at: clock.now)
    #expect(manager.take().count == 1)
  }

  @Test func `judges a strand by the patience it was begun with`() async throws {
    let stuck = await strands.during(.comparing, patience: .seconds(50)) {
      var stuck: [[Strands.Strand]] = []
      for second in [50, 51, 52] {
        clock.turn(to: second)
        stuck.append(strands.stuck(at: clock.now))
        if second == 51 { strands.advance(.comparing) }
      }
      return stuck
    }
    #expect(stuck == [[], [.comparing], []])
  }

  @Test func `watches this process, and only when asked`() {
    #expect(made([:]) == nil)
    #expect(made(["WATCHDOG_USEC": "0"]) == nil)
    #expect(made(["WATCHDOG_USEC": "soon"]) == nil)
    #expect(made(["WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "\(getpid())"]) != nil)
    #expect(made(["WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "\(getppid())"]) == nil)
    #expect(
      Watchdog(
        ["WATCHDOG_USEC": "1000000"], notifier: nil, strands: strands, logger: Logger(label: "test")) == nil)
  }
}
