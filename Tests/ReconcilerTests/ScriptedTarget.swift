import Directory
import Foundation
import LDAP
import Synchronization
import TestKit

@testable import Reconciler

/// A target that keeps roles in memory and does as its test says: what no real server does when it is asked to.
final class ScriptedTarget: RoleTarget {
  /// What is done with a change that has been written down.
  enum Answer: Sendable {
    case take
    /// Answers so, and does nothing.
    case answer(RoleOutcome.Verdict, String)
    /// Does it, and gives no answer.
    case takeSilently
    /// Neither does it nor answers.
    case drop
  }

  struct State {
    var roles: Set<HeldRole> = []
    /// What reading it throws, one after the other; then it can be read.
    var faults: [RoleTargetFault] = []
    /// What it throws at every reading.
    var isDown: RoleTargetFault?
    /// What has been sent, as `- value person` or `+ value person`.
    var sent: [String] = []
    var reads = 0
  }

  let form: RoleTargetForm
  let state: Mutex<State>
  /// How many changes are written down at once.
  private let batch: Int
  /// Called after each batch has been written down.
  private let beforeSending: @Sendable () async -> Void
  private let answer: @Sendable (RoleChange, _ attempt: Int) -> Answer
  private let attempts = Mutex<[RoleChangeKey: Int]>([:])

  init(
    _ name: String, holding roles: [HeldRole] = [], batch: Int = 256,
    answer: @escaping @Sendable (RoleChange, _ attempt: Int) -> Answer = { _, _ in .take },
    beforeSending: @escaping @Sendable () async -> Void = {}
  ) {
    form = RoleTargetForm(name: name, owns: [RolePattern("*")])
    state = Mutex(State(roles: Set(roles)))
    self.batch = batch
    self.beforeSending = beforeSending
    self.answer = answer
  }

  static let away = RoleTargetFault(.unavailable, "the target does not answer")

  var sent: [String] { state.withLock { $0.sent } }
  var reads: Int { state.withLock { $0.reads } }
  var roles: [String] { state.withLock { $0.roles.map { "\($0.value) \($0.person)" }.sorted() } }
  var snapshot: HeldRoles {
    state.withLock { HeldRoles(target: form.name, roles: $0.roles.sorted { $0.value < $1.value }) }
  }

  /// Somebody else takes a role away.
  func forget(_ role: HeldRole) { state.withLock { _ = $0.roles.remove(role) } }

  func held() async throws(RoleTargetFault) -> HeldRoles {
    let fault = state.withLock { state in
      state.reads += 1
      return state.isDown ?? (state.faults.isEmpty ? nil : state.faults.removeFirst())
    }
    if let fault { throw fault }
    return snapshot
  }

  func held(
    of persons: Set<HSAIdentity>, named names: [DistinguishedName]
  ) async throws(RoleTargetFault) -> HeldRoles { try await held().only(persons) }

  func push(
    _ changes: [RoleChange], from held: HeldRoles, journal: any RoleJournal
  ) async -> [RoleOutcome] {
    var outcomes = changes.map { _ in RoleOutcome(.notSent) }
    var rest = changes.indices[...]
    while !rest.isEmpty {
      let part = rest.prefix(batch)
      rest = rest.dropFirst(batch)
      do { try await journal.intend(part.map { changes[$0] }) } catch { return outcomes }
      await beforeSending()
      for index in part {
        outcomes[index] = Task.isCancelled ? RoleOutcome(.notSent) : perform(changes[index])
      }
      await journal.settled(part.map { changes[$0] }, part.map { outcomes[$0] })
    }
    return outcomes
  }

  func close() async {}

  private func perform(_ change: RoleChange) -> RoleOutcome {
    let attempt = attempts.withLock { attempts in
      defer { attempts[RoleChangeKey(change), default: 0] += 1 }
      return attempts[RoleChangeKey(change), default: 0]
    }
    let answer =
      state.withLock { $0.isDown == nil } ? answer(change, attempt) : .answer(.failed, "unavailable")
    return state.withLock { state in
      state.sent.append("\(change.direction == .loss ? "-" : "+") \(change.value) \(change.person)")
      switch answer {
      case .answer(let verdict, let detail): return RoleOutcome(verdict, detail)
      case .drop: return RoleOutcome(.unknown)
      case .take, .takeSilently: break
      }
      let isHeld = state.roles.contains { $0.person == change.person && $0.value == change.value }
      state.roles = state.roles.filter { $0.person != change.person || $0.value != change.value }
      if change.direction != .loss {
        state.roles.insert(HeldRole(person: change.person, value: change.value))
      }
      if case .takeSilently = answer { return RoleOutcome(.unknown) }
      return RoleOutcome(isHeld == (change.direction == .loss) ? .applied : .appliedAlready)
    }
  }
}

/// A clock that goes only when somebody waits.
final class ManualClock: Sendable {
  private let state = Mutex<(elapsed: Duration, waits: [Duration])>((.zero, []))
  /// Called with each wait, before it is over.
  private let whileWaiting: @Sendable (Int) -> Void

  init(whileWaiting: @escaping @Sendable (_ number: Int) -> Void = { _ in }) {
    self.whileWaiting = whileWaiting
  }

  /// How long was waited, in order.
  var waits: [Duration] { state.withLock { $0.waits } }
  var now: Date { StoreFixture.now.addingTimeInterval(state.withLock { $0.elapsed } / .seconds(1)) }

  func advance(_ duration: Duration) { state.withLock { $0.elapsed += duration } }

  var clock: RolePushClock {
    RolePushClock(
      now: { self.now }, elapsed: { self.state.withLock { $0.elapsed } },
      sleep: { duration in
        try Task.checkCancellation()
        let number = self.state.withLock { state in
          state.waits.append(duration)
          state.elapsed += duration
          return state.waits.count
        }
        self.whileWaiting(number)
      }, jitter: { 0 })
  }
}
