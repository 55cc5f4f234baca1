import Directory
import Foundation
import Synchronization
import TestKit
import Testing

@testable import Reconciler

private typealias Bench = RolePushBench

@Suite struct `Pushing roles` {
  @Test func `takes away before it gives, and journals both`() async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")])
    let changes = [Bench.gain("Skrivare"), Bench.loss("Läsare")]
    let result = try await bench.push(changes, to: [target])
    #expect(result.exitCode == .done && result.outcomes == [RoleOutcome(.applied), RoleOutcome(.applied)])
    #expect(target.sent == ["- Läsare SE2321000016-31B0", "+ Skrivare SE2321000016-31B0"])
    #expect(target.roles == ["Skrivare SE2321000016-31B0"])

    let pushes = try bench.store.rolePushes(run: 1)
    #expect(pushes.map(\.role) == ["Läsare", "Skrivare"] && pushes.map(\.number) == [0, 1])
    #expect(pushes.allSatisfy { $0.outcome == RoleOutcome(.applied) && $0.attempts == 1 })
    #expect(pushes.allSatisfy { $0.intended == StoreFixture.now && $0.settled == StoreFixture.now })
    #expect(pushes[0].cause == .noRule && pushes[0].rule == "rule of Läsare" && pushes[1].cause == nil)
    #expect(pushes[0].commission == HSAIdentity("SE2321000016-C001"))
    #expect(pushes[0].place.unit == HSAIdentity("SE2321000016-1B01") && pushes[0].value == "Läsare")
    #expect(try bench.store.rolePushes(of: HSAIdentity("se2321000016-31b0"), limit: 1).map(\.number) == [1])
    #expect(try bench.store.overdue().isEmpty)
    let run = try #require(try bench.store.run(1))
    #expect(run.verb == .roles && run.exitCode == .done && run.changes == 2 && run.roleCounts.applied == 2)
  }

  @Test func `has each change in the audit log before it is sent, with HSA-ids and no names`() async throws {
    let bench = try Bench()
    let file = bench.folder.path("store/audit/audit.ndjson")
    let unwritten = Mutex<[String]>([])
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")]) { change, _ in
      let log = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      let isThere = log.split(separator: "\n").contains {
        $0.contains("\"event\":\"rolePush\"") && $0.contains("\"role\":\"\(change.role)\"")
      }
      if !isThere { unwritten.withLock { $0.append(change.role) } }
      return .take
    }
    _ = try await bench.push([Bench.loss("Läsare"), Bench.gain("Skrivare")], to: [target])
    #expect(target.sent.count == 2 && unwritten.withLock { $0 }.isEmpty)
    let person = Bench.anna.text
    #expect(
      try bench.events() == [
        "applyBegun", "rolePush a loss Läsare \(person)", "roleOutcome a loss Läsare \(person) applied",
        "rolePush a gain Skrivare \(person)", "roleOutcome a gain Skrivare \(person) applied", "applyEnded",
      ])
    let log = bench.folder.text("store/audit/audit.ndjson")
    #expect(!log.contains("Berg") && log.contains("\"commission\":\"SE2321000016-C001\""))
    #expect(log.contains("\"rule\":\"rule of Läsare\"") && log.contains("\"cause\":\"noRule\""))
  }

  @Test func `is stopped at one target of three that is away, and at no other`() async throws {
    let bench = try Bench()
    let targets = ["a", "b", "c"].map { ScriptedTarget($0, holding: [Bench.held("Läsare")]) }
    targets[1].state.withLock { $0.isDown = ScriptedTarget.away }
    let names = ["a", "b", "c"]
    let changes = names.map { Bench.loss("Läsare", at: $0) } + names.map { Bench.gain("Skrivare", at: $0) }
    let result = try await bench.push(changes, to: targets)
    #expect(result.outcomes.map(\.isApplied) == [true, false, true, true, false, true])
    #expect(result.outcomes[1] == RoleOutcome(.notSent, "unavailable"))
    #expect(result.outcomes[4].verdict == .notSent && result.exitCode == .tryAgain)
    #expect(result.faults == ["b": ScriptedTarget.away] && targets[1].sent.isEmpty)
    for index in [0, 2] { #expect(targets[index].roles == ["Skrivare SE2321000016-31B0"]) }
    #expect(result.overdue.map(\.target) == ["b"] && result.overdue.map(\.detail) == ["unavailable"])
    let states = try bench.store.targetStates()
    #expect(states.map(\.name) == names && states.map(\.fault) == [nil, .unavailable, nil])
    #expect(states[1].failures > 0 && states[1].lastFailed == StoreFixture.now && states[1].lastRead == nil)
  }

  static let failures: [(ScriptedTarget.Answer, ExitCode)] = [
    (.answer(.failed, "429"), .someFailed), (.answer(.failed, "500"), .someFailed),
    (.answer(.refused, "403"), .someFailed), (.answer(.stale, "412"), .tryAgain), (.drop, .tryAgain),
    (.takeSilently, .tryAgain),
  ]

  @Test(arguments: failures.indices)
  func `gives nobody anything whose loss the same target has not confirmed`(index: Int) async throws {
    let (failure, exitCode) = Self.failures[index]
    let bench = try Bench()
    let held = [Bench.held("Läsare"), Bench.held("Läsare", by: Bench.bo)]
    let target = ScriptedTarget("a", holding: held) { change, _ in
      change.direction == .loss && change.person == Bench.anna ? failure : .take
    }
    let other = ScriptedTarget("b")
    let changes = [
      Bench.loss("Läsare"), Bench.loss("Läsare", of: Bench.bo), Bench.gain("Skrivare"),
      Bench.gain("Skrivare", of: Bench.bo), Bench.gain("Skrivare", at: "b"),
    ]
    let result = try await bench.push(changes, to: [target, other])
    #expect(result.outcomes.map(\.isApplied) == [false, true, false, true, true])
    #expect(result.outcomes[2] == RoleOutcome(.notSent, RoleOutcome.lossUnconfirmed))
    #expect(!target.sent.contains("+ Skrivare SE2321000016-31B0") && result.exitCode == exitCode)
    #expect(result.overdue.map(\.person) == [Bench.anna])
    // The next run knows it too, from what it remembers.
    let next = try await bench.push([Bench.gain("Signerare")], to: [target, other])
    let isGone = if case .takeSilently = failure { true } else { false }
    #expect(next.outcomes[0] == (isGone ? RoleOutcome(.applied) : RoleOutcome(.notSent, "lossUnconfirmed")))
  }

  @Test func `tries losses again after reading, longer and longer apart, until time is out`() async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")]) { _, _ in .answer(.failed, "503") }
    let result = try await bench.push([Bench.loss("Läsare")], to: [target], deadline: .seconds(30))
    // Half of 0.5, 1, 2, 4, 8, 10, 10 … seconds: the seventh and all after it at 5 s.
    let waits: [Duration] = [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000].map {
      .milliseconds($0)
    }
    #expect(bench.clock.waits == waits && target.sent.count == 10 && target.reads == 9)
    #expect(result.outcomes == [RoleOutcome(.failed, "503")] && result.exitCode == .someFailed)
    #expect(try bench.store.rolePushes(run: 1).map(\.attempts) == [10])
    let overdue = try #require(result.overdue.first)
    #expect(overdue.attempts == 10 && overdue.since == StoreFixture.now && overdue.detail == "503")
  }

  @Test func `waits as long as a target asks for, and not at all when that is too long`() async throws {
    for (asked, waits, isApplied) in [
      (12.0, [Duration.seconds(12)], true), (90, [], false), (.nan, [.milliseconds(250)], true),
    ] {
      let bench = try Bench()
      let target = ScriptedTarget("a", holding: [Bench.held("Läsare")])
      target.state.withLock {
        $0.faults = [RoleTargetFault(.unavailable, "too many requests", retryAfter: asked)]
      }
      let journal = try bench.begin([Bench.loss("Läsare")])
      let result = try await bench.pusher([target], journal).push(
        [Bench.loss("Läsare")], deadline: .seconds(30), isStillEntitled: { _, _ in true })
      #expect(bench.clock.waits == waits && result.outcomes[0].isApplied == isApplied)
      #expect(target.sent.count == (isApplied ? 1 : 0))
    }
  }

  @Test(arguments: [RoleTargetFault.Code.notPermitted, .malformed, .tls, .unsuitable])
  func `does not knock again where a target will not let it in`(code: RoleTargetFault.Code) async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a")
    target.state.withLock { $0.isDown = RoleTargetFault(code, "no") }
    let result = try await bench.push([Bench.loss("Läsare")], to: [target], deadline: .seconds(30))
    #expect(target.reads == 1 && bench.clock.waits.isEmpty && result.exitCode == .tryAgain)
    #expect(result.overdue.map(\.detail) == [code.rawValue])
  }

  @Test func `learns by reading what became of a loss that was taken without an answer`() async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")]) { _, _ in .takeSilently }
    let result = try await bench.push([Bench.loss("Läsare")], to: [target], deadline: .seconds(30))
    #expect(target.sent.count == 1 && result.outcomes == [RoleOutcome(.applied, RoleOutcome.readBack)])
    #expect(result.exitCode == .done && result.overdue.isEmpty)
    let push = try #require(try bench.store.rolePushes(run: 1).first)
    #expect(push.outcome?.verdict == .applied && push.wasUnknown && push.attempts == 1)
  }

  @Test func `sends again what was not taken and not answered`() async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")]) { _, attempt in
      attempt == 0 ? .drop : .take
    }
    let result = try await bench.push([Bench.loss("Läsare")], to: [target], deadline: .seconds(30))
    #expect(target.sent.count == 2 && target.roles.isEmpty && result.outcomes == [RoleOutcome(.applied)])
  }

  @Test func `believes of a part only what was confirmed, and sends only the rest again`() async throws {
    let bench = try Bench()
    let people = (0..<6).map { HSAIdentity("SE2321000016-P\($0)") }
    let target = ScriptedTarget("a", holding: people.map { Bench.held("Läsare", by: $0) }) {
      change, attempt in
      let isSlow = people.firstIndex(of: change.person).map { $0 % 2 == 0 } == true
      return attempt == 0 && isSlow ? .answer(.failed, "503") : .take
    }
    let changes = people.map { Bench.loss("Läsare", of: $0) }
    let result = try await bench.push(changes, to: [target], deadline: .seconds(30))
    #expect(result.exitCode == .done && target.roles.isEmpty && target.sent.count == 9)
    #expect(Array(target.sent.suffix(3)) == [0, 2, 4].map { "- Läsare \(people[$0])" })
  }

  @Test func `gives what waited as soon as the loss is confirmed, and keeps nobody else waiting`()
    async throws
  {
    let order = Mutex<[String]>([])
    let bench = try Bench(ManualClock { _ in order.withLock { $0.append("wait") } })
    let target = ScriptedTarget("a", holding: [Bench.held("Läsare")]) { change, attempt in
      order.withLock { $0.append("\(change.direction.rawValue) \(change.person)") }
      return change.direction == .loss && attempt == 0 ? .answer(.failed, "503") : .take
    }
    let changes = [Bench.loss("Läsare"), Bench.gain("Skrivare"), Bench.gain("Skrivare", of: Bench.bo)]
    let result = try await bench.push(changes, to: [target], deadline: .seconds(30))
    #expect(result.exitCode == .done && result.overdue.isEmpty)
    let (anna, bo) = (Bench.anna.text, Bench.bo.text)
    #expect(
      order.withLock { $0 } == ["loss \(anna)", "gain \(bo)", "wait", "loss \(anna)", "gain \(anna)"])
  }

  @Test func `tries a gain again too, but never one whose ground is gone`() async throws {
    let bench = try Bench()
    let target = ScriptedTarget("a") { change, attempt in
      if change.role == "Skrivare" { return .answer(.stale, "412") }
      return attempt == 0 ? .answer(.failed, "503") : .take
    }
    let changes = [Bench.gain("Läsare"), Bench.gain("Skrivare", of: Bench.bo)]
    let result = try await bench.push(changes, to: [target], deadline: .seconds(30))
    #expect(result.outcomes == [RoleOutcome(.applied), RoleOutcome(.stale, "412")])
    #expect(target.sent.count == 3 && result.exitCode == .stalePlan && result.overdue.isEmpty)
  }

  @Test func `stops sending to a target that refuses too much, and to no other`() async throws {
    var bench = try Bench()
    bench.settings.errors = 3
    let refusing = ScriptedTarget("a", batch: 1) { _, _ in .answer(.refused, "400") }
    let other = ScriptedTarget("b", batch: 1)
    let people = (0..<8).map { HSAIdentity("SE2321000016-P\($0)") }
    let changes = ["a", "b"].flatMap { target in people.map { Bench.gain("Läsare", of: $0, at: target) } }
    let result = try await bench.push(changes, to: [refusing, other], deadline: .seconds(30))
    #expect(refusing.sent.count == 3 && other.sent.count == 8 && bench.clock.waits.isEmpty)
    #expect(result.outcomes.prefix(3).allSatisfy { $0 == RoleOutcome(.refused, "400") })
    #expect(
      result.outcomes[3..<8].allSatisfy { $0 == RoleOutcome(.notSent, RoleOutcome.tooManyRefusals) })
    #expect(result.exitCode == .someFailed)
  }

  @Test func `takes away from the others when some cannot be written`() async throws {
    var bench = try Bench()
    bench.settings.errors = 3
    let people = (0..<12).map { HSAIdentity("SE2321000016-P\($0)") }
    let refused = Set(people.indices.filter { $0 % 2 == 0 }.map { people[$0] })
    let target = ScriptedTarget("a", holding: people.map { Bench.held("Läsare", by: $0) }, batch: 1) {
      change, _ in
      refused.contains(change.person) ? .answer(.refused, "65") : .take
    }
    let result = try await bench.push(people.map { Bench.loss("Läsare", of: $0) }, to: [target])
    #expect(target.sent.count == 12 && target.roles.count == 6 && result.overdue.count == 6)
  }
}
