import Directory
import Foundation
import LDAP

// Roles: what follows from the entries, what targets have, and what would have to be pushed.
extension Run {
  /// The targets of the configuration: those that are kept, else of each use its own.
  package var targets: Targets { connections?.targets ?? Targets(configuration.targets.map(target)) }

  /// A plan of roles alone: what targets would lose and gain by the entries as they are.
  ///
  /// - Parameter proposed: whether the proposed rules are tried; such a plan is never applied.
  /// - Throws: ``Refusal`` when there are no rules; `LDAPError`.
  package func planRoles(
    asOf instant: Date, history: History?, proposed: Bool = false
  ) async throws -> (plan: Plan, forecast: RoleForecast) {
    let look = try await look(
      asOf: instant, rules: try rules(proposed: proposed), history: history, proposed: proposed, isShown: true
    )
    guard let forecast = look.forecast else { throw noRoles }
    var plan = look.plan
    plan.changes = []
    plan.findings = (configuration.warnings + forecast.findings).inOrder
    plan = with(forecast, plan)
    // It says nothing of the desired state, and must not become what later plans are measured against.
    plan.part = Run.rolesAlone
    return (guarded(plan, history), forecast)
  }

  /// What a plan of roles alone is called.
  package static let rolesAlone = "roles"

  /// Who holds what by the entries as they are, targets aside.
  ///
  /// - Parameter file: an LDIF export to look at in place of the directory.
  /// - Throws: ``Refusal`` when there are no rules, or not all was read; `LDAPError`.
  package func deriveRoles(
    asOf instant: Date, observed file: String? = nil, history: History?, proposed: Bool = false
  ) async throws -> RoleDerivation {
    let rules = try self.rules(proposed: proposed)
    return try await withObserved(file) { observed in
      let question = Observer.Question(
        filter: Comparison.filter(configuration.profile),
        attributes: RoleDerivation.attributes(rules, configuration.profile))
      try refuseUnsuitable(rules, observed.schema)
      let hidden = protectedByDesired(observed.schema)
      let begun = derivation(rules, observed.schema, history, protected: hidden)
      let (read, proof) = try await observed.read(question, progress: progress) {
        begun
      } take: {
        $0.take($1)
      }
      guard proof.isComplete || file != nil else {
        throw Refusal(
          .incompleteRead, .directoryUnavailable, "the read did not see everything",
          advice: "look at `hsasync plan`, which says what was missing")
      }
      var derived = read
      derived.derive(at: instant)
      return derived
    }
  }

  /// The rules that are in force, or those that are proposed.
  ///
  /// - Throws: ``Refusal`` when there are none, or the proposed ones are wrong.
  package func rules(proposed: Bool = false) throws(Refusal) -> RoleRules {
    guard let roles = configuration.roles else { throw noRoles }
    guard proposed else { return roles.rules }
    guard let path = roles.proposed else {
      throw Refusal(
        .configurationWrong, .configurationWrong, "no rules are proposed",
        advice: "name their file in the configuration: roles: {rules: …, proposed: …}")
    }
    do throws(Findings) {
      return try RoleRules.load(path, requests: roles.requests, profile: configuration.profile)
    } catch {
      throw Refusal(
        .configurationWrong, .configurationWrong, "the proposed rules are wrong", findings: error.all)
    }
  }

  /// The proposed rules; `nil` where none are.
  func proposedRules() throws(Refusal) -> RoleRules? {
    guard configuration.roles?.proposed != nil else { return nil }
    return try rules(proposed: true)
  }

  /// - Throws: ``Refusal`` when the directory lacks what the rules look at: they would then match nobody, and all that
  ///   is held be lost.
  package func refuseUnsuitable(_ rules: RoleRules, _ schema: Schema) throws(Refusal) {
    let wrong = rules.suitability(profile: configuration.profile, schema: schema)
    guard wrong.haveErrors else { return }
    throw Refusal(
      .configurationWrong, .configurationWrong, "the rules of roles do not suit this directory",
      advice: "correct what they name; nothing was written", findings: wrong)
  }

  private var noRoles: Refusal {
    Refusal(
      .configurationWrong, .configurationWrong, "the configuration has no rules for roles",
      advice: "name their file in the configuration: roles: roles.yaml")
  }

  /// A plan with the roles that follow from it: of a part only those of persons whom it touches, or who are named.
  package func with(_ forecast: RoleForecast?, _ plan: Plan, and persons: Set<HSAIdentity> = []) -> Plan {
    guard let forecast else { return plan }
    var plan = plan
    plan.roles =
      plan.part == nil
      ? forecast.roles(for: plan.changes) : forecast.roles(forPart: plan.changes, and: persons)
    return plan
  }

  /// Who is to be a protected person, though the directory may not say so yet; nobody where the files have faults.
  func protectedByDesired(_ schema: Schema) -> Set<HSAIdentity> {
    configuration.loadDesired(schema: schema, checksManifests: false).state
      .protectedPersons(configuration.profile)
  }

  /// What is made of the configuration's rules and the entries that are read.
  func derivation(
    _ rules: RoleRules, _ schema: Schema, _ history: History?, protected: Set<HSAIdentity> = []
  ) -> RoleDerivation {
    var derivation = RoleDerivation(
      rules, profile: configuration.profile, schema: schema, base: configuration.base,
      known: history?.known ?? [:])
    derivation.protectedByDesired = protected
    return derivation
  }

  private func target(_ settings: TargetSettings) -> any RoleTarget {
    let (base, profile) = (configuration.base, configuration.profile)
    switch settings.kind {
    case .attribute(let attribute):
      return AttributeTarget(
        attribute, form: settings.form, base: base, profile: profile, applier: applier, open: openConnection)
    case .groups(let groups):
      return GroupTarget(
        groups, form: settings.form, base: base, profile: profile, applier: applier, open: openConnection)
    case .file(let path):
      return FileTarget(path: path, form: settings.form, rules: configuration.roles?.rules.digest ?? "")
    case .scim(let scim): return SCIMTarget(scim, form: settings.form, permit: permit, logger: logger)
    }
  }
}
