import Directory
import Glibc
import Reconciler
import Synchronization

/// What a run is doing, as one line at the bottom of the terminal that is gone when it is over.
///
/// Nothing is shown when standard error is not a terminal.
final class ProgressLine: Sendable {
  private struct State {
    var shown = ContinuousClock.now - .seconds(1)
    var width = 0
    var started: ContinuousClock.Instant?
    /// How many desired rows there are: about as many entries will be read.
    var expected = 0
  }

  private let isOn: Bool
  private let state = Mutex(State())

  init(isOn: Bool = Terminal.showsErrors) { self.isOn = isOn }

  /// Shows an event, at most ten times a second.
  func report(_ progress: Progress) {
    // What a crash left is told to whoever reads the messages, line or no line.
    if case .recovered(let report) = progress, !report.isEmpty {
      clear()
      for line in report.lines(.english) { StandardStream.say(line) }
    }
    guard isOn else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      if case .desired(let rows, _) = progress { state.expected = rows }
      guard let text = ProgressLine.text(of: progress, &state) else { return }
      guard now - state.shown >= .milliseconds(100) else { return }
      state.shown = now
      show(text, &state)
    }
  }

  /// Wipes the line, so that what comes next stands on a clean one.
  func clear() {
    guard isOn else { return }
    state.withLock { if $0.width > 0 { show("", &$0) } }
  }

  private func show(_ text: String, _ state: inout State) {
    StandardStream.write("\r" + text.padded(to: state.width) + (text.isEmpty ? "\r" : ""), to: STDERR_FILENO)
    state.width = text.displayWidth
  }

  private static func text(of progress: Progress, _ state: inout State) -> String? {
    switch progress {
    case .desired(let rows, let files): "\(rows.counting("row")) in \(files.counting("file"))"
    case .connected: "connected"
    case .reading(let entries, let elapsed): reading(entries, elapsed, expected: state.expected)
    case .readingAgain: "the server wants to be read in another way"
    case .read(let proof, _): proof.entries == 1 ? "1 entry read" : "\(proof.entries.grouped) entries read"
    case .applied(_, let done, let total): applied(done, of: total, &state)
    case .recovered: nil
    case .roles(let progress): roles(progress)
    case .reconnecting(let attempt): "the directory is gone; looking for it, attempt \(attempt)"
    case .reconnected: "the directory is back"
    }
  }

  private static func reading(_ entries: Int, _ elapsed: Duration, expected: Int) -> String {
    let rate = perSecond(entries, elapsed)
    let remaining = remaining(entries, of: expected, rate: rate)
    return "\(entries.grouped) entries read, \(rate.grouped)/s" + remaining
  }

  private static func applied(_ done: Int, of total: Int, _ state: inout State) -> String {
    let now = ContinuousClock.now
    let start = state.started ?? now
    state.started = start
    let rate = perSecond(done, now - start)
    return "\(done.grouped) of \(total.counting("change")), \(rate.grouped)/s"
      + remaining(done, of: total, rate: rate)
  }

  private static func roles(_ progress: RolePushProgress) -> String? {
    switch progress {
    case .pushing(let target, let count): "\(VisibleText(target).text): \(count.counting("role"))"
    case .waiting(let target, let open, _):
      "\(VisibleText(target).text): \(open.counting("role")) to be tried again"
    case .fault(let target, _): "\(VisibleText(target).text) is away"
    case .pushed: nil
    }
  }

  private static func perSecond(_ count: Int, _ elapsed: Duration) -> Int {
    let seconds = elapsed / .seconds(1)
    return seconds > 0 ? Int(Double(count) / seconds) : 0
  }

  private static func remaining(_ done: Int, of total: Int, rate: Int) -> String {
    guard rate > 0, total > done else { return "" }
    return ", about \(((total - done) / rate + 1).grouped) s left"
  }
}
