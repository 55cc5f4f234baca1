import LDAP

/// What has to be written to an entry so that its values are those a row wants: minimal, by value.
struct Differences: Sendable {
  var shown: [Change.Difference] = []
  var modifications: [Modification] = []
  /// What the entry must still be like when the write arrives (besides being itself).
  var conditions: [Filter] = []
  /// Whether a value is concerned that can neither be taken out nor asserted by value.
  var needsCSN = false

  /// So many values are asserted at most; a server refuses to take out a value that is gone in any case.
  static let assertedValues = 20

  var isEmpty: Bool { modifications.isEmpty }

  /// Adds what an attribute needs.
  mutating func add(_ rule: AttributeRules.Rule, wanted: [Value], observed: [Value], schema: Schema) {
    let split = ValueDifference(rule, wanted: wanted, observed: observed, schema: schema)
    guard !split.removed.isEmpty || !split.added.isEmpty else { return }
    show(rule.name, split, observed: observed.count)
    if rule.hasEquality {
      change(rule, split, observed: observed)
    } else {
      needsCSN = true
      let result = observed.filter { !split.removed.contains($0) } + split.added
      modifications.append(Modification(.replace, rule.name, result))
    }
  }

  /// An attribute that is merged and removed from is shown once.
  private mutating func show(_ name: String, _ split: ValueDifference, observed: Int) {
    if let index = shown.firstIndex(where: { $0.attribute == name }) {
      shown[index].removed += split.removed
      shown[index].added += split.added
      shown[index].kept = observed - shown[index].removed.count
      shown[index].style = .values
      return
    }
    shown.append(
      Change.Difference(
        name, split.isSpelling ? .spelling : .values, removed: split.removed, added: split.added,
        kept: observed - split.removed.count))
  }

  private mutating func change(_ rule: AttributeRules.Rule, _ split: ValueDifference, observed: [Value]) {
    if !split.removed.isEmpty { modifications.append(Modification(.delete, rule.name, split.removed)) }
    if !split.added.isEmpty { modifications.append(Modification(.add, rule.name, split.added)) }
    for value in split.removed.prefix(Differences.assertedValues) {
      conditions.append(.equal(rule.name, value))
    }
    if rule.isSingleValued, observed.isEmpty { conditions.append(.not(.present(rule.name))) }
  }
}

/// The values that go and those that come, under an attribute's matching rule.
struct ValueDifference: Sendable {
  var removed: [Value] = []
  var added: [Value] = []
  /// Each value that goes comes back in another spelling.
  var isSpelling = false

  init(_ rule: AttributeRules.Rule, wanted: [Value], observed: [Value], schema: Schema) {
    let key = { (value: Value) in value.bytes.withUnsafeBytes { rule.matching.normalForm($0, schema: schema) }
    }
    let there = Dictionary(observed.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
    var claimed: Set<[UInt8]> = []
    var respelled = 0
    if rule.mode == .remove {
      removed = wanted.compactMap { value in
        let form = key(value)
        return claimed.insert(form).inserted ? there[form] : nil
      }
      return
    }
    for value in wanted {
      let form = key(value)
      guard claimed.insert(form).inserted else { continue }
      guard let old = there[form] else {
        added.append(value)
        continue
      }
      if old != value, rule.comparesSpelling {
        removed.append(old)
        added.append(value)
        respelled += 1
      }
    }
    isSpelling = respelled > 0 && respelled == added.count
    guard rule.mode == .own else { return }
    let gone = observed.filter { !claimed.contains(key($0)) }
    if !gone.isEmpty { isSpelling = false }
    removed += gone
  }
}
