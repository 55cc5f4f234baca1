import Directory
import Foundation

/// The push of changes to one target: sent, and what was not confirmed sent again after the target has been read anew,
/// for as long as there is time. It may be gone on with later.
struct TargetPush: Sendable {
  let target: any RoleTarget
  private let journal: any RoleJournal
  private let settings: RolePushSettings
  private let clock: RolePushClock
  private let progress: @Sendable (RolePushProgress) -> Void

  private(set) var changes: [RoleChange]
  private var answers: [RoleOutcome?]
  /// Those of which something remains to be done.
  private var pending: [Int]
  private var permit: RolePermit
  private var refusals = 0
  /// How many times the changes have been tried.
  private(set) var attempts = 0
  /// Why the target could not be read last.
  private(set) var fault: RoleTargetFault?
  /// What was read there last, if anything was.
  private(set) var held: HeldRoles?
  /// Why the journal could not be written.
  private(set) var refusal: Refusal?

  /// - Parameter held: what was read at the target just before; `nil`: it is read first.
  init(
    _ target: any RoleTarget, _ changes: [RoleChange], held: HeldRoles?, permit: RolePermit,
    journal: any RoleJournal, settings: RolePushSettings, clock: RolePushClock,
    progress: @escaping @Sendable (RolePushProgress) -> Void
  ) {
    self.target = target
    self.changes = changes
    self.held = held
    self.permit = permit
    self.journal = journal
    self.settings = settings
    self.clock = clock
    self.progress = progress
    answers = Array(repeating: nil, count: changes.count)
    pending = Array(changes.indices)
  }

  /// One for each change, in the same order.
  var outcomes: [RoleOutcome] { answers.map { $0 ?? RoleOutcome(.notSent) } }

  /// Pushes until all is settled, there is no time left, or the task is cancelled; once in any case, unless it has
  /// been done before.
  ///
  /// - Parameter deadline: until when it is tried again, by ``RolePushClock/elapsed``.
  mutating func run(until deadline: Duration) async {
    if attempts == 0, !Task.isCancelled { await tryOnce(reading: held == nil) }
    while isWorthTrying, let delay = delay(until: deadline) {
      progress(.waiting(target: target.form.name, open: pending.count, delay: delay))
      do { try await clock.sleep(delay) } catch { break }
      await tryOnce(reading: true)
    }
    await settleRest()
  }

  /// Tries what was held back once more, by what may be sent now.
  mutating func reconsider(_ permit: RolePermit) async {
    self.permit = permit
    let held = changes.indices.filter { answers[$0]?.waits == true }
    guard !held.isEmpty, refusal == nil, refusals < settings.errors, !Task.isCancelled else { return }
    // What would wait still need not be read for.
    let time = clock.now()
    guard held.contains(where: { permit.hindrance(of: changes[$0], at: time) == nil }) else { return }
    pending = held
    await tryOnce(reading: true)
    await settleRest()
  }

  /// Whether trying again may help.
  var isWorthTrying: Bool {
    guard !pending.isEmpty, refusal == nil, refusals < settings.errors, !Task.isCancelled else {
      return false
    }
    // What is wrong with the target stays wrong until somebody mends it.
    return fault == nil || fault?.code == .unavailable
  }

  private mutating func tryOnce(reading isReading: Bool) async {
    if isReading { await read() }
    if fault == nil, let held { await send(from: held) }
    attempts += 1
  }

  /// `nil` when there is no time for another attempt.
  private func delay(until deadline: Duration) -> Duration? {
    let delay = settings.delay(attempts - 1, jitter: clock.jitter(), retryAfter: fault?.retryAfter)
    return clock.elapsed() + delay <= deadline ? delay : nil
  }

  private mutating func read() async {
    do throws(RoleTargetFault) {
      held = try await target.held(of: Set(changes.map(\.person)))
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
      let gate = RoleGate(
        journal, permit, limit: settings.errors, patience: settings.errors - refusals, now: clock.now)
      let sent = pending
      let told = await target.push(sent.map { changes[$0] }, from: held, journal: gate)
      await take(told, for: sent, gate)
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
    // What may have been given already is not known to be nothing.
    await settle(reasons.keys.sorted()) { index, before in
      before?.verdict == .unknown ? RoleOutcome(.unknown) : RoleOutcome(.notSent, reasons[index])
    }
  }

  /// Takes what the target answered; an answer that is missing is none.
  private mutating func take(_ given: [RoleOutcome], for sent: [Int], _ gate: RoleGate) async {
    let (told, ended) = (await gate.settled, await gate.ended)
    refusal = await gate.refusal
    let isOver = await gate.isOutOfPatience
    var untold: [(change: RoleChange, outcome: RoleOutcome)] = []
    for (place, index) in sent.enumerated() {
      let answer = given.count == sent.count ? given[place] : RoleOutcome(.unknown)
      var outcome = answer
      if outcome.verdict == .notSent {
        if isOver { outcome.detail = RoleOutcome.tooManyRefusals }
        // Whether it had been done before is still not known.
        if answers[index]?.verdict == .unknown { outcome = RoleOutcome(.unknown) }
      }
      let key = RoleChangeKey(changes[index])
      if outcome.verdict == .notSent, ended.contains(key) { outcome.detail = RoleOutcome.ended }
      answers[index] = outcome
      if outcome != answer || !told.contains(key) { untold.append((changes[index], outcome)) }
    }
    await gate.settled(untold.map(\.change), untold.map(\.outcome))
    refusals = settings.errors - (await gate.patience)
    pending = sent.filter { isOpen($0) }
  }

  /// Whether trying again may help.
  private func isOpen(_ index: Int) -> Bool {
    if answers[index]?.isSettled == true { return false }
    return switch answers[index]?.verdict {
    case .applied, .appliedAlready, .refused: false
    // What a gain was planned from is no longer so: it is planned again.
    case .stale: changes[index].direction == .loss
    case .failed, .notSent, .unknown, nil: true
    }
  }

  private mutating func settle(_ indices: [Int], as outcome: (Int, RoleOutcome?) -> RoleOutcome) async {
    guard !indices.isEmpty else { return }
    for index in indices { answers[index] = outcome(index, answers[index]) }
    pending.removeAll(where: Set(indices).contains)
    await journal.settled(indices.map { changes[$0] }, indices.compactMap { answers[$0] })
  }

  /// What was not sent so far, because the target was away or time was out; it may be yet.
  private mutating func settleRest() async {
    let rest = pending.filter { answers[$0] == nil }
    let outcome = RoleOutcome(.notSent, fault?.code.rawValue)
    for index in rest { answers[index] = outcome }
    await journal.settled(rest.map { changes[$0] }, rest.map { _ in outcome })
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
    let all = (roles[Key(person: change.person, value: change.value)] ?? []).filter {
      guard let entryUUID = change.entryUUID, let other = $0.entryUUID else { return true }
      return entryUUID == other
    }
    if let same = all.first(where: { $0.holder == change.holder }) { return same }
    // A target may have two holders of one HSA-id: what is to be taken from one is not done by the other's loss.
    guard change.direction == .loss, change.entryUUID == nil, !change.holder.isEmpty else { return all.first }
    return nil
  }
}
