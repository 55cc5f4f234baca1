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
  package func examine(_ plan: Plan, history: History?) async throws -> Plan {
    try await withObserver { observer in
      guard plan.base.normalForm(observer.schema) == configuration.base.normalForm(observer.schema) else {
        throw Refusal(
          .planOfAnotherBase, .desiredStateWrong, "the plan is for another base than the configuration's",
          advice: "apply it with the configuration that it was made with")
      }
      let trespass = Trespass(
        base: configuration.base, profile: configuration.profile, management: configuration.management,
        schema: observer.schema)
      let findings = trespass.findings(in: plan)
      guard findings.isEmpty else {
        throw Refusal(
          .planTrespasses, .desiredStateWrong, "the plan goes beyond what the configuration owns",
          advice: "plan again", findings: findings)
      }
      // What the guards measure against is the directory as it is, not as it was when the plan was made.
      var plan = plan
      let now = try await observer.contextState()
      plan.proof.contextBefore = now
      plan.proof.contextAfter = now
      plan.proof.clockSkew = try await observer.clockSkew()
      plan.proof.readAt = Date()
      return guarded(plan, history)
    }
  }

  /// The plan that takes back what a run wrote.
  ///
  /// The directory is read for the guards, which count against what there is; what has been changed since the run is
  /// found by the conditions of the writes.
  /// - Throws: ``Refusal`` when there is no such run, or what it changed is no longer remembered; `LDAPError`.
  package func undo(_ number: Int, store: Store, asOf instant: Date) async throws -> Plan {
    let records = try records(of: number, store)
    let (now, schema) = try await look(asOf: instant)
    var plan = Undo.plan(
      of: records, run: number, instant: instant, base: configuration.base, proof: now.proof,
      profile: configuration.profile, schema: schema
    ).plan
    plan.observed = now.observed
    plan.population = now.population
    plan.desired = configuration.loadDesired(schema: schema).summary
    plan.part = "undo of run \(number)"
    return guarded(plan, try store.history(at: instant))
  }

  /// What there is, held against nothing.
  private func look(asOf instant: Date) async throws -> (plan: Plan, schema: Schema) {
    try await withObserver { observer in
      let (sides, proof) = try await observer.read(question(), progress: progress) {
        Sides(
          LoadedDesired(state: DesiredState(), findings: [], files: 0), configuration, observer.schema,
          instant, nil)
      } take: {
        $0.take($1)
      }
      return (sides.comparison.plan(proof: proof), observer.schema)
    }
  }

  private func records(of number: Int, _ store: Store) throws -> [Undo.Record] {
    guard try store.run(number) != nil else {
      throw Refusal(
        .runUnknown, .usage, "there is no run \(number)", advice: "`hsasync runs` lists those there are")
    }
    // Those that were not applied too: the order runs through them.
    return try store.operations(run: number).map { operation in
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
  }
}
