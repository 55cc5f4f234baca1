import Directory
import Foundation
import LDAP
import Reconciler

// One writer for a catalogue, also where agents run on several machines.
extension Agent {
  /// Takes the catalogue's lock, standing by for as long as another agent has it; `nil` where none is configured.
  func takeLock(_ observer: Observer) async throws -> CatalogueLock? {
    guard let name = configuration.daemon.lock else { return nil }
    let lock = CatalogueLock(name, patience: configuration.daemon.lockPatience)
    while true {
      strands.advance(.observing)
      switch try await step(lock, observer) {
      case .held:
        lockHolder = nil
        logger.notice("the catalogue's lock is ours")
        return lock
      case .heldBy(let holder):
        lockHolder = holder
        become(.standby, "the catalogue is kept by \(holder)")
      case .lost: become(.standby, "it is not known who keeps the catalogue")
      }
      try await Task.sleep(for: lock.interval)
    }
  }

  /// Renews it, and ends the attendance when it is no longer ours.
  func keep(_ lock: CatalogueLock, _ observer: Observer) async throws {
    while true {
      try await Task.sleep(for: lock.interval)
      if case .held = try await step(lock, observer) { continue }
      throw Refusal.lockLost
    }
  }

  /// Sees that the lock still is ours: a process that was frozen may have lost it meanwhile.
  func confirm(_ world: World) async throws {
    guard let lock = world.lock, try await !lock.confirm(through: world.observer.connection) else { return }
    throw Refusal.lockLost
  }

  /// Gives it up, so that whoever stands by need not wait.
  func release(_ lock: CatalogueLock, _ observer: Observer) async {
    do {
      try await lock.release(through: observer.connection, hasAssertion: Agent.hasAssertion(observer))
    } catch {
      logger.warning("the catalogue's lock could not be given up; others wait until it has lapsed")
    }
  }

  private func step(_ lock: CatalogueLock, _ observer: Observer) async throws -> CatalogueLock.State {
    try await lock.step(through: observer.connection, hasAssertion: Agent.hasAssertion(observer))
  }

  private static func hasAssertion(_ observer: Observer) -> Bool {
    observer.rootDSE.supportedControls.contains(Control.OID.assertion)
  }
}
