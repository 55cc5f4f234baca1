import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

@Suite struct `A fault of a SCIM target` {
  private static let losses = (1...3).map { SCIMFixture.loss($0, "NPÖ;A") }
  private static let changes = (1...3).map { SCIMFixture.gain($0, "NPÖ;B") } + losses

  /// Three users with one role each, at a server that does something wrong.
  private func front(_ faults: String) async throws -> SCIMFront {
    var options = SCIMFront.Options()
    options.users = (1...3).map { SCIMFixture.user($0, ["NPÖ;A"]) }
    return try await SCIMFront(options, faults: faults)
  }

  /// Whatever happens, losses stand before gains, and nobody gains whose loss was not confirmed.
  private func expectSafe(_ front: SCIMFront, _ outcomes: [RoleOutcome]) {
    let writes = front.writes
    let firstGain = writes.firstIndex { !$0.isLoss } ?? writes.endIndex
    #expect(writes[firstGain...].allSatisfy { !$0.isLoss })
    for number in 1...3 where !outcomes[number + 2].isApplied {
      #expect(
        outcomes[number - 1] == RoleOutcome(.notSent, "a loss is not confirmed")
          || outcomes[number - 1].verdict == .notSent)
      #expect(!writes[firstGain...].contains { $0.path.contains("/u\(number)") })
    }
    for text in outcomes.compactMap(\.detail) { #expect(!text.contains("SECRET") && !text.contains("t0ken")) }
  }

  private func push(
    _ faults: String, _ adjust: (inout SCIMSettings) -> Void = { _ in }
  ) async throws -> (front: SCIMFront, outcomes: [RoleOutcome], roles: [String]) {
    let front = try await front(faults)
    let fixture = try SCIMFixture(front, adjust)
    let outcomes = await fixture.push(Self.changes)
    expectSafe(front, outcomes)
    try front.set(faults: "[]")
    return (front, outcomes, try await fixture.roles())
  }

  private static let done = (1...3).map { "SE2321000016-P\($0) NPÖ;B" }
  private static let allApplied = changes.map { _ in RoleOutcome(.applied) }

  @Test func `that asks to be left alone is asked again when it says, in seconds or by date`() async throws {
    let faults = """
      [{"on":"PATCH","times":2,"do":"answer","status":429,"headers":{"Retry-After":"1"}},
      {"on":"PATCH","skip":1,"times":1,"do":"answer","status":503,"headers":
      {"Date":"Sun, 06 Nov 1994 08:49:37 GMT","Retry-After":"Sun, 06 Nov 1994 08:49:38 GMT"}}]
      """
    let begun = ContinuousClock.now
    let pushed = try await push(faults)
    #expect(pushed.outcomes == Self.allApplied && pushed.roles == Self.done)
    #expect(begun.duration(to: .now) >= .seconds(1))
  }

  @Test func `that asks to be left alone for long ends the push`() async throws {
    let faults = #"[{"on":"PATCH","skip":1,"do":"answer","status":429,"headers":{"Retry-After":"3600"}}]"#
    let pushed = try await push(faults)
    #expect(pushed.front.writes.count <= 4 && pushed.front.writes.allSatisfy(\.isLoss))
    #expect(pushed.outcomes.prefix(3).allSatisfy { $0.verdict == .notSent })
    #expect(pushed.outcomes.suffix(3).count { $0.verdict == .applied } == 1)
    #expect(pushed.outcomes.suffix(3).contains(RoleOutcome(.failed, "429")))
  }

  @Test func `that answers 500 has failed, unless it did what was asked`() async throws {
    let failed = try await push(#"[{"on":"PATCH","body":"remove","times":1,"do":"answer","status":500}]"#)
    #expect(failed.outcomes.suffix(3).count { $0 == RoleOutcome(.failed, "500") } == 1)
    #expect(failed.outcomes.prefix(3).count { $0.verdict == .applied } == 2)
    let after = try await push(#"[{"on":"PATCH","do":"after","status":502,"times":3}]"#)
    #expect(after.outcomes == Self.allApplied && after.roles == Self.done)
  }

  @Test func `that answers only with faults is not asked on and on`() async throws {
    var options = SCIMFront.Options()
    options.users = (1...60).map { SCIMFixture.user($0, ["NPÖ;A"]) }
    let losses = (1...60).map { SCIMFixture.loss($0, "NPÖ;A") }
    for (status, verdict) in [(500, RoleOutcome.Verdict.failed), (403, .refused)] {
      let faults = #"[{"on":"PATCH","do":"answer","status":\#(status)}]"#
      let front = try await SCIMFront(options, faults: faults)
      let outcomes = try await SCIMFixture(front).push(losses)
      #expect((25...28).contains(front.writes.count), "\(front.writes.count)")
      #expect(outcomes.count { $0 == RoleOutcome(verdict, "\(status)") } == front.writes.count)
      #expect(outcomes.count { $0 == RoleOutcome(.notSent, "\(status)") } == 60 - front.writes.count)
    }
  }

  @Test func `for some users does not keep the losses of others from being taken`() async throws {
    var options = SCIMFront.Options()
    options.users = (1...60).map { SCIMFixture.user($0, ["NPÖ;A"]) }
    let front = try await SCIMFront(
      options, faults: #"[{"on":"PATCH","path":"/u1","do":"answer","status":403}]"#)
    let outcomes = try await SCIMFixture(front).push((1...60).map { SCIMFixture.loss($0, "NPÖ;A") })
    // 1 and 10 to 19.
    #expect(
      outcomes.count { $0.verdict == .refused } == 11 && outcomes.count { $0.verdict == .applied } == 49)
  }

  @Test func `that does not let a member go keeps the person out of other groups`() async throws {
    var options = SCIMFront.Options()
    options.users = [SCIMFixture.user(1), SCIMFixture.user(2)]
    options.groups = [
      #"{"id":"g1","displayName":"hsasync-a","members":[{"value":"u1"}]}"#,
      #"{"id":"g2","displayName":"hsasync-b","members":[{"value":"u2"}]}"#,
      #"{"id":"g3","displayName":"hsasync-c"}"#,
    ]
    let front = try await SCIMFront(
      options, faults: #"[{"on":"PATCH","path":"g1","do":"answer","status":500}]"#)
    let fixture = try SCIMFixture(front) { $0.place = .groups }
    let outcomes = await fixture.push([
      SCIMFixture.gain(1, "hsasync-c"), SCIMFixture.gain(2, "hsasync-c"), SCIMFixture.loss(1, "hsasync-a"),
      SCIMFixture.loss(2, "hsasync-b"),
    ])
    #expect(outcomes.map(\.verdict) == [.notSent, .applied, .failed, .applied])
    #expect(try await fixture.roles() == ["SE2321000016-P1 hsasync-a", "SE2321000016-P2 hsasync-c"])
  }

  @Test func `that is silent after it took a write is read, and believed for what it shows`() async throws {
    let taken = try await push(#"[{"on":"PATCH","times":2,"do":"hangAfter"}]"#) {
      $0.timeouts.request = .seconds(1)
    }
    #expect(taken.outcomes == Self.allApplied && taken.roles == Self.done)
    let broken = try await push(#"[{"on":"PATCH","times":2,"do":"dropAfter"}]"#)
    #expect(broken.outcomes == Self.allApplied && broken.roles == Self.done)
    let lost = try await push(#"[{"on":"PATCH","path":"u2","do":"hang"}]"#) {
      $0.timeouts.request = .seconds(1)
    }
    #expect(lost.outcomes[4] == RoleOutcome(.failed, "unavailable") && lost.outcomes[1].verdict == .notSent)
    #expect(lost.roles == [Self.done[0], "SE2321000016-P2 NPÖ;A", Self.done[2]])
  }

  @Test func `that is silent for good leaves what was sent unknown`() async throws {
    let faults = #"[{"on":"PATCH","do":"dropAfter"},{"on":"GET","path":"/u2","skip":1,"do":"drop"}]"#
    let pushed = try await push(faults)
    #expect(
      pushed.outcomes[4] == RoleOutcome(.unknown, "unavailable") && pushed.outcomes[1].verdict == .notSent)
  }

  @Test func `that refuses one role of several does not keep the others from being given`() async throws {
    let front = try await front("[]")
    let fixture = try SCIMFixture(front)
    let outcomes = await fixture.push([SCIMFixture.gain(1, "NPÖ;Unknown"), SCIMFixture.gain(1, "NPÖ;B")])
    #expect(outcomes == [RoleOutcome(.refused, "400 invalidValue"), RoleOutcome(.applied)])
  }

  @Test func `that half of the users meet touches only them`() async throws {
    let pushed = try await push(#"[{"on":"PATCH","path":"/u2","do":"answer","status":403,"text":"SECRET"}]"#)
    #expect(pushed.outcomes.map(\.verdict) == [.applied, .notSent, .applied, .applied, .refused, .applied])
  }

  @Test func `that knows another version is read again once, and then left stale`() async throws {
    let once = try await push(#"[{"on":"PATCH","times":3,"do":"answer","status":412}]"#)
    #expect(once.outcomes == Self.allApplied && once.roles == Self.done)
    let always = try await push(#"[{"on":"PATCH","path":"u2","do":"answer","status":412}]"#)
    #expect(always.outcomes[4] == RoleOutcome(.stale, "412") && always.outcomes[1].verdict == .notSent)
    #expect(always.front.writes.count { $0.path.contains("u2") } == 2)
  }

  @Test func `that says 200 and does nothing is not believed`() async throws {
    let pushed = try await push(#"[{"on":"PATCH","path":"u2","do":"unchanged"}]"#)
    #expect(pushed.outcomes[4] == RoleOutcome(.failed, "200 not confirmed"))
    #expect(pushed.outcomes[1].verdict == .notSent)
    let silent = try await push(#"[{"on":"PATCH","path":"u1","do":"answer","status":204}]"#)
    #expect(silent.outcomes[3] == RoleOutcome(.failed, "204 not confirmed"))
  }

  @Test func `that shows what was before leaves it unknown`() async throws {
    let faults = #"[{"on":"PATCH","path":"u2","do":"half"},{"on":"GET","path":"/u2","skip":1,"do":"stale"}]"#
    let pushed = try await push(faults)
    #expect(pushed.outcomes[4] == RoleOutcome(.unknown, "200 not confirmed"))
  }

  @Test func `that cuts its answers short is asked what became of it`() async throws {
    let pushed = try await push(#"[{"on":"PATCH","do":"half"}]"#)
    #expect(pushed.outcomes == Self.allApplied && pushed.roles == Self.done)
  }

  @Test func `that takes more away than was asked ends the push`() async throws {
    let text = #"{\"id\":\"u1\",\"roles\":[]}"#
    let faults = #"[{"on":"PATCH","path":"u1","do":"answer","status":200,"text":"\#(text)"}]"#
    var options = SCIMFront.Options()
    options.users = [SCIMFixture.user(1, ["NPÖ;A", "manuell"])]
    let front = try await SCIMFront(options, faults: faults)
    let outcomes = try await SCIMFixture(front).push([
      SCIMFixture.loss(1, "NPÖ;A"), SCIMFixture.gain(1, "NPÖ;B"),
    ])
    #expect(outcomes == [RoleOutcome(.applied), RoleOutcome(.notSent, "more was changed than asked")])
    #expect(front.writes.count == 1)
  }

  @Test func `that does not heed filters is given nobody's roles`() async throws {
    let front = try await front(
      #"[{"on":"GET","path":"filter=","do":"answer","status":200,"text":"\#(Self.everyone)"}]"#)
    let outcomes = try await SCIMFixture(front).push([SCIMFixture.gain(1, "NPÖ;B")])
    #expect(outcomes == [RoleOutcome(.refused, "filter not heeded")] && front.writes.isEmpty)
  }

  private static let everyone =
    #"{\"totalResults\":2,\"Resources\":[{\"id\":\"u1\",\"externalId\":\"SE2321000016-P1\"},{\"id\":\"u2\"}]}"#

  @Test func `that knows us no longer is asked for nothing more`() async throws {
    let pushed = try await push(#"[{"on":"PATCH","do":"answer","status":401}]"#)
    #expect(pushed.front.writes.count <= 3 && pushed.front.writes.allSatisfy(\.isLoss))
    #expect(pushed.outcomes.suffix(3).contains(RoleOutcome(.refused, "401")))
  }

  @Test func `that sends us elsewhere is not followed, and the token stays`() async throws {
    let elsewhere = try await SCIMFront()
    for status in [301, 302, 307, 308] {
      let faults = #"[{"do":"answer","status":\#(status),"headers":{"Location":"\#(elsewhere.url)/Users"}}]"#
      let front = try await front(faults)
      let fixture = try SCIMFixture(front)
      let fault = await #expect(throws: RoleTargetFault.self) { try await fixture.target.held() }
      #expect(fault?.code == .unsuitable)
      let outcomes = await fixture.push(Self.changes)
      #expect(outcomes.allSatisfy { $0.verdict == .failed } && front.writes.isEmpty)
    }
    #expect(elsewhere.requests.isEmpty)
  }

  @Test func `that is away is told as that, and nothing counts as done`() async throws {
    let front = try await front("[]")
    let fixture = try SCIMFixture(front)
    front.stop()
    let fault = await #expect(throws: RoleTargetFault.self) { try await fixture.target.held() }
    #expect(fault?.code == .unavailable)
    #expect(await fixture.push(Self.changes) == Self.changes.map { _ in RoleOutcome(.failed, "unavailable") })
  }

  @Test func `that is cancelled sends nothing more, and waits for what was sent`() async throws {
    var options = SCIMFront.Options()
    options.users = (1...40).map { SCIMFixture.user($0, ["NPÖ;A"]) }
    let front = try await SCIMFront(options, faults: #"[{"on":"PATCH","do":"slow","seconds":1}]"#)
    let fixture = try SCIMFixture(front)
    let task = Task { await fixture.push((1...40).map { SCIMFixture.loss($0, "NPÖ;A") }) }
    try await eventually { front.writes.count >= 2 }
    task.cancel()
    let outcomes = await task.value
    let writes = front.writes.count
    #expect(writes < 40 && outcomes.count { $0.verdict == .applied } == writes)
    #expect(outcomes.count { $0.verdict == .notSent } == 40 - writes)
    #expect(fixture.journal.events.count == 2)
  }
}
