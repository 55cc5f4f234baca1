import Directory
import Foundation
import Logging
import Reconciler
import TestKit
import Testing

@testable import Agent

@Suite struct `What the service manager is told while the agent starts` {
  private let folder: TemporaryFolder
  private let manager: DatagramReceiver
  private let clock = TurnedClock()
  private let strands: Strands

  init() throws {
    folder = try TemporaryFolder()
    manager = try DatagramReceiver(folder.path("notify"))
    let clock = clock
    strands = Strands { clock.now }
  }

  private func report() -> ServiceReport {
    ServiceReport(
      [:], notifier: ServiceNotifier(["NOTIFY_SOCKET": manager.name]), strands: strands, language: .english,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func status(_ state: AgentState) -> AgentStatus {
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    return AgentStatus(
      state: state, since: now, version: "1", started: now, base: "o=Region Exempel,c=SE",
      index: AgentStatus.Index(), desired: AgentStatus.Desired(), lag: 0, queue: 0, waiting: [], targets: [])
  }

  /// What came, but for the line that people read.
  private func told() -> [String] { manager.takeTexts().filter { !$0.hasPrefix("STATUS=") } }

  @Test func `is that it takes its time, for as long as it gets somewhere, and then once that it is ready`() {
    var report = report()
    strands.begin(.observing, patience: .seconds(100))
    for second in [0, 90, 180] {
      clock.turn(to: second)
      strands.advance(.observing)
      report.tell(status(.starting))
    }
    #expect(told() == Array(repeating: "EXTEND_TIMEOUT_USEC=60000000", count: 3))
    report.tell(status(.reconciling))
    report.tell(status(.inSync))
    report.tell(status(.starting))
    #expect(told() == ["READY=1"])
  }

  @Test func `is nothing more once it has come to a stand`() {
    var report = report()
    strands.begin(.observing, patience: .seconds(100))
    clock.turn(to: 101)
    report.tell(status(.starting))
    #expect(told().isEmpty)
  }
}

@Suite struct `How long a strand may get nowhere` {
  @Test func `is longer than an operation that is tried again`() throws {
    var configuration = try LiveRegion.sample()
    let before = configuration.patience
    #expect(before > configuration.server.timeouts.operation * 2)
    configuration.server.timeouts.operation = .seconds(3_000)
    #expect(configuration.patience > .seconds(6_000))
    configuration.server.timeouts.operation = .seconds(60)
    configuration.daemon.polling = .seconds(7_200)
    #expect(configuration.patience > .seconds(7_200))
    configuration.daemon.polling = .seconds(30)
    var scim = SCIMSettings(url: "https://idp.example.org/v2")
    scim.timeouts.request = .seconds(2_000)
    configuration.targets = [
      TargetSettings(
        form: RoleTargetForm(name: "idp", owns: []), kind: .scim(scim),
        position: SourcePosition(file: "a", line: 1))
    ]
    #expect(configuration.patience > .seconds(4_000))
  }
}
