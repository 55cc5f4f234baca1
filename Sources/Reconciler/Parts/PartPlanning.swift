import Directory
import Foundation
import LDAP

/// Plans what has been touched, from the index: the smallest world in which the plan comes out as in the whole one.
package struct PartPlanning: Sendable {
  /// A plan and what it was made of.
  package struct Planned: Sendable {
    package var plan: Plan
    package var forecast: RoleForecast?
    /// `nil`: the whole.
    package var extent: Part.Extent?
    /// Whose rows do not fit the directory: they are left aside, and all others are not.
    package var faulty: Set<HSAIdentity> = []
    /// Of a plan of the whole, who has a role whose holders are counted, before its changes or after them, or would
    /// have it if others had it not.
    package var counted: Set<HSAIdentity>?
  }

  /// More entries than this are not looked at one by one: the whole is read from the index instead.
  private static let limit = 20_000

  let run: Run
  let index: TreeIndex
  let schema: Schema

  package init(_ run: Run, _ index: TreeIndex, _ schema: Schema) {
    self.run = run
    self.index = index
    self.schema = schema
  }

  /// What is to be looked at for what has been touched.
  func part(of touched: Touched, _ desired: DesiredSet) throws -> Part {
    try index.lookUp { lookup in
      let closure = PartClosure(
        lookup, profile: run.configuration.profile, rules: run.configuration.roles?.rules,
        desired: desired.index, limit: PartPlanning.limit)
      return try closure.part(of: touched)
    }
  }

  /// A plan of what has been touched: of a part, judged against the figures of the whole, where that says all that a
  /// plan of the whole would say of it; else of the whole.
  ///
  /// - Parameters:
  ///   - proof: what the index is worth.
  ///   - baseline: the figures of the whole, which guards measure a part against; `nil`: there are none yet.
  ///   - counted: who had a role whose holders are counted when all was planned last (``Planned/counted``); `nil`:
  ///     nobody knows.
  ///   - scope: what is under one unit or organisation; of the whole only.
  /// - Throws: ``Refusal`` when the store cannot be read; `LDAPError` from targets' connections.
  package func plan(
    _ touched: Touched, _ desired: DesiredSet, proof: ReadProof, baseline: Baseline?,
    counted: Set<HSAIdentity>?, asOf instant: Date,
    store: Store, scope: HSAIdentity? = nil
  ) async throws -> Planned {
    if !touched.isWhole, let baseline, case .some(let extent) = try part(of: touched, desired),
      mayCount(extent, counted),
      let planned = try await plan(
        extent, desired, proof: proof, baseline: baseline, asOf: instant, store: store)
    {
      return planned
    }
    return try await planWhole(desired, proof: proof, asOf: instant, store: store, scope: scope)
  }

  /// Whether nobody whom a part is about had a role that is counted: the place that becomes free is somebody else's.
  private func mayCount(_ extent: Part.Extent, _ counted: Set<HSAIdentity>?) -> Bool {
    guard run.configuration.roles?.rules.countedRoles.isEmpty == false else { return true }
    return counted?.isDisjoint(with: extent.persons) ?? false
  }

  /// - Returns: `nil` when the part turns out to concern more than has been looked at.
  private func plan(
    _ extent: Part.Extent, _ desired: DesiredSet, proof: ReadProof, baseline: Baseline, asOf instant: Date,
    store: Store
  ) async throws -> Planned? {
    let history = try store.history(at: instant, known: extent.known.union(extent.persons))
    let loaded = part(of: desired, extent.rows)
    let sides = try sides(extent, loaded, asOf: instant, history, like: desired.index)
    var plan = sides.plan(proof: proof)
    plan.findings = findings(sides, loaded.state, desired.rules, extent, plan, instant)
    plan.part = PartPlanning.name
    let faulty = plan.faulty
    plan = plan.settingFaultsAside()
    guard !plan.changesStructure, concernsOnly(extent, sides, plan, history) else { return nil }
    let forecast = await forecast(sides, extent, plan, proof, history)
    if let forecast {
      guard !forecast.countsHolders(after: plan.changes) else { return nil }
      plan.roles = forecast.roles(for: plan.changes, of: history.persons(extent.persons))
    }
    plan = baseline.measuring(plan)
    return Planned(plan: run.guarded(plan, history), forecast: forecast, extent: extent, faulty: faulty)
  }

  /// Whether nobody's roles change but those of the persons who were looked at: of others the context is not at hand,
  /// and what is not seen would be taken away.
  private func concernsOnly(
    _ extent: Part.Extent, _ sides: Sides, _ plan: Plan, _ history: History
  ) -> Bool {
    guard !plan.changes.isEmpty, var derivation = sides.derivation else { return true }
    derivation.derive(at: plan.instant)
    return derivation.make(plan.changes).isSubset(of: history.persons(extent.persons))
  }

  /// What follows for roles from the entries as the index has them now; for what is given after the entries were written.
  package func look(
    _ extent: Part.Extent, after plan: Plan, proof: ReadProof, asOf instant: Date, store: Store
  ) async throws -> RoleForecast? {
    let history = try store.history(at: instant, known: extent.known.union(extent.persons))
    let empty = LoadedDesired(state: DesiredState(), findings: [], files: 0)
    let sides = try sides(extent, empty, asOf: instant, history, like: nil)
    return await forecast(sides, extent, plan, proof, history)
  }

  /// What a plan of a part is called.
  package static let name = "what has changed"

  private func part(of desired: DesiredSet, _ rows: [Int]) -> LoadedDesired {
    var loaded = LoadedDesired(state: desired.state.subset(rows), findings: [], files: desired.files)
    loaded.summary = desired.summary
    loaded.aside = desired.loaded.aside
    return loaded
  }

  private func sides(
    _ extent: Part.Extent, _ loaded: LoadedDesired, asOf instant: Date, _ history: History,
    like desired: DesiredIndex?
  ) throws -> Sides {
    let rules = run.configuration.roles?.rules
    let hidden = loaded.state.protectedPersons(run.configuration.profile)
    var sides = Sides(
      loaded, run.configuration, schema, instant, .identities(extent.focus), history: history, like: desired,
      derivation: rules.map { rules in
        var derivation = run.derivation(rules, schema, history, protected: hidden)
        derivation.takeMembers(only: history.persons(extent.persons))
        return derivation
      })
    try index.entries(extent.entries) { sides.take($0) }
    return sides
  }

  /// What is wrong with the rows that are planned; the others were judged when the files were read.
  private func findings(
    _ sides: Sides, _ state: DesiredState, _ rules: CheckRules, _ extent: Part.Extent, _ plan: Plan,
    _ instant: Date
  ) -> [Finding] {
    let focus = state.rows.indices.filter { row in state.identity(of: row).map(extent.focus.contains) ?? false
    }
    let configuration = run.configuration
    let ours = state.check(
      rows: focus, profile: configuration.profile, management: configuration.management, schema: schema,
      instant: instant, observed: sides.comparison.observedIdentities(), rules: rules)
    return (ours + plan.findings).inOrder
  }

  private func forecast(
    _ sides: Sides, _ extent: Part.Extent, _ plan: Plan, _ proof: ReadProof, _ history: History
  ) async -> RoleForecast? {
    guard sides.derivation != nil else { return nil }
    let reading = await run.targets.held(of: history.persons(extent.persons), named: plan.formerNames)
    return sides.forecast(reading, run.configuration.targets.map(\.form), proof: proof, isProposed: false)
  }
}

extension PartPlanning {
  /// A plan of the whole, from the index: as good as one from a read of the directory while the index is sound.
  package func planWhole(
    _ desired: DesiredSet, proof: ReadProof, asOf instant: Date, store: Store, scope: HSAIdentity? = nil
  ) async throws -> Planned {
    let history = try store.history(at: instant)
    let configuration = run.configuration
    let rules = configuration.roles?.rules
    let loaded = desired.loaded
    if loaded.findings.haveErrors, loaded.state.rows.isEmpty == false {
      throw Refusal(loaded, configuration.check(loaded.state, schema, instant))
    }
    var sides = Sides(
      loaded, configuration, schema, instant, scope.map { .identity($0) }, history: history,
      derivation: rules.map {
        run.derivation(
          $0, schema, history, protected: loaded.state.protectedPersons(configuration.profile))
      })
    async let held = rules == nil ? Targets.Reading() : run.targets.held()
    try index.entries(nil) { sides.take($0) }
    let findings = sides.check(after: desired.checked)
    var plan = sides.plan(proof: proof)
    let forecast = sides.forecast(
      await held, configuration.targets.map(\.form), proof: proof, isProposed: false)
    plan.findings = (configuration.warnings + findings + plan.findings + (forecast?.findings ?? [])).inOrder
    if let scope { plan.part = "scope \(scope)" }
    let faulty = plan.faulty
    plan = plan.settingFaultsAside()
    return Planned(
      plan: run.guarded(run.with(forecast, plan), history), forecast: forecast, extent: nil, faulty: faulty,
      counted: forecast?.countedHolders(after: plan.changes) ?? [])
  }
}

extension PartPlanning.Planned {
  package init(plan: Plan, forecast: RoleForecast? = nil) {
    self.init(plan: plan, forecast: forecast, extent: nil)
  }

  /// Keeps what concerns a part of the catalogue.
  package mutating func keep(
    _ described: String, _ run: Run, _ history: History, and persons: Set<HSAIdentity> = [],
    where isWanted: (Change) -> Bool
  ) {
    plan = run.guarded(
      run.with(forecast, plan.subset(described, where: isWanted), and: history.persons(persons)), history)
  }

  /// Keeps what is wanted, and nothing that it would take besides.
  ///
  /// - Parameter baseline: the figures of the whole, which guards measure a part against.
  package mutating func keepOnly(
    _ described: String, _ run: Run, _ history: History, _ baseline: Baseline?,
    where isWanted: (Change) -> Bool
  ) {
    let isWanted = plan.changes.map(isWanted)
    var kept = plan.subset(excluding: described) { !isWanted[$0.id] }
    kept.part = described
    kept = run.with(forecast, kept)
    if extent != nil, let baseline { kept = baseline.measuring(kept) }
    plan = run.guarded(kept, history)
  }
}
