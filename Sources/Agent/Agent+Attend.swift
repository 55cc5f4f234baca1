import Directory
import Foundation
import LDAP
import Reconciler

// As long as one directory is at hand.
extension Agent {
  /// Opens what is needed, follows the directory, and works, until something ends it.
  func attend(_ books: Books) async throws {
    let (configuration, began) = (self.configuration, generation)
    isReloading = false
    day.attended = Date()
    if state != .degraded { become(.starting) }
    strands.begin(.observing, patience: configuration.patience)
    defer { strands.end(.observing) }
    let begun = Run(configuration, logger: logger) { [strands] in strands.advance($0) }
    let observer = try await Observer.open(configuration, logger: logger)
    var run = begun
    do {
      let lock = try await takeLock(observer)
      try refuseOld(began)
      run = begun.standing(permit: lock.map { WritePermit($0) } ?? .always)
      let recovered = try await run.recover(books, by: actor)
      for line in recovered.lines(.english) { logger.notice("\(line)") }
      try await follow(run, observer, books, lock, began)
      await run.close()
      await observer.close()
    } catch {
      await run.close()
      await observer.close()
      throw error
    }
  }

  private func follow(
    _ run: Run, _ observer: Observer, _ books: Books, _ lock: CatalogueLock?, _ began: Int
  ) async throws {
    let configuration = run.configuration
    let rules = configuration.roles?.rules
    try configuration.refuseUnsuitable(observer.schema)
    prepareProviderFiles(configuration)
    try rules.map { try run.refuseUnsuitable($0, observer.schema) }
    let reader = LinkReader(
      profile: configuration.profile, management: configuration.management, rules: rules,
      schema: observer.schema)
    let question = run.followed
    let index = try TreeIndex.open(
      configuration.store,
      binding: IndexBinding(
        servers: configuration.server.urls, base: configuration.base, filter: question.filter.description,
        attributes: question.attributes, identity: observer.connection.authorizationIdentity,
        reading: reader.digest), reader: reader)
    // Files that lie as they did when all agreed with them are read when there is time.
    if try files != nil || !lieAsTheyDid(configuration, index) {
      try await readFiles(configuration, observer.schema, reader.digest, books)
    }
    try refuseOld(began)
    let (ending, leave) = AsyncStream.makeStream(of: Void.self)
    world = World(
      run: run, observer: observer, index: index, planning: PartPlanning(run, index, observer.schema),
      reading: reader.digest,
      baseline: try books.store.baseline(), leave: { leave.finish() }, lock: lock)
    try resume(index)
    let live = LiveObserver(configuration, index, question, logger: logger) { [strands] in
      strands.advance(.observing)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await live.follow { try await self.take($0) } }
      group.addTask { try await self.watchFiles(configuration) }
      group.addTask { try await self.keepTime() }
      group.addTask { try await self.work() }
      if let lock { group.addTask { try await self.keep(lock, observer) } }
      group.addTask {
        for await _ in ending {}
        throw CancellationError()
      }
      let ended = await group.nextResult()
      group.cancelAll()
      while let _ = await group.nextResult() {}
      if let lock { await self.release(lock, observer) }
      try ended?.get()
    }
  }

  /// Each by itself: what is wrong with one care provider's files is nobody else's, and what is in force stays so.
  private func prepareProviderFiles(_ configuration: Configuration) {
    for provider in configuration.ombud?.providers ?? [] {
      do { try ProviderFiles(store: configuration.store).prepare([provider.identity]) } catch {
        logger.error("a care provider's files cannot be relied on", metadata: ["reason": "\(error.message)"])
      }
    }
  }

  /// Ends the attendance when another configuration was put in force since it began.
  private func refuseOld(_ began: Int) throws {
    guard began != generation else { return }
    isReloading = true
    throw CancellationError()
  }

  /// Reads the desired files, unless they were read for this very schema, profile and rules.
  private func readFiles(
    _ configuration: Configuration, _ schema: Schema, _ reading: String, _ books: Books
  ) async throws {
    if let files, files.reading == reading { return }
    let began = generation
    let set = await Agent.load(configuration, schema, try books.store.newestDesired())
    try Task.checkCancellation()
    guard began == generation else { return }
    files = (set, reading)
    day.settledLook = nil
    try told(set, books)
    await Agent.giveBack()
  }

  private nonisolated static func giveBack() async { Heap.giveBack() }

  private func lieAsTheyDid(_ configuration: Configuration, _ index: TreeIndex) throws -> Bool {
    guard try index.isComplete, let noted = try index.text(IndexNote.stamps), !noted.isEmpty,
      let stamps = DesiredSet.stamps(configuration)
    else { return false }
    return noted == Agent.stamped(stamps, configuration)
  }

  /// Reads the files that lay as they did when the agent began to attend to the directory.
  func readFilesLate(_ world: World, _ books: Books) async throws {
    try await readFiles(world.run.configuration, world.schema, world.reading, books)
    day.areFilesDue = true
    guard files != nil, try world.index.text(IndexNote.settled) != wanted else { return }
    try world.index.touch(.whole)
    day.quietMark = -1
  }

  private nonisolated static func load(
    _ configuration: Configuration, _ schema: Schema, _ accepted: DesiredSummary?
  ) async -> DesiredSet {
    DesiredSet.load(configuration, schema: schema, accepted: accepted)
  }

  /// What has to be looked at because of what happened while nobody looked on.
  private func resume(_ index: TreeIndex) throws {
    guard let world else { return }
    let now = Date()
    let isOther = try files != nil && index.text(IndexNote.settled) != wanted
    if try isOther || world.baseline == nil || !index.isComplete { try index.touch(.whole) }
    if try index.date(IndexNote.boundaries) == nil { try index.set(IndexNote.boundaries, now) }
    (day.settled, day.settledLook) = (try index.text(IndexNote.settled), nil)
    day.lastComparison = try index.date(IndexNote.comparison)
    let daemon = configuration.daemon
    day.nextComparison = daemon.nextComparison(after: now)
    if day.lastComparison == nil { try index.set(IndexNote.comparison, now) }
    day.isComparisonDue =
      day.isComparisonDue || day.lastComparison.map { daemon.isComparisonOverdue(last: $0, at: now) } ?? false
    // A clock that was ahead, and is right again: what it took for past is not.
    if let last = try index.date(IndexNote.boundaries), last > now {
      try world.passBoundaries(after: now, upTo: last)
      try index.set(IndexNote.boundaries, now)
    }
    if let books { try noteDebts(world, books) }
    day.areFilesDue = true
    day.quietMark = -1
  }

  // MARK: What is reported

  /// What the observation of the directory has brought.
  private func take(_ report: LiveReport) async throws {
    day.lastReport = Date()
    switch report {
    case .connected(let facts, let identity, let source): connected(facts, identity, source)
    case .refreshed(let touched, let proof):
      world?.proof = proof
      day.quietMark = -1
      world?.server?.clockSkew = proof.clockSkew
      changed(touched)
    case .changed(let touched): changed(touched)
    case .doubt(let why):
      logger.warning("the index is in doubt", metadata: ["event": "comparison", "reason": "\(why)"])
      broadcast.send(.comparison, why)
      day.isComparisonDue = true
    }
    try setAlarm()
    wake()
  }

  private func connected(
    _ facts: LDAPConnection.ServerFacts, _ identity: String, _ source: LiveSource
  ) {
    world?.server = AgentStatus.Server(
      url: facts.url.description, tlsVersion: facts.tlsVersion, tlsCipher: facts.tlsCipher,
      identity: identity,
      source: source == .polling ? .polling : .contentSync, since: Date())
    broadcast.send(
      .connected, "the directory is followed by \(source == .polling ? "polling" : "content sync")")
  }

  private func changed(_ touched: Touched) {
    guard !touched.isEmpty else { return }
    day.lastChange = Date()
    postponement.forgive(touched.identities)
    broadcast.send(.changed, "the directory has changed", ["identities": touched.identities.count])
  }

  // MARK: Files

  private func watchFiles(_ configuration: Configuration) async throws {
    for await sign in DesiredWatch(configuration, logger: logger).changes() {
      try Task.checkCancellation()
      switch sign {
      case .arrived: day.haveFilesArrived = !day.mustFilesBeStill
      case .still: (day.areFilesDue, day.mustFilesBeStill) = (true, false)
      }
      wake()
    }
  }

  /// Reads again what has changed of the desired files; what is wrong leaves the last good set in force.
  func readFilesAgain(_ world: World, _ books: Books) async throws {
    let sign: DesiredWatch.Sign = day.areFilesDue ? .still : .arrived
    (day.areFilesDue, day.haveFilesArrived) = (false, false)
    guard let (set, reading) = files else { return }
    files = nil
    let began = generation
    let (reload, later) = await Agent.reloaded(consume set, sign)
    guard began == generation else { return }
    files = (later, reading)
    switch reload {
    case .unchanged:
      // What is more than other values waits for all files: others that arrive are not looked at meanwhile.
      if sign == .arrived { day.mustFilesBeStill = true }
    case .changed(let touched):
      day.lastChange = Date()
      try world.index.touch(touched)
      postponement.wish(for: touched.identities)
      try told(later, books)
    case .invalid: try told(later, books)
    }
  }

  /// Off the actor, and the only one who has them: what is changed in place is not copied first.
  private nonisolated static func reloaded(
    _ set: consuming DesiredSet, _ sign: DesiredWatch.Sign
  ) async -> (DesiredReload, DesiredSet) {
    // What is in force is what nothing older may come after.
    if set.isInForce { set.accepted = set.summary }
    let reload = set.reload(sign)
    return (reload, set)
  }

  private func told(_ set: DesiredSet, _ books: Books) throws {
    if set.isFresh { day.looksAgain = Date().addingTimeInterval(3) }
    let faults = set.rejected.filter { $0.severity == .error }
    guard faults.isEmpty else { return refused(faults) }
    day.inForceSince = Date()
    day.replayed = try books.store.put(inForce: set.summary, at: Date())
    logger.info(
      "desired state",
      metadata: ["event": "desiredLoaded", "rows": "\(set.state.rows.count)", "files": "\(set.files)"])
    if let until = day.replayed {
      logger.warning(
        "the desired files are a set that was in force before",
        metadata: [
          "event": "desiredLoaded", "until": "\(until.formatted(.iso8601))",
          "set": "\(set.summary.identifier)",
        ])
    }
    broadcast.send(
      .desiredLoaded,
      day.replayed == nil ? "desired files were read" : "desired files were read that were in force before",
      ["rows": set.state.rows.count, "files": set.files])
  }

  /// How many faults of a set are told one by one.
  private static let toldFaults = 20

  private func refused(_ faults: [Finding]) {
    logger.error(
      "the desired files have faults; what was in force stays so",
      metadata: ["event": "desiredRefused", "faults": "\(faults.count)"])
    for fault in faults.prefix(Agent.toldFaults) {
      logger.error(
        "\(fault.message)",
        metadata: [
          "event": "desiredRefused", "code": "\(fault.code)",
          "position": "\(fault.position?.description ?? "")",
        ])
    }
    broadcast.send(
      .desiredRefused, "the desired files have faults; what was in force stays so", ["faults": faults.count])
  }
}
