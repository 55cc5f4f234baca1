import Directory
import Foundation
import LDAP

extension Run {
  /// Why an entry is as it is, and what the next plan would make of it.
  ///
  /// - Parameters:
  ///   - attribute: the one attribute to explain, by any of its names; `nil`: all.
  ///   - instant: what counts as now.
  ///   - file: an LDIF export to look at in place of the directory.
  /// - Throws: ``Refusal``, also when there is no such attribute; `LDAPError`. A desired state with errors is explained.
  package func explain(
    _ identity: HSAIdentity, attribute: String? = nil, asOf instant: Date, observed file: String? = nil
  ) async throws -> Explanation {
    let (entries, schema) = try await entries(with: identity, file)
    let name = try attribute.map { try resolve($0, schema, entries) }
    let loaded = configuration.loadDesired(schema: schema)
    let store = try Store.reading(configuration.store)
    let history = try store?.history(at: instant)
    let (plan, findings) = try await planIfSound(
      identity, asOf: instant, observed: file, history: history)
    let sources = Explanation.Sources(
      desired: loaded.state, observed: entries, profile: configuration.profile,
      management: configuration.management, schema: schema, plan: plan, findings: findings,
      history: history, past: try store.map { try past(of: identity, $0) } ?? [])
    return Explanation(of: identity, attribute: name, sources)
  }

  /// The plan of what lies at the entry; where the desired state is wrong, what is wrong with it.
  private func planIfSound(
    _ identity: HSAIdentity, asOf instant: Date, observed file: String?, history: History?
  ) async throws -> (plan: Plan?, findings: [Finding]) {
    do {
      let plan = try await plan(asOf: instant, scope: .identity(identity), observed: file, history: history)
      return (plan, plan.findings)
    } catch let refusal as Refusal where refusal.code == .desiredStateWrong {
      return (nil, refusal.findings)
    }
  }

  /// The entries that have the HSA-id, with all that we may see of them.
  private func entries(
    with identity: HSAIdentity, _ file: String?
  ) async throws -> (entries: [Entry], schema: Schema) {
    try await withObserved(file) { observed in
      let schema = observed.schema
      let attribute = configuration.profile.identity
      // A file is filtered by names of attributes; a server knows what `*` and `+` stand for.
      let names = file == nil ? ["*", "+"] : schema.attributeTypes.flatMap(\.names)
      let question = Observer.Question(filter: .equal(attribute, Value(identity.text)), attributes: names)
      let (entries, _) = try await observed.read(question, progress: { _ in }) {
        [Entry]()
      } take: { entries, batch in
        for index in 0..<batch.count {
          let entry = try batch.entry(index)
          let ids = entry.attributes.filter { schema.isSubtype($0.name, of: attribute) }.flatMap(\.values)
          if ids.contains(where: { HSAIdentity($0.text ?? "") == identity }) { entries.append(entry) }
        }
      }
      return (entries, schema)
    }
  }

  private func resolve(_ attribute: String, _ schema: Schema, _ entries: [Entry]) throws(Refusal) -> String {
    let names = AttributeNames(profile: configuration.profile, schema: schema, entries: entries)
    if let name = names.serverName(of: attribute) { return name }
    throw Refusal(
      .unknownAttribute, .usage,
      "there is no attribute \(Spelling.shown(attribute)) in the schema or the profile",
      advice: names.suggestion(for: attribute).map { "did you mean \($0)?" })
  }

  /// What the last runs did to it, the latest first.
  private func past(of identity: HSAIdentity, _ store: Store) throws -> [Explanation.Past] {
    try store.operations(of: identity, limit: 10).map { operation in
      Explanation.Past(
        run: operation.run, at: operation.settled ?? operation.intended, action: operation.action,
        outcome: operation.verdict?.name ?? "unknown", attributes: operation.attributes)
    }
  }
}
