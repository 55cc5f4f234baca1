extension DigestWriter {
  /// What targets would lose and gain, and by which rules; not what people call persons and targets' holders, nor the
  /// values that gave a role.
  mutating func add(_ roles: RolePlan) {
    add("roles")
    add(roles.rules)
    add(roles.isProposed)
    add(roles.changes.count)
    for change in roles.changes { add(change) }
  }

  private mutating func add(_ change: RoleChange) {
    add(change.target)
    add(change.direction.rawValue)
    add(change.person.text)
    add(change.role)
    add(change.value)
    add(change.cause?.rawValue)
    add(change.isEnding)
    add(change.entryUUID)
    guard change.direction != .loss else { return }
    // The period is passed on to targets that keep one.
    let period = RolePeriod(change.assignments)
    add(period.from.map(String.init))
    add(period.to.map(String.init))
  }
}
