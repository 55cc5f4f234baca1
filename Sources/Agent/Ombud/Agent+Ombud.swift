import Directory
import Foundation
import LDAP
import Reconciler

// What delegated administrators (HSA-ombud) ask for: their own files, and nothing beyond their care providers.
extension Agent {
  /// What a person acts for now; `nil`: nothing.
  ///
  /// - Throws: ``Refusal`` while the directory has not been seen.
  package func mandate(of person: HSAIdentity) throws -> Mandate? {
    guard let ombud = configuration.ombud else { return nil }
    guard let world, world.proof != nil else { throw away }
    return try Mandates(ombud, profile: configuration.profile, schema: world.schema)
      .mandate(of: person, at: Date(), world.index)
  }

  /// The mandate of whoever asks, as it is when what they asked for is done: it may be another than when they asked.
  func presentMandate(_ caller: Caller, for provider: HSAIdentity? = nil) throws -> Mandate? {
    guard caller.mandate != nil else { return nil }
    let person = caller.actor.person.map { HSAIdentity($0) }
    guard let person, let now = try mandate(of: person),
      provider.map(now.scope.providers.contains) ?? true
    else { throw Refusal.mandateMissing }
    return now
  }

  /// Judges a file that is handed in, and says what would be done; nothing is put in force.
  package func propose(
    _ upload: ProviderFiles.Upload, named name: String, for provider: HSAIdentity, by caller: Caller
  ) async throws -> ProposedFile {
    try await errand { agent, world, books in
      let mandate = try agent.presentMandate(caller, for: provider)
      let judged = try await agent.judge(upload, provider, mandate, world, books)
      let basis = try agent.providerFiles.versions(provider).first?.serial ?? 0
      let proposed = ProposedFile(
        upload, named: name, for: provider, by: caller.actor, basis: basis, findings: judged.findings,
        rows: judged.rows, plan: judged.plan)
      agent.remember(proposed)
      return proposed
    }
  }

  /// A file that was handed in and is not in force, for whoever handed it in.
  package func proposal(_ id: Int, of provider: HSAIdentity, for caller: Caller) -> ProposedFile? {
    proposals.first { $0.id == id && $0.provider == provider && $0.actor.key == caller.actor.key }
  }

  package func discard(_ id: Int, for caller: Caller) {
    proposals.removeAll { $0.id == id && $0.actor.key == caller.actor.key }
  }

  /// How many files that were handed in are remembered, and for how long.
  private static let (mostProposals, keeping) = (50, TimeInterval(3_600))

  private func remember(_ proposed: ProposedFile) {
    let old = Date().addingTimeInterval(-Agent.keeping)
    proposals.removeAll { $0.time < old }
    // One file of a person's for a care provider is the one that they mean.
    proposals.removeAll { $0.provider == proposed.provider && $0.actor.key == proposed.actor.key }
    proposals.append(proposed)
    if proposals.count > Agent.mostProposals { proposals.removeFirst() }
  }

  nonisolated var providerFiles: ProviderFiles { ProviderFiles(store: configuration.store) }

  private struct Judged {
    var findings: [Finding]
    var rows = 0
    var plan: Plan?
  }

  private func judge(
    _ upload: ProviderFiles.Upload, _ provider: HSAIdentity, _ mandate: Mandate?, _ world: World,
    _ books: Books
  ) async throws -> Judged {
    guard let desired = files?.set, var proof = world.proof else { throw away }
    async let skew = world.observer.clockSkew()
    async let context = world.observer.contextState()
    (proof.clockSkew, proof.contextAfter, proof.readAt) = (try await skew, try await context, Date())
    let scope = try scope(of: provider, within: mandate)
    let path = path(inForce: provider, desired)
    let proposal: DesiredSet.Proposal
    switch await Agent.proposing(desired, upload, path) {
    case .sound(let sound): proposal = sound
    case .wrong(let findings, let own):
      let outside = try own.map { try self.outside($0, scope, world) } ?? []
      return Judged(findings: try self.findings(findings, outside, scope, world))
    }
    let isAllThere = try areAllThere(proposal.own, scope, world)
    // What only a creation needs is of no interest where nothing is created.
    let own = proposal.findings.filter { !(isAllThere && $0.code == "missing-required") }
    let findings = try findings(own, try outside(proposal.own, scope, world), scope, world)
    guard !findings.haveErrors else { return Judged(findings: findings, rows: proposal.own.rows.count) }
    let touched = proposal.set.touched(byFile: path).union(proposal.touched)
    var planned = try await world.planning.plan(
      touched, proposal.set, proof: proof, baseline: world.baseline, counted: world.counted, asOf: Date(),
      store: books.store)
    try keepOwn(&planned, provider, scope, proposal.set, world, books)
    let plan = world.run.guardedInParts(planned.plan, try books.store.history(at: planned.plan.instant))
    return Judged(findings: findings, rows: proposal.own.rows.count, plan: plan)
  }

  /// What a file says of what is not the ombud's.
  private func outside(_ state: DesiredState, _ scope: ProviderScope, _ world: World) throws -> [Finding] {
    try world.index.lookUp { lookup in
      var judge = ScopeJudge(scope, lookup, profile: configuration.profile, schema: world.schema)
      return try judge.findings(in: state)
    }
  }

  /// All that is told at once of a file. Of what is not the ombud's nothing else is said: not even that somebody speaks
  /// for it.
  private func findings(
    _ own: [Finding], _ outside: [Finding], _ scope: ProviderScope, _ world: World
  ) throws -> [Finding] {
    let foreign = try foreign(Set(outside.compactMap(\.subject)), scope, world)
    let told = own.filter { finding in
      !(finding.subject.map(foreign.contains) ?? false)
        && (outside.isEmpty || finding.code != DesiredSet.conflictCode)
    }
    let wrong = Set(told.filter { $0.severity == .error }.compactMap(\.position?.line))
    // An HSA-id that cannot be read has been told of.
    let rest = outside.filter { finding in
      finding.code != "scope-without-identity" || !(finding.position.map { wrong.contains($0.line) } ?? false)
    }
    return (told + rest).inOrder
  }

  /// Who of these is not the ombud's, nor to be created.
  private func foreign(
    _ subjects: Set<HSAIdentity>, _ scope: ProviderScope, _ world: World
  ) throws -> Set<HSAIdentity> {
    try world.index.lookUp { lookup in
      var reach = ScopeReach(lookup, scope)
      return try subjects.filter { subject in
        let standing = try reach.standing(of: subject)
        return standing != .within && !(standing == .unknown && scope.mayCreate(subject))
      }
    }
  }

  /// Whether each row is about an entry that there is, and that is the ombud's.
  private func areAllThere(_ state: DesiredState, _ scope: ProviderScope, _ world: World) throws -> Bool {
    try world.index.lookUp { lookup in
      var reach = ScopeReach(lookup, scope)
      return try state.rows.indices.allSatisfy { row in
        try state.identity(of: row).map { try reach.standing(of: $0) == .within } ?? false
      }
    }
  }

  /// Off the actor: what happens meanwhile is to be noted.
  private nonisolated static func proposing(
    _ desired: DesiredSet, _ upload: ProviderFiles.Upload, _ path: String
  ) async -> DesiredSet.Proposing {
    desired.proposing(upload.octets, upload.format, at: path, asOf: Date())
  }

  /// Where the file of a care provider lies that is in force.
  private func path(inForce provider: HSAIdentity, _ desired: DesiredSet) -> String {
    let paths = ProviderFiles.Format.allCases.map { providerFiles.current(provider, $0) }
    return paths.first { desired.state.files.contains($0) } ?? paths[0]
  }

  private func scope(of provider: HSAIdentity, within mandate: Mandate?) throws -> ProviderScope {
    guard let known = configuration.ombud?.provider(provider),
      mandate?.scope.providers.contains(provider) ?? true
    else { throw Refusal.mandateMissing }
    return known.scope
  }

  /// Of a plan what the care provider's own file wants, where it may be wanted.
  private func keepOwn(
    _ planned: inout PartPlanning.Planned, _ provider: HSAIdentity, _ scope: ProviderScope,
    _ desired: DesiredSet, _ world: World, _ books: Books
  ) throws {
    let plan = planned.plan
    let own = PlanScope(desired.state.sources, profile: configuration.profile).changes(
      of: plan, for: [provider])
    let files = Set(own.compactMap { plan.changes[$0].source })
    let outside = try world.index.lookUp { lookup in
      var judge = ScopeJudge(scope, lookup, profile: configuration.profile, schema: world.schema)
      return try judge.findings(in: plan.changes.filter { own.contains($0.id) }, wantedBy: files)
    }
    let refused = Set(outside.compactMap(\.subject))
    let history = try books.store.history(at: plan.instant)
    planned.keepOnly("provider \(provider)", world.run, history, world.baseline) { change in
      own.contains(change.id) && !refused.contains(change.identity)
    }
    // What is told beside the plan is of the whole region.
    planned.plan.findings =
      (planned.plan.findings.filter { $0.position.map { files.contains($0.file) } ?? false } + outside)
      .inOrder
  }

  /// A plan of what a care provider's file in force wants.
  func planOwn(_ provider: HSAIdentity, _ mandate: Mandate, _ world: World, _ books: Books) async throws
    -> PartPlanning.Planned
  {
    guard let desired = files?.set, let proof = world.proof else { throw away }
    let touched = desired.touched(byFile: path(inForce: provider, desired))
    var planned = try await plan(touched, world, proof, books, asOf: Date())
    let scope = try scope(of: provider, within: mandate)
    try keepOwn(&planned, provider, scope, desired, world, books)
    return planned
  }

  /// Puts a file in force that its owner has seen the plan of, and makes it agree.
  func takeFile(
    _ id: Int, _ provider: HSAIdentity, _ order: AgentOrder, _ caller: Caller, _ world: World,
    _ books: Books
  ) async throws -> PartPlanning.Planned {
    guard let mandate = try presentMandate(caller, for: provider) else { throw Refusal.mandateMissing }
    guard let proposed = proposal(id, of: provider, for: caller) else { throw Refusal.fileUnknown }
    guard try providerFiles.versions(provider).first?.serial ?? 0 == proposed.basis else {
      throw Refusal.fileOutdated
    }
    // Judged anew: the region's files, the directory and the mandate may have changed since.
    let judged = try await judge(proposed.upload, provider, mandate, world, books)
    guard !judged.findings.haveErrors else {
      throw Refusal(
        .desiredStateWrong, .desiredStateWrong, "the file no longer fits; nothing was put in force",
        advice: "hand it in again, and see what is wrong with it", findings: judged.findings)
    }
    try books.audit.append([
      .fileTaken(for: provider, serial: proposed.basis + 1, rows: judged.rows, by: caller.actor)
    ])
    _ = try providerFiles.take(
      proposed.upload, rows: judged.rows, for: provider, by: caller.actor, at: Date())
    discard(id, for: caller)
    day.areFilesDue = true
    try await readFilesAgain(world, books)
    return try await planOwn(provider, mandate, world, books)
  }

  /// Nobody approves what changes a commission that they are a member of, whatever of it changes.
  func refuseOwnCommissions(_ plan: Plan, _ caller: Caller, _ world: World) throws {
    guard configuration.ombud != nil, let person = caller.actor.person else { return }
    let isOwn = try world.index.lookUp { lookup in
      let own = Set(try lookup.entries(linking: EntryLink(.member, person), limit: 10_000))
      guard !own.isEmpty else { return false }
      return try plan.changes.contains { try lookup.entries(with: $0.identity).contains(where: own.contains) }
    }
    guard isOwn else { return }
    throw Refusal(
      .ownRequest, .notPermitted, "nobody approves what changes their own entry, commissions or roles",
      advice: "another person with a mandate for the care provider approves it")
  }

  /// Whether all that a plan would do is for an ombud's care providers; a plan that is not is none to them.
  func refuseForeign(_ plan: Plan, _ mandate: Mandate, _ world: World, _ typed: String) throws {
    guard let desired = files?.set else { throw away }
    let own = PlanScope(desired.state.sources, profile: configuration.profile)
      .changes(of: plan, for: mandate.scope.providers)
    let isOwn =
      try own.count == plan.changes.count && !plan.changes.isEmpty
      && world.index.lookUp { lookup in
        var reach = ScopeReach(lookup, mandate.scope)
        let made = Set(plan.changes.filter { $0.action == .create }.map(\.identity))
        return try (plan.roles?.changes ?? []).allSatisfy { change in
          try made.contains(change.person) || reach.standing(of: change.person) == .within
        }
      }
    guard !isOwn else { return }
    throw Refusal(
      .planUnknown, .stalePlan, "no plan is kept under the code \(VisibleText(typed).text)",
      advice: "plan again; the code is in what was said when it was refused")
  }
}

extension Refusal {
  static var mandateMissing: Refusal {
    Refusal(
      .mandateMissing, .notPermitted, "you have no mandate for this now",
      advice: "ask the region's administrators; whether there is such a care provider is not told")
  }
  static var fileUnknown: Refusal {
    Refusal(
      .requestUnknown, .usage, "there is no such file of yours, or it has been forgotten",
      advice: "hand it in again")
  }
  static var fileOutdated: Refusal {
    Refusal(
      .fileOutdated, .stalePlan, "another file has been taken for this care provider meanwhile",
      advice: "look at the newer one, and hand yours in again if it still is what you want")
  }
}
