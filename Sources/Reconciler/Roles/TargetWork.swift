import Directory

/// What one target gets in one push: losses, and what is gained.
struct TargetWork: Sendable {
  struct Part: Sendable {
    /// Which of all changes these are.
    var indices: [Int]
    var push: TargetPush

    init(_ indices: [Int], _ push: TargetPush) {
      self.indices = indices
      self.push = push
    }
  }

  private var losing: Part?
  private var giving: Part?

  /// The losses, or the rest.
  subscript(isLosing: Bool) -> Part? {
    get { isLosing ? losing : giving }
    set { if isLosing { losing = newValue } else { giving = newValue } }
  }

  var parts: [Part] { [losing, giving].compactMap { $0 } }
  var outcomes: [RoleOutcome] { parts.flatMap(\.push.outcomes) }
  var attempts: Int { parts.reduce(0) { $0 + $1.push.attempts } }
  var lossAttempts: Int { losing?.push.attempts ?? 0 }
  /// Why the target could not be read last; `nil` when that stands in the way of nothing any longer.
  var fault: RoleTargetFault? {
    parts.filter { !$0.push.outcomes.allSatisfy(\.isSettled) }.compactMap(\.push.fault).last
  }
  var refusal: Refusal? { parts.compactMap(\.push.refusal).first }
  var isWorthTrying: Bool { parts.contains(where: \.push.isWorthTrying) }

  var losses: [(change: RoleChange, outcome: RoleOutcome)] {
    guard let push = losing?.push else { return [] }
    return Array(zip(push.changes, push.outcomes))
  }

  mutating func run(_ isLosing: Bool, until deadline: Duration) async {
    await self[isLosing]?.push.run(until: deadline)
  }

  mutating func reconsider(_ permit: RolePermit) async { await giving?.push.reconsider(permit) }
}
