import Foundation
import LDAP
import Logging

/// Tells when files that the configuration means may have changed: desired files, role rules, requests, and what leads
/// to them.
///
///     for await sign in DesiredWatch(configuration, logger: logger).changes() { … look at them again … }
///
/// It tells once the files have been still for a while, and at the latest after twenty times that while; and before, at
/// once, when a file was put in its place by renaming, and so is whole, though others may follow it. That nothing is
/// told of a file does not prove that it is the same (a file system on another machine tells nothing of what others
/// write there, and is looked at every 5 s); what is told may turn out to be nothing.
package struct DesiredWatch: Sendable {
  /// What is told.
  package enum Sign: Hashable, Sendable {
    /// A file was renamed into its place, and no other is being written; whether more is to come nobody knows.
    case arrived
    /// The files have been still, or have not been for too long.
    case still
  }

  private let paths: [String]
  private let debounce: Duration
  private let logger: Logger
  /// How often files are looked at where the system does not tell.
  private let interval: Duration
  /// Whether files that are put in place are told of at once: who wants long stillness wants all files together.
  private var tellsArrivals: Bool { debounce <= .seconds(1) }
  /// Whether the system is asked to tell.
  var asksSystem = true

  /// - Parameter configuration: its desired files, and the files of role rules and requests.
  package init(_ configuration: Configuration, logger: Logger) {
    var paths = configuration.desired.flatMap(\.paths)
    if let roles = configuration.roles {
      paths += [roles.rules.file] + [roles.proposed].compactMap { $0 } + roles.requests
    }
    self.init(paths: paths, debounce: configuration.daemon.debounce, logger: logger)
  }

  /// - Parameters:
  ///   - paths: files, folders or patterns.
  ///   - debounce: for how long they must be still.
  ///   - interval: how often they are looked at where the system does not tell.
  package init(paths: [String], debounce: Duration, interval: Duration = .seconds(5), logger: Logger) {
    self.paths = paths
    self.debounce = debounce
    self.interval = interval
    self.logger = logger
  }

  /// Something for each time that the files may have changed, from now on; what comes while nobody takes it is one.
  ///
  /// When this returns, the files are being watched. The watch ends, and its thread and descriptors with it, when the
  /// task that waits is cancelled or the stream is let go.
  package func changes() -> AsyncStream<Sign> {
    let (stream, continuation) = AsyncStream.makeStream(of: Sign.self, bufferingPolicy: .bufferingNewest(1))
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      logger.error("the desired files are not watched", metadata: ["errno": "\(errno)"])
      return stream
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (hangUp, handle) = (ends[0], ends[1])
    // The other end of the pipe is hung up: that is what the thread ends by.
    continuation.onTermination = { _ in close(handle) }
    let begun = WatchRounds(
      paths: paths, debounce: debounce, interval: interval, logger: logger, asksSystem: asksSystem,
      tellsArrivals: tellsArrivals)
    let thread = Thread {
      var rounds = begun
      rounds.run(until: hangUp) { continuation.yield($0) }
      close(hangUp)
    }
    thread.name = "desired files"
    thread.start()
    return stream
  }
}

/// What the watch does on a thread of its own, which sleeps while nothing happens.
struct WatchRounds: Sendable {
  private let paths: [String]
  private let debounce: Duration
  private let interval: Duration
  private let logger: Logger
  private let tellsArrivals: Bool
  /// After so many times the quiet that is waited for, a change is told though files are still being written.
  private static let patience = 20
  private var places: WatchedPlaces
  /// `nil` where the system has none.
  private var events: FolderEvents?
  private var isPolling = false

  /// Begins to watch.
  init(
    paths: [String], debounce: Duration, interval: Duration, logger: Logger, asksSystem: Bool,
    tellsArrivals: Bool = true
  ) {
    self.tellsArrivals = tellsArrivals
    self.paths = paths
    self.debounce = debounce
    self.interval = interval
    self.logger = logger
    places = WatchedPlaces(of: paths)
    var fault: Int32 = 0
    if asksSystem { events = FolderEvents(&fault) }
    events?.watch(places)
    judge(events.map(\.fault) ?? (fault == 0 ? ENOSYS : fault))
  }

  /// Watches until the descriptor is hung up.
  mutating func run(until hangUp: Int32, tell: (DesiredWatch.Sign) -> Void) {
    defer { events?.close() }
    while true {
      guard let happened = wait(hangUp) else { return }
      if happened {
        guard settle(hangUp, tell) else { return }
      } else if !hasChanged() {
        continue
      }
      // Watched before it is told: what comes after this look is told, what came before is seen by who is told.
      places = WatchedPlaces(of: paths)
      events?.watch(places)
      if let events { judge(events.fault) }
      tell(.still)
    }
  }

  /// Whether something that counts has happened; `false` after the limit, `nil` when it is over.
  private mutating func wait(_ hangUp: Int32) -> Bool? {
    let end = isPolling ? ContinuousClock.now + interval : nil
    while true {
      guard let isReadable = sleep(hangUp, until: end) else { return nil }
      guard isReadable else { return false }
      if events?.take() ?? false { return true }
    }
  }

  /// Waits until the files are still, and tells of those that arrive meanwhile; `false` when it is over.
  private mutating func settle(_ hangUp: Int32, _ tell: (DesiredWatch.Sign) -> Void) -> Bool {
    let last = ContinuousClock.now + debounce * Self.patience
    var end = min(last, ContinuousClock.now + debounce)
    defer { events?.rest() }
    while true {
      if tellsArrivals, events?.hasArrived() ?? false { tell(.arrived) }
      guard let isReadable = sleep(hangUp, until: end) else { return false }
      guard isReadable else { return true }
      if events?.take() ?? false { end = min(last, ContinuousClock.now + debounce) }
    }
  }

  /// Sleeps until something has happened; `false` after the end, `nil` when it is over.
  private func sleep(_ hangUp: Int32, until end: ContinuousClock.Instant?) -> Bool? {
    while true {
      let left = end.map { max(Duration.zero, ContinuousClock.now.duration(to: $0)) }
      var polled = [
        pollfd(fd: events?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: hangUp, events: 0, revents: 0),
      ]
      let count = Foundation.poll(&polled, 2, left.map { WatchRounds.milliseconds($0) } ?? -1)
      if polled[1].revents != 0 { return nil }
      if count > 0 { return true }
      if let end, ContinuousClock.now >= end { return false }
    }
  }

  /// Rounded up, so that a wait never spins.
  private static func milliseconds(_ duration: Duration) -> Int32 {
    let (seconds, attoseconds) = duration.components
    return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

// Where the system does not tell.
extension WatchRounds {
  /// Whether the files are others than they were, or may be without a sign.
  private mutating func hasChanged() -> Bool {
    let now = WatchedPlaces(of: paths)
    let instant = FileStamp.now
    defer { places = now }
    return now.stamps != places.stamps || now.stamps.values.contains { $0.isFresh(at: instant) }
  }

  /// Decides whether the files have to be looked at, and says so when that changes.
  private mutating func judge(_ fault: Int32) {
    let isRemote = places.isRemote
    let mustPoll = fault != 0 || isRemote
    defer { isPolling = mustPoll }
    guard mustPoll != isPolling else { return }
    if fault != 0 {
      report(fault)
    } else if isRemote {
      logger.notice(
        "desired files lie on another machine, which does not tell of changes: they are looked at regularly",
        metadata: ["seconds": "\(interval.components.seconds)"])
    } else {
      logger.notice("the system tells of changes to the desired files again")
    }
  }

  private func report(_ fault: Int32) {
    logger.warning(
      "the system does not tell of changes to the desired files: they are looked at regularly; see fs.inotify in sysctl",
      metadata: ["errno": "\(fault)", "seconds": "\(interval.components.seconds)"])
  }
}

extension WatchedPlaces {
  /// Whether a folder with files lies on a file system that tells only of what this machine does.
  var isRemote: Bool {
    let mounts = Self.remoteMounts()
    guard !mounts.isEmpty else { return false }
    return folders.contains { path, names in
      names.isNear && mounts.contains { path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }
  }

  private static let remote: Set<String> = ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs", "virtiofs"]

  /// Where such file systems are mounted, as `proc_pid_mounts(5)` tells.
  private static func remoteMounts() -> [String] {
    let text = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line -> String? in
      let fields = line.split(separator: " ")
      guard fields.count > 2, remote.contains(String(fields[2])) || fields[2].hasPrefix("fuse.") else {
        return nil
      }
      // Blanks are written in octal.
      return String(fields[1]).replacing("\\040", with: " ")
    }
  }
}
