import LDAP

extension Planner {
  /// Whether a unique value that a row wants is held by an entry that will not let go of it; reports it.
  ///
  /// Such a value would be refused by the server at every run; the rest of the row, and of the plan, goes on.
  mutating func isHeldElsewhere(_ values: [Value], _ slot: Int, row: Int) -> Bool {
    guard comparison.uniqueSlots.contains(slot) else { return false }
    guard let holder = keeper(of: values, slot, against: row, [row]) else { return false }
    let other = HSAIdentity(comparison.identities.text(holder))
    findings.append(
      report(
        "value-taken", .warning, row: row,
        "a value of \(comparison.rules.slotNames[slot]) that the row wants is held by \(other), which keeps it",
        advice: "take it from \(other) first, or write another value"))
    return true
  }

  /// Who holds one of the values and keeps it; rows that are being asked already (a swap, a circle) let go.
  private func keeper(of values: [Value], _ slot: Int, against row: Int, _ asked: Set<Int>) -> Int? {
    let own = identityIndex(of: row)
    return values.lazy.compactMap { value -> Int? in
      let key = value.bytes.withUnsafeBytes { Comparison.uniqueKey(slot, $0) }
      guard let holder = comparison.holders[key].map(Int.init), holder != own else { return nil }
      return letsGo(holder, of: value, slot, asked) ? nil : holder
    }.first
  }

  func identityIndex(of row: Int) -> Int {
    if let kept = observedEntry[row] { return comparison.kept[kept].identity }
    var text = identity(of: row).text
    return text.withUTF8 { comparison.identities.find(UnsafeRawBufferPointer($0)) } ?? -1
  }

  /// Whether the row of an identity speaks for the attribute, no longer has the value, and gets what it wants in its place.
  private func letsGo(_ identity: Int, of value: Value, _ slot: Int, _ asked: Set<Int>) -> Bool {
    let row = Int(comparison.rowOfIdentity[identity])
    guard row >= 0, !setAside.contains(row) else { return false }
    if asked.contains(row) { return true }
    let speaking = claims(of: row, slot)
    let lets = speaking.contains { rule, values in
      values.contains { rule.matching.equal($0, value, schema: schema) } == (rule.mode == .remove)
    }
    let wanted = speaking.filter { $0.rule.mode == .own }.flatMap(\.values)
    return lets && keeper(of: wanted, slot, against: row, asked.union([row])) == nil
  }

  /// What a row says of the attribute in a slot.
  private func claims(of row: Int, _ slot: Int) -> [(rule: AttributeRules.Rule, values: [Value])] {
    guard let rules = comparison.rulesByKind[desired.rows[row].kind] else { return [] }
    return desired.table.withRows { view in
      view.attributes(of: row).compactMap { attribute in
        let rule = rules[view.name(of: attribute)]
        guard rule.slot == slot, rule.mode == .own || rule.mode == .remove else { return nil }
        return (rule, view.values(of: attribute).map { Value(copying: view.bytes(of: $0)) })
      }
    }
  }
}
