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
  /// The same for this course: where it is tried again all day, everything else need not wait for it now.
  private var deadline: Duration { run.connections == nil ? RoleCourse.deadline : .zero }

  private let run: Run
  private let plan: Plan
  private let roles: RolePlan
  private let books: Books
  private let journal: RoleRun
  private let targets: Targets
  /// How entries and targets are seen; `nil`: all of them are read, over connections of this course alone.
  private let look: RoleLook?
  private let pusher: RolePusher
  private(set) var result = RolePushResult()
  /// What targets held before the entries were written.
  private var before = HeldBefore()

  /// The number of its run.
  var number: Int { journal.run.run }

  /// Begins a run for the role changes of a plan; `nil` when it has none, and moves nobody whom groups know by name.
  ///
  /// - Throws: ``Refusal`` when the rules are only proposed, or the books cannot be kept.
  init?(
    _ run: Run, _ plan: Plan, _ digest: PlanDigest, _ order: ApplyOrder, _ books: Books,
    _ look: RoleLook? = nil
  ) throws(Refusal) {
    guard let roles = plan.roles, !roles.changes.isEmpty || run.movesMembers(plan) else { return nil }
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
      of: roles, store: books.store, audit: books.audit, isDeferred: order.approval == nil, permit: run.permit
    )
    self.look = look
    targets = look?.targets ?? run.targets
    pusher = RolePusher(
      targets.targets, store: books.store, journal: journal, logger: run.logger,
      progress: { [progress = run.progress] in progress(.roles($0)) })
  }

  /// Takes away what the plan says is lost, as far as it still would be.
  ///
  /// - Parameter forecast: of the directory as the plan was made from it; `nil`: it is read anew.
  mutating func takeAway(_ forecast: RoleForecast?, _ history: History?) async throws {
    let now: RoleForecast?
    if let forecast { now = forecast } else { now = try await read(history) }
    guard let now else { return }
    before = HeldBefore(now.held)
    guard roles.count(.loss) > 0 else { return }
    let planned = Set(roles.changes.filter { $0.direction == .loss }.map(\.key))
    let losses = now.roles(for: plan.changes).changes.filter {
      $0.direction == .loss && planned.contains($0.key)
    }
    try await push(losses, now.held, patience: RoleCourse.patience)
  }

  /// Gives what the plan promised and the entries, read again, still give; tries again what could not be taken away.
  mutating func give(_ history: History?) async throws {
    let open = Set(result.open.map(\.key))
    guard roles.count(.loss) < roles.changes.count || !result.changes.isEmpty || run.movesMembers(plan) else {
      return
    }
    guard let now = try await read(history), now.proofIsComplete else {
      throw Refusal(
        .incompleteRead, .tryAgain, "not all of the directory could be read again, so no role was given",
        advice: "try again: hsasync roles push")
    }
    let promised = Dictionary(roles.changes.map { ($0.key, $0) }) { first, second in
      first.direction == .loss ? second : first
    }
    let all = now.roles(for: []).changes
    let changes = all.filter { change in
      switch change.direction {
      case .loss: open.contains(change.key) || before.knew(change)
      // What was taken away for a change that then did not come about is given back, and what was held by a name
      // that is another now.
      case .gain, .renewal:
        promised[change.key].map { $0.covers(change) } ?? before.roles.contains(change.key)
      }
    }
    // Whose name is another gets the role under it before the old name goes: no group is empty in between.
    let renamed = changes.filter { $0.direction == .gain && promised[$0.key] == nil }
    try await push(renamed, now.held, deadline: deadline)
    let held = renamed.isEmpty ? now.held : await heldAgain(now, changes)
    let done = Set(renamed.map(\.key))
    let rest = changes.filter { !done.contains($0.key) || $0.direction == .loss }
    try books.store.remember(known: now.derivation.participants, at: Date())
    try await push(
      rest + gone(from: now), held, deadline: deadline,
      wanted: all.filter { $0.direction == .loss }, isLast: true)
  }

  /// Ends the run, whatever became of it.
  func end(_ error: (any Error)? = nil) async throws {
    if look == nil { await run.release(targets) }
    if let error, result.changes.isEmpty {
      try await journal.end(refused: error)
    } else {
      try await journal.end(result)
    }
  }

  private mutating func push(
    _ changes: [RoleChange], _ held: [String: HeldRoles], deadline: Duration = .zero,
    patience: Duration? = nil,
    wanted: [RoleChange]? = nil, isLast: Bool = false
  ) async throws {
    guard !changes.isEmpty || wanted != nil else { return }
    let later = try await pusher.push(
      changes, held: held, deadline: deadline, patience: patience, wanted: wanted, exclusive: exclusive,
      isLast: isLast
    ) { change, time in
      change.assignments.contains { ($0.from ?? time) <= time && $0.to.map { time < $0 } ?? true }
    }
    result.take(later)
  }

  /// Losses that nobody confirmed and that are not held any longer: nothing is sent for them, and they are done.
  private func gone(from now: RoleForecast) -> [RoleChange] {
    result.open.filter { change in
      guard change.direction == .loss, let held = now.held[change.target], held.tells(of: change.person)
      else {
        return false
      }
      return !held.roles.contains { $0.person == change.person && $0.value == change.value }
    }
  }

  private var exclusive: [[RolePattern]] {
    (run.configuration.roles?.rules.constraints ?? []).compactMap { constraint in
      if case .exclusive = constraint.limit { constraint.roles } else { nil }
    }
  }

  private var isWhole: Bool { look?.isWhole ?? true }

  private func read(_ history: History?) async throws -> RoleForecast? {
    if let look { return try await look.forecast(history) }
    return try await run.look(asOf: Date(), rules: run.configuration.roles?.rules, history: history).forecast
  }

  /// What targets hold once those whose names are others have got their roles: of a part, what it was about.
  private func heldAgain(_ now: RoleForecast, _ changes: [RoleChange]) async -> [String: HeldRoles] {
    guard !isWhole else { return await targets.held().held }
    let persons = Set((now.held.values.flatMap(\.roles).map(\.person)) + changes.map(\.person))
    return await targets.held(of: persons, named: plan.formerNames).held
  }
}

extension RoleChange {
  /// Whether what follows now is what was promised: given to the same entry, and for no longer. What was to be taken
  /// away and still follows is given back as it was.
  fileprivate func covers(_ now: RoleChange) -> Bool {
    guard direction != .loss else { return true }
    if let entryUUID, now.entryUUID?.asciiLowercased != entryUUID.asciiLowercased { return false }
    guard let end = RoleChange.end(assignments) else { return true }
    return RoleChange.end(now.assignments).map { $0 <= end } ?? false
  }

  /// When the last of some assignments ends; `nil`: one has no end.
  private static func end(_ assignments: [Assignment]) -> Date? {
    let ends = assignments.map { $0.to ?? .distantFuture }
    return ends.contains(.distantFuture) ? nil : ends.max()
  }

  /// What guards judge of a change, and an approval is given to.
  var judged: [String] {
    key + [
      direction.rawValue, RoleName.normalForm(role), place.unit?.normalForm ?? "",
      place.provider?.normalForm ?? "", "\(isEnding)",
    ]
  }

  /// By what the same change is known in plans that were made one after the other.
  var key: [String] { [target, person.normalForm, RoleName.normalForm(value)] }
}

/// What targets held: a role that was held is not granted when its holder's name has become another.
private struct HeldBefore {
  private(set) var roles: Set<[String]> = []
  /// Who had a role under a name at a target.
  private var holders: [[String]: HSAIdentity] = [:]

  init(_ held: [String: HeldRoles] = [:]) {
    for held in held.values {
      for role in held.roles {
        roles.insert([held.target, role.person.normalForm, RoleName.normalForm(role.value)])
        holders[[held.target, role.holder, RoleName.normalForm(role.value)]] = role.person
      }
    }
  }

  /// Whether a loss is of a name that somebody else had before: it is nobody's now, or another's.
  func knew(_ change: RoleChange) -> Bool {
    guard !change.holder.isEmpty,
      let person = holders[[change.target, change.holder, RoleName.normalForm(change.value)]]
    else { return false }
    return person != change.person
  }
}

extension Run {
  /// Whether a plan gives entries other names while groups hold their members by name.
  fileprivate func movesMembers(_ plan: Plan) -> Bool {
    let hasGroups = configuration.targets.contains { if case .groups = $0.kind { true } else { false } }
    return hasGroups && plan.changes.contains { $0.newDN != nil }
  }
}
