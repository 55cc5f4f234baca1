import LDAP

/// What a run that goes on all day keeps open from one use to the next: a bind for each write would cost more than the
/// write, and what a target has proven of itself would have to be proven again for each push.
struct StandingConnections: Sendable {
  let targets: Targets
  let writer: KeptConnection
}

extension Run {
  /// The same run for all day: its connections are opened when they are first needed, kept, and opened anew when they
  /// were lost. They are ended by ``close()``.
  ///
  /// - Parameter permit: asked just before each write is sent.
  package func standing(permit: WritePermit = .always) -> Run {
    var run = self
    run.permit = permit
    run.connections = StandingConnections(targets: run.targets, writer: KeptConnection(open: openConnection))
    return run
  }

  /// Ends the connections that are kept.
  package func close() async {
    guard let connections else { return }
    await connections.targets.close()
    await connections.writer.close()
  }

  /// Lets go of targets after a use: they stay open where they are kept.
  func release(_ targets: Targets) async {
    if connections == nil { await targets.close() }
  }

  /// What targets hold, for who looks once.
  func readTargets() async -> Targets.Reading {
    let targets = targets
    let reading = await targets.held()
    await release(targets)
    return reading
  }

  /// The one writer, over the connection that is kept where one is.
  var applier: Applier {
    Applier(
      profile: configuration.profile, settings: configuration.applySettings, logger: logger,
      progress: progress, kept: connections?.writer, permit: permit, open: openConnection)
  }
}
