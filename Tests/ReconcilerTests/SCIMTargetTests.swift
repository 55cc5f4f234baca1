import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

@Suite struct `A SCIM target` {
  private func front(
    users: [String], groups: [String] = [], _ adjust: (inout SCIMFront.Options) -> Void = { _ in }
  ) async throws -> SCIMFront {
    var options = SCIMFront.Options()
    options.token = "t0ken"
    options.users = users
    options.groups = groups
    adjust(&options)
    return try await SCIMFront(options)
  }

  private func verdicts(_ outcomes: [RoleOutcome]) -> [RoleOutcome.Verdict] { outcomes.map(\.verdict) }

  @Test func `is read page by page, what is not ours only counted`() async throws {
    let users = (1...25).map { SCIMFixture.user($0, ["NPÖ;Läsare", "manuell"]) }
    let front = try await front(users: users)
    let fixture = try SCIMFixture(front) { $0.page = 4 }
    let held = try await fixture.target.held()
    #expect(held.roles.count == 25 && held.foreign == 25)
    #expect(Set(held.roles.map(\.holder)) == Set((1...25).map { "u\($0)" }))
    #expect(front.requests.count == 7)
    #expect(front.requests.allSatisfy { $0.path.contains("attributes=externalId,userName,roles,meta") })
  }

  @Test func `shows no externalId that is not an HSA-id`() async throws {
    let strangers = [
      #"{"id":"a","externalId":"anna@example.org","userName":"x","roles":[{"value":"NPÖ;Läsare"}]}"#,
      #"{"id":"b","userName":"y","roles":["NPÖ;Läsare",{"display":"z"}]}"#,
    ]
    let front = try await front(users: strangers)
    let held = try await SCIMFixture(front).target.held()
    #expect(held.roles.map(\.person.text) == ["id a", "id b"] && held.foreign == 1)
  }

  @Test func `loses before it gains, and what is not ours stays`() async throws {
    let users = (1...20).map { SCIMFixture.user($0, ["NPÖ;Gammal", "manuell"]) }
    let front = try await front(users: users)
    let fixture = try SCIMFixture(front)
    let changes = (1...20).flatMap {
      [SCIMFixture.gain($0, "NPÖ;Läsare"), SCIMFixture.loss($0, "NPÖ;Gammal")]
    }
    let outcomes = await fixture.push(changes)
    #expect(outcomes == changes.map { _ in RoleOutcome(.applied) })
    let writes = front.writes
    #expect(writes.count == 40 && writes.prefix(20).allSatisfy(\.isLoss))
    #expect(writes.allSatisfy { $0.method == "PATCH" && $0.version?.hasPrefix("W/") == true })
    let held = try await fixture.target.held()
    #expect(held.roles.map(\.value) == (1...20).map { _ in "NPÖ;Läsare" } && held.foreign == 20)
    #expect(verdicts(await fixture.push(changes)) == changes.map { _ in .appliedAlready })
    #expect(front.writes.count == 40)
  }

  @Test func `writes down what is sent before it is, and sends nothing that cannot be written down`()
    async throws
  {
    let front = try await front(users: (1...130).map { SCIMFixture.user($0, ["NPÖ;A"]) })
    let fixture = try SCIMFixture(front)
    fixture.journal.refuse(after: 1)
    let outcomes = await fixture.push((1...130).map { SCIMFixture.loss($0, "NPÖ;A") })
    #expect(outcomes.count { $0.verdict == .applied } == 100)
    #expect(outcomes.count { $0 == RoleOutcome(.notSent, "journal") } == 30)
    #expect(front.writes.count == 100)
    guard case .intended(let intended) = fixture.journal.events.first,
      case .settled(let settled, let made) = fixture.journal.events.last
    else { throw Failure("\(fixture.journal.events.count) events") }
    #expect(fixture.journal.events.count == 2 && intended == settled && made.allSatisfy(\.isApplied))
  }

  @Test func `takes quotes and backslashes in a role as they are`() async throws {
    let odd = #"NPÖ;a\"b\\c] or (value pr"#
    let front = try await front(users: [SCIMFixture.user(1, [odd, "NPÖ;Kvar"])])
    let fixture = try SCIMFixture(front)
    let value = #"NPÖ;a"b\c] or (value pr"#
    #expect(verdicts(await fixture.push([SCIMFixture.loss(1, value)])) == [.applied])
    #expect(try await fixture.roles() == ["SE2321000016-P1 NPÖ;Kvar"])
  }

  @Test func `sends nothing outside its namespace, and no periods`() async throws {
    let front = try await front(users: [SCIMFixture.user(1, ["manuell"])])
    var renewal = SCIMFixture.gain(1, "NPÖ;A")
    renewal.direction = .renewal
    let outcomes = try await SCIMFixture(front).push([SCIMFixture.loss(1, "manuell"), renewal])
    #expect(verdicts(outcomes) == [.refused, .refused] && front.requests.isEmpty)
  }

  @Test func `makes a user only where it may, and tells nothing but the HSA-id`() async throws {
    let front = try await front(users: [])
    let outcomes = try await SCIMFixture(front).push([SCIMFixture.gain(1, "NPÖ;A")])
    #expect(outcomes == [RoleOutcome(.refused, "no such user")] && front.writes.isEmpty)
    let fixture = try SCIMFixture(front) { $0.createsUsers = true }
    #expect(verdicts(await fixture.push([SCIMFixture.gain(1, "NPÖ;A")])) == [.applied])
    #expect(try await fixture.roles() == ["SE2321000016-P1 NPÖ;A"])
    let post = try #require(front.writes.first { $0.method == "POST" })
    let body = try #require(try JSONSerialization.jsonObject(with: Data(post.body.utf8)) as? [String: Any])
    #expect(body.keys.sorted() == ["active", "externalId", "schemas", "userName"])
    #expect(body["externalId"] as? String == "SE2321000016-P1")
  }

  @Test func `gives nothing to a user who has the name and not the HSA-id`() async throws {
    let other = #"{"id":"a","userName":"SE2321000016-P1","externalId":"SE2321000016-P2"}"#
    let front = try await front(users: [other])
    let fixture = try SCIMFixture(front) { $0.createsUsers = true }
    #expect(await fixture.push([SCIMFixture.gain(1, "NPÖ;A")]) == [RoleOutcome(.refused, "409 uniqueness")])
    #expect(front.writes.map(\.method) == ["POST"])
    #expect(try await fixture.roles().isEmpty)
  }

  @Test func `gives nothing where two groups have one name`() async throws {
    let groups = ["g1", "g2"].map { #"{"id":"\#($0)","displayName":"hsasync-a","members":[{"value":"u2"}]}"# }
    let front = try await front(users: [SCIMFixture.user(1), SCIMFixture.user(2)], groups: groups)
    let fixture = try SCIMFixture(front) { $0.place = .groups }
    let outcomes = await fixture.push([SCIMFixture.loss(2, "hsasync-a"), SCIMFixture.gain(1, "hsasync-a")])
    #expect(outcomes == [RoleOutcome(.applied), RoleOutcome(.refused, "several groups")])
    #expect(try await fixture.roles().isEmpty)
  }

  @Test func `finds that a user who is gone has lost everything`() async throws {
    let front = try await front(users: [SCIMFixture.user(1)])
    let outcomes = try await SCIMFixture(front).push([
      SCIMFixture.loss(2, "NPÖ;A"), SCIMFixture.loss(1, "NPÖ;A"),
    ])
    #expect(verdicts(outcomes) == [.appliedAlready, .appliedAlready] && front.writes.isEmpty)
  }

  @Test func `leaves a user alone who has become somebody else's`() async throws {
    let front = try await front(users: [SCIMFixture.user(2, ["NPÖ;A"], id: "u1")])
    let changes = [SCIMFixture.loss(1, "NPÖ;A"), SCIMFixture.gain(1, "NPÖ;B")]
    let outcomes = try await SCIMFixture(front).push(changes)
    #expect(verdicts(outcomes) == [.stale, .notSent] && front.writes.isEmpty)
  }

  @Test func `takes from both users of one HSA-id, and gives to neither`() async throws {
    let front = try await front(users: [
      SCIMFixture.user(1, ["NPÖ;A"]), SCIMFixture.user(1, ["NPÖ;A"], id: "other"),
    ])
    let fixture = try SCIMFixture(front)
    let held = try await fixture.target.held()
    #expect(held.roles.map(\.holder) == ["other", "u1"] && Set(held.roles.map(\.person)).count == 1)
    let changes =
      held.roles.map { SCIMFixture.loss(1, $0.value, holder: $0.holder) } + [SCIMFixture.gain(1, "NPÖ;B")]
    let outcomes = await fixture.push(changes)
    #expect(verdicts(outcomes) == [.applied, .applied, .refused] && outcomes.last?.detail == "several users")
    #expect(try await fixture.roles().isEmpty)
  }

  @Test func `without PATCH writes back all that it read, but for the role`() async throws {
    let front = try await front(users: [SCIMFixture.user(1, ["NPÖ;A", "manuell"])]) { $0.patches = false }
    let fixture = try SCIMFixture(front)
    let outcomes = await fixture.push([SCIMFixture.loss(1, "NPÖ;A"), SCIMFixture.gain(1, "NPÖ;B")])
    #expect(verdicts(outcomes) == [.applied, .applied])
    let held = try await fixture.target.held()
    #expect(held.roles.map(\.value) == ["NPÖ;B"] && held.foreign == 1)
    #expect(front.writes.map(\.method) == ["PUT", "PUT"])
    #expect(
      front.writes.allSatisfy {
        $0.version != nil && $0.body.contains(#""x":1.5"#) && $0.body.contains("Någon")
      })
  }

  @Test func `without PATCH and versions writes nothing`() async throws {
    let front = try await front(users: [SCIMFixture.user(1, ["NPÖ;A"])]) {
      $0.patches = false
      $0.tags = false
    }
    let outcomes = try await SCIMFixture(front).push([SCIMFixture.loss(1, "NPÖ;A")])
    #expect(outcomes == [RoleOutcome(.refused, "neither PATCH nor ETag")] && front.writes.isEmpty)
  }

  @Test func `of groups takes and gives members, and makes the group that is not there`() async throws {
    let group =
      #"{"id":"g1","displayName":"hsasync-a","members":[{"value":"u1"},{"value":"u2"},{"value":"g9"}]}"#
    let foreign = #"{"id":"g2","displayName":"andras","members":[{"value":"u1"}]}"#
    let front = try await front(users: [SCIMFixture.user(1), SCIMFixture.user(2)], groups: [group, foreign])
    let fixture = try SCIMFixture(front) { $0.place = .groups }
    let held = try await fixture.target.held()
    #expect(
      held.roles.map(\.person.text) == ["id g9", "SE2321000016-P1", "SE2321000016-P2"] && held.foreign == 1)
    let outcomes = await fixture.push([
      SCIMFixture.gain(1, "hsasync-b"), SCIMFixture.gain(2, "hsasync-b"), SCIMFixture.loss(1, "hsasync-a"),
      SCIMFixture.loss(2, "hsasync-a"),
    ])
    #expect(outcomes.allSatisfy { $0 == RoleOutcome(.applied) }, "\(outcomes)")
    #expect(front.writes.first?.isLoss == true)
    #expect(
      try await fixture.roles() == [
        "id g9 hsasync-a", "SE2321000016-P1 hsasync-b", "SE2321000016-P2 hsasync-b",
      ])
  }
}
