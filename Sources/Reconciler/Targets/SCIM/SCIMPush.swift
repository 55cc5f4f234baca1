import Directory

/// One push: all losses, then the gains of those who have lost all that they were to lose.
struct SCIMPush {
  /// How many changes are written down before they are sent.
  static let batch = 100
  /// How many users or groups are changed at a time.
  static let width = 4
  private let changes: [RoleChange]
  private let held: HeldRoles
  private let session: SCIMSession
  private let target: SCIMTarget
  private let journal: any RoleJournal
  private var outcomes: [RoleOutcome]
  /// Whether the journal has refused: then nothing more is sent.
  private var isOver = false

  init(
    _ changes: [RoleChange], _ held: HeldRoles, _ session: SCIMSession, _ target: SCIMTarget,
    _ journal: any RoleJournal
  ) {
    self.changes = changes
    self.held = held
    self.session = session
    self.target = target
    self.journal = journal
    outcomes = changes.map { _ in RoleOutcome(.notSent) }
  }

  mutating func run() async -> [RoleOutcome] {
    let open = changes.indices.filter { isOurs($0) }
    guard !open.isEmpty else { return outcomes }
    let features: SCIMFeatures
    do throws(RoleTargetFault) {
      features = if let known = target.line.features { known } else { try await session.features() }
      target.line.features = features
    } catch {
      let verdict = Task.isCancelled ? RoleOutcome.Verdict.notSent : .failed
      for index in open { outcomes[index] = RoleOutcome(verdict, error.code.rawValue) }
      return outcomes
    }
    let worker = SCIMWorker(
      editor: SCIMEditor(session: session, features: features),
      lookup: SCIMLookup(session: session, createsUsers: target.settings.createsUsers),
      place: target.settings.place, slot: target.settings.slot, holders: holders)
    await send(open.filter { changes[$0].direction == .loss }, worker)
    let unsettled = Set(
      open.filter { changes[$0].direction == .loss && !outcomes[$0].isApplied }.map { changes[$0].person })
    var gains: [Int] = []
    for index in open where changes[index].direction == .gain {
      if unsettled.contains(changes[index].person) {
        outcomes[index] = RoleOutcome(.notSent, "a loss is not confirmed")
      } else {
        gains.append(index)
      }
    }
    await send(gains, worker)
    return outcomes
  }

  /// Whether a change may be sent at all: never what is outside our namespace, nor a period, which is not kept here.
  private mutating func isOurs(_ index: Int) -> Bool {
    let change = changes[index]
    if !target.form.owns.match(change.value) {
      outcomes[index] = RoleOutcome(.refused, "not ours")
    } else if change.direction == .renewal {
      outcomes[index] = RoleOutcome(.refused, "no period here")
    } else {
      return true
    }
    return false
  }

  /// Under which id each person held something, as it was read.
  private var holders: [HSAIdentity: [String]] {
    Dictionary(grouping: held.roles.filter { !$0.holder.isEmpty }, by: \.person)
      .mapValues { Set($0.map(\.holder)).sorted() }
  }

  /// Sends changes of one direction, batch by batch: written down, sent, and what became of them written down.
  private mutating func send(_ indices: [Int], _ worker: SCIMWorker) async {
    // What is changed in one request stands together.
    let inOrder = indices.map { (worker.unit(of: changes[$0]), $0) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    var rest = inOrder[...]
    while !rest.isEmpty, !isOver, !Task.isCancelled, await session.gate.halt == nil {
      let batch = rest.prefix(Self.batch)
      rest = rest.dropFirst(Self.batch)
      let written = batch.map { changes[$0.1] }
      do throws(Refusal) {
        try await journal.intend(written)
      } catch {
        isOver = true
        for (_, index) in batch { outcomes[index] = RoleOutcome(.notSent, "journal") }
        break
      }
      await perform(batch.map { $0 }, worker)
      await journal.settled(written, batch.map { outcomes[$0.1] })
    }
    let why = isOver ? "journal" : await session.gate.halt
    for (_, index) in rest { outcomes[index] = RoleOutcome(.notSent, why) }
  }

  /// Changes a few users or groups at a time, each by one at a time.
  private mutating func perform(_ batch: [(unit: String, index: Int)], _ worker: SCIMWorker) async {
    let grouped = Dictionary(grouping: batch, by: \.unit)
    var units = grouped.keys.sorted().map { grouped[$0, default: []].map(\.index) }[...]
    let changes = changes
    await withTaskGroup(of: [(Int, RoleOutcome)].self) { group in
      func start() {
        guard let unit = units.popFirst() else { return }
        group.addTask {
          Array(zip(unit, await worker.perform(unit.map { changes[$0] })))
        }
      }
      for _ in 0..<Self.width { start() }
      for await done in group {
        for (index, outcome) in done { outcomes[index] = outcome }
        start()
      }
    }
  }
}
