import LDAP

/// Rows without HSA-id and the values by which their entries are looked for.
struct Correlation: Sendable {
  /// What is looked for: an attribute's slot and a normal form.
  private struct Key: Hashable { var slot: Int, value: [UInt8] }

  private var rows: [Key: [Int]] = [:]
  /// The slots that any row is correlated by, with their rules.
  private var slots: [(slot: Int, matching: MatchingRule)] = []
  private let schema: Schema
  /// Kept entries that may be the row's, by row.
  var candidates: [Int: [Int]] = [:]

  init(desired: DesiredState, profile: Profile, rules: AttributeRules) {
    schema = rules.schema
    guard desired.rows.contains(where: { !$0.hasIdentity }) else { return }
    for attribute in profile.correlation {
      guard let slot = rules.slot(of: attribute) else { continue }
      slots.append((slot, rules.schema.equality(of: attribute)))
    }
    index(desired, rules)
  }

  var isEmpty: Bool { rows.isEmpty }

  /// Each row goes by the first attribute, in the profile's order, that it has a value of.
  private mutating func index(_ desired: DesiredState, _ rules: AttributeRules) {
    let slotOfName = desired.table.names.map { rules.slot(of: $0) }
    desired.table.withRows { view in
      for row in desired.rows.indices where !desired.rows[row].hasIdentity {
        for (slot, matching) in slots {
          let values = view.attributes(of: row).filter { slotOfName[view.name(of: $0)] == slot }
            .flatMap { Array(view.values(of: $0)) }
          guard let value = values.first else { continue }
          let key = Key(slot: slot, value: matching.normalForm(view.bytes(of: value), schema: schema))
          rows[key, default: []].append(row)
          break
        }
      }
    }
  }

  /// The rows that an observed entry may be meant by.
  func rows(for rows: EntryTable.Rows, scratch: [Int32]) -> [Int] {
    var result: [Int] = []
    for (slot, matching) in slots where scratch[slot] >= 0 {
      for value in rows.values(of: Int(scratch[slot])) {
        let key = Key(slot: slot, value: matching.normalForm(rows.bytes(of: value), schema: schema))
        result += self.rows[key] ?? []
      }
    }
    return result
  }
}
