import LDAP

/// Puts drafts in an order of which every prefix leaves a sound directory, and numbers them.
struct Ordering {
  /// The part of the tree to which a plan is limited.
  struct Scope {
    /// `nil` when there is no such node: then only the entry itself is in scope.
    var node: Int?
    var identity: HSAIdentity?
  }

  private var drafts: [Draft]
  private let planner: Planner

  init(drafts: [Draft], planner: Planner) {
    self.drafts = drafts
    self.planner = planner
    UniqueHandover(planner).connect(&self.drafts)
    ReferenceOrder(planner).connect(&self.drafts)
  }

  /// The changes in order, limited to a scope and to what that needs.
  func changes(scope: Scope?) -> [Change] {
    let sorted = topological()
    let chosen = scope.map { closure(of: $0) }
    var number: [Int: Int] = [:]
    var result: [Change] = []
    for index in sorted where chosen?.contains(index) ?? true {
      var change = drafts[index].change
      change.id = result.count
      change.after = edges(of: index).compactMap { number[$0] }.sorted()
      number[index] = result.count
      result.append(change)
    }
    return result
  }

  private func edges(of draft: Int) -> Set<Int> {
    drafts[draft].needs.union(drafts[draft].takesFrom).union(drafts[draft].prefers)
  }

  /// Depth first in the order of the keys, without recursion; an edge that would close a circle is left out
  /// (`needs` never does; what is merely preferred may).
  private func topological() -> [Int] {
    let keys = drafts.map { sortKey($0) }
    let order = drafts.indices.sorted { keys[$0] < keys[$1] }
    var state = Array(repeating: UInt8(0), count: drafts.count)
    var result: [Int] = []
    for start in order where state[start] == 0 {
      var stack: [(draft: Int, rest: [Int])] = [(start, before(start, keys))]
      state[start] = 1
      while var top = stack.popLast() {
        guard let next = top.rest.popLast() else {
          state[top.draft] = 2
          result.append(top.draft)
          continue
        }
        stack.append(top)
        guard state[next] == 0 else { continue }
        state[next] = 1
        stack.append((next, before(next, keys)))
      }
    }
    return result
  }

  /// What comes before a draft, the first of it last (the stack pops from the end).
  private func before(_ draft: Int, _ keys: [String]) -> [Int] {
    let hard = drafts[draft].needs.union(drafts[draft].takesFrom).sorted { keys[$0] > keys[$1] }
    let soft = drafts[draft].prefers.subtracting(hard).sorted { keys[$0] > keys[$1] }
    return soft + hard
  }

  private func sortKey(_ draft: Draft) -> String {
    let path = draft.change.dn.rdns.reversed().map(\.description).joined(separator: "\u{1}")
    let depth = draft.phase == .removals ? 9_999 - draft.change.dn.rdns.count : 0
    let padded = String(repeating: "0", count: 4 - String(depth).count) + String(depth)
    return "\(draft.phase.rawValue)\(padded)\(path)"
  }

  private func closure(of scope: Scope) -> Set<Int> {
    var result: Set<Int> = []
    var open = drafts.indices.filter { isIn(scope, drafts[$0]) }
    while let draft = open.popLast() {
      if result.insert(draft).inserted { open += drafts[draft].needs.union(drafts[draft].takesFrom) }
    }
    return result
  }

  private func isIn(_ scope: Scope, _ draft: Draft) -> Bool {
    if let identity = scope.identity, draft.change.identity == identity { return true }
    guard let node = scope.node else { return false }
    return draft.nodes.contains { planner.tree.isObserved($0, under: node) || planner.tree.path($0).contains(node) }
  }
}
