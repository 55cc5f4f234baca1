import LDAP

#if canImport(Glibc)
  import Glibc
#endif

/// Compares the values of an attribute in two rows, as sets under its matching rule.
package enum ValueSets {
  /// Whether nothing would have to be written to make `observed` what `desired` wants.
  package static func agree(
    _ desired: EntryTable.Rows, _ wanted: Range<Int>, _ observed: EntryTable.Rows, _ present: Range<Int>,
    rule: AttributeRules.Rule, schema: Schema
  ) -> Bool {
    switch rule.mode {
    case .ignore, .create: return true
    case .own:
      if sameOctetsInOrder(desired, wanted, observed, present) { return true }
      return wanted.count == present.count && isEachIn(desired, wanted, observed, present, rule, schema)
    case .merge:
      return isEachIn(desired, wanted, observed, present, rule, schema)
    case .remove:
      return wanted.allSatisfy { value in
        !present.contains {
          rule.matching.equal(desired.bytes(of: value), observed.bytes(of: $0), schema: schema)
        }
      }
    }
  }

  private static func sameOctetsInOrder(
    _ desired: EntryTable.Rows, _ wanted: Range<Int>, _ observed: EntryTable.Rows, _ present: Range<Int>
  ) -> Bool {
    guard wanted.count == present.count else { return false }
    for offset in 0..<wanted.count
    where !same(
      desired.bytes(of: wanted.lowerBound + offset), observed.bytes(of: present.lowerBound + offset))
    {
      return false
    }
    return true
  }

  private static func isEachIn(
    _ desired: EntryTable.Rows, _ wanted: Range<Int>, _ observed: EntryTable.Rows, _ present: Range<Int>,
    _ rule: AttributeRules.Rule, _ schema: Schema
  ) -> Bool {
    if wanted.count * present.count > 256 {
      return isEachInSorted(desired, wanted, observed, present, rule, schema)
    }
    for value in wanted {
      let bytes = desired.bytes(of: value)
      // Octets first: most values are there as they are, and normal forms are dear.
      if present.contains(where: { same(bytes, observed.bytes(of: $0)) }) { continue }
      guard !rule.comparesSpelling,
        present.contains(where: { rule.matching.equal(bytes, observed.bytes(of: $0), schema: schema) })
      else { return false }
    }
    return true
  }

  /// The same for attributes of hundreds or thousands of values: by sorting, octets first, normal forms only for what is left.
  private static func isEachInSorted(
    _ desired: EntryTable.Rows, _ wanted: Range<Int>, _ observed: EntryTable.Rows, _ present: Range<Int>,
    _ rule: AttributeRules.Rule, _ schema: Schema
  ) -> Bool {
    let left = wanted.sorted { precedes(desired.bytes(of: $0), desired.bytes(of: $1)) }
    let right = present.sorted { precedes(observed.bytes(of: $0), observed.bytes(of: $1)) }
    var missing: [Int] = []
    var at = 0
    for value in left {
      let bytes = desired.bytes(of: value)
      while at < right.count, precedes(observed.bytes(of: right[at]), bytes) { at += 1 }
      if at == right.count || !same(observed.bytes(of: right[at]), bytes) { missing.append(value) }
    }
    if missing.isEmpty { return true }
    if rule.comparesSpelling { return false }
    let there = Set(right.map { rule.matching.normalForm(observed.bytes(of: $0), schema: schema) })
    return missing.allSatisfy {
      there.contains(rule.matching.normalForm(desired.bytes(of: $0), schema: schema))
    }
  }

  @inline(__always)
  package static func same(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
    return memcmp(first, second, left.count) == 0
  }

  private static func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let first = left.baseAddress, let second = right.baseAddress else {
      return left.count < right.count
    }
    let order = memcmp(first, second, min(left.count, right.count))
    return order != 0 ? order < 0 : left.count < right.count
  }
}
