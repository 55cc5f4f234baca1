import LDAP

/// A change while the plan is being made: not yet numbered, its order still a matter of edges.
struct Draft: Sendable {
  /// When a change comes, other things being equal.
  enum Phase: Int, Sendable, Comparable {
    case structure, entries, endings, removals
    static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
  }

  var change: Change
  var phase: Phase
  /// Drafts without which this one makes no sense; never a cycle.
  var needs: Set<Int> = []
  /// Drafts that had better come first: what is referred to before who refers to it. Left out where it would make a cycle.
  var prefers: Set<Int> = []
  /// Drafts that free a unique value which this one takes.
  var takesFrom: Set<Int> = []
  /// The node under which the entry lies before and after, for the scope.
  var nodes: [Int] = []
  /// The node under which the entry was observed, or will be made.
  var from: Int?
  /// The node under which a move takes it.
  var to: Int?
}
