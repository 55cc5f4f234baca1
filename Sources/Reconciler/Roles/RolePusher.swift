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

  /// Pushes changes: losses, then what is gained, then again what was not confirmed for as long as there is time, then
  /// what was held back until a loss was confirmed. Nobody waits for a target that is away.
  ///
  /// When the task is cancelled nothing more is sent, what was sent is waited for, and the result tells.
  /// - Parameters:
  ///   - held: what was read at targets just before, at least of the persons of the changes; a target that is not among
  ///     them is read first, and roles that exclude others are then given nowhere, for nobody knows what it holds.
  ///   - deadline: how long what was not confirmed is tried again; zero: one attempt.
  ///   - patience: after how long, each time, targets that still are at work get nothing more; `nil`: they may take their time.
  ///   - wanted: all losses that are due, of those of whom `held` tells: what else was overdue for them there is
  ///     forgotten, and nothing that is overdue for others. `nil`: the changes tell nothing of what else is due.
  ///   - exclusive: roles that nobody may hold two of, one set of patterns for each such constraint.
  ///   - isLast: whether the run ends next: what became of gains is then written down with its end.
  ///   - isStillEntitled: whether a gain or a renewal still follows from dates at an instant; asked just before each
  ///     is sent.
  /// - Throws: exit code 75 or 77 when store or audit log could not be written and nothing was sent.
  package func push(
    _ changes: [RoleChange], held: [String: HeldRoles] = [:], deadline: Duration = .zero,
    patience: Duration? = nil, wanted: [RoleChange]? = nil, exclusive: [[RolePattern]] = [],
    isLast: Bool = false, isStillEntitled: @escaping @Sendable (RoleChange, Date) -> Bool
  ) async throws(Refusal) -> RolePushResult {
    let start = clock.elapsed()
    for name in held.keys.sorted() {
      if let held = held[name] { try store.forgetOverdue(notHeldIn: held) }
      if let wanted { try store.forgetOverdue(notIn: wanted, at: [name], of: held[name]?.persons) }
    }
    let held = held.filter { _, held in
      changes.allSatisfy { $0.target != held.target || held.tells(of: $0.person) }
    }
    let unread = Set(targets.map(\.form.name)).subtracting(held.keys)
    var pass = Pass(changes, held, patience: patience, isLast: isLast) { unconfirmed in
      RolePermit(
        unconfirmed: unconfirmed, unread: unread, exclusive: exclusive, isStillEntitled: isStillEntitled)
    }
    try await push(&pass, from: start, until: start + deadline)
    if let refusal = pass.refusal, !pass.hasSent { throw refusal }
    return RolePushResult(
      changes: changes, outcomes: pass.outcomes, faults: pass.faults, overdue: try store.overdue(),
      stop: pass.stop)
  }

  private func push(_ pass: inout Pass, from start: Duration, until deadline: Duration) async throws(Refusal)
  {
    for isLosing in [true, false] where pass.stop == nil {
      prepare(&pass, isLosing, pass.permit(try overdueHere()))
      await run(&pass) { await $0.run(isLosing, until: start) }
    }
    if deadline > start, pass.stop == nil, pass.isWorthTrying {
      await run(&pass) {
        await $0.run(true, until: deadline)
        await $0.run(false, until: deadline)
      }
    }
    // A loss that was confirmed late sets free what waited for it.
    if pass.stop == nil, pass.hasWaiting {
      let permit = pass.permit(try overdueHere())
      await run(&pass) { await $0.reconsider(permit) }
    }
  }

  /// What is overdue at targets that there are: one that was taken out of the configuration holds nobody back.
  private func overdueHere() throws(Refusal) -> [OverdueLoss] {
    let names = Set(targets.map(\.form.name))
    return try store.overdue().filter { names.contains($0.target) }
  }

  /// Gives each target its losses, or its gains and renewals.
  private func prepare(_ pass: inout Pass, _ isLosing: Bool, _ permit: RolePermit) {
    for target in targets {
      let name = target.form.name
      let indices = pass.changes.indices.filter {
        pass.changes[$0].target == name && (pass.changes[$0].direction == .loss) == isLosing
      }
      guard !indices.isEmpty else { continue }
      progress(.pushing(target: name, count: indices.count))
      var work = pass.work[name] ?? TargetWork()
      // What has been sent to since is read again.
      let held = work.parts.isEmpty ? pass.held[name] : nil
      work[isLosing] = TargetWork.Part(
        indices,
        TargetPush(
          target, indices.map { pass.changes[$0] }, held: held, permit: permit, journal: journal,
          settings: settings, clock: clock, progress: progress))
      pass.work[name] = work
    }
  }

  /// Has all targets do something side by side, and writes down what became of it; where that fails, nothing more is
  /// sent.
  private func run(_ pass: inout Pass, _ body: @escaping @Sendable (inout TargetWork) async -> Void) async {
    pass.work = await sideBySide(pass.work, patience: pass.patience, body)
    for refusal in pass.work.sorted(by: { $0.key < $1.key }).compactMap(\.value.refusal) {
      pass.refusal = pass.refusal ?? refusal
      pass.stop = refusal.stop
    }
    do throws(Refusal) {
      await journal.met(meetings(&pass))
      // What is overdue is looked at next; what else became of the rest can wait for the end of the run.
      if !pass.mayWaitForTheEnd { try await journal.flush() }
    } catch {
      pass.refusal = pass.refusal ?? error
      pass.stop = error.stop
    }
    if Task.isCancelled { pass.stop = pass.stop ?? .cancelled }
  }

  private func sideBySide(
    _ work: [String: TargetWork], patience: Duration?,
    _ body: @escaping @Sendable (inout TargetWork) async -> Void
  ) async -> [String: TargetWork] {
    await withTaskGroup(of: (String, TargetWork)?.self) { group in
      for (name, work) in work {
        group.addTask {
          var work = work
          await body(&work)
          return (name, work)
        }
      }
      if let patience {
        group.addTask { [clock] in
          try? await clock.sleep(patience)
          return nil
        }
      }
      var ended: [String: TargetWork] = [:]
      while ended.count < work.count, let next = await group.next() {
        // Patience is at an end: what is at work gets nothing more, and is waited for.
        if let (name, work) = next { ended[name] = work } else { group.cancelAll() }
      }
      group.cancelAll()
      return ended
    }
  }

  /// How targets were met since this was asked last.
  private func meetings(_ pass: inout Pass) -> [RoleMeeting] {
    let time = clock.now()
    var meetings: [RoleMeeting] = []
    for (name, work) in pass.work.sorted(by: { $0.key < $1.key }) {
      let (told, toldLosses) = pass.told[name] ?? (-1, -1)
      guard work.attempts > told else { continue }
      var meeting = RoleMeeting(target: name, fault: work.fault?.code, time: time)
      if work.lossAttempts > toldLosses {
        (meeting.losses, meeting.attempts) = (work.losses, work.lossAttempts - max(0, toldLosses))
      }
      meetings.append(meeting)
      pass.told[name] = (work.attempts, work.lossAttempts)
      let (done, count) = (work.outcomes.count { $0.isApplied }, work.outcomes.count)
      progress(.pushed(target: name, done: done, of: count))
      logger.info(
        "pushed roles",
        metadata: [
          "target": "\(name)", "changes": "\(count)", "applied": "\(done)",
          "fault": "\(work.fault?.code.rawValue ?? "none")",
        ])
    }
    return meetings
  }
}

/// What one push knows so far.
private struct Pass {
  let changes: [RoleChange]
  let held: [String: HeldRoles]
  let patience: Duration?
  let isLast: Bool
  /// What may be sent, while these losses are not confirmed.
  let permit: ([OverdueLoss]) -> RolePermit
  /// By target.
  var work: [String: TargetWork] = [:]
  /// How many attempts at each target have been written of, and how many of them with losses.
  var told: [String: (all: Int, losses: Int)] = [:]
  var refusal: Refusal?
  var stop: ApplyResult.Stop?

  init(
    _ changes: [RoleChange], _ held: [String: HeldRoles], patience: Duration?, isLast: Bool,
    permit: @escaping ([OverdueLoss]) -> RolePermit
  ) {
    self.changes = changes
    self.held = held
    self.patience = patience
    self.isLast = isLast
    self.permit = permit
  }

  /// Whether nothing is known only to the journal that anything else is told by before the run has ended.
  var mayWaitForTheEnd: Bool {
    isLast && !isWorthTrying && !hasWaiting && work.values.allSatisfy { $0.lossAttempts == 0 }
  }

  var isWorthTrying: Bool { work.values.contains(where: \.isWorthTrying) }
  var hasWaiting: Bool { work.values.contains { $0.outcomes.contains(where: \.waits) } }
  var faults: [String: RoleTargetFault] { work.compactMapValues(\.fault) }

  /// One for each change, in the same order.
  var outcomes: [RoleOutcome] {
    var outcomes = changes.map { change in
      RoleOutcome(.notSent, work[change.target] == nil && stop == nil ? RoleOutcome.noSuchTarget : nil)
    }
    for part in work.values.flatMap(\.parts) {
      for (index, outcome) in zip(part.indices, part.push.outcomes) { outcomes[index] = outcome }
    }
    return outcomes
  }

  /// Whether a target may have got something.
  var hasSent: Bool { outcomes.contains { $0.verdict != .notSent } }
}
