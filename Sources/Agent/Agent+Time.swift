import Directory
import Foundation
import LDAP
import Reconciler

// What happens because time passes.
extension Agent {
  /// How often the clocks are looked at. Nothing is asked of anybody then.
  private static let beat = Duration.seconds(1)
  /// By how much the wall clock may move against the steady one before the directory's is asked.
  private static let jump: TimeInterval = 5

  func keepTime() async throws {
    var heartbeat = ContinuousClock.now
    while true {
      try await Task.sleep(for: Agent.beat)
      try await tick()
      guard let world, ContinuousClock.now - heartbeat > configuration.daemon.heartbeat else { continue }
      // The connection for looking things up is silent for long: whoever stands in between must not forget it.
      _ = try await world.observer.connection.whoAmI()
      heartbeat = .now
    }
  }

  private func tick() async throws {
    let now = Date()
    try await lookAtClocks(now)
    var isCalled = false
    if let next = day.nextBoundary, next <= now {
      try passBoundaries(until: now)
      isCalled = true
    }
    if let again = day.looksAgain, again <= now {
      (day.looksAgain, day.areFilesDue, isCalled) = (nil, true, true)
    }
    if let next = day.nextComparison, next <= now {
      (day.isComparisonDue, isCalled) = (true, true)
      day.nextComparison = nil
    }
    if world?.proof?.isComplete == false, ContinuousClock.now - day.lookedForMissing > .seconds(600) {
      // What could not be seen may be seen again, and nobody tells.
      (day.isComparisonDue, day.lookedForMissing, isCalled) = (true, .now, true)
    }
    if held != nil, ContinuousClock.now - day.heldLooked > .seconds(60) {
      // A cause may go without touching anything: a clock that is right again, a window that has run out.
      (day.heldLooked, day.quietMark, isCalled) = (.now, -1, true)
    }
    if day.unsettledSince != nil { isCalled = true }
    if postponement.nextDue.map({ $0 <= .now }) ?? false { isCalled = true }
    if let ended = day.wholeEnded, day.queue > 0, ended + day.wholeTook * 2 <= .now { isCalled = true }
    if let due = debts.next, due <= now { isCalled = true }
    if isCalled { wake() }
  }

  /// Touches what is dated between the last look and now.
  private func passBoundaries(until now: Date) throws {
    guard let world, let last = try world.index.date(IndexNote.boundaries) else { return }
    // First what is touched, then up to where: a crash in between touches twice, never not at all.
    try world.passBoundaries(after: last, upTo: now)
    try world.index.set(IndexNote.boundaries, now)
    day.lastChange = now
    try setAlarm()
  }

  /// Finds out when the next date is.
  func setAlarm() throws {
    guard let world else { return }
    let last = try world.index.date(IndexNote.boundaries) ?? Date()
    day.nextBoundary = try world.nextBoundary(after: last)
  }

  /// Notices a wall clock that was set: dates that were not reached are reached at once, or are not yet after all.
  private func lookAtClocks(_ now: Date) async throws {
    let steady = ContinuousClock.now
    let passed = day.clocks.steady.duration(to: steady)
    let moved = now.timeIntervalSince(day.clocks.wall) - Double(passed.components.seconds)
    day.clocks = (now, steady)
    guard abs(moved) > Agent.jump + 1, let world else { return }
    logger.warning("the clock was set", metadata: ["seconds": "\(Int(moved))"])
    // First asked, then noted: what is being changed must not be looked at, and others go on while it is asked.
    let skew = try await world.observer.clockSkew()
    self.world?.proof?.clockSkew = skew
    self.world?.server?.clockSkew = skew
    day.nextComparison = configuration.daemon.nextComparison(after: now)
    // What a wrong clock held need not be held by a right one.
    day.quietMark = -1
    // Backwards: what has ended by the other clock is looked at again.
    if moved < 0 {
      try world.passBoundaries(after: now, upTo: now.addingTimeInterval(-moved))
      debts.hurry(at: now)
      try world.index.set(IndexNote.boundaries, now)
    }
    try setAlarm()
    wake()
  }
}
