import Foundation
import Synchronization

/// Carries signals out of their handler, in which next to nothing may be done (signal-safety(7)), through a pipe to a
/// thread of its own.
///
/// Not a source of Dispatch: that is registered at some later time, and what comes before is lost.
final class SignalPipe: Sendable {
  static let shared = SignalPipe()

  private struct State {
    var listeners: [Int: @Sendable (Int32) -> Void] = [:]
    var next = 0
  }
  private let state = Mutex(State())
  /// Where the handler writes; -1 when there was no descriptor left.
  fileprivate let entrance: Int32

  private init() {
    var ends: [Int32] = [-1, -1]
    // The handler never waits: with thousands of signals unread, one more tells nothing.
    guard pipe(&ends) == 0, fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 else {
      entrance = -1
      return
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    entrance = ends[1]
    let exit = ends[0]
    Thread.detachNewThread { [self] in
      var number: UInt8 = 0
      while true {
        let count = read(exit, &number, 1)
        if count == 1 { tell(Int32(number)) } else if count == 0 || errno != EINTR { return }
      }
    }
  }

  /// Calls on the pipe's thread when one of these signals has come, from now on.
  ///
  /// - Returns: what ``forget(_:)`` wants to have.
  func listen(_ numbers: [Int32], _ body: @escaping @Sendable (Int32) -> Void) -> Int {
    let listener = state.withLock { state in
      defer { state.next += 1 }
      state.listeners[state.next] = body
      return state.next
    }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      let code = errno
      var octet = UInt8(truncatingIfNeeded: number)
      _ = write(SignalPipe.shared.entrance, &octet, 1)
      errno = code
    }
    action.sa_flags = SA_RESTART
    for number in numbers { sigaction(number, &action, nil) }
    return listener
  }

  func forget(_ listener: Int) { state.withLock { $0.listeners[listener] = nil } }

  private func tell(_ number: Int32) {
    let listeners = state.withLock { state in
      state.listeners.sorted { $0.key < $1.key }.map(\.value)
    }
    for listener in listeners { listener(number) }
  }
}
