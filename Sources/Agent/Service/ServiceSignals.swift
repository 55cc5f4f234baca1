import Dispatch
import Glibc

/// What the service manager, or somebody at a terminal, asks of the process by signals.
package enum ServiceSignal: Hashable, Sendable {
  /// SIGHUP: read the configuration again.
  case reload
  /// SIGTERM or SIGINT: finish what was begun, and end.
  case stop
}

/// The signals that come, one after the other.
///
/// The first that asks to stop is told; after it the next one of its kind ends the process at once, for whoever does
/// not want to wait. SIGPIPE is ignored: a peer that is gone is seen by what is written to it.
package final class ServiceSignals {
  package let stream: AsyncStream<ServiceSignal>
  private let sources: [any DispatchSourceSignal]

  package convenience init() { self.init(reload: SIGHUP, stop: [SIGTERM, SIGINT]) }

  init(reload: Int32, stop: [Int32]) {
    let (stream, continuation) = AsyncStream.makeStream(of: ServiceSignal.self)
    self.stream = stream
    signal(SIGPIPE, SIG_IGN)
    sources = ([reload] + stop).map { number in
      // Dispatch sees what the process ignores; not ignoring it would end the process first.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if number == reload {
          continuation.yield(.reload)
        } else {
          for number in stop { signal(number, SIG_DFL) }
          continuation.yield(.stop)
        }
      }
      return source
    }
    for source in sources { source.resume() }
  }

  /// No more is told, and signals do what they do by themselves.
  package func end() {
    for source in sources { source.cancel() }
  }

  deinit { end() }
}
