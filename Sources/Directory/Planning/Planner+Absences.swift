import Foundation
import LDAP

/// Entries that a source which has all of their kind no longer lists.
extension Planner {
  mutating func planAbsences() {
    guard !comparison.completeKinds.isEmpty else { return }
    let claimed = Set(observedEntry.values)
    var isWithheld = false
    var ended: Set<String> = []
    for index in comparison.kept.indices where !claimed.contains(index) && !isListed(index) {
      guard let source = sourceWithout(index),
        let policy = comparison.management[comparison.kept[index].kind]?.absent,
        let entry = entry(index)
      else { continue }
      let identity = HSAIdentity(entry.text(profile.identity) ?? "")
      guard isComplete else {
        isWithheld = isWithheld || policy != .keep && isInFocus(identity)
        continue
      }
      if isInFocus(identity) { absentees.append(identity) }
      guard policy != .keep, !reportHold(identity) else { continue }
      ended.insert(identity.normalForm)
      end(index, entry, source: source, mayDelete: policy == .delete)
    }
    if isWithheld { reportWithheld() }
    reportListed(ended)
  }

  /// A commission that lists a person who has ended or ends by this plan is out of step with the rest of its file.
  private mutating func reportListed(_ absent: Set<String>) {
    guard !absent.isEmpty else { return }
    for row in desired.rows.indices where !setAside.contains(row) {
      let count = members(of: row).count { absent.contains($0) }
      guard count > 0 else { continue }
      findings.append(
        report(
          "lists-absentee", .warning, row: row,
          "\(count) of those it lists \(count == 1 ? "is" : "are") no longer in the desired state, and end or have ended",
          advice: "take them out of the row, or list them as persons"))
    }
  }

  private func members(of row: Int) -> [String] {
    guard let rules = comparison.rulesByKind[desired.rows[row].kind],
      rules.contains(where: { $0.reference == .memberPeriod })
    else { return [] }
    return desired.table.withRows { view in
      view.attributes(of: row).filter { rules[view.name(of: $0)].reference == .memberPeriod }.flatMap {
        attribute in
        view.values(of: attribute).map {
          String(
            decoding: view.bytes(of: $0).prefix { $0 != UInt8(ascii: ";") }.map(\.asciiCapital), as: UTF8.self
          )
        }
      }
    }
  }

  /// Whether some row has the entry's HSA-id, also one that was set aside.
  private func isListed(_ index: Int) -> Bool {
    let identity = comparison.kept[index].identity
    return identity < 0 || comparison.rowOfIdentity[identity] >= 0 || comparison.timesSeen[identity] > 1
  }

  private mutating func reportWithheld() {
    findings.append(
      Finding(
        "read-incomplete", .warning,
        "the read did not see everything, so nothing is ended for not being listed",
        advice: "see why the read is incomplete, and plan again"))
  }

  /// The name of a source that has all of the entry's kind where the entry lies; an unsettled `under` speaks for nothing.
  private func sourceWithout(_ index: Int) -> String? {
    let entry = comparison.kept[index]
    let node = tree.node(atPlace: Int(entry.seen.parent), comparison)
    return desired.sources.first { source in
      guard source.completeKinds.contains(entry.kind) else { return false }
      guard let under = source.completeUnder else { return true }
      guard let top = self.node(of: under) else { return false }
      return tree.isObserved(node, under: top)
    }?.name
  }

  private mutating func end(_ index: Int, _ entry: Entry, source: String, mayDelete: Bool) {
    let endedAt = endInstant(of: entry)
    let isMarked = entry["objectClass"].contains { isMark($0) }
    if isMarked {
      guard !isArchived(entry) else { return }
      ending.insert(comparison.kept[index].identity)
      return archive(index, entry, source: source)
    }
    let due = deletionDue(index, entry, end: endedAt)
    let isDue = due <= comparison.instant && isAbsenceKnown(entry)
    if mayDelete, !isDue { comingDeletions.append((index, due)) }
    if let endedAt, endedAt <= comparison.instant {
      if mayDelete, isDue { delete(index, entry, source: source) }
      return
    }
    ending.insert(comparison.kept[index].identity)
    var differences = Differences()
    differences.addEnd(self, entry)
    write(.deactivate, index, entry, differences, source: source)
  }

  /// When the grace of an absentee is over: it counts from its end or from the first recorded absence, whichever is
  /// later. What is not over or not recorded yet counts from now.
  private func deletionDue(_ index: Int, _ entry: Entry, end: Date?) -> Date {
    let grace = Double(comparison.management[comparison.kept[index].kind]?.grace ?? 0)
    let end = min(end ?? comparison.instant, comparison.instant)
    guard let history = comparison.history else { return end.addingTimeInterval(grace) }
    let since = history.absentSince[HSAIdentity(entry.text(profile.identity) ?? "")]
    return max(end, since ?? comparison.instant).addingTimeInterval(grace)
  }

  /// Whether an earlier run saw that the entry was absent; where nothing is remembered, nobody can say.
  private func isAbsenceKnown(_ entry: Entry) -> Bool {
    guard let history = comparison.history else { return true }
    return history.absentSince[HSAIdentity(entry.text(profile.identity) ?? "")] != nil
  }

  /// Whether a class marks a care provider or care unit: such are archived and stay for the logs and blocks that name them.
  private func isMark(_ value: Value) -> Bool {
    guard let name = value.text else { return false }
    return name.equalsIgnoringASCIICase(profile.providerClass)
      || name.equalsIgnoringASCIICase(profile.careUnitClass)
  }

  private mutating func archive(_ index: Int, _ entry: Entry, source: String) {
    var differences = Differences()
    var rule = comparison.rules.rule(for: "objectClass", kind: comparison.kept[index].kind)
    rule.mode = .merge
    differences.add(
      rule, wanted: [Value(profile.archivedClass)], observed: entry["objectClass"], schema: schema)
    if endInstant(of: entry).map({ $0 > comparison.instant }) ?? true { differences.addEnd(self, entry) }
    write(.archive, index, entry, differences, source: source)
  }

  private mutating func delete(_ index: Int, _ entry: Entry, source: String) {
    let kept = comparison.kept[index]
    guard let name = presentName(of: kept) else { return }
    if let node = tree.node(named: entry.dn), hasChildren(node) { return reportChildren(index) }
    var draft = Draft(
      change: absenceChange(
        .delete, index, entry, dn: name, source: source, shown: [], operation: .delete(name),
        precondition: precondition(uuid: entry.text("entryUUID"), csn: entry.text("entryCSN"))),
      phase: .removals)
    let node = tree.node(atPlace: Int(kept.seen.parent), comparison)
    draft.needs = structure(above: node)
    draft.nodes = [node].compactMap { $0 }
    draft.from = node
    add(draft)
  }

  private func hasChildren(_ node: Int) -> Bool {
    guard let container = tree.nodes[node].container else { return true }
    return comparison.childCount[comparison.containers[container].place] > 0
  }

  private mutating func reportChildren(_ index: Int) {
    findings.append(
      Finding(
        "has-children", .warning,
        subject: HSAIdentity(comparison.identities.text(comparison.kept[index].identity)),
        "the unit has ended and is to be deleted, but entries lie beneath it",
        advice: "move or end them; the unit is deleted by a later plan"))
  }

  private mutating func write(
    _ action: Change.Action, _ index: Int, _ entry: Entry, _ differences: Differences, source: String
  ) {
    guard let name = presentName(of: comparison.kept[index]), !differences.isEmpty else { return }
    var draft = Draft(
      change: absenceChange(
        action, index, entry, dn: name, source: source, shown: differences.shown,
        operation: .modify(name, differences.modifications),
        precondition: precondition(uuid: entry.text("entryUUID"), differences.conditions)), phase: .endings)
    let node = tree.node(atPlace: Int(comparison.kept[index].seen.parent), comparison)
    draft.needs = structure(above: node)
    draft.nodes = [node].compactMap { $0 }
    draft.from = node
    add(draft)
  }

  private func presentName(of kept: Comparison.Kept) -> DistinguishedName? {
    guard let rdn = observedRDN(of: kept.seen),
      let node = tree.node(atPlace: Int(kept.seen.parent), comparison)
    else {
      return nil
    }
    return tree.name(of: node).child(rdn)
  }

  private func absenceChange(
    _ action: Change.Action, _ index: Int, _ entry: Entry, dn: DistinguishedName, source: String,
    shown: [Change.Difference], operation: WriteOperation, precondition: Change.Precondition
  ) -> Change {
    Change(
      id: -1, action: action, kind: comparison.kept[index].kind,
      identity: HSAIdentity(entry.text(profile.identity) ?? ""),
      label: isProtected(entry) ? nil : dn.rdns.first?.pairs.first?.value.text,
      isProtected: isProtected(entry),
      cause: .absence(source: source), dn: dn, differences: shown, operation: operation,
      precondition: precondition)
  }
}

extension Differences {
  /// The end, set to the plan's instant.
  fileprivate mutating func addEnd(_ planner: Planner, _ entry: Entry) {
    let rule = {
      var rule = planner.comparison.rules.rule(for: planner.profile.endDate, kind: .person)
      rule.mode = .own
      return rule
    }()
    let now = Value(
      GeneralizedTime(secondsSince1970: Int64(planner.comparison.instant.timeIntervalSince1970)).description)
    add(rule, wanted: [now], observed: entry[planner.profile.endDate], schema: planner.schema)
  }
}
