import Directory
import LDAP
import Logging

/// Follows the directory into an index: by content sync, or by asking again and again where the server has none.
///
/// Nothing that the server leaves out is taken for gone by that: it is looked for directly first (``LiveLook``), and when
/// much would go at once, it is left for a full comparison and reported as a doubt.
package struct LiveObserver: Sendable {
  private let configuration: Configuration
  private let index: TreeIndex
  private let question: Observer.Question
  private let logger: Logger
  private let pulse: LivePulse

  /// - Parameters:
  ///   - question: of which the index is; the attributes must have `entryUUID` among them.
  ///   - progress: called each time that something was taken in, and when the server answers that nothing is new: at
  ///     least every ``DaemonSettings/heartbeat`` or ``DaemonSettings/polling`` and what an operation takes.
  package init(
    _ configuration: Configuration, _ index: TreeIndex, _ question: Observer.Question, logger: Logger,
    progress: @escaping @Sendable () -> Void = {}
  ) {
    pulse = LivePulse(progress)
    self.configuration = configuration
    self.index = index
    self.question = question
    self.logger = logger
  }

  /// Opens a connection of its own, takes in what has happened, and then what happens.
  ///
  /// Returns only by throwing: `LDAPError` when the connection is lost or the server refuses, ``Refusal`` when the index
  /// cannot be written or the server does not suit, `CancellationError`, and whatever `report` throws.
  package func follow(_ report: @escaping LiveReporter) async throws {
    let observer = try await Observer.open(configuration, logger: logger)
    do {
      let look = try await LiveLook(observer, index, question, report, pulse, logger)
      try await follow(look)
      await observer.close()
    } catch {
      await observer.close()
      throw Task.isCancelled ? CancellationError() : error
    }
  }

  private func follow(_ look: LiveLook) async throws {
    try await refuseThePast(look)
    guard look.observer.rootDSE.supportedControls.contains(Control.OID.syncRequest) else {
      return try await poll(look)
    }
    do {
      try await sync(look)
    } catch let error as LDAPError where error.isOfSync && error.result == .unavailableCriticalExtension {
      // The server knows the control, and the database that holds the base does not.
      try await poll(look)
    } catch is ForeignIdentifiers {
      logger.warning(
        "the content sync of this server names entries otherwise than by entryUUID: it is polled")
      try index.store(cookie: nil)
      try await poll(look)
    }
  }

  private func poll(_ look: LiveLook) async throws {
    var polling = LivePolling(look, interval: configuration.daemon.polling)
    try await polling.run()
  }

  /// Follows by content sync, over and over where the server ends it by itself.
  private func sync(_ look: LiveLook) async throws {
    var isTold = false
    while true {
      let cookie = try index.cookie
      do {
        try await syncOnce(look, cookie, isTold: isTold)
        isTold = true
        try await Task.sleep(for: configuration.daemon.polling)
      } catch let error as LDAPError where cookie != nil && error.isOfSync && error.code == .operationFailed {
        // Without a cookie the next try gets all of it; a server that still refuses ends it.
        switch error.result {
        case .syncRefreshRequired: logger.notice("the server wants the content sync to begin anew")
        case .unwillingToPerform:
          try await look.report(
            .doubt("the directory knows less than it has told before: it was restored or replaced"))
        default: throw error
        }
        try index.store(cookie: nil)
      }
    }
  }

  private func syncOnce(_ look: LiveLook, _ cookie: [UInt8]?, isTold: Bool) async throws {
    let heartbeat = configuration.daemon.heartbeat
    let patience = configuration.server.timeouts.operation
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        var sync = LiveSync(look, isTold: isTold)
        try await sync.run(cookie, patience: patience)
      }
      group.addTask {
        while true {
          try await Task.sleep(for: heartbeat)
          try await look.seeIdentity(deadline: min(patience, max(heartbeat, .seconds(20))))
          look.pulse.beat()
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Begins anew when the directory is older than it was the last time.
  private func refuseThePast(_ look: LiveLook) async throws {
    guard let kept = try index.value(LiveLook.contextKey) else { return }
    let known = ContextState(String(decoding: kept, as: UTF8.self).split(separator: "\n").map(String.init))
    guard ContextState(try await look.observer.contextState()).isBehind(known) else { return }
    try index.store(cookie: nil)
    try await look.report(
      .doubt("the directory's contextCSN is older than it was: it was restored, or lags behind"))
  }
}

extension LDAPError {
  /// Whether the content sync met it, and no look beside it.
  fileprivate var isOfSync: Bool { operation == "content sync" }
}
