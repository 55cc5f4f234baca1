import LDAP

/// A unique value is freed before it is taken; where two entries swap theirs, one lets go first and takes later.
struct UniqueHandover {
  private let rules: [String: MatchingRule]
  private let schema: Schema

  private struct Claim: Hashable {
    var attribute: String
    var value: [UInt8]
  }

  init(_ planner: Planner) {
    schema = planner.schema
    let schema = planner.schema
    rules = Dictionary(
      planner.profile.unique.map { (schema.canonicalName($0).asciiLowercased, schema.equality(of: $0)) },
      uniquingKeysWith: { first, _ in first })
  }

  func connect(_ drafts: inout [Draft]) {
    guard !rules.isEmpty else { return }
    var freedBy: [Claim: Int] = [:]
    for (index, draft) in drafts.enumerated() {
      for claim in claims(draft.change, \.removed) { freedBy[claim] = index }
    }
    guard !freedBy.isEmpty else { return }
    for index in drafts.indices {
      for claim in claims(drafts[index].change, \.added) {
        if let from = freedBy[claim], from != index { drafts[index].takesFrom.insert(from) }
      }
    }
    while let (taker, holder) = circle(drafts) { letGoFirst(&drafts, taker: taker, holder: holder) }
  }

  private func claims(_ change: Change, _ side: KeyPath<Change.Difference, [Value]>) -> [Claim] {
    change.differences.flatMap { difference -> [Claim] in
      let name = schema.canonicalName(difference.attribute).asciiLowercased
      guard let rule = rules[name], difference.style != .spelling else { return [] }
      return difference[keyPath: side].map { value in
        Claim(attribute: name, value: value.bytes.withUnsafeBytes { rule.normalForm($0, schema: schema) })
      }
    }
  }

  /// An edge that closes a circle: who takes, and from whom.
  private func circle(_ drafts: [Draft]) -> (taker: Int, holder: Int)? {
    var state = Array(repeating: UInt8(0), count: drafts.count)
    for start in drafts.indices where state[start] == 0 && !drafts[start].takesFrom.isEmpty {
      var stack: [(draft: Int, rest: [Int])] = [(start, edges(drafts[start]))]
      state[start] = 1
      while var top = stack.popLast() {
        guard let next = top.rest.popLast() else {
          state[top.draft] = 2
          continue
        }
        if state[next] == 1, drafts[top.draft].takesFrom.contains(next) { return (top.draft, next) }
        stack.append(top)
        if state[next] == 0 {
          state[next] = 1
          stack.append((next, edges(drafts[next])))
        }
      }
    }
    return nil
  }

  private func edges(_ draft: Draft) -> [Int] { Array(draft.takesFrom.union(draft.needs)).sorted() }

  /// Splits the holder's modification: what the taker waits for goes first, by itself.
  private func letGoFirst(_ drafts: inout [Draft], taker: Int, holder: Int) {
    let wanted = Set(claims(drafts[taker].change, \.added))
    guard case .modify(let dn, let modifications) = drafts[holder].change.operation else {
      drafts[taker].takesFrom.remove(holder)
      return
    }
    var early = drafts[holder]
    early.takesFrom = []
    early.change.action = .update
    var first: [Modification] = []
    var later: [Modification] = []
    for modification in modifications {
      let freed =
        modification.kind == .delete
        ? modification.values.filter { isWanted($0, modification.attribute, wanted) } : []
      let rest = modification.values.filter { !freed.contains($0) }
      if !freed.isEmpty { first.append(Modification(.delete, modification.attribute, freed)) }
      if !rest.isEmpty || modification.values.isEmpty {
        later.append(Modification(modification.kind, modification.attribute, rest))
      }
    }
    early.change.operation = .modify(dn, first)
    split(&early, &drafts[holder], freed: first, later: later, dn: dn)
    let index = drafts.count
    drafts.append(early)
    drafts[holder].needs.insert(index)
    drafts[taker].takesFrom.remove(holder)
    drafts[taker].takesFrom.insert(index)
  }

  private func isWanted(_ value: Value, _ attribute: String, _ wanted: Set<Claim>) -> Bool {
    let name = schema.canonicalName(attribute).asciiLowercased
    guard let rule = rules[name] else { return false }
    return wanted.contains(
      Claim(attribute: name, value: value.bytes.withUnsafeBytes { rule.normalForm($0, schema: schema) }))
  }

  /// Shares what is shown and asserted between the early and the later half.
  private func split(
    _ early: inout Draft, _ rest: inout Draft, freed: [Modification], later: [Modification],
    dn: DistinguishedName
  ) {
    let gone = Dictionary(freed.map { ($0.attribute, Set($0.values)) }, uniquingKeysWith: { $0.union($1) })
    early.change.differences = early.change.differences.compactMap { shown in
      guard let values = gone[shown.attribute] else { return nil }
      return Change.Difference(
        shown.attribute, removed: shown.removed.filter { values.contains($0) }, added: [], kept: shown.kept)
    }
    for index in rest.change.differences.indices {
      guard let values = gone[rest.change.differences[index].attribute] else { continue }
      rest.change.differences[index].removed.removeAll { values.contains($0) }
    }
    rest.change.differences.removeAll { $0.removed.isEmpty && $0.added.isEmpty }
    rest.change.operation = .modify(dn, later)
    let uuid = rest.change.precondition.entryUUID
    early.change.precondition = condition(uuid, freed, csn: nil)
    rest.change.precondition = condition(uuid, later, csn: rest.change.precondition.entryCSN)
  }

  private func condition(_ uuid: String?, _ modifications: [Modification], csn: String?)
    -> Change.Precondition
  {
    var all: [Filter] = uuid.map { [.equal("entryUUID", Value($0))] } ?? []
    for modification in modifications where modification.kind == .delete {
      all += modification.values.prefix(Differences.assertedValues).map { .equal(modification.attribute, $0) }
    }
    return Change.Precondition(
      assertion: all.count > 1 ? .and(all) : all.first, entryUUID: uuid, entryCSN: csn)
  }
}
