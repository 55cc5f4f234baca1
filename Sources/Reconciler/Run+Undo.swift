import Directory
import Foundation
import LDAP

extension Run {
  /// What has been remembered, for a plan that is not to be applied; `nil` when there is no store or it may not be read.
  package func history(at instant: Date) throws -> History? {
    try Store.reading(configuration.store)?.history(at: instant)
  }

  /// Looks at a plan that was not made here and now: does it keep within what is owned, and what do the guards say today?
  ///
  /// - Throws: ``Refusal`` when it is for another base, or goes beyond what the configuration owns.
  /// - Returns: also what tells the roles of a part of it.
  package func examine(
    _ plan: Plan, history: History?
  ) async throws -> (plan: Plan, forecast: RoleForecast?) {
    // One that was made from an export is refused when it is to be applied.
    guard plan.proof.method != .file else { return (guarded(plan, history), nil) }
    let rules = plan.roles == nil ? nil : try rules(proposed: plan.roles?.isProposed == true)
    let look = try await look(
      asOf: plan.instant, rules: rules, history: history, proposed: plan.roles?.isProposed == true)
    let (now, schema) = (look.plan, look.schema)
    try refuseForeign(plan, history, schema)
    // What the guards measure against is the directory as it is: neither as it was, nor as a file says it is.
    var plan = plan
    plan.proof = now.proof
    plan.population = now.population
    plan.observed = now.observed
    if let forecast = look.forecast {
      let scale = try refuseOther(plan, forecast)
      plan.roles?.scale = scale
    }
    return (guarded(plan, history), look.forecast)
  }

  /// A file's role changes are those that follow here and now, or none is made: what guards judge must be what is done.
  ///
  /// - Returns: what guards measure against.
  private func refuseOther(_ plan: Plan, _ forecast: RoleForecast) throws(Refusal) -> RoleScale {
    guard let roles = plan.roles else { return RoleScale() }
    let live =
      plan.part == nil
      ? forecast.roles(for: plan.changes)
      : forecast.roles(forPart: plan.changes, and: Set(roles.changes.map(\.person)))
    let known = Set(live.changes.map(\.judged))
    let others = Set(roles.changes.filter { !known.contains($0.judged) }.map(\.person))
    let isSound = !plan.isOfEndings || roles.changes.allSatisfy { $0.direction == .loss && $0.isEnding }
    guard roles.rules == live.rules, others.isEmpty, isSound else {
      throw Refusal(
        .planStale, .stalePlan,
        roles.rules == live.rules
          ? "the plan's role changes are not those that follow now; nothing was written"
          : "the rules of roles are others than those of the plan; nothing was written",
        advice: "plan again",
        findings: others.sorted().prefix(20).map {
          Finding("stale", subject: $0, "a role change of the plan does not follow now, or not so")
        })
    }
    return live.scale
  }

  /// - Throws: ``Refusal`` when a plan goes beyond what is ours to write.
  private func refuseForeign(_ plan: Plan, _ history: History?, _ schema: Schema) throws(Refusal) {
    guard plan.base.normalForm(schema) == configuration.base.normalForm(schema) else {
      throw Refusal(
        .planOfAnotherBase, .desiredStateWrong, "the plan is for another base than the configuration's",
        advice: "apply it with the configuration that it was made with")
    }
    let trespass = Trespass(
      base: configuration.base, profile: configuration.profile, management: configuration.management,
      schema: schema)
    let findings = trespass.findings(in: plan) + Run.held(plan, history)
    guard findings.isEmpty else {
      throw Refusal(
        .planTrespasses, .desiredStateWrong, "the plan would write what it may not",
        advice: "plan again", findings: findings)
    }
    guard !plan.isOfEndings || plan.changes.allSatisfy({ $0.isEnding && !$0.isByAbsence }) else {
      throw Refusal(
        .planTrespasses, .desiredStateWrong, "the plan says that it is of endings, and is not",
        advice: "plan again")
    }
  }

  /// What an undo keeps as it left it is not for a plan that was made before.
  private static func held(_ plan: Plan, _ history: History?) -> [Finding] {
    guard let holds = history?.holds, plan.undoneRun == nil else { return [] }
    return plan.changes.filter { holds[$0.identity]?.desired == plan.desired.identifier }.map {
      Finding(
        "on-hold", subject: $0.identity, "change \($0.id + 1) is of an entry that an undo keeps as it left it"
      )
    }
  }

  /// The plan that takes back what a run wrote.
  ///
  /// The directory is read for the guards, which count against what there is; what has been changed since the run is
  /// found by the conditions of the writes.
  /// - Throws: ``Refusal`` when there is no such run, or what it changed is no longer remembered; `LDAPError`.
  package func undo(_ number: Int, store: Store, asOf instant: Date) async throws -> Plan {
    let (made, records) = try records(of: number, store)
    let history = try store.history(at: instant)
    let look = try await look(asOf: instant, rules: configuration.roles?.rules, history: history)
    let (now, schema) = (look.plan, look.schema)
    var plan = Undo.plan(
      of: records, run: number, instant: instant, base: configuration.base, proof: now.proof,
      profile: configuration.profile, schema: schema
    ).plan
    plan.observed = now.observed
    plan.population = now.population
    let loaded = configuration.loadDesired(schema: schema)
    // An undo does not wait for files to be mended: the hold is then against what the run was made for.
    plan.desired = loaded.findings.haveErrors ? made.desired : loaded.summary
    plan.part = "undo of run \(number)"
    try refuseForeign(plan, nil, schema)
    return guarded(with(look.forecast, plan), history)
  }

  /// What there is, held against nothing.
  struct Look {
    var plan: Plan
    var schema: Schema
    var forecast: RoleForecast?
  }

  /// - Parameters:
  ///   - rules: what roles are derived with; `nil`: none are.
  ///   - isShown: whether somebody sees who has them.
  func look(
    asOf instant: Date, rules: RoleRules? = nil, history: History? = nil, proposed: Bool = false,
    isShown: Bool = false
  ) async throws -> Look {
    try await withObserver { observer in
      try rules.map { try refuseUnsuitable($0, observer.schema) }
      async let held = rules == nil ? Targets.Reading() : readTargets()
      let hidden = isShown ? protectedByDesired(observer.schema) : []
      let begun = rules.map { derivation($0, observer.schema, history, protected: hidden) }
      let (sides, proof) = try await observer.read(question(rules: rules), progress: progress) {
        Sides(
          LoadedDesired(state: DesiredState(), findings: [], files: 0), configuration, observer.schema,
          instant, nil, derivation: begun)
      } take: {
        $0.take($1)
      }
      let forecast = sides.forecast(
        await held, configuration.targets.map(\.form), proof: proof, isProposed: proposed)
      return Look(plan: sides.plan(proof: proof), schema: observer.schema, forecast: forecast)
    }
  }

  private func records(
    of number: Int, _ store: Store
  ) throws -> (run: RunRecord, records: [Undo.Record]) {
    guard let run = try store.run(number) else {
      throw Refusal(
        .runUnknown, .usage, "there is no run \(number)", advice: "`hsasync runs` lists those there are")
    }
    guard run.verb != .roles else {
      throw Refusal(
        .runOfRoles, .usage, "run \(number) pushed roles, and these follow from entries and rules",
        advice:
          "undo the run that changed the entries, or change the rules; the next run of roles does the rest")
    }
    // Those that were not applied too: the order runs through them.
    let records = try store.operations(run: number).map { operation in
      guard let change = operation.change else {
        throw Refusal(
          .runForgotten, .usage, "what run \(number) changed is no longer remembered",
          advice: "see `journal: {preimages: …}` in the configuration for how long it is")
      }
      return Undo.Record(
        change, isApplied: operation.verdict == .applied, entryUUID: operation.entryUUID,
        entryCSN: operation.entryCSN,
        before: operation.before)
    }
    return (run, records)
  }
}
