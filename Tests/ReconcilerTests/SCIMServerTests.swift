import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

/// Against a SCIM server that was not written here, over TLS with a token and a client certificate.
@Suite(
  .enabled("scim2-server cannot be installed: python3 with venv, and PyPI, are needed") {
    await SCIMServer.isAvailable
  })
struct `A SCIM server` {
  /// The server, what stands before it, and a target that makes users.
  private struct World {
    /// Held, since its files go with it.
    let authority: TestCA
    let server: SCIMServer
    let front: SCIMFront
    let fixture: SCIMFixture

    init(_ place: SCIMSettings.Place = .roles) async throws {
      let authority = try await TestCA()
      self.authority = authority
      let client = try await authority.issue()
      server = try await SCIMServer()
      var options = SCIMFront.Options()
      options.identity = try await authority.issue()
      options.clients = authority.certificate
      options.backend = server.port
      front = try await SCIMFront(options)
      fixture = try SCIMFixture(front, token: server.token) { settings in
        settings.place = place
        settings.createsUsers = true
        settings.page = 7
        settings.ca = authority.certificate
        settings.certificate = client.certificate
        settings.key = client.key
      }
    }

    /// The changes that make what is held into something else, in any order.
    func changes(to wanted: [(Int, String)]) async throws -> [RoleChange] {
      let held = try await fixture.target.held().roles
      let keys = Set(wanted.map { "\(SCIMFixture.person($0)) \($1)" })
      let losses = held.filter { !keys.contains("\($0.person) \($0.value)") }.map {
        RoleChange(
          target: "idp", .loss, person: $0.person, role: $0.value, value: $0.value, cause: .noRule,
          holder: $0.holder)
      }
      let known = Set(held.map { "\($0.person) \($0.value)" })
      let gains = wanted.filter { !known.contains("\(SCIMFixture.person($0.0)) \($0.1)") }
      return gains.map { SCIMFixture.gain($0.0, $0.1) } + losses
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: SCIMSettings.Place.allCases)
  func `is brought to what is wanted, losses first, and then in agreement`(place: SCIMSettings.Place)
    async throws
  {
    let world = try await World(place)
    let names = ["NPÖ;Läsare", #"NPÖ;a"b\c"#, "NPÖ;Skriv are"]
    let first = (1...20).flatMap { number in names.prefix(number % 3 + 1).map { (number, $0) } }
    var changes = try await world.changes(to: first)
    #expect(changes.count == first.count)
    #expect(await world.fixture.push(changes).allSatisfy { $0.isApplied })
    #expect(try await world.changes(to: first).isEmpty)
    let second = (5...25).flatMap { number in names.suffix(number % 3).map { (number, $0) } }
    changes = try await world.changes(to: second)
    let before = world.front.writes.count
    let outcomes = await world.fixture.push(changes)
    #expect(outcomes.allSatisfy { $0.verdict == .applied }, "\(outcomes.filter { $0.verdict != .applied })")
    let writes = world.front.writes[before...]
    let firstGain = writes.firstIndex { !$0.isLoss } ?? writes.endIndex
    #expect(firstGain > before && writes[firstGain...].allSatisfy { !$0.isLoss })
    #expect(try await world.changes(to: second).isEmpty)
    #expect(try await world.fixture.target.held().roles.count == second.count)
    #expect(world.front.writes.filter { $0.method == "PATCH" }.allSatisfy { $0.version != nil })
  }

  @Test(.timeLimit(.minutes(10)))
  func `keeps what somebody else writes between our reading and our writing`() async throws {
    let world = try await World()
    #expect(
      await world.fixture.push([SCIMFixture.gain(1, "NPÖ;A"), SCIMFixture.gain(1, "NPÖ;B")]).allSatisfy(
        \.isApplied))
    let held = try await world.fixture.target.held()
    let id = try #require(held.roles.first?.holder)
    try world.front.set(faults: #"[{"on":"GET","path":"/Users/","times":1,"do":"wait"}]"#)
    let asked = world.front.requests.count
    let ours = Task { await world.fixture.push([SCIMFixture.loss(1, "NPÖ;A", holder: id)]) }
    try await eventually { world.front.requests.dropFirst(asked).contains { $0.path.contains("/Users/") } }
    let theirs = SCIMFixture("http://127.0.0.1:\(world.server.port)/v2") {
      $0.tokenFile = world.front.folder.path("token")
    }
    #expect(await theirs.push([SCIMFixture.gain(1, "NPÖ;C")]) == [RoleOutcome(.applied)])
    try world.front.folder.write("go", "")
    #expect(await ours.value == [RoleOutcome(.applied)])
    // The first came with an old version.
    #expect(world.front.writes.count(where: \.isLoss) == 2)
    #expect(try await world.fixture.roles() == ["SE2321000016-P1 NPÖ;B", "SE2321000016-P1 NPÖ;C"])
  }

  @Test(.timeLimit(.minutes(10)))
  func `that took a write and was cut off is found to have it`() async throws {
    let world = try await World()
    try world.front.set(
      faults: #"[{"on":"POST","times":1,"do":"dropAfter"},{"on":"PATCH","times":1,"do":"dropAfter"}]"#)
    #expect(await world.fixture.push([SCIMFixture.gain(1, "NPÖ;A")]) == [RoleOutcome(.applied)])
    #expect(try await world.fixture.roles() == ["SE2321000016-P1 NPÖ;A"])
    #expect(world.front.writes.count == 2)
  }

  @Test(.timeLimit(.minutes(10)))
  func `does not know another token`() async throws {
    let world = try await World()
    try world.front.folder.write("token", "wrong\n")
    let fault = await #expect(throws: RoleTargetFault.self) { try await world.fixture.target.held() }
    #expect(fault?.code == .notPermitted)
    #expect(await world.fixture.push([SCIMFixture.gain(1, "NPÖ;A")]) == [RoleOutcome(.refused, "401")])
    #expect(world.front.writes.isEmpty)
  }
}
