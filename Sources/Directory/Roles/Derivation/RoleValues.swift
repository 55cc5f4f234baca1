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
  /// For each slot the sets of few values in the orders in which they came, and the number of each.
  private var orders: [(index: ByteIndex, numbers: [UInt32])] = []
  /// For each slot the number of the set that came last: entries come in runs.
  private var last: [UInt32] = []
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
    orders.append((ByteIndex(), []))
    last.append(0)
    return names.count - 1
  }

  /// How many sets an attribute has; their numbers are 1 to this.
  func count(_ slot: Int) -> Int { sets[slot].count }

  /// The number of the set of values that a row of a table has.
  mutating func number(_ slot: Int, _ rows: EntryTable.Rows, _ range: Range<Int>) -> UInt32 {
    guard let first = range.first else { return 0 }
    guard range.count <= RoleValues.fewValues else {
      return number(slot, range.map { Value(copying: rows.bytes(of: $0)) })
    }
    scratch.removeAll(keepingCapacity: true)
    if range.count == 1 {
      append(rows.bytes(of: first))
      return number(slot)
    }
    for value in range { append(rows.bytes(of: value)) }
    let (order, isNew) = scratch.withUnsafeBytes { orders[slot].index.insert($0) }
    if isNew {
      let sorted = number(slot, range.map { Value(copying: rows.bytes(of: $0)) })
      orders[slot].numbers.append(sorted)
    }
    return orders[slot].numbers[order]
  }

  /// Of how many values the orders are remembered in which they come.
  private static let fewValues = 8

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
    let known = last[slot]
    let number = scratch.withUnsafeBytes { key in
      if known > 0, sets[slot].equals(Int(known) - 1, key) { return known }
      return UInt32(sets[slot].insert(key).number + 1)
    }
    last[slot] = number
    return number
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
