import Directory
import Foundation

/// The course of a plan's role changes: what is lost is taken away before the entries are written; what is gained is
/// given afterwards, derived again from what is then read.
///
/// A target that is away stops nobody: what it could not take away is tried again at the end, and is then overdue.
struct RoleCourse {
  /// How long entries wait for targets that are slow to take roles away: an ending never waits for a target.
  private static let patience = Duration.seconds(15)
  /// How long what was not confirmed is tried again once the entries are written.
  private static let deadline = Duration.seconds(30)

  private let run: Run
  private let plan: Plan
  private let roles: RolePlan
  private let books: Books
  private let journal: RoleRun
  private let targets: Targets
  private let pusher: RolePusher
  private(set) var result = RolePushResult()

  /// The number of its run.
  var number: Int { journal.run.run }

  /// Begins a run for the role changes of a plan; `nil` when it has none.
  ///
  /// - Throws: ``Refusal`` when the rules are only proposed, or the books cannot be kept.
  init?(_ run: Run, _ plan: Plan, _ digest: PlanDigest, _ order: ApplyOrder, _ books: Books) throws(Refusal) {
    guard let roles = plan.roles, !roles.changes.isEmpty else { return nil }
    guard !roles.isProposed else {
      throw Refusal(
        .planTrespasses, .desiredStateWrong, "the plan is of proposed rules, which are only looked at",
        advice: "put the rules in force first, and plan again")
    }
    self.run = run
    self.plan = plan
    self.roles = roles
    self.books = books
    journal = try RoleRun.begin(
      NewRun(.roles, of: plan, digest: digest.hex, by: order.actor, at: Date(), reason: order.reason),
      of: roles, store: books.store, audit: books.audit)
    targets = run.targets
    pusher = RolePusher(
      targets.targets, store: books.store, journal: journal, logger: run.logger,
      progress: { [progress = run.progress] in progress(.roles($0)) })
  }

  /// Takes away what the plan says is lost, as far as it still would be.
  ///
  /// - Parameter forecast: of the directory as the plan was made from it; `nil`: it is read anew.
  mutating func takeAway(_ forecast: RoleForecast?, _ history: History?) async throws {
    guard roles.count(.loss) > 0 else { return }
    let now: RoleForecast?
    if let forecast { now = forecast } else { now = try await look(history) }
    guard let now else { return }
    let still = Set(now.roles(for: plan.changes).changes.filter { $0.direction == .loss }.map(\.key))
    let losses = roles.changes.filter { $0.direction == .loss && still.contains($0.key) }
    try await push(losses, now, patience: RoleCourse.patience)
  }

  /// Gives what the plan promised and the entries, read again, still give; tries again what could not be taken away.
  mutating func give(_ history: History?) async throws {
    let open = Set(result.open.map(\.key))
    guard roles.changes.contains(where: { $0.direction != .loss }) || !result.changes.isEmpty else { return }
    guard let now = try await look(history), now.proofIsComplete else {
      throw Refusal(
        .incompleteRead, .tryAgain, "not all of the directory could be read again, so no role was given",
        advice: "try again: hsasync roles push")
    }
    // What was taken away for a change that then did not come about is given back.
    let promised = Set(roles.changes.map(\.key))
    let changes = now.roles(for: []).changes.filter { change in
      change.direction == .loss ? open.contains(change.key) : promised.contains(change.key)
    }
    try await push(changes, now, deadline: RoleCourse.deadline)
    try books.store.remember(known: now.derivation.participants, at: Date())
  }

  /// Ends the run, whatever became of it.
  func end(_ error: (any Error)? = nil) async throws {
    await targets.close()
    if let error, result.changes.isEmpty {
      try await journal.end(refused: error)
    } else {
      try await journal.end(result)
    }
  }

  private mutating func push(
    _ changes: [RoleChange], _ now: RoleForecast, deadline: Duration = .zero, patience: Duration? = nil
  ) async throws {
    guard !changes.isEmpty else { return }
    let later = try await pusher.push(
      changes, held: now.held, deadline: deadline, patience: patience, exclusive: exclusive
    ) { change, time in
      change.assignments.contains { ($0.from ?? time) <= time && $0.to.map { time < $0 } ?? true }
    }
    result.take(later)
  }

  private var exclusive: [[RolePattern]] {
    (run.configuration.roles?.rules.constraints ?? []).compactMap { constraint in
      if case .exclusive = constraint.limit { constraint.roles } else { nil }
    }
  }

  private func look(_ history: History?) async throws -> RoleForecast? {
    try await run.look(asOf: Date(), rules: run.configuration.roles?.rules, history: history).forecast
  }
}

extension RoleChange {
  /// By what the same change is known in plans that were made one after the other.
  var key: [String] { [target, person.normalForm, RoleName.normalForm(value)] }
}
