import Directory
import Foundation
import Logging

/// What a push is doing, told as it happens: targets by name, and counts.
package enum RolePushProgress: Hashable, Sendable {
  /// So many changes are being sent.
  case pushing(target: String, count: Int)
  /// So many are to be tried again after this.
  case waiting(target: String, open: Int, delay: Duration)
  case fault(target: String, RoleTargetFault.Code)
  /// So many of so many are as they should be.
  case pushed(target: String, done: Int, of: Int)
}

/// Pushes losses and gains to all targets side by side: one that is away, slow or wrong stops no other.
///
/// A target is believed for what it confirmed, and for what is read there; a loss that neither shows stays *overdue*
/// until one does, and holds back the gains of its person.
package struct RolePusher: Sendable {
  private let targets: [any RoleTarget]
  private let store: Store
  private let journal: RoleRun
  private let settings: RolePushSettings
  private let clock: RolePushClock
  private let logger: Logger
  private let progress: @Sendable (RolePushProgress) -> Void

  /// - Parameter targets: of different names.
  package init(
    _ targets: [any RoleTarget], store: Store, journal: RoleRun,
    settings: RolePushSettings = RolePushSettings(),
    clock: RolePushClock = .system, logger: Logger,
    progress: @escaping @Sendable (RolePushProgress) -> Void = { _ in }
  ) {
    self.targets = targets
    self.store = store
    self.journal = journal
    self.settings = settings
    self.clock = clock
    self.logger = logger
    self.progress = progress
  }

  /// Pushes changes; where there are losses and gains among them, all losses first.
  ///
  /// When the task is cancelled nothing more is sent, what was sent is waited for, and the result tells.
  /// - Parameters:
  ///   - held: what was read at targets just before; a target that is not among them is read first, and roles that
  ///     exclude others are then given nowhere, for nobody knows what it holds.
  ///   - deadline: how long what was not confirmed is tried again; zero: one attempt.
  ///   - patience: after how long targets that still are at work get nothing more; `nil`: they may take their time.
  ///   - exclusive: roles that nobody may hold two of, one set of patterns for each such constraint.
  ///   - isStillEntitled: whether a gain or a renewal still follows from dates at an instant; asked just before each
  ///     is sent.
  /// - Throws: exit code 75 or 77 when store or audit log could not be written and nothing was sent.
  package func push(
    _ changes: [RoleChange], held: [String: HeldRoles] = [:], deadline: Duration = .zero,
    patience: Duration? = nil, exclusive: [[RolePattern]] = [],
    isStillEntitled: @escaping @Sendable (RoleChange, Date) -> Bool
  ) async throws(Refusal) -> RolePushResult {
    for held in held.values.sorted(by: { $0.target < $1.target }) { try store.forgetOverdue(notHeldIn: held) }
    var pass = Pass(changes, held, until: clock.elapsed() + deadline, patience: patience)
    let unread = Set(targets.map(\.form.name)).subtracting(held.keys)
    for isLosing in [true, false] where pass.stop == nil {
      let part = changes.indices.filter { (changes[$0].direction == .loss) == isLosing }
      guard !part.isEmpty else { continue }
      let permit = RolePermit(
        unconfirmed: try store.overdue(), unread: unread, exclusive: exclusive,
        isStillEntitled: isStillEntitled)
      await push(part, &pass, permit)
      await keep(part, &pass)
    }
    if let refusal = pass.refusal, !pass.hasSent { throw refusal }
    return RolePushResult(
      changes: changes, outcomes: pass.outcomes.map { $0 ?? RoleOutcome(.notSent) }, faults: pass.faults,
      overdue: try store.overdue(), stop: pass.stop)
  }

  /// Pushes some of the changes, each target in a task of its own.
  private func push(_ part: [Int], _ pass: inout Pass, _ permit: RolePermit) async {
    let names = Set(targets.map(\.form.name))
    for index in part where !names.contains(pass.changes[index].target) {
      pass.outcomes[index] = RoleOutcome(.notSent, RoleOutcome.noSuchTarget)
    }
    let work = targets.compactMap { target -> (TargetPush, String, [Int])? in
      let name = target.form.name
      let indices = part.filter { pass.changes[$0].target == name }
      guard !indices.isEmpty else { return nil }
      progress(.pushing(target: name, count: indices.count))
      let push = TargetPush(
        target, indices.map { pass.changes[$0] }, held: pass.held[name], permit: permit, journal: journal,
        settings: settings, clock: clock, deadline: pass.deadline, progress: progress)
      return (push, name, indices)
    }
    let ended = await sideBySide(work.map(\.0), patience: pass.patience)
    for ((_, name, indices), ended) in zip(work, ended) { take(ended, name, indices, &pass) }
    if Task.isCancelled { pass.stop = pass.stop ?? .cancelled }
  }

  private func sideBySide(_ work: [TargetPush], patience: Duration?) async -> [TargetPush.Ended] {
    await withTaskGroup(of: (Int, TargetPush.Ended)?.self) { group in
      for (number, push) in work.enumerated() {
        group.addTask {
          var push = push
          return (number, await push.run())
        }
      }
      if let patience {
        group.addTask { [clock] in
          try? await clock.sleep(patience)
          return nil
        }
      }
      var ended: [Int: TargetPush.Ended] = [:]
      while ended.count < work.count, let next = await group.next() {
        // Patience is at an end: what is at work gets nothing more, and is waited for.
        guard let (number, result) = next else {
          group.cancelAll()
          continue
        }
        ended[number] = result
      }
      group.cancelAll()
      return ended.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  private func take(_ ended: TargetPush.Ended, _ name: String, _ indices: [Int], _ pass: inout Pass) {
    for (index, outcome) in zip(indices, ended.outcomes) {
      pass.outcomes[index] = outcome
      pass.attempts[index] = ended.attempts
    }
    pass.faults[name] = ended.fault
    pass.held[name] = ended.held
    pass.met.insert(name)
    if let refusal = ended.refusal {
      pass.refusal = refusal
      pass.stop = .journalUnavailable
    }
    let done = ended.outcomes.count(where: \.isApplied)
    progress(.pushed(target: name, done: done, of: indices.count))
    logger.info(
      "pushed roles",
      metadata: [
        "target": "\(name)", "changes": "\(indices.count)", "applied": "\(done)",
        "fault": "\(ended.fault?.code.rawValue ?? "none")",
      ])
  }

  /// Writes down what became of it all; where that fails, nothing more is sent.
  private func keep(_ part: [Int], _ pass: inout Pass) async {
    let time = clock.now()
    do throws(Refusal) {
      try await journal.flush()
      let losses = part.filter { pass.changes[$0].direction == .loss }
      try store.settleOverdue(
        losses.map {
          (pass.changes[$0], pass.outcomes[$0] ?? RoleOutcome(.notSent), pass.attempts[$0])
        }, at: time)
      for name in pass.met.sorted() {
        if pass.faults[name] == nil, let held = pass.held[name] {
          try store.note(target: name, fault: nil, at: time)
          if !losses.isEmpty { try store.forgetOverdue(notHeldIn: held) }
        } else if let fault = pass.faults[name] {
          try store.note(target: name, fault: fault.code, at: time)
        }
      }
    } catch {
      pass.refusal = pass.refusal ?? error
      pass.stop = .journalUnavailable
    }
    pass.met = []
  }
}

/// What one push knows so far.
private struct Pass {
  let changes: [RoleChange]
  var held: [String: HeldRoles]
  /// By ``RolePushClock/elapsed``.
  let deadline: Duration
  let patience: Duration?
  var outcomes: [RoleOutcome?]
  var attempts: [Int]
  var faults: [String: RoleTargetFault] = [:]
  /// The targets that have been tried and not been written of.
  var met: Set<String> = []
  var refusal: Refusal?
  var stop: ApplyResult.Stop?

  init(_ changes: [RoleChange], _ held: [String: HeldRoles], until deadline: Duration, patience: Duration?) {
    self.changes = changes
    self.held = held
    self.deadline = deadline
    self.patience = patience
    outcomes = Array(repeating: nil, count: changes.count)
    attempts = Array(repeating: 0, count: changes.count)
  }

  /// Whether a target may have got something.
  var hasSent: Bool { outcomes.contains { $0.map { $0.verdict != .notSent } == true } }
}
