import Foundation
import Synchronization

/// One thread for one connection: it runs the connection's jobs and waits for its server.
///
/// libldap's calls block under locks of the handle, so that the thread that waits and the one that sends must be
/// the same; and it may not be one of the few threads that all tasks share.
internal final class ConnectionThread: SerialExecutor {
  /// What to wait for between two rounds.
  internal struct Wait {
    /// The server's descriptor, or -1 for none.
    var descriptor: Int32
    /// Milliseconds at most; -1 for no limit.
    var milliseconds: Int32
  }

  private enum Job: Sendable {
    case actor(UnownedJob)
    case work(@Sendable () -> Void)
  }

  private struct State {
    var jobs: [Job] = []
    var isAsleep = false
    var isStopped = false
  }

  private struct Owner { weak var connection: LDAPConnection? }

  private let state = Mutex(State())
  private let owner = Mutex(Owner())
  private let thread = Mutex<pthread_t?>(nil)
  private let alarm = Interrupt()

  /// Starts the thread; it ends after ``stop()``.
  internal init() {}

  internal func start() {
    let thread = Thread { self.run() }
    thread.name = "ldap"
    thread.start()
  }

  /// Ends the thread when it has done what it has.
  internal func stop() {
    state.withLock { $0.isStopped = true }
    alarm.signal()
  }

  /// Makes the thread look after this connection between jobs.
  internal func serve(_ connection: LDAPConnection) {
    owner.withLock { $0.connection = connection }
    alarm.signal()
  }

  /// Makes the thread go round once more, from any thread.
  internal func wake() { alarm.signal() }

  /// Runs work on the thread, before there is a connection.
  internal func run<Result>(_ work: @escaping @Sendable () -> sending Result) async -> sending Result {
    await withCheckedContinuation { continuation in
      add(.work { continuation.resume(returning: work()) })
    }
  }

  internal func enqueue(_ job: consuming ExecutorJob) { add(.actor(UnownedJob(job))) }

  internal func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// The rounds between jobs are on the thread, and so isolated; the runtime asks when it finds no job running.
  internal func checkIsolated() {
    precondition(isIsolatingCurrentContext() == true, "the connection belongs to another thread")
  }

  internal func isIsolatingCurrentContext() -> Bool? {
    thread.withLock { $0.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }

  private func add(_ job: Job) {
    let wasAsleep = state.withLock { state in
      state.jobs.append(job)
      return state.isAsleep
    }
    if wasAsleep { alarm.signal() }
  }

  private func run() {
    thread.withLock { $0 = pthread_self() }
    while true {
      while let jobs = takeJobs() {
        for job in jobs {
          switch job {
          case .actor(let job): job.runSynchronously(on: asUnownedSerialExecutor())
          case .work(let work): work()
          }
        }
      }
      if state.withLock({ $0.isStopped && $0.jobs.isEmpty }) { return }
      sleep(round())
    }
  }

  private func takeJobs() -> [Job]? {
    let taken = state.withLock { state in
      defer { state.jobs = [] }
      return state.jobs
    }
    return taken.isEmpty ? nil : taken
  }

  private func round() -> Wait {
    guard let connection = owner.withLock({ $0.connection }) else {
      return Wait(descriptor: -1, milliseconds: -1)
    }
    return connection.assumeIsolated { $0.round() }
  }

  private func sleep(_ wait: Wait) {
    let maySleep = state.withLock { state in
      state.isAsleep = state.jobs.isEmpty && !state.isStopped
      return state.isAsleep
    }
    guard maySleep else { return }
    var polled = [
      pollfd(fd: alarm.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wait.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    poll(&polled, 2, wait.milliseconds)
    state.withLock { $0.isAsleep = false }
    if polled[0].revents != 0 { alarm.clear() }
  }
}
