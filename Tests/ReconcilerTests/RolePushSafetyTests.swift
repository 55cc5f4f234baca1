import Directory
import Foundation
import Synchronization
import TestKit
import Testing

@testable import Reconciler

private typealias Bench = RolePushBench

@Suite struct `A role that is not to be given` {
  @Test func `is held back at all targets where it excludes one that is not confirmed to be gone`()
    async throws
  {
    let bench = try Bench()
    let away = ScriptedTarget("a", holding: [Bench.held("Attestant")]) { change, _ in
      change.direction == .loss ? .answer(.failed, "503") : .take
    }
    let other = ScriptedTarget("b")
    let changes = [
      Bench.loss("Attestant"), Bench.gain("Beställare", at: "b"), Bench.gain("Läsare", at: "b"),
      Bench.gain("Beställare", of: Bench.bo, at: "b"),
    ]
    let exclusive = [["Attest*", "Beställ*"].map { RolePattern($0) }]
    let result = try await bench.push(changes, to: [away, other], exclusive: exclusive)
    #expect(result.outcomes[1] == RoleOutcome(.notSent, RoleOutcome.exclusiveUnconfirmed))
    #expect(result.outcomes[2].isApplied && result.outcomes[3].isApplied)
    // In a later run too, until the target is seen without the other role.
    let again = [Bench.gain("Beställare", at: "b")]
    let later = try await bench.push(again, to: [away, other], exclusive: exclusive)
    #expect(later.outcomes == [RoleOutcome(.notSent, RoleOutcome.exclusiveUnconfirmed)])
    #expect(later.exitCode == .tryAgain)
    away.state.withLock { $0.roles = [] }
    let last = try await bench.push(again, to: [away, other], exclusive: exclusive)
    #expect(last.outcomes == [RoleOutcome(.applied)] && last.overdue.isEmpty)
  }

  @Test func `is held back where nobody knows what a target holds, if it excludes others`() async throws {
    let bench = try Bench()
    let (away, other) = (ScriptedTarget("a"), ScriptedTarget("b"))
    away.state.withLock { $0.isDown = ScriptedTarget.away }
    let result = try await bench.push(
      [Bench.gain("Beställare", at: "b"), Bench.gain("Läsare", at: "b")], to: [away, other],
      exclusive: [["Attestant", "Beställare"].map { RolePattern($0) }])
    #expect(result.outcomes == [RoleOutcome(.notSent, RoleOutcome.exclusiveUnread), RoleOutcome(.applied)])
  }

  @Test func `is not sent to somebody whose time is over when it would be, and others get theirs`()
    async throws
  {
    let bench = try Bench()
    let end = StoreFixture.now.addingTimeInterval(60)
    // The time runs out while the target is at work: after its first batch of two.
    let people = (0..<4).map { HSAIdentity("SE2321000016-P\($0)") }
    let target = ScriptedTarget(
      "a", batch: 2, beforeSending: { [clock = bench.clock] in clock.advance(.seconds(60)) })
    let result = try await bench.push(people.map { Bench.gain("Läsare", of: $0) }, to: [target]) {
      change, time in
      change.person != people[2] || time < end
    }
    #expect(target.roles == [0, 1, 3].map { "Läsare \(people[$0])" })
    #expect(result.outcomes[2] == RoleOutcome(.notSent, RoleOutcome.ended) && result.exitCode == .done)
    #expect(try bench.events().filter { $0.contains(people[2].text) && $0.hasPrefix("rolePush") }.isEmpty)
    #expect(bench.clock.waits.isEmpty)
  }

  @Test func `is judged by the second: given before its end, not at it`() async throws {
    for (seconds, isGiven) in [(-1, true), (0, false), (1, false)] {
      let bench = try Bench()
      bench.clock.advance(.seconds(3_600 + seconds))
      let end = StoreFixture.now.addingTimeInterval(3_600)
      let target = ScriptedTarget("a")
      let result = try await bench.push([Bench.gain("Läsare")], to: [target]) { _, time in time < end }
      #expect(target.roles.isEmpty == !isGiven && result.exitCode == .done)
    }
  }
}

@Suite struct `A push that is broken off` {
  @Test func `sends nothing more, waits for what was sent, and tells`() async throws {
    let bench = try Bench()
    let people = (0..<6).map { HSAIdentity("SE2321000016-P\($0)") }
    let isAtWork = Mutex(false)
    let target = ScriptedTarget(
      "a", holding: people.map { Bench.held("Läsare", by: $0) }, batch: 2,
      answer: { change, _ in change.person == people[1] ? .drop : .take },
      beforeSending: {
        let isSecond = isAtWork.withLock { isAtWork in
          defer { isAtWork = true }
          return isAtWork
        }
        // Until it is cancelled.
        if isSecond { try? await Task.sleep(for: .seconds(3_600)) }
      })
    let task = Task {
      try await bench.push(people.map { Bench.loss("Läsare", of: $0) }, to: [target], deadline: .seconds(30))
    }
    try await eventually("two changes sent") { target.sent.count == 2 }
    task.cancel()
    let result = try await task.value
    let verdicts: [RoleOutcome.Verdict] = [.applied, .unknown, .notSent, .notSent, .notSent, .notSent]
    #expect(result.outcomes.map(\.verdict) == verdicts && target.sent.count == 2)
    #expect(result.stop == .cancelled && result.exitCode == .tryAgain && bench.clock.waits.isEmpty)
    #expect(try bench.store.rolePushes(run: 1).compactMap(\.outcome?.verdict).prefix(4) == verdicts.prefix(4))
    #expect(try result.overdue.count == 5 && bench.store.run(1)?.ended != nil)
  }

  @Test func `because entries would wait too long goes on at other targets`() async throws {
    let bench = try Bench()
    let slow = ScriptedTarget(
      "a", holding: [Bench.held("Läsare")],
      beforeSending: { try? await Task.sleep(for: .seconds(3_600)) })
    let other = ScriptedTarget("b", holding: [Bench.held("Läsare")])
    let journal = try bench.begin([])
    let clock = bench.clock
    var patient = clock.clock
    // Patience is at an end once the other target has been done with.
    patient.sleep = { _ in try await eventually { other.sent.count == 1 && other.roles.isEmpty } }
    let result = try await RolePusher(
      [slow, other], store: bench.store, journal: journal, clock: patient, logger: bench.logger
    ).push(
      [Bench.loss("Läsare"), Bench.loss("Läsare", at: "b")], held: ["a": slow.snapshot, "b": other.snapshot],
      patience: .seconds(15), isStillEntitled: { _, _ in true })
    #expect(result.outcomes.map(\.verdict) == [.notSent, .applied] && slow.sent.isEmpty)
    #expect(result.stop == nil && result.exitCode == .tryAgain && result.overdue.map(\.target) == ["a"])
  }

  @Test func `by a full disk sends nothing`() async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")])
    let long = String(repeating: "Läsare", count: 4_000)
    let changes = [Bench.loss("Läsare"), Bench.gain(long)]
    let journal = try bench.begin(changes)
    try bench.fillDisk()
    for index in 0..<2 {
      let refusal = await #expect(throws: Refusal.self) {
        try await bench.pusher([target], journal).push(
          [index == 0 ? Bench.loss(long) : Bench.gain(long)],
          held: ["a": HeldRoles(target: "a", roles: [Bench.held(long)])], isStillEntitled: { _, _ in true })
      }
      #expect(refusal?.code == .storeUnavailable && refusal?.exitCode == .tryAgain)
    }
    #expect(target.sent.isEmpty && target.roles == ["Läsare \(Bench.anna)"])
  }

  @Test func `by an audit log that cannot be written sends nothing`() async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")])
    let journal = try bench.begin([Bench.loss("Läsare")])
    // What stands where the log was is no log: it cannot be continued.
    try FileManager.default.removeItem(atPath: bench.folder.path("store/audit/audit.ndjson"))
    try bench.folder.folder("store/audit/audit.ndjson")
    let refusal = await #expect(throws: Refusal.self) {
      try await bench.pusher([target], journal).push(
        [Bench.loss("Läsare")], held: ["a": target.snapshot], isStillEntitled: { _, _ in true })
    }
    #expect(
      refusal?.code == .auditUnusable || refusal?.code == .auditUnsound, "\(String(describing: refusal))")
    #expect(target.sent.isEmpty)
    #expect(try bench.store.rolePushes(run: 1).allSatisfy { $0.outcome?.verdict == .notSent })
  }

  @Test func `by a crash is settled as unknown, and what targets hold decides what is sent next`()
    async throws
  {
    let bench = try Bench()
    let changes = [Bench.loss("Läsare"), Bench.loss("Skrivare")]
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare"), Bench.held("Skrivare")])
    do {
      let journal = try bench.begin(changes)
      try await journal.intend(changes)
      // The first was sent and done; then the process died.
      target.forget(Bench.held("Läsare"))
    }
    let report = try await Recovery(store: bench.store, audit: bench.audit, by: StoreFixture.actor) {
      throw Failure("the directory was opened")
    }.settle(at: StoreFixture.now)
    #expect(report.runs == [1] && report.roles == [1: 2])
    #expect(
      report.lines(.english) == [
        "Run 1 was interrupted with 2 role changes in doubt; targets are read before anything more is sent to them."
      ])
    let pushes = try bench.store.rolePushes(run: 1)
    #expect(pushes.allSatisfy { $0.outcome == RoleOutcome(.unknown) && $0.wasUnknown })
    #expect(try bench.store.run(1)?.isInterrupted == true)
    #expect(try bench.events().count { $0.hasPrefix("roleOutcome") && $0.hasSuffix("unknown") } == 2)

    let result = try await bench.push(changes, to: [target])
    #expect(result.outcomes == [RoleOutcome(.appliedAlready), RoleOutcome(.applied)])
    #expect(target.sent == ["- Skrivare \(Bench.anna)"] && result.exitCode == .done)
    #expect(
      try await Recovery(store: bench.store, audit: bench.audit, by: StoreFixture.actor) {
        throw Failure("the directory was opened")
      }.settle(at: StoreFixture.now).isEmpty)
  }
}
