import Foundation
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

/// A clock that stands still until somebody moves it.
private final class HandClock: Sendable {
  private let instant = Mutex(ContinuousClock.now)
  var now: ContinuousClock.Instant { instant.withLock { $0 } }
  func advance(_ duration: Duration) { instant.withLock { $0 = $0 + duration } }
}

/// An agent on a machine of its own, with a clock of its own.
private struct Contender {
  let lock: CatalogueLock
  let connection: LDAPConnection
  let clock = HandClock()
  var hasAssertion = true

  init(_ slapd: Slapd, _ dn: String = Self.dn, connection: LDAPConnection? = nil, hasAssertion: Bool = true)
    async throws
  {
    let hand = clock
    lock = CatalogueLock(try DistinguishedName(parsing: dn), patience: .seconds(60)) { hand.now }
    if let connection { self.connection = connection } else { self.connection = try await slapd.connection() }
    self.hasAssertion = hasAssertion
  }

  static let dn = "cn=hsasync-lock,\(Slapd.suffix)"

  @discardableResult
  func step() async throws -> CatalogueLock.State {
    try await lock.step(through: connection, hasAssertion: hasAssertion)
  }
  func release() async throws { try await lock.release(through: connection, hasAssertion: hasAssertion) }
  func confirm() async throws -> Bool { try await lock.confirm(through: connection) }
}

extension CatalogueLock.State {
  fileprivate var isAnothers: Bool { if case .heldBy = self { true } else { false } }
}

@Suite struct `The lock entry in the directory` {
  @Test(arguments: [true, false])
  func `is the first agent's, and the second says whose it is and stands by`(hasAssertion: Bool) async throws
  {
    let slapd = try await Slapd()
    let first = try await Contender(slapd, hasAssertion: hasAssertion)
    let second = try await Contender(slapd, hasAssertion: hasAssertion)
    #expect(try await first.step() == .held)
    let state = try await second.step()
    #expect(state.isAnothers)
    if case .heldBy(let text) = state { #expect(text.contains("process \(getpid())")) }
    #expect(first.lock.isHeld && !second.lock.isHeld)
    for _ in 0..<5 {
      // The other's patience never ends while the holder gives signs.
      first.clock.advance(.seconds(50))
      second.clock.advance(.seconds(50))
      #expect(try await first.step() == .held)
      #expect(try await second.step().isAnothers)
    }
    try await first.release()
    #expect(!first.lock.isHeld)
    #expect(try await second.step() == .held)
    #expect(try await first.step().isAnothers)
  }

  @Test(arguments: [true, false])
  func `is taken from an agent that is frozen, and refuses it when it wakes`(hasAssertion: Bool) async throws
  {
    let slapd = try await Slapd()
    let frozen = try await Contender(slapd, hasAssertion: hasAssertion)
    let other = try await Contender(slapd, hasAssertion: hasAssertion)
    #expect(try await frozen.step() == .held)
    #expect(try await other.step().isAnothers)
    other.clock.advance(.seconds(59))
    #expect(try await other.step().isAnothers)
    other.clock.advance(.seconds(1))
    #expect(try await other.step() == .held)
    // A clock that stood still with the machine does not help it: the entry is read back.
    #expect(frozen.lock.isHeld)
    #expect(try await frozen.confirm() == false)
    #expect(!frozen.lock.isHeld)
    #expect(try await frozen.step() == .lost)
    #expect(try await frozen.step().isAnothers)
    #expect(try await other.confirm())
  }

  @Test func `is over by the holder's own clock before anybody can have taken it`() async throws {
    let slapd = try await Slapd()
    let holder = try await Contender(slapd)
    #expect(try await holder.step() == .held)
    holder.clock.advance(.seconds(59))
    #expect(holder.lock.isHeld)
    holder.clock.advance(.seconds(1))
    #expect(!holder.lock.isHeld)
    #expect(try await holder.confirm() == false)
    // Nobody took it meanwhile.
    #expect(try await holder.step() == .held)
    #expect(try await holder.confirm())
  }

  @Test func `is taken from an agent that was killed, by one of many`() async throws {
    let slapd = try await Slapd()
    let killed = try await Contender(slapd)
    #expect(try await killed.step() == .held)
    var others: [Contender] = []
    for number in 0..<6 { others.append(try await Contender(slapd, hasAssertion: number % 2 == 0)) }
    for other in others { #expect(try await other.step().isAnothers) }
    await killed.connection.close()
    for other in others { other.clock.advance(.seconds(60)) }
    let states = try await withThrowingTaskGroup(of: CatalogueLock.State.self) { group in
      for other in others { group.addTask { try await other.step() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(states.count { $0 == .held } == 1)
    #expect(others.count { $0.lock.isHeld } == 1)
    // The one that is started anew on the same machine is another.
    let again = try await Contender(slapd)
    #expect(try await again.step().isAnothers)
  }

  @Test func `is made by one of many who find none`() async throws {
    let slapd = try await Slapd()
    var all: [Contender] = []
    for _ in 0..<6 { all.append(try await Contender(slapd)) }
    let states = try await withThrowingTaskGroup(of: CatalogueLock.State.self) { group in
      for one in all { group.addTask { try await one.step() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(states.count { $0 == .held } == 1)
    #expect(states.count { $0.isAnothers } == 5)
  }

  @Test func `is lost with an answer that never came, until it is read back`() async throws {
    var options = Slapd.Options()
    options.listensOnTCP = true
    let slapd = try await Slapd(options: options)
    let proxy = try Proxy(toURL: try #require(slapd.ldap))
    var configuration = LDAPConfiguration(urls: [try LDAPURL("ldap://127.0.0.1:\(proxy.port)")])
    configuration.allowsPlainText = true
    let direct = try await slapd.connection()
    let holder = try await Contender(slapd, connection: direct)
    #expect(try await holder.step() == .held)
    var lost = 0
    // The answers to the bind, to reading and to writing, cut anywhere.
    for octets in stride(from: 14, to: 500, by: 22) {
      proxy.set(down: .init(cutAfter: octets))
      guard let through = try? await LDAPConnection.open(configuration, bind: try slapd.agent) else {
        continue
      }
      do {
        #expect(try await holder.lock.step(through: through, hasAssertion: true) == .held)
      } catch {
        lost += 1
        #expect(!holder.lock.isHeld)
        #expect(try await holder.step() == .held)
      }
      #expect(holder.lock.isHeld)
      await through.close()
    }
    #expect(lost > 2)
  }

  @Test func `is refused where it may not be made, or where the entry is another thing`() async throws {
    let slapd = try await Slapd()
    let reader = try await Contender(slapd, connection: try await slapd.connection(try slapd.reader))
    await #expect(throws: CatalogueLock.Fault.self) { try await reader.step() }
    let wrong = try await Contender(slapd, Slapd.suffix)
    do {
      try await wrong.step()
      Issue.record("the top of the catalogue was taken for a lock")
    } catch let fault as CatalogueLock.Fault {
      #expect(fault.code == .notALock)
      #expect(!wrong.lock.isHeld)
    }
  }

  @Test func `has a value that a person can read, and reads nothing else as one`() throws {
    let holder = LockValue.Holder.current()
    for value in [LockValue(holder, counter: 7), LockValue(nil, counter: 1)] {
      #expect(LockValue(parsing: value.text) == value)
    }
    #expect(holder.token.count == 32 && holder != LockValue.Holder.current())
    let wrong = [
      "", "a device", "hsasync-lock", "hsasync-lock holder=a process=1 token=b", "hsasync-lock counter=1",
      "hsasync-lock holder=a process=x token=b counter=1",
      "hsasync-lock holder=a process=1 token=b counter=9223372036854775807",
    ]
    for text in wrong { #expect(LockValue(parsing: text) == nil, "\(text)") }
  }
}
