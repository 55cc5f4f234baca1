import LDAP

/// Numbers octet strings in the order first met, without a String for each.
///
/// With `foldingCase`, strings that differ in ASCII letter case only have one number.
package struct ByteIndex: Sendable {
  private let foldsCase: Bool
  private var octets: [UInt8] = []
  private var ends: [UInt32] = []
  /// Number + 1 by hash, linear probing; 0 is free.
  private var slots: [UInt32]

  package init(foldingCase: Bool = false, capacity: Int = 16) {
    foldsCase = foldingCase
    if capacity > 1_000 { octets.reserveCapacity(capacity * 20) }
    slots = Array(repeating: 0, count: Self.slotCount(for: capacity))
  }

  /// How many strings have a number.
  package var count: Int { ends.count }

  /// The string's number, `nil` when it has none.
  package func find(_ key: UnsafeRawBufferPointer) -> Int? {
    let slot = slots[self.slot(of: key)]
    return slot == 0 ? nil : Int(slot) - 1
  }

  /// The string's number, given to it now if it has none.
  package mutating func insert(_ key: UnsafeRawBufferPointer) -> (number: Int, isNew: Bool) {
    let slot = self.slot(of: key)
    if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
    octets.append(contentsOf: key)
    ends.append(UInt32(octets.count))
    slots[slot] = UInt32(ends.count)
    if ends.count * 2 > slots.count { grow() }
    return (ends.count - 1, true)
  }

  package func find(_ key: String) -> Int? {
    var key = key
    return key.withUTF8 { find(UnsafeRawBufferPointer($0)) }
  }

  package mutating func insert(_ key: String) -> (number: Int, isNew: Bool) {
    var key = key
    return key.withUTF8 { insert(UnsafeRawBufferPointer($0)) }
  }

  /// The string with a number, as first met.
  package func withBytes<Result>(_ number: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    octets.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range(number)])) }
  }

  /// The string with a number, as first met, as text.
  package func text(_ number: Int) -> String { withBytes(number) { String(decoding: $0, as: UTF8.self) } }

  private func range(_ number: Int) -> Range<Int> {
    (number == 0 ? 0 : Int(ends[number - 1]))..<Int(ends[number])
  }

  private static func slotCount(for capacity: Int) -> Int {
    var count = 32
    while count < capacity * 2 { count *= 2 }
    return count
  }

  /// The slot that has the key, or the free one where it belongs.
  private func slot(of key: UnsafeRawBufferPointer) -> Int {
    var slot = hash(key) & (slots.count - 1)
    while slots[slot] != 0, !equals(Int(slots[slot]) - 1, key) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  /// Seeded per process: a file cannot be made to collide. Eight octets at a time, each folded in by one multiplication.
  private func hash(_ key: UnsafeRawBufferPointer) -> Int {
    var state = ByteIndex.stir(UInt64(key.count), ByteIndex.seeds.0)
    var position = 0
    while position + 8 <= key.count {
      let word = key.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      state = ByteIndex.stir(state, foldsCase ? ByteIndex.lowercased(word) : word)
      position += 8
    }
    var rest: UInt64 = 0
    while position < key.count {
      rest = rest << 8 | UInt64(foldsCase ? key[position].asciiLowercased : key[position])
      position += 1
    }
    return Int(truncatingIfNeeded: ByteIndex.stir(state, rest)) & Int.max
  }

  private static let seeds = (UInt64.random(in: 1...UInt64.max), UInt64.random(in: 1...UInt64.max))

  private static func stir(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ seeds.0).multipliedFullWidth(by: word ^ seeds.1)
    return product.high ^ product.low
  }

  /// Eight octets with `A`-`Z` made `a`-`z`: the high bit of each sum tells whether the octet is that large.
  private static func lowercased(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let seven = word & (ones &* 0x7F)
    let atLeastA = seven &+ ones &* (0x80 - UInt64(UInt8(ascii: "A")))
    let beyondZ = seven &+ ones &* (0x7F - UInt64(UInt8(ascii: "Z")))
    let areCapitals = (atLeastA ^ beyondZ) & ~word & (ones &* 0x80)
    return word | areCapitals >> 2
  }

  package func equals(_ number: Int, _ key: UnsafeRawBufferPointer) -> Bool {
    withBytes(number) { own in
      guard own.count == key.count else { return false }
      if ValueSets.same(own, key) { return true }
      return foldsCase && own.indices.allSatisfy { own[$0].asciiLowercased == key[$0].asciiLowercased }
    }
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for number in ends.indices {
      let slot = withBytes(number) { self.slot(of: $0) }
      slots[slot] = UInt32(number + 1)
    }
  }
}
