import Foundation
import LDAP

extension Planner {
  mutating func planUpdates() {
    for row in desired.rows.indices where !setAside.contains(row) {
      if seen[row].kept > 0 { update(row) }
      if seen[row].isPresent, !hasDraft(row) { unchanged += 1 }
    }
  }

  private func hasDraft(_ row: Int) -> Bool {
    updated.contains(row) || moved[row] != nil || tree.nodeOfRow[row].flatMap { lastStructure[$0] } != nil
  }

  private mutating func update(_ row: Int) {
    guard let entry = entry(Int(seen[row].kept) - 1), let name = finalName(of: row) else { return }
    var differences = Differences()
    for (rule, wanted) in wantedAttributes(of: row) where !isHeldElsewhere(wanted, rule.slot, row: row) {
      differences.add(rule, wanted: wanted, observed: observedValues(entry, rule, row: row), schema: schema)
    }
    let isReactivated = reactivate(row, entry, &differences)
    guard !differences.isEmpty else { return }
    let node = tree.nodeOfRow[row] ?? wantedNode(of: row) ?? observedNode(of: row)
    var draft = Draft(
      change: change(
        action(differences, entry, isReactivated: isReactivated), row: row, dn: name,
        shown: differences.shown,
        operation: .modify(name, differences.modifications),
        precondition: precondition(
          uuid: entryUUID(of: seen[row]), differences.conditions,
          csn: differences.needsCSN ? entry.text("entryCSN") : nil)),
      phase: .entries)
    draft.needs = structure(above: node)
    if let move = moved[row] { draft.needs.insert(move) }
    draft.nodes = [node, observedNode(of: row)].compactMap { $0 }
    draft.from = observedNode(of: row)
    draft.change.isEnding = isEnding(differences, entry, row: row)
    updated.insert(row)
    add(draft)
  }

  /// The rules and values of a row, names of entries filled in where the row has HSA-ids.
  private func wantedAttributes(of row: Int) -> [(AttributeRules.Rule, [Value])] {
    guard let rules = comparison.rulesByKind[desired.rows[row].kind] else { return [] }
    return desired.table.withRows { view in
      view.attributes(of: row).compactMap { attribute in
        let rule = rules[view.name(of: attribute)]
        guard rule.slot >= 0, [.own, .merge, .remove].contains(rule.mode) else { return nil }
        return (rule, named(view.values(of: attribute).map { Value(copying: view.bytes(of: $0)) }, rule))
      }
    }
  }

  /// DN-valued attributes may be written as HSA-ids: here they become names.
  func named(_ values: [Value], _ rule: AttributeRules.Rule) -> [Value] {
    guard rule.reference == .name else { return values }
    return values.map { value in
      guard !value.bytes.contains(UInt8(ascii: "=")), let row = row(of: value) else { return value }
      return finalName(of: row).map { Value($0.description) } ?? value
    }
  }

  private func row(of identity: Value) -> Int? {
    guard let index = identity.bytes.withUnsafeBytes({ comparison.identities.find($0) }) else { return nil }
    let row = Int(comparison.rowOfIdentity[index])
    return row < 0 ? nil : row
  }

  /// The values of an attribute as they are when a planned rename has happened.
  private func observedValues(_ entry: Entry, _ rule: AttributeRules.Rule, row: Int) -> [Value] {
    var values = entry.attributes.filter { comparison.rules.slot(of: $0.name) == rule.slot }.flatMap(\.values)
    guard let after = finalName(of: row)?.rdns.first, let before = entry.dn.rdns.first, after != before,
      comparison.rules.ownsName(desired.rows[row].kind)
    else { return values }
    for pair in before.pairs where comparison.rules.slot(of: pair.type) == rule.slot {
      values.removeAll { rule.matching.equal($0, pair.value, schema: schema) }
    }
    for pair in after.pairs where comparison.rules.slot(of: pair.type) == rule.slot {
      values.append(pair.value)
    }
    return values
  }

  /// An entry that had ended and is wanted again by a source that has all of its kind loses its end.
  private mutating func reactivate(_ row: Int, _ entry: Entry, _ differences: inout Differences) -> Bool {
    guard let end = endInstant(of: entry), end <= comparison.instant else { return false }
    let kind = desired.rows[row].kind
    let speaks = wantedAttributes(of: row).contains { $0.0.slot == comparison.rules.endDate }
    let isListed = desired.sources[Int(desired.rows[row].source)].completeKinds.contains(kind)
    if !speaks {
      guard isListed, let policy = comparison.management[kind]?.absent, policy != .keep else { return false }
    }
    if isArchived(entry) { return refuseReopening(row, &differences) }
    if speaks { return !endsNow(differences, entry) }
    var rule = comparison.rules.rule(for: profile.endDate, kind: kind)
    rule.mode = .own
    differences.add(rule, wanted: [], observed: entry[profile.endDate], schema: schema)
    return true
  }

  func isArchived(_ entry: Entry) -> Bool {
    entry["objectClass"].contains { $0.text?.equalsIgnoringASCIICase(profile.archivedClass) ?? false }
  }

  private mutating func refuseReopening(_ row: Int, _ differences: inout Differences) -> Bool {
    if !endsNow(differences, nil) || !differences.shown.contains(where: { isEndDate($0.attribute) }) {
      findings.append(
        report(
          "archived", .warning, row: row, "the unit is archived, and an archived unit is never opened again",
          advice: "take its row out, or write its end; a unit that starts anew gets an HSA-id of its own"))
    }
    differences = Differences()
    return false
  }

  private func isEndDate(_ attribute: String) -> Bool {
    comparison.rules.slot(of: attribute) == comparison.rules.endDate
  }

  /// Whether the entry has ended once the differences are written.
  private func endsNow(_ differences: Differences, _ entry: Entry?) -> Bool {
    guard let shown = differences.shown.first(where: { isEndDate($0.attribute) }) else { return entry != nil }
    guard let end = shown.added.first.flatMap({ GeneralizedTime(parsing: $0.text ?? "") }) else {
      return false
    }
    return Double(end.secondsSince1970) <= comparison.instant.timeIntervalSince1970
  }

  private func action(_ differences: Differences, _ entry: Entry, isReactivated: Bool) -> Change.Action {
    if isReactivated { return .reactivate }
    let wasActive = endInstant(of: entry).map { $0 > comparison.instant } ?? true
    let touchesEnd = differences.shown.contains { isEndDate($0.attribute) && !$0.added.isEmpty }
    return wasActive && touchesEnd && endsNow(differences, entry) ? .deactivate : .update
  }

  /// The end of an entry; `nil` when it has none or one that cannot be read.
  func endInstant(of entry: Entry) -> Date? {
    guard let text = entry.text(profile.endDate), let time = GeneralizedTime(parsing: text) else {
      return nil
    }
    return Date(timeIntervalSince1970: Double(time.secondsSince1970))
  }
}

extension MatchingRule {
  /// Whether a server that uses this rule holds two values equal.
  func equal(_ left: Value, _ right: Value, schema: Schema) -> Bool {
    left.bytes.withUnsafeBytes { left in right.bytes.withUnsafeBytes { equal(left, $0, schema: schema) } }
  }
}
