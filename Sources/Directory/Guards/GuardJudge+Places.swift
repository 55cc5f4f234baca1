// Small places: a unit that is left empty, a care provider's root.
extension GuardJudge {
  /// Units that have at least two living persons, or functions, and would have none.
  func emptiedUnits() -> [GuardVerdict] {
    let emptied = tally.flows.keys.sorted().compactMap { judge(unit: $0) }
    return emptied.isEmpty ? [GuardVerdict(.unitEmptied, .everything, .passed, count: 0)] : emptied
  }

  private func judge(unit identity: HSAIdentity) -> GuardVerdict? {
    guard let flow = tally.flows[identity], let unit = plan.population.units[identity] else { return nil }
    var leaving = 0
    for kind in [Kind.person, .function] {
      let living = unit.living[kind] ?? 0
      let goes = flow.leaving[kind] ?? 0
      if living >= 2, goes >= living, flow.coming[kind] ?? 0 == 0 { leaving += goes }
    }
    guard leaving > 0 else { return nil }
    let isAbsence = flow.leavingByAbsence * 2 > leaving
    return GuardVerdict(
      .unitEmptied, .unit(identity), .tripped, count: leaving, of: leaving,
      cause: isAbsence ? .fileMissing(identity.text) : .reorganised(identity))
  }

  func touchedRoots() -> [GuardVerdict] {
    guard !tally.roots.isEmpty else { return [GuardVerdict(.providerRoot, .everything, .passed, count: 0)] }
    return tally.roots.sorted().map {
      GuardVerdict(.providerRoot, .unit($0), .tripped, count: 1, cause: .reorganised($0))
    }
  }

  func firstAbsence() -> GuardVerdict {
    let count = history?.accepted == nil ? tally.absent.count : 0
    return GuardVerdict(
      .firstAbsence, .everything, count > 0 ? .tripped : .passed, count: count,
      cause: count > 0 ? cause(.firstAbsence, tally.absent, kind: nil) : nil)
  }
}

// What most likely happened.
extension GuardJudge {
  /// Why so many: what at least four of five have in common.
  ///
  /// - a source that lost rows since the last accepted run: its file is missing or cut short;
  /// - an attribute: a shifted column;
  /// - a unit, all of which is absent: its file is missing; that moves, or half of which goes: a reorganisation.
  func cause(_ name: GuardVerdict.Name, _ group: GuardTally.Group, kind: Kind?) -> GuardVerdict.Cause? {
    if let source = GuardJudge.common(group.sources, of: group.count), let cause = loss(of: source) {
      return cause
    }
    if group.count >= 5, let attribute = GuardJudge.common(group.attributes, of: group.count) {
      return .attributeEverywhere(attribute)
    }
    guard let unit = GuardJudge.common(group.units, of: group.count), name != .updated else { return nil }
    let living = (plan.population.units[unit]?.living ?? [:]).filter { kind == nil || $0.key == kind }
    let inUnit = living.values.reduce(0, +)
    if name == .moved { return .reorganised(unit) }
    if !group.sources.isEmpty, group.units[unit] ?? 0 >= inUnit { return .fileMissing(unit.text) }
    return (group.units[unit] ?? 0) * 2 >= inUnit ? .reorganised(unit) : nil
  }

  /// What four of five have; the first in order where two have it.
  static func common<Key: Hashable & Comparable>(_ counts: [Key: Int], of count: Int) -> Key? {
    counts.filter { $0.value * 5 >= count * 4 }.keys.min()
  }

  /// What happened to a source's file, as far as its number of rows tells.
  func loss(of source: String) -> GuardVerdict.Cause? {
    guard !plan.desired.digest.isEmpty else { return nil }
    let rows = plan.desired.rowsBySource[source] ?? 0
    if rows == 0 { return .fileMissing(source) }
    let before = history?.accepted?.desired.rowsBySource[source] ?? 0
    return rows < before ? .fileTruncated(source) : nil
  }
}
