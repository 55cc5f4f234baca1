import LDAP

/// What guards measure changes against is counted while entries pass: bytes and flat numbers only.
extension Comparison {
  /// Counts an entry, and where it lies if it lives: it has not ended, and is no archived unit.
  mutating func count(
    _ kind: Kind, _ found: KindClassifier.Found, _ rows: EntryTable.Rows, _ scratch: [Int32], at place: Int
  ) {
    observedCounts[kind.rank] += 1
    guard !(kind.isContainer && found.isArchived), !isOver(rows, scratch) else { return }
    livingAtPlace[place * Kind.count + kind.rank] += 1
  }

  /// Whether the entry's end has passed; an end that cannot be read is none.
  func isOver(_ rows: EntryTable.Rows, _ scratch: [Int32]) -> Bool {
    guard scratch[rules.endDate] >= 0, let value = rows.values(of: Int(scratch[rules.endDate])).first else {
      return false
    }
    let bytes = rows.bytes(of: value)
    if bytes.count == instantText.count, bytes.last == UInt8(ascii: "Z"),
      bytes.dropLast().allSatisfy(\.isDigit)
    {
      return !instantText.lexicographicallyPrecedes(bytes)
    }
    guard let end = GeneralizedTime(parsing: bytes) else { return false }
    return Double(end.secondsSince1970) <= instant.timeIntervalSince1970
  }

  /// The number of the care provider that an entry names as responsible, or -1.
  mutating func responsible(_ rows: EntryTable.Rows, _ scratch: [Int32]) -> Int32 {
    let slot = rules.responsibleProvider
    guard slot >= 0, scratch[slot] >= 0, let value = rows.values(of: Int(scratch[slot])).first else {
      return -1
    }
    return Int32(providers.insert(rows.bytes(of: value)).number)
  }
}
