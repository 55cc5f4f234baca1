import Foundation

// What the reading and the desired state are worth, held against the last accepted run.
extension GuardJudge {
  /// Rows that are gone, by kind and by source. Rows that went to another file are not gone.
  func desiredShrank() -> [GuardVerdict] {
    guard let before = history?.accepted?.desired, !before.digest.isEmpty, !plan.desired.digest.isEmpty else {
      return [GuardVerdict(.desiredShrank, .everything, .notKnown, count: 0)]
    }
    let now = plan.desired
    let total = (before: before.rows.values.reduce(0, +), now: now.rows.values.reduce(0, +))
    let lost = max(0, total.before - total.now)
    let all = shrunk(.desiredShrank, .everything, lost: lost, of: total.before)
    let kinds = Kind.allCases.compactMap { kind in
      gone(.desiredShrank, kind, before: before.rows[kind] ?? 0, now: now.rows[kind] ?? 0)
    }
    let sources = before.rowsBySource.sorted { $0.key < $1.key }.compactMap { source, rows -> GuardVerdict? in
      let gone = min(lost, rows - (now.rowsBySource[source] ?? 0))
      guard gone > 0 else { return nil }
      var verdict = shrunk(.desiredShrank, .source(source), lost: gone, of: rows)
      // A source of which nothing is left is a file that is missing, however small it was.
      if gone == rows { verdict.state = .tripped }
      verdict.cause = verdict.isTripped ? loss(of: source) : nil
      return verdict
    }
    return [all] + kinds + sources
  }

  /// Entries that are gone without our having deleted them.
  func observedShrank() -> [GuardVerdict] {
    guard let accepted = history?.accepted else {
      return [GuardVerdict(.observedShrank, .everything, .notKnown, count: 0)]
    }
    var deleted: [Kind: Int] = [:]
    for item in history?.applied ?? []
    where item.action == .delete && item.hour.addingTimeInterval(3_600) > accepted.instant {
      deleted[item.kind, default: 0] += item.count
    }
    let before = accepted.entries - deleted.values.reduce(0, +)
    let lost = max(0, before - plan.proof.entries)
    let all = shrunk(.observedShrank, .everything, lost: lost, of: max(before, 0))
    return [all]
      + Kind.allCases.compactMap { kind in
        gone(
          .observedShrank, kind, before: (accepted.observed[kind] ?? 0) - (deleted[kind] ?? 0),
          now: plan.observed[kind] ?? 0)
      }
  }

  private func gone(_ name: GuardVerdict.Name, _ kind: Kind, before: Int, now: Int) -> GuardVerdict? {
    before > now ? shrunk(name, .kind(kind), lost: before - now, of: before) : nil
  }

  private func shrunk(
    _ name: GuardVerdict.Name, _ subject: GuardVerdict.Subject, lost: Int, of before: Int
  ) -> GuardVerdict {
    let kind = if case .kind(let kind) = subject { kind as Kind? } else { nil as Kind? }
    let limit = settings.limit(name, kind: kind, of: before)
    let isTripped = limit.trips(lost, of: before)
    var verdict = GuardVerdict(
      name, subject, isTripped ? .tripped : .passed, count: lost, of: before, limitCount: limit.count,
      limitPercent: limit.percent)
    guard isTripped else { return verdict }
    if name == .observedShrank { verdict.cause = serversBehind > 0 ? .directoryRestored : .readIncomplete }
    return verdict
  }
}

// Whether what was read can be believed at all.
extension GuardJudge {
  func incompleteRead() -> GuardVerdict {
    let faults = plan.proof.faults.count { $0.code != .sentinelMissing }
    let isShort = !plan.proof.finished || plan.proof.referrals > 0
    let count = max(faults, isShort ? 1 : 0)
    return alarm(.incompleteRead, count, cause: .readIncomplete)
  }

  func sentinelMissing() -> GuardVerdict {
    alarm(.sentinelMissing, plan.proof.faults.count { $0.code == .sentinelMissing }, cause: .readIncomplete)
  }

  /// A file has no identity, and proves nothing of a directory anyway.
  func anonymous() -> GuardVerdict {
    let isNobody = plan.proof.method != .file && plan.proof.authorizationIdentity.isEmpty
    return alarm(.anonymous, isNobody ? 1 : 0, cause: .readIncomplete)
  }

  func contextBackwards() -> GuardVerdict {
    guard let known = history?.context, !ContextState(known).isEmpty, plan.proof.method != .file else {
      return GuardVerdict(.contextBackwards, .everything, .notKnown, count: 0)
    }
    return alarm(.contextBackwards, serversBehind, cause: .directoryRestored)
  }

  /// Of how many servers the newest change is older than one that was seen before.
  private var serversBehind: Int {
    guard plan.proof.method != .file else { return 0 }
    return ContextState(plan.proof.contextAfter).serversBehind(ContextState(history?.context ?? []))
  }

  /// The directory's clock against ours, and ours against the last run's: none may go backwards.
  func clocks() -> GuardVerdict {
    let proof = plan.proof
    var disagreements = [proof.clockSkew.map(abs)]
    if let now = proof.readAt, let latest = history?.latest {
      disagreements.append(max(0, Int(latest.timeIntervalSince(now).rounded(.up))))
    }
    let count = disagreements.compactMap(\.self).max() ?? 0
    let isTripped = count > settings.clocks
    return GuardVerdict(
      .clocks, .everything, isTripped ? .tripped : proof.clockSkew == nil ? .notKnown : .passed, count: count,
      limitCount: settings.clocks, cause: isTripped ? .clockWrong : nil)
  }

  private func alarm(_ name: GuardVerdict.Name, _ count: Int, cause: GuardVerdict.Cause) -> GuardVerdict {
    GuardVerdict(
      name, .everything, count > 0 ? .tripped : .passed, count: count, cause: count > 0 ? cause : nil)
  }
}
