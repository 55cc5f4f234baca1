import Directory
import Foundation
import Logging
import Reconciler

/// What the control socket can have of the agent.
struct ControlDesk: Sendable {
  var status: @Sendable () async -> AgentStatus
  var answer: @Sendable (AgentOrder, Caller) async throws -> AgentAnswer
  /// What happens from the call on.
  var events: @Sendable () -> AsyncStream<AgentEvent>
  /// The latest runs, the newest first, as they are shown.
  var runs: @Sendable (_ last: Int, ControlForm) async throws -> String
  /// One run; `nil` when there is none of that number.
  var run: @Sendable (_ number: Int, ControlForm) async throws -> String?
  var explain: @Sendable (HSAIdentity, _ subject: String?, ControlForm) async throws -> String
  /// Of HSA-ids of test catalogues.
  var prefixes: @Sendable () -> [String]
  /// The persons behind Unix accounts, where the configuration tells them.
  var persons: @Sendable () -> [String: HSAIdentity] = { [:] }
  /// What a delegated administrator acts for now.
  var mandate: @Sendable (HSAIdentity) async throws -> Mandate? = { _ in nil }
  /// Judges a file that a delegated administrator hands in.
  var propose: @Sendable (ProviderFiles.Upload, HSAIdentity, Caller) async throws -> ProposedFile = {
    _, _, _ in
    throw Refusal.mandateMissing
  }
}

extension ControlDesk {
  /// What is asked is answered by the configuration that is in force then.
  init(_ agent: Agent, logger: Logger) {
    status = { await agent.status() }
    answer = { try await agent.answer($0, by: $1) }
    events = { agent.events() }
    runs = { last, form in
      let runs = try Store.reading(agent.configuration.store)?.runs(limit: last) ?? []
      return switch form {
      case .json: RunsJSON.list(runs)
      case .text(let language): RunsText(language: language).list(runs)
      }
    }
    run = { number, form in
      guard let store = try Store.reading(agent.configuration.store), let run = try store.run(number) else {
        return nil
      }
      let (operations, roles) = (try store.operations(run: number), try store.rolePushes(run: number))
      return switch form {
      case .json: RunsJSON.show(run, operations, roles)
      case .text(let language): RunsText(language: language).show(run, operations, roles)
      }
    }
    explain = { try await Run(agent.configuration, logger: logger).explain($0, of: $1, as: $2) }
    prefixes = { agent.configuration.profile.identityPrefixes }
    persons = { agent.configuration.ombud?.accounts ?? [:] }
    mandate = { try await agent.mandate(of: $0) }
    propose = { try await agent.propose($0, named: "file", for: $1, by: $2) }
  }
}

extension Run {
  /// Why an entry is as it is, or why somebody has a role or has it not, as it is shown.
  fileprivate func explain(_ identity: HSAIdentity, of subject: String?, as form: ControlForm) async throws
    -> String
  {
    let instant = Date()
    if let subject, configuration.mayGiveRole(subject) {
      let derivation = try await deriveRoles(asOf: instant, history: try history(at: instant))
      let explanation = derivation.explain(identity, role: subject)
      return switch form {
      case .json: RoleExplanationJSON(explanation, profile: configuration.profile).text
      case .text(let language):
        RoleExplanationText(
          explanation, person: derivation.person(identity), rules: derivation.rules,
          profile: configuration.profile, style: PlanText.Style(language: language)
        ).text
      }
    }
    let explanation = try await explain(identity, attribute: subject, asOf: instant)
    return switch form {
    case .json: ExplanationJSON(explanation, profile: configuration.profile).text
    case .text(let language):
      ExplanationText(
        explanation, isOfOne: subject != nil, profile: configuration.profile,
        style: PlanText.Style(language: language)
      ).text
    }
  }
}

extension Configuration {
  /// Whether a text is a role that a rule of this configuration may give, and not an attribute with an option
  /// (`title;lang-sv`).
  fileprivate func mayGiveRole(_ text: String) -> Bool {
    let system = RoleName.normalForm(String(text.prefix { $0 != ";" }))
    return text.contains(";")
      && roles?.rules.rules.contains { rule in
        RoleName.normalForm(String(rule.role.text.prefix { $0 != ";" })) == system
      } == true
  }
}
