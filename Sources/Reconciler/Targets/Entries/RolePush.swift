import Directory
import Foundation
import LDAP

/// The course of one push to a target in the directory: all losses to their end, and then the gains of those who have
/// lost what they were to lose.
///
/// What turns out to be otherwise than it was read is looked at again and tried once more; nothing is guessed.
struct RolePush {
  /// What is to be written now.
  struct Round {
    var writes: [RoleWrite] = []
    /// The role changes that need no write, or get none, by index.
    var ended: [Int: RoleOutcome] = [:]
  }

  let changes: [RoleChange]
  private let applier: Applier
  private let journal: any RoleJournal
  /// Where the entries that are written lie.
  private let base: DistinguishedName
  private var outcomes: [RoleOutcome?]
  /// What became of a change that is tried again, should it get no further.
  private var latest: [RoleOutcome?]
  private var attempts: [Int]

  /// How often a change is tried when what is there is otherwise than it was read.
  static let attemptLimit = 3

  init(
    _ changes: [RoleChange], to form: RoleTargetForm, under base: DistinguishedName, _ applier: Applier,
    _ journal: any RoleJournal
  ) {
    self.changes = changes
    self.applier = applier.tellingOfTheConnectionOnly
    self.base = base
    self.journal = journal
    outcomes = changes.map { $0.refusal(by: form) }
    latest = outcomes
    attempts = changes.map { _ in 0 }
  }

  /// An outcome for each change.
  var result: [RoleOutcome] {
    changes.indices.map { outcomes[$0] ?? latest[$0] ?? RoleOutcome(.notSent) }
  }

  /// Brings all changes of one direction to their end.
  ///
  /// - Parameters:
  ///   - isWorthAnotherLook: whether a change that ended so is read and tried again.
  ///   - plan: what to write for the changes of these indices; each must be in the answer, ended, covered or enabled.
  ///     The second argument says how often each has been tried.
  mutating func push(
    _ direction: RoleChange.Direction, isWorthAnotherLook: (Outcome.Verdict) -> Bool,
    _ plan: (_ pending: [Int], _ attempts: [Int]) async throws -> Round
  ) async {
    if direction == .gain { withholdGains() }
    while !Task.isCancelled {
      let pending = changes.indices.filter { outcomes[$0] == nil && changes[$0].direction == direction }
      guard !pending.isEmpty else { return }
      let round: Round
      do {
        round = try await plan(pending, attempts)
      } catch {
        for index in pending { outcomes[index] = latest[index] ?? RoleOutcome(.notSent, detail(error)) }
        return
      }
      for (index, outcome) in round.ended { outcomes[index] = outcome }
      take(await send(round.writes), of: round.writes, isWorthAnotherLook)
    }
  }

  /// A gain waits for its person's losses; when one is not confirmed it is not sent.
  private mutating func withholdGains() {
    let result = result
    let unconfirmed = changes.indices.filter { changes[$0].direction == .loss && !result[$0].isApplied }
    let losers = Set(unconfirmed.map { changes[$0].person })
    for index in changes.indices
    where changes[index].direction == .gain && outcomes[index] == nil
      && losers.contains(changes[index].person)
    {
      outcomes[index] = RoleOutcome(.notSent, "lossNotConfirmed")
    }
  }

  private mutating func take(
    _ written: [RoleWritten], of writes: [RoleWrite], _ isWorthAnotherLook: (Outcome.Verdict) -> Bool
  ) {
    var ends: [Int: [RoleWritten]] = [:]
    for (write, written) in zip(writes, written) {
      for index in write.covers { ends[index, default: []].append(written) }
      guard !written.outcome.isApplied else { continue }
      for index in write.enables { ends[index, default: []].append(written) }
    }
    for (index, all) in ends {
      // Where it takes several writes, it is done when all are.
      guard let end = all.first(where: { !$0.outcome.isApplied }) ?? all.first else { continue }
      attempts[index] += 1
      latest[index] = end.outcome
      let isFinal =
        end.verdict == .applied || attempts[index] >= Self.attemptLimit || !isWorthAnotherLook(end.verdict)
      if isFinal { outcomes[index] = end.outcome }
    }
  }

  /// Sends writes through the one writer.
  ///
  /// When as many fail as the configuration allows, and each for a reason of its own, the others are still sent: a few
  /// entries that cannot be written must not keep others from losing what they are to lose.
  private func send(_ writes: [RoleWrite]) async -> [RoleWritten] {
    var written = [RoleWritten](repeating: RoleWritten(verdict: .notSent), count: writes.count)
    var rest = Array(writes.indices)
    while !rest.isEmpty {
      let journal = RoleWriteJournal(
        changes: rest.map { writes[$0].covers.map { changes[$0] } }, journal: journal)
      do {
        let result = try await applier.apply(plan(rest.map { writes[$0] }), journal: journal)
        for (index, outcome) in zip(rest, result.outcomes) {
          written[index] = RoleWritten(verdict: outcome.verdict, detail: result.stop.map(Self.name))
        }
        guard case .tooManyFailures = result.stop, result.mayGoOn else { break }
        rest = rest.filter { written[$0].verdict == .notSent }
      } catch {
        for index in rest { written[index].detail = detail(error) }
        break
      }
    }
    return written
  }

  private func plan(_ writes: [RoleWrite]) -> Plan {
    var proof = ReadProof(method: .search, origin: "", authorizationIdentity: "")
    proof.finished = true
    let made = writes.enumerated().map { id, write in write.change(id: id, changes[write.covers[0]]) }
    return Plan(
      instant: Date(), base: base, changes: made, findings: [], unchanged: 0, observed: [:], proof: proof)
  }

  private func detail(_ error: any Error) -> String {
    switch error {
    case let refusal as Refusal: refusal.code.rawValue
    default: RoleTargetFault(error).code.rawValue
    }
  }

  private static func name(_ stop: ApplyResult.Stop) -> String {
    switch stop {
    case .tooManyFailures: "tooManyFailures"
    case .directoryUnavailable: "unavailable"
    case .cancelled: "cancelled"
    case .journalUnavailable: "journalUnavailable"
    case .lockLost: "lockLost"
    }
  }
}

extension RoleChange {
  /// Why a change is not for this target; `nil` when it is.
  fileprivate func refusal(by form: RoleTargetForm) -> RoleOutcome? {
    if target != form.name || !form.owns.match(value) { return RoleOutcome(.refused, "notOurs") }
    // There is no period to renew.
    if direction == .renewal { return RoleOutcome(.refused, "noPeriod") }
    if direction == .gain && entryUUID == nil { return RoleOutcome(.stale, "noEntryUUID") }
    return nil
  }
}

extension ApplyResult {
  /// Whether what failed says nothing of what was not sent.
  fileprivate var mayGoOn: Bool {
    outcomes.contains { outcome in
      switch outcome.verdict {
      case .applied, .appliedAlready: true
      case .failed(let code): !code.mayPass
      default: false
      }
    }
  }
}

extension Applier {
  /// The same writer; how far a push has come is told in role changes, not in writes.
  fileprivate var tellingOfTheConnectionOnly: Applier {
    let progress = progress
    return Applier(
      profile: profile, settings: settings, logger: logger,
      progress: { if case .applied = $0 {} else { progress($0) } }, kept: kept,
      permit: permit, open: open)
  }
}
