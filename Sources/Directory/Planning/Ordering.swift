import LDAP

/// Puts drafts in an order of which every prefix leaves a sound directory, and numbers them.
struct Ordering {
  /// The part of the tree to which a plan is limited.
  struct Scope {
    /// `nil` when there is no such node: then only the entry itself is in scope.
    var node: Int?
    var identities: Set<HSAIdentity> = []

    /// Whether an entry that lies, or will lie, under some nodes is in it.
    func includes(_ other: HSAIdentity, _ nodes: [Int], _ tree: Tree) -> Bool {
      if identities.contains(other) { return true }
      guard let node else { return false }
      return nodes.contains { tree.isObserved($0, under: node) || tree.path($0).contains(node) }
    }
  }

  private var drafts: [Draft]
  private let planner: Planner

  init(drafts: [Draft], planner: Planner) {
    self.drafts = drafts
    self.planner = planner
    UniqueHandover(planner).connect(&self.drafts)
    ReferenceOrder(planner).connect(&self.drafts)
    self.drafts = Ordering.withoutCircles(self.drafts)
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
      change.after = hard(index).compactMap { number[$0] }.sorted()
      change.following = drafts[index].prefers.subtracting(hard(index)).compactMap { number[$0] }.sorted()
      number[index] = result.count
      result.append(change)
    }
    return result
  }

  private func hard(_ draft: Int) -> Set<Int> { drafts[draft].needs.union(drafts[draft].takesFrom) }

  /// Leaves out what is merely preferred where it would close a circle.
  private static func withoutCircles(_ drafts: [Draft]) -> [Draft] {
    let component = Components(drafts.map { Array($0.needs.union($0.takesFrom).union($0.prefers)) }).ofNode
    var result = drafts
    for index in drafts.indices {
      result[index].prefers = drafts[index].prefers.filter { component[$0] != component[index] }
    }
    return result
  }

  /// Depth first in the order of the keys, without recursion.
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
    hard(draft).union(drafts[draft].prefers).sorted { keys[$0] > keys[$1] }
  }

  private func sortKey(_ draft: Draft) -> String {
    let path = draft.change.dn.rdns.reversed().map(\.description).joined(separator: "\u{1}")
    let depth = draft.phase == .removals ? 9_999 - draft.change.dn.rdns.count : 0
    let padded = String(repeating: "0", count: 4 - String(depth).count) + String(depth)
    return "\(draft.phase.rawValue)\(padded)\(path)"
  }

  private func closure(of scope: Scope) -> Set<Int> {
    var result: Set<Int> = []
    var open = drafts.indices.filter {
      scope.includes(drafts[$0].change.identity, drafts[$0].nodes, planner.tree)
    }
    while let draft = open.popLast() {
      if result.insert(draft).inserted { open += hard(draft) }
    }
    return result
  }
}
