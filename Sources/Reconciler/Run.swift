import Directory
import Foundation
import LDAP
import Logging

/// The program, on one page: what is wanted and what is there are read side by side; what differs is the plan;
/// the guards look at it; it is applied, or not.
///
///     desired files --parse--> desired --+
///                                        +--> plan --guards--> apply --> directory
///     directory --search--> observed ----+
package struct Run: Sendable {
  package let configuration: Configuration
  let logger: Logger
  package let progress: ProgressReport
  /// What is kept open from one use to the next; `nil`: each use has its own.
  var connections: StandingConnections?
  var permit = WritePermit.always

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
    let rules = try [configuration.roles?.rules, proposedRules()].compactMap { $0 }
    let wrong = rules.flatMap {
      $0.check(profile: configuration.profile, schema: schema, asOf: instant)
    }
    return Check(
      rows: loaded.state.rows.count, files: loaded.files, rules: rules.reduce(0) { $0 + $1.rules.count },
      examples: rules.reduce(0) { $0 + $1.rules.reduce(0) { $0 + $1.examples.count } },
      findings: (configuration.warnings + findings + wrong).inOrder)
  }

  /// What differs between the directory, or an export of it, and the desired state.
  ///
  /// - Parameters:
  ///   - instant: what counts as now.
  ///   - scope: the part of the tree that is planned.
  ///   - file: an LDIF export to hold the desired state against in place of the directory.
  ///   - history: what is remembered of earlier runs; without it there is less to measure a plan against.
  ///   - horizon: for how many seconds ahead what will happen by itself is told too.
  /// - Throws: ``Refusal`` with all findings when the desired state has errors; `LDAPError`.
  package func plan(
    asOf instant: Date, scope: Comparison.Scope? = nil, observed file: String? = nil, history: History? = nil,
    horizon: Double? = nil
  ) async throws -> Plan {
    try await foresee(asOf: instant, scope: scope, observed: file, history: history, horizon: horizon).plan
  }

  /// The same plan, with what tells the roles of any part of it; `nil` without rules, or for an export.
  ///
  /// - Parameters:
  ///   - proposed: whether the proposed rules are tried; such a plan is never applied.
  ///   - view: what content sync has told of the directory, to be looked at in place of it.
  package func foresee(
    asOf instant: Date, scope: Comparison.Scope? = nil, observed file: String? = nil, history: History? = nil,
    horizon: Double? = nil, proposed: Bool = false, from view: IndexView? = nil
  ) async throws -> (plan: Plan, forecast: RoleForecast?) {
    // An export says nothing of what targets hold.
    let rules = try proposed ? self.rules(proposed: true) : file == nil ? configuration.roles?.rules : nil
    return try await withObserved(file, view) { observed in
      let schema = observed.schema
      if !observed.isFile { try configuration.refuseUnsuitable(schema) }
      try rules.map { try refuseUnsuitable($0, schema) }
      let desired = Task { loadDesired(schema, accepted: history?.accepted?.desired) }
      let offline = Task { configuration.check(await desired.value.state, schema, instant) }
      defer { desired.cancel() }
      async let held = rules == nil ? Targets.Reading() : readTargets()
      let (sides, proof) = try await observed.read(
        question(foreseeing: horizon != nil, rules: rules), progress: progress
      ) {
        let loaded = await desired.value
        if loaded.findings.haveErrors {
          throw Refusal(loaded, await offline.value)
        }
        return Sides(
          loaded, configuration, schema, instant, scope, history: history, horizon: horizon,
          derivation: rules.map {
            derivation($0, schema, history, protected: loaded.state.protectedPersons(configuration.profile))
          })
      } take: {
        $0.take($1)
      }
      async let checked = sides.check(after: offline.value)  // the plan on one core, this on the other
      var plan = sides.plan(proof: proof)
      let forecast = sides.forecast(
        await held, configuration.targets.map(\.form), proof: proof, isProposed: proposed)
      let findings = await checked
      if findings.haveErrors { throw Refusal(desiredStateWrong: findings) }
      let unsent = observed.writeSupport?.warnings(of: plan) ?? []
      plan.findings =
        (configuration.warnings + findings + plan.findings + unsent + (forecast?.findings ?? [])).inOrder
      // What of the whole it is: a part is no measure for later plans.
      if case .identity(let identity) = scope { plan.part = "scope \(identity)" }
      if case .name = scope { plan.part = "scope" }
      return (guarded(with(forecast, plan), history), forecast)
    }
  }

  /// What the agent can rely on at this server.
  package func checkServer() async throws -> ServerCheck {
    try await withObserver { try await ServerCheck(of: $0, configuration) }
  }

  /// What a comparison asks the directory.
  ///
  /// - Parameter isForeseeing: whether it is also asked what will happen by itself.
  package func question(foreseeing isForeseeing: Bool = false, rules: RoleRules? = nil) -> Observer.Question {
    var attributes = Comparison.attributes(
      configuration.profile, configuration.management, foreseeing: isForeseeing)
    var known = Set(attributes.map(\.asciiLowercased))
    for name in rules.map({ RoleDerivation.attributes($0, configuration.profile) }) ?? []
    where known.insert(name.asciiLowercased).inserted {
      attributes.append(name)
    }
    return Observer.Question(filter: Comparison.filter(configuration.profile), attributes: attributes)
  }

  /// What is asked of a directory that is followed all day: what a comparison asks, and the attributes that roles are
  /// written to, so that a role which somebody gives or takes by hand is seen as it happens.
  package var followed: Observer.Question {
    var question = question(rules: configuration.roles?.rules)
    var known = Set(question.attributes.map(\.asciiLowercased))
    for case .attribute(let target) in configuration.targets.map(\.kind)
    where known.insert(target.attribute.asciiLowercased).inserted {
      question.attributes.append(target.attribute)
    }
    let ofMandates = configuration.ombud?.domain == nil ? [] : MandateAttribute.all
    for name in ofMandates.map(configuration.profile.serverName)
    where known.insert(name.asciiLowercased).inserted {
      question.attributes.append(name)
    }
    return question
  }

  private func loadDesired(_ schema: Schema, accepted: DesiredSummary?) -> LoadedDesired {
    let loaded = configuration.loadDesired(schema: schema, accepted: accepted)
    progress(.desired(rows: loaded.state.rows.count, files: loaded.files))
    return loaded
  }
}
