import Directory
import Foundation
import LDAP
import Logging
import Reconciler
import Synchronization

/// Keeps directory, desired state and roles in agreement, all day.
///
/// What changes (entries, files, time, somebody's request) is noted as *touched*, in the index and so over a crash; one
/// worker takes what is touched, plans just that, and applies it as the command line would. Nothing that happens is an
/// instruction: what is done follows from how things are when the worker looks. So whatever was missed, or cut short,
/// is made good by the next look.
package actor Agent {
  private nonisolated let settings: Mutex<Configuration>
  let logger: Logger
  nonisolated let broadcast: EventBroadcast
  /// What the watchdog goes by: the work that is under way, and when each strand of it last got somewhere.
  package nonisolated let strands = Strands()
  /// Who does what nobody asked for.
  let actor = Actor.current()
  let started = Date()

  private(set) var state = AgentState.starting
  private(set) var since = Date()
  private(set) var reason: String?
  private(set) var books: Books?
  /// The audit log while it is open, for whoever records what is asked.
  private nonisolated let audit = Mutex<AuditLog?>(nil)
  /// What is known of the catalogue while its directory is at hand.
  var world: World?
  /// The desired files, and how they were read (``LinkReader/digest``): kept over a lost connection. They are taken out
  /// while they are read again, so that a hundred thousand rows are there once.
  var files: (set: DesiredSet, reading: String)?
  var day = Day()
  var postponement: Postponement
  /// What targets have not confirmed to be gone, and those that were away: when each is tried again.
  var debts: OverdueRetry
  /// Who has roles somewhere that should have been taken away.
  var owing: Set<HSAIdentity> = []
  var held: HeldPlan?
  var jobs: [Job] = []
  /// Whether a question is being answered that takes a read of the whole directory.
  nonisolated let explaining = Mutex(false)
  /// What ombuds have handed in and not put in force.
  var proposals: [ProposedFile] = []
  /// Who holds the catalogue's lock, when it is somebody else.
  var lockHolder: String?
  var isReloading = false
  /// Counts the configurations that were put in force: what was read under an earlier one is not kept.
  private(set) var generation = 0
  /// Calls the worker; of several calls that it has not heard yet one is enough.
  private nonisolated let bell = Mutex<AsyncStream<Void>.Continuation?>(nil)

  package init(_ configuration: Configuration, logger: Logger) {
    settings = Mutex(configuration)
    self.logger = logger
    broadcast = EventBroadcast(logger)
    postponement = Postponement(longest: configuration.daemon.longestPause)
    debts = OverdueRetry(longest: configuration.daemon.longestPause)
  }

  /// What is in force.
  package nonisolated var configuration: Configuration { settings.withLock { $0 } }

  /// What happens from now on.
  package nonisolated func events() -> AsyncStream<AgentEvent> { broadcast.subscribe() }

  /// Runs until its task is cancelled; then what has been sent is waited for, and nothing more is sent.
  ///
  /// A directory that is away is looked for again and again.
  /// - Throws: ``Refusal`` when the store is another's or cannot be used, or when what is configured does not suit the
  ///   directory at all.
  package func run() async throws {
    let books = try Books.open(configuration, for: "run", by: actor)
    self.books = books
    audit.withLock { $0 = books.audit }
    defer {
      self.books = nil
      audit.withLock { $0 = nil }
    }
    var backoff = Backoff(longest: configuration.daemon.longestPause)
    while !Task.isCancelled {
      do {
        try await attend(books)
      } catch {
        leave(error)
        if Task.isCancelled { break }
        if take(&isReloading) { continue }
        try refuseHopeless(error)
        // A directory that is there and fails every time is not to be hammered.
        if let agreed = day.lastAgreement, agreed > day.attended { backoff.reset() }
        become(.degraded, Agent.words(error))
        await rest(backoff.pause())
      }
    }
    become(.stopping)
    leave(CancellationError())
  }

  /// Puts a record into the audit log.
  ///
  /// - Throws: exit code 75 when the log cannot be written, or is not open: then what it is of must not be done.
  package nonisolated func record(_ event: AuditEvent) throws(Refusal) {
    guard let audit = audit.withLock({ $0 }) else {
      throw Refusal(.auditUnusable, .tryAgain, "the audit log is not open", advice: "ask again")
    }
    try audit.append([event])
  }

  /// Puts another configuration in force; what is under way is finished first.
  package func reload(_ configuration: Configuration) {
    settings.withLock { $0 = configuration }
    files = nil
    generation += 1
    isReloading = true
    world?.leave()
    wake()
  }

  // MARK: States

  func become(_ new: AgentState, _ why: String? = nil) {
    guard new != state || why != reason else { return }
    if new != state {
      since = Date()
      logger.notice(
        "state",
        metadata: [
          "event": "state", "state": "\(new.rawValue)", "was": "\(state.rawValue)", "reason": "\(why ?? "")",
        ])
    }
    (state, reason) = (new, why)
    broadcast.send(.state, why ?? new.rawValue, code: new.rawValue)
  }

  /// Has the worker look whether there is something to do.
  nonisolated func wake() { bell.withLock { _ = $0?.yield() } }

  /// The calls from now on, for one worker: a stream that was listened to once and let go is of no use to the next.
  nonisolated func calls() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    bell.withLock { $0 = continuation }
    return stream
  }

  /// Lets go of the directory: what somebody waits for is told why it does not come.
  private func leave(_ error: any Error) {
    world = nil
    let waiting = jobs
    jobs = []
    for job in waiting { job.fail(error) }
  }

  /// What no waiting mends ends the service: systemd does not start it again, and somebody looks.
  private func refuseHopeless(_ error: any Error) throws {
    guard let refusal = error as? Refusal, !day.hasAgreed else { return }
    switch refusal.code {
    case .configurationWrong, .storeNewer, .storeForeign, .storeNotPermitted: throw refusal
    default: return
    }
  }

  private func rest(_ pause: Duration) async {
    let end = ContinuousClock.now + pause
    while ContinuousClock.now < end, !Task.isCancelled, !isReloading {
      try? await Task.sleep(for: min(.seconds(1), end - ContinuousClock.now))
    }
  }

  /// An error in a sentence that tells nobody's data.
  static func words(_ error: any Error) -> String {
    switch error {
    case let refusal as Refusal: refusal.message
    case let error as LDAPError: error.description
    case is CancellationError: "it was told to end"
    default: "an unexpected error of the sort \(type(of: error))"
    }
  }
}

private func take(_ flag: inout Bool) -> Bool {
  defer { flag = false }
  return flag
}
