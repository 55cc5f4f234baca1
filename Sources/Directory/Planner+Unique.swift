import LDAP

extension Planner {
  /// Whether a unique value that a row wants is held by an entry that will not let go of it; reports it.
  ///
  /// Such a value would be refused by the server at every run; the rest of the row, and of the plan, goes on.
  mutating func isHeldElsewhere(_ values: [Value], _ slot: Int, row: Int) -> Bool {
    guard comparison.uniqueSlots.contains(slot) else { return false }
    for value in values {
      let key = value.bytes.withUnsafeBytes { Comparison.uniqueKey(slot, $0) }
      guard let holder = comparison.holders[key].map(Int.init), holder != identityIndex(of: row),
        !letsGo(holder, of: value, slot)
      else { continue }
      let other = HSAIdentity(comparison.identities.text(holder))
      findings.append(
        report(
          "value-taken", .warning, row: row,
          "a value of \(comparison.rules.slotNames[slot]) that the row wants is held by \(other), which keeps it",
          advice: "take it from \(other) first, or write another value"))
      return true
    }
    return false
  }

  private func identityIndex(of row: Int) -> Int {
    if let kept = observedEntry[row] { return comparison.kept[kept].identity }
    var text = identity(of: row).text
    return text.withUTF8 { comparison.identities.find(UnsafeRawBufferPointer($0)) } ?? -1
  }

  /// Whether the row of an identity speaks for the attribute and no longer has the value.
  private func letsGo(_ identity: Int, of value: Value, _ slot: Int) -> Bool {
    let row = Int(comparison.rowOfIdentity[identity])
    guard row >= 0, !setAside.contains(row), let rules = comparison.rulesByKind[desired.rows[row].kind] else {
      return false
    }
    return desired.table.withRows { view in
      view.attributes(of: row).contains { attribute in
        let rule = rules[view.name(of: attribute)]
        guard rule.slot == slot, rule.mode == .own || rule.mode == .remove else { return false }
        let names = view.values(of: attribute).contains {
          rule.matching.equal(Value(copying: view.bytes(of: $0)), value, schema: schema)
        }
        return names == (rule.mode == .remove)
      }
    }
  }
}
