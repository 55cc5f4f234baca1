import Synchronization
import Testing

@testable import Reconciler

@Suite struct `The pulse of the observation` {
  private final class Count: Sendable {
    private let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
    func take() -> Int {
      count.withLock { count in
        defer { count = 0 }
        return count
      }
    }
  }

  @Test func `is no answer of the server while something that came is being taken in`() {
    let told = Count()
    let pulse = LivePulse { told.add() }
    pulse.beat()
    #expect(told.take() == 1)
    pulse.begin()
    #expect(told.take() == 1)
    pulse.beat()
    pulse.beat()
    #expect(told.take() == 0)
    pulse.goOn()
    pulse.end()
    pulse.beat()
    #expect(told.take() == 3)
  }
}
