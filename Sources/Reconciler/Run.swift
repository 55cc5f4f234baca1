import Directory
import Foundation
import LDAP
import Logging

/// The program, on one page: what is wanted and what is there are read side by side; what differs is the plan;
/// the plan is applied, or not.
///
///     desired files --parse--> desired --+
///                                        +--> plan --> apply --> directory
///     directory --search--> observed ----+
package struct Run: Sendable {
  package let configuration: Configuration
  let logger: Logger
  let progress: ProgressReport

  package init(
    _ configuration: Configuration, logger: Logger, progress: @escaping ProgressReport = { _ in }
  ) {
    self.configuration = configuration
    self.logger = logger
    self.progress = progress
  }

  /// What is wrong with the desired state, without asking a server.
  ///
  /// - Throws: ``Refusal`` when a schema file of the configuration is wrong.
  package func check(asOf instant: Date) throws -> Check {
    let schema = try configuration.offlineSchema()
    let loaded = configuration.loadDesired(schema: schema)
    let findings = loaded.findings + configuration.check(loaded.state, schema, instant)
    return Check(
      rows: loaded.state.rows.count, files: loaded.files,
      findings: (configuration.warnings + findings).inOrder)
  }

  /// What differs between the directory, or an export of it, and the desired state.
  ///
  /// - Parameters:
  ///   - instant: what counts as now.
  ///   - scope: the part of the tree that is planned.
  ///   - file: an LDIF export to hold the desired state against in place of the directory.
  /// - Throws: ``Refusal`` with all findings when the desired state has errors; `LDAPError`.
  package func plan(
    asOf instant: Date, scope: Comparison.Scope? = nil, observed file: String? = nil
  ) async throws -> Plan {
    try await withObserved(file) { observed in
      let schema = observed.schema
      if case .directory = observed { try configuration.refuseUnsuitable(schema) }
      let desired = Task { loadDesired(schema) }
      let offline = Task { configuration.check(await desired.value.state, schema, instant) }
      defer { desired.cancel() }
      let (sides, proof) = try await observed.read(question, progress: progress) {
        let loaded = await desired.value
        if loaded.findings.haveErrors {
          throw Refusal(loaded, await offline.value)
        }
        return Sides(loaded, configuration, schema, instant, scope)
      } take: {
        $0.take($1)
      }
      async let checked = sides.check(after: offline.value)  // the plan on one core, this on the other
      var plan = sides.comparison.plan(proof: proof)
      let findings = await checked
      if findings.haveErrors { throw Refusal(desiredStateWrong: findings) }
      let unsent = observed.writeSupport?.warnings(of: plan) ?? []
      plan.findings = (configuration.warnings + findings + plan.findings + unsent).inOrder
      return plan.guarded(by: configuration.guards, history: nil)
    }
  }

  /// Makes a plan so.
  ///
  /// - Throws: ``Refusal`` before the first write, when the plan may not be applied; `LDAPError`.
  package func apply(_ plan: Plan) async throws -> ApplyResult {
    try PlanApproval.check(plan)
    let (actor, now) = (Actor.current(), Date())
    let store = try Store.open(configuration.store, by: actor, at: now)
    let audit = try AuditLog.open(
      folder: configuration.store + "/audit", settings: configuration.audit, at: now)
    if let aside = store.rebuilt { try audit.append([.storeRebuilt(setAside: aside, by: actor)], at: now) }
    let recovery = Recovery(store: store, audit: audit, by: actor, open: openConnection)
    progress(.recovered(try await recovery.settle(at: now)))
    try store.expire(before: now.addingTimeInterval(-Double(configuration.preimages)))
    guard !plan.changes.isEmpty else { return ApplyResult(outcomes: []) }
    let run = NewRun(of: plan, digest: plan.digest.hex, by: actor, at: now)
    let journal = try Journal.begin(
      run, of: plan, store: store, audit: audit, members: configuration.guards.memberAttributes)
    do {
      let result = try await applier.apply(plan, journal: journal)
      try await journal.end(result)
      return result
    } catch {
      try await journal.end(refused: error)
      throw error
    }
  }

  private var applier: Applier {
    Applier(
      profile: configuration.profile, settings: configuration.applySettings, logger: logger,
      progress: progress, open: openConnection)
  }

  @Sendable private func openConnection() async throws -> LDAPConnection {
    try await configuration.openConnection(logger: logger)
  }

  /// What the agent can rely on at this server.
  package func checkServer() async throws -> ServerCheck {
    try await withObserver { try await ServerCheck(of: $0, configuration) }
  }

  /// What a comparison asks the directory.
  private var question: Observer.Question {
    Observer.Question(
      filter: Comparison.filter(configuration.profile),
      attributes: Comparison.attributes(configuration.profile, configuration.management))
  }

  private func loadDesired(_ schema: Schema) -> LoadedDesired {
    let loaded = configuration.loadDesired(schema: schema)
    progress(.desired(rows: loaded.state.rows.count, files: loaded.files))
    return loaded
  }
}
