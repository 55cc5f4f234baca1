import Directory
import Foundation
import LDAP
import Synchronization

/// The lock entry by which agents on several machines agree on which of them writes to a catalogue.
///
/// Whoever comes first makes the entry, or takes it when it is free; who holds it renews its value. Every such write
/// is done only if the value is still the one that was read (RFC 4528, and by taking that very value away: a server
/// refuses to take away what is not there, RFC 4511 section 4.6), so that of two who write only one succeeds.
///
/// Clocks of two machines are never compared. Who waits takes the lock over when the value has been the same for a
/// while by his own clock; who holds it counts the same while from before he sent his last renewal, and has stopped
/// writing when it is over, because the other cannot have seen that renewal earlier. A process that was frozen finds its
/// time over when it wakes.
///
/// It is a safety net for a mistake in operation, two agents started for one catalogue, and not a fence: a write that
/// was on its way before the time was over is not called back.
package actor CatalogueLock {
  /// How it stands with the lock.
  package enum State: Hashable, Sendable {
    case held
    /// Somebody else holds it; who, for people.
    case heldBy(String)
    /// It was held, or may have been, and is not known to be now: nothing may be written.
    case lost
  }

  /// Why the lock entry cannot be used; for people and logs.
  package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
      /// The directory refuses to have the entry made or written.
      case refused
      /// There is an entry that is no lock, or holds two.
      case notALock
    }
    package var code: Code
    package var result: ResultCode?
    package var reason: String
    package var advice: String
    package var description: String { result.map { "\(reason), \($0)" } ?? reason }
  }

  private static let attribute = "description"
  private let dn: DistinguishedName
  private let holder: LockValue.Holder
  /// How long a holder may give no sign.
  private let patience: Duration
  private let now: @Sendable () -> ContinuousClock.Instant
  /// Until when the lock is ours; `nil` when it is not.
  private nonisolated let end = Mutex<ContinuousClock.Instant?>(nil)
  /// The value that another has, and since when it has been seen unchanged.
  private var seen: (value: LockValue, since: ContinuousClock.Instant)?
  /// Whether it was ours and nobody has said that it is another's.
  private var mayBeOurs = false

  /// - Parameters:
  ///   - dn: the entry, below one that is there.
  ///   - patience: how long a holder may give no sign, by the clock of who waits. All agents must have the same.
  ///   - now: a clock that goes on while the machine sleeps and is never set.
  package init(
    _ dn: DistinguishedName, patience: Duration,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
  ) {
    self.dn = dn
    self.patience = patience
    self.now = now
    holder = .current()
  }

  /// Whether the lock is ours at this moment: to be asked before each write.
  package nonisolated var isHeld: Bool { end.withLock { $0.map { now() < $0 } ?? false } }

  /// How long to wait before the next ``step(through:hasAssertion:)``.
  package nonisolated var interval: Duration { patience / 4 }

  /// Takes the lock if it can be taken, renews it if it is ours, and else looks who has it.
  ///
  /// - Parameters:
  ///   - connection: bound as the agent.
  ///   - hasAssertion: whether the server checks assertions (RFC 4528).
  /// - Throws: ``Fault`` when the entry cannot be used; `LDAPError` without an answer. The lock is lost then until a
  ///   later step has read it back.
  package func step(through connection: LDAPConnection, hasAssertion: Bool) async throws -> State {
    do {
      return try await look(connection, hasAssertion)
    } catch {
      end.withLock { $0 = nil }
      throw error
    }
  }

  /// Reads the lock back: whether it is ours in the directory, and not only by the clock.
  package func confirm(through connection: LDAPConnection) async throws -> Bool {
    guard isHeld else { return false }
    let isOurs = try await read(connection)?.holder == holder
    if !isOurs { end.withLock { $0 = nil } }
    return isOurs && isHeld
  }

  /// Gives the lock up, if it is ours.
  ///
  /// - Throws: what ``step(through:hasAssertion:)`` throws; the others then wait as if this holder had died.
  package func release(through connection: LDAPConnection, hasAssertion: Bool) async throws {
    end.withLock { $0 = nil }
    mayBeOurs = false
    guard let value = try await read(connection), value.holder == holder else { return }
    _ = try await replace(value, by: LockValue(nil, counter: value.counter + 1), connection, hasAssertion)
  }
}

// The steps.
extension CatalogueLock {
  private func look(_ connection: LDAPConnection, _ hasAssertion: Bool) async throws -> State {
    // Whoever sees our value waits from then on: our time is counted from before it can be seen.
    let before = now()
    guard let value = try await read(connection) else {
      return try await make(connection) ? hold(from: before) : state(lookingAt: try await read(connection))
    }
    if isFree(value) {
      // A second's work of another may lie between what was read and now: the old value is the condition.
      let own = LockValue(holder, counter: value.counter + 1)
      if try await replace(value, by: own, connection, hasAssertion) { return hold(from: before) }
      return state(lookingAt: try await read(connection))
    }
    return state(lookingAt: value)
  }

  /// Whether the lock may be taken: it is ours or nobody's, or its holder has given no sign for too long.
  private func isFree(_ value: LockValue) -> Bool {
    guard let other = value.holder, other != holder else { return true }
    guard let seen, seen.value == value else { return false }
    return now() - seen.since >= patience
  }

  private func hold(from instant: ContinuousClock.Instant) -> State {
    seen = nil
    mayBeOurs = true
    let over = instant + patience
    end.withLock { $0 = over }
    return isHeld ? .held : .lost
  }

  /// What another's value means.
  private func state(lookingAt value: LockValue?) -> State {
    end.withLock { $0 = nil }
    guard let value, let other = value.holder, other != holder else { return .lost }
    if seen?.value != value { seen = (value, now()) }
    defer { mayBeOurs = false }
    return mayBeOurs ? .lost : .heldBy(other.text)
  }
}

// What is asked of the directory.
extension CatalogueLock {
  /// The value of the lock; `nil` when there is no entry.
  private func read(_ connection: LDAPConnection) async throws -> LockValue? {
    guard let entry = try await connection.entry(dn, attributes: [Self.attribute]) else { return nil }
    let values = entry[Self.attribute].compactMap { $0.text.flatMap(LockValue.init(parsing:)) }
    guard values.count == 1, let value = values.first else {
      throw Fault(
        code: .notALock, reason: "the lock entry holds \(values.count) values of a lock",
        advice: "see that `daemon.lock` names an entry for nothing else, stop all agents and delete it")
    }
    return value
  }

  /// The lock entry: a `device` (RFC 4519 section 3.4), which every server knows and which must have a name only.
  static func entry(_ dn: DistinguishedName, value: String) -> Entry {
    let naming = dn.rdns.first?.pairs.first ?? AttributeTypeAndValue("cn", "hsasync")
    return Entry(
      dn: dn,
      attributes: [
        Attribute("objectClass", ["device"]), Attribute(naming.type, [naming.value]),
        Attribute(attribute, [Value(value)]),
      ])
  }

  /// Makes the entry; `false` when another did.
  private func make(_ connection: LDAPConnection) async throws -> Bool {
    let entry = CatalogueLock.entry(dn, value: LockValue(holder, counter: 1).text)
    let answer = try await connection.perform(.add(entry))
    switch answer.result {
    case .success: return true
    case .entryAlreadyExists: return false
    default: throw refusal(answer.result)
    }
  }

  /// Puts a value in the place of another; `false` when that is not there any more.
  private func replace(
    _ old: LockValue, by new: LockValue, _ connection: LDAPConnection, _ hasAssertion: Bool
  ) async throws -> Bool {
    let answer = try await connection.perform(
      .modify(
        dn,
        [
          Modification(.delete, Self.attribute, [Value(old.text)]),
          Modification(.add, Self.attribute, [Value(new.text)]),
        ]),
      controls: hasAssertion ? [.assertion(.equal(Self.attribute, Value(old.text)))] : [])
    switch answer.result {
    case .success: return true
    case .assertionFailed, .noSuchAttribute, .noSuchObject: return false
    default: throw refusal(answer.result)
    }
  }

  private func refusal(_ result: ResultCode) -> Fault {
    Fault(
      code: .refused, result: result, reason: "the directory refuses to write the lock entry",
      advice:
        "give the agent the right to make an entry of class `device` there, and to write its `description`")
  }
}
