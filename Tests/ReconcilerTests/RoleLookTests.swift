import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

/// The sample region whose targets agree with its entries, and one person in it.
@Suite struct `A push of one person's roles` {
  private let slapd: Slapd
  private let run: Run
  private let books: Books
  private let targets: Targets
  private let person = HSAIdentity("SE2321000016-31B7")

  init() async throws {
    slapd = try await Slapd([.region])
    run = try Sample.run(slapd, Repository.path("conf/hsasync-roles.yaml"))
    books = try Books.open(run.configuration, for: "run", by: StoreFixture.actor)
    targets = run.targets
    let (plan, forecast) = try await run.planRoles(asOf: Date(), history: nil)
    let order = ApplyOrder(by: StoreFixture.actor, approval: plan.digest.code)
    let applied = try await run.apply(plan, order, in: books, forecast: forecast)
    guard applied.allSatisfy({ $0.roles?.exitCode == .done }) else { throw Failure("\(applied)") }
  }

  private func forecast(_ persons: Set<HSAIdentity>, _ history: History?) async throws -> RoleForecast {
    let derivation = try await run.deriveRoles(asOf: Date(), history: history)
    let reading = await targets.held(of: persons)
    #expect(reading.faults.isEmpty)
    return RoleForecast(
      derivation: derivation, held: Array(reading.held.values), forms: targets.forms, proofIsComplete: true)
  }

  /// The plan of what concerns the person, and what is pushed by it.
  private func push() async throws -> (plan: Plan, applied: [AppliedPlan]) {
    let persons: Set<HSAIdentity> = [person]
    let now = try await forecast(persons, nil)
    let (whole, all) = try await run.planRoles(asOf: Date(), history: nil)
    var plan = whole
    plan.part = "person \(person)"
    plan.roles = now.roles(forPart: [], and: persons)
    // Measured against the whole: of one person, all roles are very many.
    plan = Baseline(of: whole).measuring(plan)
    #expect(plan.roles?.changes == all.roles(forPart: [], and: persons).changes)
    #expect(plan.roles?.changes == now.roles(for: []).changes, "a part tells nothing of others")
    let look = RoleLook.part(targets, of: persons) { try await forecast(persons, $0) }
    let applied = try await run.apply(
      plan, ApplyOrder(by: StoreFixture.actor), in: books, forecast: now, look: look)
    return (plan, applied)
  }

  /// Changes something as somebody else would.
  private func change(_ operation: WriteOperation) async throws {
    let answer = try await slapd.connection(slapd.admin).perform(operation)
    guard answer.result == .success else { throw Failure("\(answer)") }
  }

  private func dn() async throws -> DistinguishedName {
    let admin = try await slapd.connection(slapd.admin)
    let base = try DistinguishedName(parsing: Slapd.suffix)
    for try await batch in admin.search(
      SearchRequest(base: base, filter: .equal("hsaIdentity", Value(person.text)), attributes: ["1.1"]))
    where batch.count > 0 {
      return try batch.entry(0).dn
    }
    throw Failure("nobody has \(person)")
  }

  @Test(.timeLimit(.minutes(10)))
  func `takes away and gives as a push of all would, and keeps what others owe`() async throws {
    let other = RolePushBench.loss(
      "Webcert;Annat", of: HSAIdentity("SE2321000016-31B0"), at: targets.forms[0].name)
    try books.store.settleOverdue([(other, RoleOutcome(.failed, "unavailable"))], attempts: 1, at: Date())
    let name = try await dn()
    let before = await targets.held(of: [person])
    #expect(before.held.count == 3 && before.held.values.allSatisfy { !$0.roles.isEmpty })

    try await change(
      .modify(name, [Modification(.replace, "endDate", ["20260101000000Z"])]))
    let ended = try await push()
    #expect(ended.applied.allSatisfy { $0.roles?.exitCode == .done && $0.refusal == nil }, "\(ended.applied)")
    let losses = try #require(ended.plan.roles?.changes)
    #expect(losses.count >= 3 && losses.allSatisfy { $0.direction == .loss && $0.person == person })
    #expect(await targets.held(of: [person]).held.values.allSatisfy(\.roles.isEmpty))
    #expect(try books.store.overdue().map(\.value) == ["Webcert;Annat"])

    try await change(.modify(name, [Modification(.delete, "endDate", [])]))
    let back = try await push()
    #expect(back.applied.allSatisfy { $0.roles?.exitCode == .done && $0.refusal == nil }, "\(back.applied)")
    let after = await targets.held(of: [person])
    #expect(after.held.mapValues(\.roles) == before.held.mapValues(\.roles))
    #expect(try books.store.overdue().count == 1)
    let runs = try books.store.runs(limit: 9)
    #expect(runs.count == 3 && runs.allSatisfy { $0.ended != nil && $0.exitCode == .done })
    await targets.close()
  }
}
