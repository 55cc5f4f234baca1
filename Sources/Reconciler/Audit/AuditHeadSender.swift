import Directory
import Dispatch
import Synchronization

/// Tells the places off the host where the log has come. What fails there is a warning: the log itself is whole, and
/// a place that cannot be reached must not keep a dismissed doctor's roles alive.
final class AuditHeadSender: Sendable {
  private struct State {
    /// Records since the head was last sent.
    var unsent = 0
    var warnings: [AuditHead: Finding] = [:]
    /// Places that did not come back in time, such as a file server that is gone: they are not waited for again.
    var givenUp: Set<AuditHead> = []
  }

  private let heads: [AuditHead]
  private let every: Int
  private let patience: DispatchTimeInterval
  private let state = Mutex(State())

  init(_ heads: [AuditHead], every: Int, patience: DispatchTimeInterval = .seconds(5)) {
    self.heads = heads
    self.every = every
    self.patience = patience
  }

  var warnings: [Finding] { state.withLock { state in heads.compactMap { state.warnings[$0] } } }

  /// Counts records that were written, and sends the head when it is due.
  func note(_ mark: AuditMark, _ count: Int, isDue: Bool, _ time: String) {
    guard !heads.isEmpty else { return }
    let sends = state.withLock { state in
      state.unsent += count
      return isDue || state.unsent >= every
    }
    if sends { send(mark, time) }
  }

  func send(_ mark: AuditMark, _ time: String) {
    state.withLock { $0.unsent = 0 }
    for head in heads where !state.withLock({ $0.givenUp.contains(head) }) {
      // A thread of its own: nothing bounds what the system takes for a file on a server that is gone.
      let done = DispatchSemaphore(value: 0)
      let answer = Answer()
      DispatchQueue.global().async {
        answer.set(head.send(mark, time))
        done.signal()
      }
      if done.wait(timeout: .now() + patience) == .timedOut {
        state.withLock { _ = $0.givenUp.insert(head) }
        warn(head, "it did not answer in time")
      } else if let reason = answer.fault {
        warn(head, reason)
      }
    }
  }

  private func warn(_ head: AuditHead, _ reason: String) {
    let finding = Finding(
      "audit-head-unsent", .warning, "the audit log's head could not be sent to \(head.text): \(reason)",
      advice: "see `audit: head` in the configuration; without it nobody notices that the log's end is gone")
    state.withLock { $0.warnings[head] = finding }
  }

  /// What became of one sending, told by another thread.
  private final class Answer: Sendable {
    private let reason = Mutex<String?>(nil)
    var fault: String? { reason.withLock { $0 } }
    func set(_ reason: String?) { self.reason.withLock { $0 = reason } }
  }
}
