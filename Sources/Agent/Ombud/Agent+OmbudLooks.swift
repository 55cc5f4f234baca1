import Directory
import Foundation
import LDAP
import Reconciler

/// How it is with one care provider, for its ombud.
struct ProviderLook: Sendable {
  enum State: Sendable { case agrees, working, waits, problem, noFile }
  var identity: HSAIdentity
  /// What it is called; the HSA-id where the directory does not say.
  var name: String
  var state: State
  /// The newest first.
  var versions: [ProviderFiles.Version]
  var waiting: [WaitingLook]
  var proposals: [ProposedFile]
  /// The ones that were asked for this care provider, the newest first.
  var runs: [RunRecord]
  /// What is wrong with the file in force.
  var findings: [Finding]
  /// What those are called who did something, by HSA-id; without whom the directory does not tell.
  var people: [String: String]

  /// What somebody is called.
  func who(_ actor: Actor) -> String { actor.person.flatMap { people[$0] } ?? actor.user }
}

/// A plan that waits, as it was kept.
struct WaitingLook: Sendable {
  var kept: PendingPlan
  var plan: Plan
  var approvals: [Approval]
}

// What the ombuds' pages look at. Nothing here writes.
extension Agent {
  /// - Throws: ``Refusal/mandateMissing`` for a care provider that the caller does not act for.
  func look(at provider: HSAIdentity, for caller: Caller) throws -> ProviderLook {
    guard let books, let world, world.proof != nil else { throw away }
    guard caller.mandate?.scope.providers.contains(provider) == true else { throw Refusal.mandateMissing }
    let versions = try providerFiles.versions(provider)
    let waiting = try waiting(for: [provider], books)
    let paths = Set(ProviderFiles.Format.allCases.map { providerFiles.current(provider, $0) })
    let findings = (files?.set.findings ?? []).filter { $0.position.map { paths.contains($0.file) } ?? false }
    let runs = try books.store.runs(limit: 500).filter { $0.part == "provider \(provider)" }
    let own = proposals.filter { $0.provider == provider && $0.actor.key == caller.actor.key }
    return ProviderLook(
      identity: provider, name: try label(of: provider, world),
      state: state(versions, waiting, findings), versions: versions, waiting: waiting, proposals: own,
      runs: runs, findings: findings,
      people: try people(versions.map(\.actor) + runs.map(\.actor) + own.map(\.actor), world))
  }

  /// The names of those who did something, as far as the directory tells them.
  private func people(_ actors: [Actor], _ world: World) throws -> [String: String] {
    var people: [String: String] = [:]
    for person in Set(actors.compactMap(\.person)) {
      let label = try label(of: HSAIdentity(person), world)
      if label != person { people[person] = label }
    }
    return people
  }

  private func state(
    _ versions: [ProviderFiles.Version], _ waiting: [WaitingLook], _ findings: [Finding]
  ) -> ProviderLook.State {
    if findings.contains(where: { $0.code == Configuration.asideCode }) { return .problem }
    if !waiting.isEmpty { return .waits }
    if versions.isEmpty { return .noFile }
    return state == .inSync ? .agrees : .working
  }

  /// The plans that wait and are of these care providers alone.
  private func waiting(for providers: Set<HSAIdentity>, _ books: Books) throws -> [WaitingLook] {
    let parts = Set(providers.map { "provider \($0)" })
    return try books.store.pendingPlans().compactMap { kept in
      guard let plan = try? PlanFile.read(kept.text, path: kept.code).plan,
        plan.part.map(parts.contains) ?? false
      else { return nil }
      return WaitingLook(
        kept: kept, plan: plan,
        approvals: try books.store.approvals(digest: kept.digest, sha256: kept.sha256))
    }
  }

  /// A plan that waits, for who acts for the care provider that it is of.
  func waiting(_ code: String, for caller: Caller) throws -> (plan: WaitingLook, provider: HSAIdentity)? {
    guard let books else { throw away }
    for provider in caller.mandate?.scope.providers ?? [] {
      if let found = try waiting(for: [provider], books).first(where: { $0.kept.code == code }) {
        return (found, provider)
      }
    }
    return nil
  }

  /// Why the caller does not approve a plan; `nil`: the caller may.
  func standing(_ waiting: WaitingLook, _ caller: Caller) -> Refusal? {
    var order = ApplyOrder(by: caller.actor, approval: waiting.kept.code)
    order.scope = caller.mandate?.scope
    return ApprovalStanding(configuration).refusal(of: waiting.plan, asked: waiting.kept.actor, by: order)
  }

  /// What people call an entry; the HSA-id where the directory does not say, or may not be told.
  func label(of identity: HSAIdentity) throws -> String {
    guard let world else { throw away }
    return try label(of: identity, world)
  }

  private func label(of identity: HSAIdentity, _ world: World) throws -> String {
    let profile = configuration.profile
    let entry = try world.index.lookUp { lookup in
      try lookup.entries(with: identity).first.flatMap { try lookup.content(of: $0) }
    }
    guard let entry else { return identity.text }
    let isProtected = entry["objectClass"].contains {
      ($0.text ?? "").equalsIgnoringASCIICase(profile.protectedClass)
    }
    guard !isProtected else { return identity.text }
    return ["fullName", "ou", "o", "cn"].lazy.compactMap { entry.text(profile.serverName($0)) }.first
      .map { PersonalNumber.masked(in: $0) } ?? identity.text
  }

  /// Whether a person is an ombud's to ask after.
  func isWithin(_ identity: HSAIdentity, _ mandate: Mandate) throws -> Bool {
    guard let world else { throw away }
    return try world.index.lookUp { lookup in
      var reach = ScopeReach(lookup, mandate.scope)
      return try reach.standing(of: identity) == .within
    }
  }

  /// A plan of what a care provider's file wants now; nothing is kept.
  func planNow(_ provider: HSAIdentity, for caller: Caller) async throws -> Plan {
    try await errand { agent, world, books in
      guard let mandate = try agent.presentMandate(caller, for: provider) else {
        throw Refusal.mandateMissing
      }
      return try await agent.planOwn(provider, mandate, world, books).plan
    }
  }

  /// What the directory has of a care provider's entries, as a desired state that agrees with it.
  func export(_ provider: HSAIdentity, for caller: Caller) throws -> [UInt8] {
    guard let world, world.proof != nil else { throw away }
    guard caller.mandate?.scope.providers.contains(provider) == true else { throw Refusal.mandateMissing }
    var export = Export(
      profile: configuration.profile, management: configuration.management, schema: world.schema)
    let numbers = try world.index.lookUp { lookup in
      var closure = ProviderClosure(lookup, ProviderScope(providers: [provider]))
      return try closure.entries(of: provider)
    }
    try world.index.entries(numbers) { export.take($0) }
    return export.yaml()
  }
}

/// All entries that a care provider answers for.
private struct ProviderClosure<Lookup: EntryLookup> {
  private let lookup: Lookup
  private var reach: ScopeReach<Lookup>
  private static var most: Int { 100_000 }

  init(_ lookup: Lookup, _ scope: ProviderScope) {
    self.lookup = lookup
    reach = ScopeReach(lookup, scope)
  }

  mutating func entries(of provider: HSAIdentity) throws -> [Int64] {
    var roots = try lookup.entries(with: provider)
    roots += try lookup.entries(
      linking: EntryLink(.provider, provider.normalForm), limit: Self.most)
    var seen: Set<Int64> = []
    var found: [Int64] = []
    while let next = roots.popLast() {
      guard seen.insert(next).inserted, seen.count <= Self.most else { continue }
      if try reach.isWithin(next) { found.append(next) }
      roots += try lookup.children(of: next, limit: Self.most)
    }
    // An administrative commission is the region's to write, and is left out of what is handed in again.
    return try found.filter { try lookup.facts(of: $0).kind != .administrativeCommission }.sorted()
  }
}
