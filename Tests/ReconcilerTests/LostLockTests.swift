import Directory
import Foundation
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

/// A lock that is lost when it has been asked for so many times.
private final class FailingLock: Sendable {
  private let left: Mutex<Int>
  init(after count: Int) { left = Mutex(count) }

  var permit: WritePermit {
    WritePermit {
      self.left.withLock { left in
        left -= 1
        return left >= 0
      }
    }
  }
}

@Suite struct `An agent whose lock was lost in the midst` {
  @Test func `sends no further write of the plan that is under way`() async throws {
    let catalogue = try await Catalogue(persons: 6)
    var made = HandMade()
    for number in 0..<6 { made.update(try await catalogue.person(number), "title", to: "Läkare") }
    var settings = Applier.Settings()
    settings.window = 1
    let begun = try catalogue.applier(settings)
    let applier = Applier(
      profile: begun.profile, settings: settings, logger: begun.logger,
      permit: FailingLock(after: 2).permit, open: begun.open)
    let result = try await applier.apply(made.plan)
    #expect(
      result.outcomes.map(\.verdict) == [.applied, .applied, .notSent, .notSent, .notSent, .notSent])
    #expect(result.stop == .lockLost && result.exitCode == .tryAgain)
    var titles: [[Value]] = []
    for number in 0..<6 { titles.append(try await catalogue.person(number)["title"]) }
    #expect(titles == Array(repeating: ["Läkare"], count: 2) + Array(repeating: ["Sjuksköterska"], count: 4))
  }

  @Test func `sends a SCIM target nothing more`() async throws {
    var options = SCIMFront.Options()
    options.token = "t0ken"
    options.users = (1...8).map { SCIMFixture.user($0, ["NPÖ;Gammal"]) }
    let front = try await SCIMFront(options)
    let begun = try SCIMFixture(front).target
    let target = SCIMTarget(
      begun.settings, form: begun.form, permit: FailingLock(after: 3).permit, logger: begun.logger)
    let changes = (1...8).map { SCIMFixture.loss($0, "NPÖ;Gammal") }
    let outcomes = await target.push(changes, from: HeldRoles(target: "idp"), journal: JournalRecorder())
    #expect(front.writes.count == 3)
    #expect(outcomes.count { $0.verdict == .applied } == 3)
    #expect(outcomes.count { $0.verdict == .notSent } == 5, "\(outcomes)")
  }

  @Test(.timeLimit(.minutes(10))) func `gives and takes no role at any target, and says why`() async throws {
    let slapd = try await Slapd([.region])
    let run = try Sample.run(slapd, Repository.path("conf/hsasync-roles.yaml")).standing(
      permit: FailingLock(after: 0).permit)
    let books = try Books.open(run.configuration, for: "run", by: StoreFixture.actor)
    let (plan, forecast) = try await run.planRoles(asOf: Date(), history: nil)
    try #require(plan.roles?.changes.isEmpty == false)
    let before = await run.targets.held()
    let applied = try await run.apply(
      plan, ApplyOrder(by: StoreFixture.actor, approval: plan.digest.code), in: books, forecast: forecast)
    let refusal = try #require(applied.first?.refusal)
    #expect(refusal.message == Refusal.lockLost.message && refusal.exitCode == .tryAgain)
    #expect(await run.targets.held().held.mapValues(\.roles) == before.held.mapValues(\.roles))
    await run.close()
  }
}

@Suite struct `A run that goes on all day` {
  @Test(.timeLimit(.minutes(10)))
  func `opens one connection for all it writes, and another when that was lost`()
    async throws
  {
    var options = Slapd.Options()
    options.logLevel = "stats"
    let slapd = try await Slapd([.region], options: options)
    let run = try Sample.run(slapd, Repository.path("conf/hsasync-roles.yaml")).standing()
    let books = try Books.open(run.configuration, for: "run", by: StoreFixture.actor)
    let plan = try await run.plan(asOf: Sample.instant)
    let updates = plan.changes.filter { $0.action == .update && $0.after.isEmpty }
    try #require(updates.count >= 3)
    func apply(_ number: Int) async throws -> ApplyResult? {
      var part = plan.subset("change \(number)") { $0.id == updates[number].id }
      part.roles = nil
      part.guards = []
      return try await run.apply(part, ApplyOrder(by: StoreFixture.actor), in: books).first?.result
    }
    #expect(try await apply(0)?.exitCode == .done)
    #expect(try await apply(1)?.exitCode == .done)
    let writer = try #require(run.connections?.writer)
    #expect(await writer.openings == 1)
    slapd.stop()
    let server = try await slapd.startAgain()
    #expect(try await apply(2)?.exitCode == .done)
    #expect(await writer.openings == 2)
    await run.close()
    withExtendedLifetime(server) {}
  }
}
