import Directory

/// Makes the changes of one user or one group, all of one direction.
struct SCIMWorker: Sendable {
  let editor: SCIMEditor
  let lookup: SCIMLookup
  let place: SCIMSettings.Place
  let slot: SCIMSlot
  /// Under which ids each person was seen to hold something.
  let holders: [HSAIdentity: [String]]

  /// What is changed in one request: the changes with one such text are made one after the other.
  func unit(of change: RoleChange) -> String {
    switch place {
    case .groups: RoleName.normalForm(change.value)
    // Two users may have one HSA-id.
    case .roles, .entitlements:
      change.person.normalForm + (change.direction == .loss ? " " + change.holder : "")
    }
  }

  /// - Returns: an outcome for each change, in the same order.
  func perform(_ changes: [RoleChange]) async -> [RoleOutcome] {
    guard let first = changes.first else { return [] }
    switch (place, first.direction) {
    case (.groups, .loss): return await remove(members: changes, of: first.value)
    case (.groups, _): return await add(members: changes, to: first.value)
    case (_, .loss): return await remove(changes, of: first)
    case (_, _): return await add(changes, to: first.person)
    }
  }

  // MARK: Values of users

  private func remove(_ changes: [RoleChange], of first: RoleChange) async -> [RoleOutcome] {
    let values = changes.map(\.value)
    switch await ids(of: first) {
    case .fault(let outcome): return changes.map { _ in outcome }
    case .ids(let ids):
      var outcomes = changes.map { _ in RoleOutcome(.appliedAlready) }
      for id in ids {
        let edit = SCIMEdit(direction: .remove, slot: slot, id: id, values: values, person: first.person)
        outcomes = zip(outcomes, await editor.make(edit)).map(SCIMWorker.both)
      }
      return outcomes
    }
  }

  private func add(_ changes: [RoleChange], to person: HSAIdentity) async -> [RoleOutcome] {
    // Once more, should the user go between being found and being changed.
    for attempt in 1...2 {
      switch await lookup.user(person) {
      case .fault(let outcome): return changes.map { _ in outcome }
      case .ids(let ids):
        let edit = SCIMEdit(
          direction: .add, slot: slot, id: ids.first ?? "", values: changes.map(\.value), person: person)
        let outcomes = await editor.make(edit)
        let isGone = outcomes.allSatisfy { $0 == RoleOutcome(.refused, "404") }
        if !isGone || attempt == 2 { return outcomes }
      }
    }
    return changes.map { _ in RoleOutcome(.stale) }
  }

  /// The users from whom a loss is to be taken.
  private func ids(of change: RoleChange) async -> SCIMLookup.Found {
    if !change.holder.isEmpty { return .ids([change.holder]) }
    if let seen = holders[change.person] { return .ids(seen) }
    return await lookup.users(change.person)
  }

  // MARK: Members of groups

  private func remove(members changes: [RoleChange], of value: String) async -> [RoleOutcome] {
    var outcomes = changes.map { _ in RoleOutcome(.appliedAlready) }
    // A member is an id; who has several is a member by each.
    var members: [(change: Int, id: String)] = []
    for (index, change) in changes.enumerated() {
      switch await ids(of: change) {
      case .fault(let outcome): outcomes[index] = outcome
      case .ids(let ids): members += ids.map { (index, $0) }
      }
    }
    guard !members.isEmpty else { return outcomes }
    switch await lookup.groups(value) {
    case .fault(let outcome): for (index, _) in members { outcomes[index] = outcome }
    case .ids(let groups):
      for group in groups {
        let edit = SCIMEdit(direction: .remove, slot: slot, id: group, values: members.map(\.id))
        for ((index, _), outcome) in zip(members, await editor.make(edit)) {
          outcomes[index] = SCIMWorker.both(outcomes[index], outcome)
        }
      }
    }
    return outcomes
  }

  private func add(members changes: [RoleChange], to value: String) async -> [RoleOutcome] {
    let group: String
    switch await lookup.group(value) {
    case .fault(let outcome): return changes.map { _ in outcome }
    case .ids(let ids): group = ids.first ?? ""
    }
    var outcomes = changes.map { _ in RoleOutcome(.notSent) }
    var members: [(change: Int, id: String)] = []
    for (index, change) in changes.enumerated() {
      switch await lookup.user(change.person) {
      case .fault(let outcome): outcomes[index] = outcome
      case .ids(let ids): members.append((index, ids.first ?? ""))
      }
    }
    guard !members.isEmpty else { return outcomes }
    let edit = SCIMEdit(direction: .add, slot: slot, id: group, values: members.map(\.id))
    for ((index, _), outcome) in zip(members, await editor.make(edit)) { outcomes[index] = outcome }
    return outcomes
  }

  /// What became of a loss that was to be taken in two places: the worse of the two.
  private static func both(_ left: RoleOutcome, _ right: RoleOutcome) -> RoleOutcome {
    if !left.isApplied { return left }
    return right.verdict == .appliedAlready ? left : right
  }
}
