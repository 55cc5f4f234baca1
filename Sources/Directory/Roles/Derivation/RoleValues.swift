import LDAP

/// The values of the attributes that rules look at: each set of values that some entry has is kept once, by number.
///
/// Most attributes have few distinct sets, so that a condition is judged once for a set and not once for an entry.
struct RoleValues: Sendable {
  /// The attributes, by canonical description in small letters; the index is the attribute's slot.
  private(set) var names: [String] = []
  private var slots: [String: Int] = [:]
  /// For each slot the sets, as octets: each value in order, its length before it. The number of a set is its index
  /// here plus one.
  private var sets: [ByteIndex] = []
  private var scratch: [UInt8] = []

  /// The description under which an attribute is kept.
  static func key(_ name: String, _ schema: Schema) -> String { schema.canonicalName(name).asciiLowercased }

  func slot(of name: String, _ schema: Schema) -> Int? { slots[RoleValues.key(name, schema)] }

  /// The slot of an attribute, given to it now if it has none.
  mutating func makeSlot(_ name: String, _ schema: Schema) -> Int {
    let key = RoleValues.key(name, schema)
    if let slot = slots[key] { return slot }
    slots[key] = names.count
    names.append(key)
    sets.append(ByteIndex())
    return names.count - 1
  }

  /// How many sets an attribute has; their numbers are 1 to this.
  func count(_ slot: Int) -> Int { sets[slot].count }

  /// The number of the set of values that a row of a table has.
  mutating func number(_ slot: Int, _ rows: EntryTable.Rows, _ range: Range<Int>) -> UInt32 {
    scratch.removeAll(keepingCapacity: true)
    switch range.count {
    case 0: return 0
    case 1: append(rows.bytes(of: range.lowerBound))
    default: return number(slot, range.map { Value(copying: rows.bytes(of: $0)) })
    }
    return number(slot)
  }

  /// The number of a set of values; 0 is none.
  mutating func number(_ slot: Int, _ values: [Value]) -> UInt32 {
    guard !values.isEmpty else { return 0 }
    scratch.removeAll(keepingCapacity: true)
    var last: Value?
    for value in values.sorted() where value != last {
      value.bytes.withUnsafeBytes { append($0) }
      last = value
    }
    return number(slot)
  }

  private mutating func number(_ slot: Int) -> UInt32 {
    UInt32(scratch.withUnsafeBytes { sets[slot].insert($0).number } + 1)
  }

  private mutating func append(_ value: UnsafeRawBufferPointer) {
    withUnsafeBytes(of: UInt32(value.count)) { scratch.append(contentsOf: $0) }
    scratch.append(contentsOf: value)
  }

  /// The values of a set, in order of their octets.
  func values(_ slot: Int, _ number: UInt32) -> [Value] {
    var result: [Value] = []
    forEach(slot, number) { result.append(Value(copying: $0)) }
    return result
  }

  func forEach(_ slot: Int, _ number: UInt32, _ body: (UnsafeRawBufferPointer) -> Void) {
    guard number > 0 else { return }
    sets[slot].withBytes(Int(number) - 1) { octets in
      var at = 0
      while at + 4 <= octets.count {
        let length = Int(octets.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        body(UnsafeRawBufferPointer(rebasing: octets[at + 4..<at + 4 + length]))
        at += 4 + length
      }
    }
  }
}
