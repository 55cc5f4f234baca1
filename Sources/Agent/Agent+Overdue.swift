import Directory
import Foundation
import LDAP
import Reconciler

// What targets owe: roles that they have not confirmed to be gone, and looks at those that were away. Each is tried again
// by itself, at growing intervals, without a look at everything.
extension Agent {
  /// Takes note of how a plan found targets, and of what they owe since.
  func noteTargets(
    _ plan: Plan, _ applied: [AppliedPlan], _ world: World, _ books: Books
  ) throws {
    let unread = (plan.roles?.targets ?? []).filter { $0.fault != nil }.map(\.name)
    guard !unread.isEmpty || debts.next != nil || applied.contains(where: { $0.roles != nil }) else { return }
    let known = Set(try books.store.targetStates().filter { $0.fault != nil }.map(\.name))
    for name in unread where !known.contains(name) {
      try books.store.note(target: name, fault: .unavailable, at: Date())
    }
    try noteDebts(world, books)
  }

  /// Takes note of what targets owe, and has those looked at who owe nothing any longer: something may have waited for
  /// that.
  func noteDebts(_ world: World, _ books: Books) throws {
    let names = Set(configuration.targets.map(\.form.name))
    let owed = try books.store.overdue().filter { names.contains($0.target) }
    debts.take(owed, states: try books.store.targetStates(), targets: names, at: Date())
    let persons = Set(owed.map(\.person))
    let free = owing.subtracting(persons)
    owing = persons
    guard !free.isEmpty else { return }
    try world.index.touch(Touched(free))
    postponement.forgive(free)
    wake()
  }

  /// Tries the next target that is due.
  ///
  /// - Returns: whether one was.
  func retryDebts(_ world: World, _ proof: ReadProof, _ books: Books) async throws -> Bool {
    guard let attempt = debts.due(at: Date()).first, let desired = files?.set else { return false }
    let tried = try await Agent.retry(attempt, world, desired, proof, books, actor)
    debts.tried(attempt.target, tried.fault, at: Date())
    if attempt.isWhole, tried.fault == nil {
      logger.notice("a target is back", metadata: ["target": "\(attempt.target)"])
    }
    if tried.needsWhole {
      try world.index.touch(.whole)
      day.quietMark = -1
    }
    if let (run, result) = tried.pushed { take(result, of: run) }
    try noteDebts(world, books)
    return true
  }

  private nonisolated static func retry(
    _ attempt: OverdueRetry.Attempt, _ world: World, _ desired: DesiredSet, _ proof: ReadProof,
    _ books: Books,
    _ actor: Actor
  ) async throws -> OverdueRetry.Tried {
    try await world.planning.retry(attempt, desired, proof: proof, in: books, by: actor)
  }

  private func take(_ result: RolePushResult, of run: Int) {
    let done = zip(result.changes, result.outcomes).filter { $1.verdict == .applied }.map(\.0)
    if let baseline = world?.baseline { world?.baseline = baseline.taking([], roles: done) }
    day.lastRun = AgentStatus.LastRun(number: run, ended: Date(), exitCode: result.exitCode.rawValue)
    broadcast.send(
      .overdue, "roles that were overdue at a target were tried again",
      ["run": run, "applied": done.count, "overdue": result.overdue.count])
  }
}
