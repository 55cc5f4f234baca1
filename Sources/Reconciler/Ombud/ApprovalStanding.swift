import Directory
import Foundation

/// Who may approve what guards hold of a delegated administrator's: never whoever asked for it or handed in the file
/// that it follows from, nor whoever gains a role by it.
package struct ApprovalStanding: Sendable {
  let configuration: Configuration

  package init(_ configuration: Configuration) { self.configuration = configuration }

  /// Why whoever orders it may not approve it; `nil`: they may.
  package func refusal(of plan: Plan, asked: Actor?, by order: ApplyOrder) -> Refusal? {
    do { try refuse(plan, asked: asked, by: order) } catch { return error }
    return nil
  }

  /// - Parameter asked: for whom the plan was kept.
  func refuse(_ plan: Plan, asked: Actor?, by order: ApplyOrder) throws(Refusal) {
    guard let ombud = configuration.ombud, order.scope != nil || !files(of: plan).isEmpty else { return }
    let approver = ombud.key(of: order.actor)
    try refuseOld(plan)
    if ombud.approvals > 1 || order.scope != nil || approver.hasPrefix("person ") {
      let askers = [asked].compactMap { $0 } + (try uploaders(of: plan))
      guard !askers.contains(where: { ombud.key(of: $0) == approver }) else {
        throw Refusal(
          .ownRequest, .notPermitted,
          "whoever asked for a change, or handed in its file, does not approve it",
          advice: "another person with a mandate for the care provider approves it")
      }
    }
    guard let person = order.actor.person ?? ombud.accounts[order.actor.user]?.normalForm else { return }
    let isOwn =
      plan.roles?.changes.contains { $0.person.normalForm == person } == true
      || plan.changes.contains { $0.identity.normalForm == person || $0.names(person) }
    guard isOwn else { return }
    throw Refusal(
      .ownRequest, .notPermitted, "nobody approves what changes their own entry, commissions or roles",
      advice: "another person with a mandate for the care provider approves it")
  }

  /// The ombuds' files that a plan follows from.
  private func files(of plan: Plan) -> Set<String> {
    Set(plan.changes.compactMap(\.source).filter { configuration.scope(ofFile: $0) != nil })
  }

  /// Who handed in what is in force of the files that a plan follows from.
  private func uploaders(of plan: Plan) throws(Refusal) -> [Actor] {
    var actors: [Actor] = []
    for version in try versions(of: plan) { actors.append(version.actor) }
    return actors
  }

  /// The versions in force of the files that a plan follows from.
  private func versions(of plan: Plan) throws(Refusal) -> [ProviderFiles.Version] {
    let store = ProviderFiles(store: configuration.store)
    let scopes = Set(plan.changes.compactMap(\.source).compactMap(configuration.scope(ofFile:)))
    var versions: [ProviderFiles.Version] = []
    for provider in Set(scopes.flatMap(\.providers)) {
      if let newest = try store.versions(provider).first { versions.append(newest) }
    }
    return versions
  }

  /// What another file has taken the place of since is not what anybody wants.
  private func refuseOld(_ plan: Plan) throws(Refusal) {
    // Versions are kept with whole seconds.
    guard try versions(of: plan).contains(where: { $0.time.timeIntervalSince(plan.instant) >= 1 }) else {
      return
    }
    throw Refusal(
      .fileOutdated, .stalePlan, "another file has been taken since this plan was made", advice: "plan again")
  }
}

extension OmbudSettings {
  /// What is one for one person, whether they come with a card or by an account of this machine.
  package func key(of actor: Actor) -> String {
    guard actor.person == nil, let person = accounts[actor.user] else { return actor.key }
    return "person \(person.normalForm)"
  }
}

extension Change {
  /// Whether values come or go that name a person.
  fileprivate func names(_ person: String) -> Bool {
    differences.contains { difference in
      (difference.added + difference.removed).contains {
        ($0.text ?? "").uppercased().hasPrefix(person.uppercased())
      }
    }
  }
}
