import Dispatch
import Glibc

/// Turns the first SIGINT or SIGTERM into the wish to stop in good order; the second one ends the program at once.
final class Interruption {
  private let sources: [any DispatchSourceSignal]

  /// Calls `onSignal` when a signal comes, until the value is released.
  init(_ onSignal: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM].map { number in
      Glibc.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        for number in [SIGINT, SIGTERM] { Glibc.signal(number, SIG_DFL) }
        onSignal()
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { Glibc.signal(number, SIG_DFL) }
  }
}
