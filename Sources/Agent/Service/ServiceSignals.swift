import Glibc
import Synchronization

/// What the service manager, or somebody at a terminal, asks of the process by signals.
package enum ServiceSignal: Hashable, Sendable {
  /// SIGHUP: read the configuration again.
  case reload
  /// SIGTERM or SIGINT: finish what was begun, and end.
  case stop
}

/// The signals that come, one after the other; none is lost from the moment when this is made.
///
/// The first that asks to stop is told; after it the next one of its kind ends the process at once, for whoever does
/// not want to wait. SIGPIPE is ignored: a peer that is gone is seen by what is written to it.
package final class ServiceSignals: Sendable {
  package let stream: AsyncStream<ServiceSignal>
  private let listener: Int

  package convenience init() { self.init(reload: SIGHUP, stop: [SIGTERM, SIGINT]) }

  init(reload: Int32, stop: [Int32]) {
    let (stream, continuation) = AsyncStream.makeStream(of: ServiceSignal.self)
    self.stream = stream
    signal(SIGPIPE, SIG_IGN)
    listener = SignalPipe.shared.listen([reload] + stop) { number in
      if number == reload {
        continuation.yield(.reload)
      } else if stop.contains(number) {
        for number in stop { signal(number, SIG_DFL) }
        continuation.yield(.stop)
      }
    }
  }

  /// No more is told.
  package func end() { SignalPipe.shared.forget(listener) }

  deinit { end() }
}
