import Reconciler

extension Strands {
  /// What has got somewhere when a run tells of its progress.
  func advance(_ progress: Progress) {
    // Whatever is done for the worker is a checkpoint of the worker.
    advance(.reconciling)
    switch progress {
    case .reading, .read, .readingAgain: advance(.comparing)
    default: advance(.pushing)
    }
  }
}

extension Configuration {
  /// For how long a strand may get nowhere: longer than whatever it may rightly wait for, which is an operation of the
  /// directory that is tried again over a new connection, a target that asks to be left alone, or a silent day.
  var patience: Duration {
    let directory = (server.timeouts.operation + server.timeouts.connect + server.timeouts.handshake) * 2
    let targets = targets.map { target -> Duration in
      guard case .scim(let scim) = target.kind else { return .zero }
      return scim.timeouts.request * 2 + scim.timeouts.patience
    }
    let silence = max(daemon.heartbeat, daemon.polling, daemon.lockPatience) + server.timeouts.operation
    return max(directory + max(targets.max() ?? .zero, applyWaits), silence) + .seconds(60)
  }

  /// How long a writer waits for a server that is busy, and for one that is away.
  private var applyWaits: Duration {
    let settings = Applier.Settings()
    return settings.busyDeadline + settings.reconnectDeadline
  }
}
