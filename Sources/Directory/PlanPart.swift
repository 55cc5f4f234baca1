/// Parts of a plan: each is a plan of its own, in order, and closed under what its changes come after.
///
/// A subset has no role changes: which follow from it must be foretold anew (``RoleForecast``).
extension Plan {
  /// The wanted changes and all that they cannot do without.
  ///
  /// - Parameter described: in words, what it is of the larger plan.
  package func subset(_ described: String, where isWanted: (Change) -> Bool) -> Plan {
    var isKept = Array(repeating: false, count: changes.count)
    // From the end: what a change comes after has a smaller number.
    for change in changes.reversed() where isKept[change.id] || isWanted(change) {
      isKept[change.id] = true
      for before in change.after { isKept[before] = true }
    }
    return keeping(isKept, described)
  }

  /// All but the unwanted changes and those that cannot do without them.
  ///
  /// - Parameter described: in words, what it is of the larger plan.
  package func subset(excluding described: String, where isUnwanted: (Change) -> Bool) -> Plan {
    var isKept = Array(repeating: true, count: changes.count)
    for change in changes {
      isKept[change.id] = !isUnwanted(change) && change.after.allSatisfy { isKept[$0] }
    }
    return keeping(isKept, described)
  }

  /// The endings by positive evidence, which nothing but their own ceiling and the clocks hold back, and all else.
  ///
  /// An ending that needs something else done first stays with the rest. The rest is for after the endings.
  package func split() -> (endings: Plan?, rest: Plan) {
    let ended = changes.closedEndings
    let roles = self.roles?.split()
    guard !ended.isEmpty || roles?.endings != nil else { return (nil, self) }
    let isEnding = changes.indices.map(ended.contains)
    var endings = keeping(isEnding, part)
    endings.isOfEndings = true
    endings.roles = roles?.endings
    var rest = keeping(isEnding.map { !$0 }, part)
    rest.roles = roles?.rest
    return (endings, rest)
  }

  /// The changes with a mark, numbered anew; what guards found in the whole says nothing of a part.
  private func keeping(_ isKept: [Bool], _ described: String?) -> Plan {
    var number = Array(repeating: -1, count: changes.count)
    var kept: [Change] = []
    for var change in changes where isKept[change.id] {
      number[change.id] = kept.count
      change.id = kept.count
      change.after = change.after.compactMap { number[$0] < 0 ? nil : number[$0] }
      change.following = change.following.compactMap { number[$0] < 0 ? nil : number[$0] }
      kept.append(change)
    }
    var plan = self
    plan.changes = kept
    plan.guards = []
    // What follows from a part is not a part of what follows from the whole.
    plan.roles = nil
    plan.part = described
    return plan
  }
}
