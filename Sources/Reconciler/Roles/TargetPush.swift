import Directory
import Foundation

/// The push of changes to one target: sent, and what was not confirmed sent again after the target has been read anew,
/// for as long as there is time.
struct TargetPush: Sendable {
  /// How it came out.
  struct Ended: Sendable {
    /// One for each change, in the same order.
    var outcomes: [RoleOutcome]
    /// How many times the changes were tried, at least once.
    var attempts = 1
    /// Why the target could not be read in the end.
    var fault: RoleTargetFault?
    /// What was read last, if anything was.
    var held: HeldRoles?
    /// Why the journal could not be written.
    var refusal: Refusal?
    /// Whether the target refused too much.
    var isStopped = false
  }

  private let target: any RoleTarget
  private let permit: RolePermit
  private let journal: any RoleJournal
  private let settings: RolePushSettings
  private let clock: RolePushClock
  /// Until when it is tried again, by ``RolePushClock/elapsed``.
  private let deadline: Duration
  private let progress: @Sendable (RolePushProgress) -> Void

  private var changes: [RoleChange]
  private var outcomes: [RoleOutcome?]
  /// Those of which something remains to be done.
  private var pending: [Int]
  private var refusals = 0
  private var fault: RoleTargetFault?
  private var held: HeldRoles?
  private var refusal: Refusal?

  /// - Parameter held: what was read at the target just before; `nil`: it is read first.
  init(
    _ target: any RoleTarget, _ changes: [RoleChange], held: HeldRoles?, permit: RolePermit,
    journal: any RoleJournal, settings: RolePushSettings, clock: RolePushClock, deadline: Duration,
    progress: @escaping @Sendable (RolePushProgress) -> Void
  ) {
    self.target = target
    self.changes = changes
    self.held = held
    self.permit = permit
    self.journal = journal
    self.settings = settings
    self.clock = clock
    self.deadline = deadline
    self.progress = progress
    outcomes = Array(repeating: nil, count: changes.count)
    pending = Array(changes.indices)
  }

  /// Pushes until all is settled, there is no time left, or the task is cancelled.
  mutating func run() async -> Ended {
    var attempt = 0
    if held == nil { await read() }
    while true {
      if fault == nil, let held { await send(from: held) }
      guard isWorthTrying, let delay = delay(attempt) else { break }
      progress(.waiting(target: target.form.name, open: pending.count, delay: delay))
      do { try await clock.sleep(delay) } catch { break }
      attempt += 1
      await read()
    }
    await settleRest()
    return Ended(
      outcomes: outcomes.map { $0 ?? RoleOutcome(.notSent) }, attempts: attempt + 1, fault: fault, held: held,
      refusal: refusal, isStopped: refusals >= settings.errors)
  }

  private var isWorthTrying: Bool {
    guard !pending.isEmpty, refusal == nil, refusals < settings.errors, !Task.isCancelled else {
      return false
    }
    // What is wrong with the target stays wrong until somebody mends it.
    return fault == nil || fault?.code == .unavailable
  }

  /// `nil` when there is no time for another attempt.
  private func delay(_ attempt: Int) -> Duration? {
    let delay = settings.delay(attempt, jitter: clock.jitter(), retryAfter: fault?.retryAfter)
    return clock.elapsed() + delay <= deadline ? delay : nil
  }

  private mutating func read() async {
    do throws(RoleTargetFault) {
      held = try await target.held()
      fault = nil
    } catch {
      fault = error
      progress(.fault(target: target.form.name, error.code))
    }
  }

  /// Sends what is pending, and again what was held up because others in the batch had ended.
  private mutating func send(from held: HeldRoles) async {
    await takeWhatIsDone(held)
    while true {
      await holdBack()
      guard !pending.isEmpty else { return }
      let gate = RoleGate(journal, permit, patience: settings.errors - refusals, now: clock.now)
      let sent = pending
      let answers = await target.push(sent.map { changes[$0] }, from: held, journal: gate)
      await take(answers, for: sent, gate)
      guard await !gate.ended.isEmpty, isWorthTrying else { return }
    }
  }

  /// What is as it should be, by what was read: somebody else did it, or we did and never heard of it.
  private mutating func takeWhatIsDone(_ held: HeldRoles) async {
    let present = HeldIndex(held)
    var done: [Int] = []
    for index in pending {
      switch changes[index].direction {
      case .loss:
        guard let role = present.holding(changes[index]) else {
          done.append(index)
          continue
        }
        // The holder may have another name by now.
        changes[index].holder = role.holder
      case .gain: if present.holding(changes[index]) != nil { done.append(index) }
      case .renewal: break
      }
    }
    await settle(done) { _, before in
      before?.verdict == .unknown ? RoleOutcome(.applied, RoleOutcome.readBack) : RoleOutcome(.appliedAlready)
    }
  }

  private mutating func holdBack() async {
    let time = clock.now()
    var reasons: [Int: String] = [:]
    for index in pending { reasons[index] = permit.hindrance(of: changes[index], at: time) }
    await settle(reasons.keys.sorted()) { index, _ in RoleOutcome(.notSent, reasons[index]) }
  }

  /// Takes what the target answered; an answer that is missing is none.
  private mutating func take(_ answers: [RoleOutcome], for sent: [Int], _ gate: RoleGate) async {
    let (told, ended) = (await gate.settled, await gate.ended)
    refusal = await gate.refusal
    refusals += answers.count { $0.verdict == .refused }
    let isOver = await gate.isOutOfPatience || refusals >= settings.errors
    var untold: [(change: RoleChange, outcome: RoleOutcome)] = []
    for (place, index) in sent.enumerated() {
      var outcome = answers.count == sent.count ? answers[place] : RoleOutcome(.unknown)
      if outcome.verdict == .notSent {
        if isOver { outcome.detail = RoleOutcome.tooManyRefusals }
        // Whether it had been done before is still not known.
        if outcomes[index]?.verdict == .unknown { outcome = RoleOutcome(.unknown) }
      }
      let key = RoleChangeKey(changes[index])
      let hasEnded = outcome.verdict == .notSent && ended.contains(key)
      if hasEnded { outcome.detail = RoleOutcome.ended }
      outcomes[index] = outcome
      if hasEnded || !told.contains(key) { untold.append((changes[index], outcome)) }
    }
    await journal.settled(untold.map(\.change), untold.map(\.outcome))
    pending = sent.filter { isOpen($0) }
  }

  /// Whether trying again may help.
  private func isOpen(_ index: Int) -> Bool {
    if outcomes[index]?.isSettled == true { return false }
    return switch outcomes[index]?.verdict {
    case .applied, .appliedAlready, .refused: false
    // What a gain was planned from is no longer so: it is planned again.
    case .stale: changes[index].direction == .loss
    case .failed, .notSent, .unknown, nil: true
    }
  }

  private mutating func settle(_ indices: [Int], as outcome: (Int, RoleOutcome?) -> RoleOutcome) async {
    guard !indices.isEmpty else { return }
    for index in indices { outcomes[index] = outcome(index, outcomes[index]) }
    pending.removeAll(where: Set(indices).contains)
    await journal.settled(indices.map { changes[$0] }, indices.compactMap { outcomes[$0] })
  }

  /// What was never sent, because the target was away or time was out.
  private mutating func settleRest() async {
    let rest = pending.filter { outcomes[$0] == nil }
    let reason = fault?.code.rawValue
    await settle(rest) { _, _ in RoleOutcome(.notSent, reason) }
  }
}

/// What is held at a target, to be looked up by who holds what.
private struct HeldIndex {
  private struct Key: Hashable {
    var person: HSAIdentity
    var value: String
  }
  private let roles: [Key: [HeldRole]]

  init(_ held: HeldRoles) {
    roles = Dictionary(grouping: held.roles) { Key(person: $0.person, value: $0.value) }
  }

  /// The role that a change is about, if it is held. Two entries with one HSA-id are told apart by their entryUUID;
  /// where either has none, a role that anybody of that HSA-id holds is held.
  func holding(_ change: RoleChange) -> HeldRole? {
    roles[Key(person: change.person, value: change.value)]?.first {
      guard let entryUUID = change.entryUUID, let other = $0.entryUUID else { return true }
      return entryUUID == other
    }
  }
}
