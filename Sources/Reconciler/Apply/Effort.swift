import Directory
import LDAP

/// One change on its way.
struct Effort {
  let change: Change
  let condition: Filter?
  /// What the server can check for this change; less than it says where it judges wrongly.
  var support: WriteSupport
  let deadline: Duration
  /// How often it was sent.
  var attempts = 0
  var wasUnknown = false
  /// How often it could not even be sent.
  private var failedStarts = 0
  private var pause = Duration.milliseconds(50)
  private var waited = Duration.zero

  init(change: Change, condition: Filter?, support: WriteSupport, deadline: Duration) {
    self.change = change
    self.condition = condition
    self.support = support
    self.deadline = deadline
  }

  func written(_ verdict: Outcome.Verdict) -> Written {
    Written(outcome: Outcome(change: change.id, verdict, attempts: attempts, wasUnknown: wasUnknown))
  }

  /// Counts an attempt in which nothing was sent; `false` when there have been enough.
  mutating func mayStartAgain() -> Bool {
    failedStarts += 1
    return failedStarts < 5
  }

  /// Waits longer each time; `false` when the deadline is reached.
  mutating func waitForServer() async -> Bool {
    guard waited < deadline else { return false }
    let time = min(pause, deadline - waited)
    try? await Task.sleep(for: time)
    waited += time
    pause = min(pause * 2, .seconds(5))
    return true
  }
}
