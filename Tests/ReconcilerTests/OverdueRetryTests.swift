import Directory
import Foundation
import Synchronization
import TestKit
import Testing

@testable import Reconciler

@Suite struct `What targets owe` {
  private static let start = StoreFixture.now

  private func loss(_ target: String, _ person: HSAIdentity = RolePushBench.anna) -> OverdueLoss {
    OverdueLoss(
      target: target, person: person, role: "A", value: "A", since: Self.start, lastTried: Self.start)
  }

  @Test func `is asked for at once, then at growing intervals, and no longer than the longest`() throws {
    var retry = OverdueRetry(longest: .seconds(300))
    #expect(retry.next == nil)
    var (time, pauses) = (Self.start, [Double]())
    for _ in 0..<12 {
      retry.take([loss("a")], targets: ["a", "b"], at: time)
      let due = try #require(retry.next)
      pauses.append(due.timeIntervalSince(time))
      time = due
      #expect(
        retry.due(at: time) == [.init(target: "a", persons: [RolePushBench.anna], isWhole: false)])
      retry.tried("a", nil, at: time, jitter: 1)
      #expect(retry.due(at: time).isEmpty)
    }
    #expect(pauses == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    retry.take([], targets: ["a", "b"], at: time)
    #expect(retry.next == nil)
    retry.take([loss("a")], targets: ["a", "b"], at: time)
    #expect(retry.next == time, "what is new is due at once")
  }

  @Test func `is asked for when the target said that it may be, each by itself`() {
    var retry = OverdueRetry()
    retry.take([loss("a"), loss("b", RolePushBench.bo)], targets: ["a", "b"], at: Self.start)
    #expect(retry.due(at: Self.start).map(\.target) == ["a", "b"])
    retry.tried("a", RoleTargetFault(.unavailable, "", retryAfter: 900), at: Self.start, jitter: 0)
    retry.tried("b", nil, at: Self.start, jitter: 0)
    #expect(retry.next == Self.start.addingTimeInterval(0.5))
    #expect(retry.due(at: Self.start.addingTimeInterval(899)).map(\.target) == ["b"])
    #expect(retry.due(at: Self.start.addingTimeInterval(900)).map(\.target) == ["a", "b"])
    retry.hurry("a", at: Self.start)
    #expect(retry.due(at: Self.start).map(\.target) == ["a"])
  }

  @Test func `is read whole where the target was away, until it has been`() {
    var retry = OverdueRetry()
    let away = TargetState(name: "a", fault: .unavailable, failures: 1)
    retry.take([], states: [away], targets: ["a", "b"], at: Self.start)
    #expect(retry.due(at: Self.start) == [.init(target: "a", persons: [], isWhole: true)])
    retry.tried("a", RoleTargetFault(.unavailable, ""), at: Self.start, jitter: 0)
    // Something else was pushed to it meanwhile: that is not all.
    retry.take([loss("a")], targets: ["a", "b"], at: Self.start)
    let later = Self.start.addingTimeInterval(60)
    #expect(retry.due(at: later).map(\.isWhole) == [true])
    retry.tried("a", nil, at: later, jitter: 0)
    retry.take([loss("a")], targets: ["a", "b"], at: later)
    #expect(retry.due(at: later.addingTimeInterval(60)).map(\.isWhole) == [false])
    retry.take([loss("a")], targets: ["b"], at: later)
    #expect(retry.next == nil, "the configuration has it no longer")
  }
}

@Suite struct `A run that is begun with its first change` {
  @Test func `stands in the books before it is sent, and ends with what became of it`() async throws {
    let bench = try RolePushBench()
    let gain = RolePushBench.gain("A")
    let journal = try bench.begin([gain], isDeferred: true)
    #expect(try bench.store.run(journal.run.run) == nil)
    #expect(bench.folder.text("store/audit/audit.ndjson").isEmpty)
    let seen = Seen()
    let target = ScriptedTarget("a") { _, _ in
      .take
    } beforeSending: {
      seen.note(try? bench.store.run(journal.run.run), try? bench.events())
    }
    let result = try await bench.pusher([target], journal).push(
      [gain], held: ["a": target.snapshot], isLast: true
    ) { _, _ in true }
    try await journal.end(result)
    #expect(seen.run?.ended == nil && seen.run != nil)
    #expect(seen.events == ["applyBegun", "rolePush a gain A \(RolePushBench.anna)"])
    let run = try #require(try bench.store.run(journal.run.run))
    #expect(run.ended != nil && run.exitCode == .done && run.roleCounts.applied == 1)
    #expect(
      try bench.events().suffix(2) == ["roleOutcome a gain A \(RolePushBench.anna) applied", "applyEnded"])
    #expect(try bench.store.targetStates().map(\.name) == ["a"])
  }

  @Test func `has a number of its own, whichever is written down first`() async throws {
    let bench = try RolePushBench()
    let first = try bench.begin([RolePushBench.gain("A")], isDeferred: true)
    let second = try bench.begin([RolePushBench.gain("B")])
    #expect(first.run.run == 1 && second.run.run == 2)
    try await first.end(RolePushResult())
    try await second.end(RolePushResult())
    #expect(try bench.store.runs(limit: 9).map(\.id) == [2, 1])
    #expect(try bench.begin([RolePushBench.gain("C")]).run.run == 3)
  }

  @Test func `is not sent anything of where the books cannot be written`() async throws {
    let bench = try RolePushBench()
    let gain = RolePushBench.gain(String(repeating: "A", count: 40_000))
    let journal = try bench.begin([gain], isDeferred: true)
    try bench.fillDisk()
    let target = ScriptedTarget("a")
    await #expect(throws: Refusal.self) {
      try await bench.pusher([target], journal).push(
        [gain], held: ["a": target.snapshot], isLast: true
      ) { _, _ in true }
    }
    #expect(target.sent.isEmpty)
  }

  @Test func `of losses tells what is overdue before it ends`() async throws {
    let bench = try RolePushBench()
    let loss = RolePushBench.loss("A")
    let journal = try bench.begin([loss], isDeferred: true)
    let target = ScriptedTarget("a", holding: [RolePushBench.held("A")]) { _, _ in .drop }
    let result = try await bench.pusher([target], journal).push(
      [loss], held: ["a": target.snapshot], isLast: true
    ) { _, _ in true }
    #expect(result.overdue.map(\.value) == ["A"])
    try await journal.end(result)
    #expect(try bench.store.overdue().count == 1)
  }

  @Test func `of a part forgets nothing that others are to lose`() async throws {
    let bench = try RolePushBench()
    let (anna, bo) = (RolePushBench.loss("A"), RolePushBench.loss("B", of: RolePushBench.bo))
    let target = ScriptedTarget(
      "a", holding: [RolePushBench.held("A"), RolePushBench.held("B", by: RolePushBench.bo)]
    ) {
      _, _ in .drop
    }
    _ = try await bench.push([anna, bo], to: [target])
    #expect(try bench.store.overdue().count == 2)
    // Of Anna it is known now that she may keep it; of Bo nothing was read.
    let journal = try bench.begin([])
    let held = try await target.held(of: [RolePushBench.anna])
    let result = try await bench.pusher([target], journal).push([], held: ["a": held], wanted: []) { _, _ in
      true
    }
    #expect(result.overdue.map(\.person) == [RolePushBench.bo])
    try await journal.end(result)
  }
}

/// What stood in the books when something was sent.
private final class Seen: Sendable {
  private let state = Mutex<(run: RunRecord?, events: [String]?)>((nil, nil))
  var run: RunRecord? { state.withLock { $0.run } }
  var events: [String]? { state.withLock { $0.events } }
  func note(_ run: RunRecord??, _ events: [String]?) { state.withLock { $0 = (run ?? nil, events) } }
}

@Suite struct `The figures of the whole` {
  @Test func `are kept as they were, and come back so`() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.path("store"))
    #expect(try store.baseline() == nil)
    let unit = HSAIdentity("SE2321000016-1B01")
    var baseline = Baseline(readAt: StoreFixture.now)
    baseline.population = Population(
      units: [unit: .init(label: "Enhet", provider: unit, isProvider: true, living: [.person: 3])],
      elsewhere: [.unit: 1])
    baseline.observed = [.person: 4, .unit: 2]
    baseline.scale.total = 2
    baseline.scale.roles = ["läsare": 2]
    baseline.scale.tied = [unit: ["läsare": 1]]
    baseline.entries = 6
    try store.keep(baseline)
    #expect(try store.baseline() == baseline)
    let loss = RolePushBench.loss("Läsare")
    let later = baseline.taking([], roles: [loss, loss, RolePushBench.gain("Skrivare")])
    #expect(later.scale.total == 2 && later.scale.roles == ["läsare": 1, "skrivare": 1])
    try store.keep(later)
    #expect(try store.baseline() == later)
  }

  @Test func `is read only of some by which entry they are known`() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.path("store"))
    let known = Dictionary(uniqueKeysWithValues: (0..<100).map { (HSAIdentity("SE1-\($0)"), "uuid \($0)") })
    try store.remember(known: known, at: StoreFixture.now)
    try store.remember(known: [HSAIdentity("SE1-7"): "another"], at: StoreFixture.now)
    let some = try store.history(at: StoreFixture.now, known: [HSAIdentity("se1-7"), HSAIdentity("SE1-999")])
    #expect(some.known == [HSAIdentity("SE1-7"): "uuid 7"])
    #expect(try store.history(at: StoreFixture.now).known == known)
  }
}

@Suite struct `What was applied of late` {
  @Test func `is the same, whether counted anew or once an hour`() async throws {
    let bench = try RolePushBench()
    @Sendable func at(_ minutes: Double) -> Date { StoreFixture.now.addingTimeInterval(minutes * 60) }
    for minutes in [0, 1, 59, 61, 130, 600, 601, 4_000, 4_001, 4_100] as [Double] {
      let change = RolePushBench.gain("A \(Int(minutes) % 3)", of: HSAIdentity("SE1-\(Int(minutes))"))
      let roles = RolePlan(rules: "r1", changes: [change])
      var plan = try StoreFixture.plan()
      plan.roles = roles
      let new = NewRun(
        .roles, of: plan, digest: "d\(minutes)", by: StoreFixture.actor, at: at(minutes), reason: nil)
      let run = try RoleRun.begin(new, of: roles, store: bench.store, audit: nil) { at(minutes) }
      try await run.intend([change])
      await run.settled([change], [RoleOutcome(.applied)])
      try await run.end(RolePushResult())
      let entries = try Journal.begin(
        StoreFixture.run(plan, digest: "e\(minutes)", at: at(minutes)), of: plan, store: bench.store,
        audit: nil
      ) { at(minutes) }
      try await entries.intend([Intent(plan.changes[0])])
      await entries.settled(Settlement(plan.changes[0], Outcome(change: plan.changes[0].id, .applied)))
      try await entries.end(ApplyResult(outcomes: []))
      for later in [0, 1, 62, 3_000, 9_000] as [Double] {
        let whole = try bench.store.history(at: at(minutes + later))
        let part = try bench.store.history(at: at(minutes + later), known: [])
        #expect(part.applied == whole.applied && part.roles == whole.roles, "\(minutes) \(later)")
        #expect(!part.applied.isEmpty && !part.roles.isEmpty)
      }
    }
  }
}
