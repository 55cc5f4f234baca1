internal import CLDAP
import Foundation
import Synchronization

/// A flag that another thread raises, with a descriptor to wait on.
internal final class Interrupt: Sendable {
  /// Readable once raised.
  internal let descriptor: Int32 = cldap_eventfd()
  private let flag = Atomic(false)

  internal init() {}

  deinit { close(descriptor) }

  internal var isRaised: Bool { flag.load(ordering: .acquiring) }

  internal func raise() {
    flag.store(true, ordering: .releasing)
    signal()
  }

  /// Makes the descriptor readable without raising the flag: just to wake who waits.
  internal func signal() {
    var one: UInt64 = 1
    // The counter can only be full if nobody has read 2^64 signals; the descriptor is readable then anyway.
    _ = write(descriptor, &one, 8)
  }

  /// Makes the descriptor wait again.
  internal func clear() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}

extension Duration {
  /// Whole milliseconds for `poll` and socket options, rounded up so that a wait never spins.
  internal var milliseconds: Int32 {
    let (seconds, attoseconds) = components
    guard seconds < 2_000_000 else { return 2_000_000_000 }
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

extension ContinuousClock.Instant {
  /// Milliseconds from now until the instant; 0 when it has passed.
  internal var millisecondsLeft: Int32 { ContinuousClock.now.duration(to: self).milliseconds }
}
