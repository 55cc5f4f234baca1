import Directory
import Foundation
import Logging
import Reconciler

/// What the service manager is told at each turn of the main loop: that the agent starts and takes its time, that it is
/// ready, how it is, and that it is well.
struct ServiceReport {
  /// How long the loop may wait between two turns.
  let pause: Duration
  private let notifier: ServiceNotifier?
  private let strands: Strands
  private let language: Language
  private var watchdog: Watchdog?
  private var isReady = false

  /// How much longer than now starting may take, told again at each turn: a first read of a large catalogue takes longer
  /// than `TimeoutStartSec=`, and one that has come to a stand is not to be waited for.
  static let startingTime = Duration.seconds(60)

  /// - Parameter environment: that of the process.
  init(
    _ environment: [String: String], notifier: ServiceNotifier?, strands: Strands, language: Language,
    logger: Logger
  ) {
    self.notifier = notifier
    self.strands = strands
    self.language = language
    watchdog = Watchdog(environment, notifier: notifier, strands: strands, logger: logger)
    pause = min(watchdog?.turn ?? .seconds(1), .seconds(1))
  }

  /// Whether anybody is told anything.
  var isHeard: Bool { notifier != nil || watchdog != nil }

  /// The loop has turned.
  mutating func tell(_ status: AgentStatus, at now: Date = Date()) {
    if !isReady {
      // Ready is who has looked: also one that stands by, or waits for a directory that is away.
      isReady = status.state != .starting
      if isReady {
        notifier?.send(.ready)
      } else if strands.stuck().isEmpty {
        notifier?.send(.extendTimeout(ServiceReport.startingTime))
      }
    }
    notifier?.show(StatusLine(status, at: now, language: language).text)
    watchdog?.hasTurned()
  }
}
