/// Finds things by HSA-id without making a string of it: an open-addressing table over contiguous bytes.
///
/// Letter case makes no difference. 110,000 ids take about 4 MB and 10 ms.
package struct IdentityIndex: Sendable {
  /// Index plus one of the id in a place of the table; 0 = free. The size is a power of two.
  private var slots: [UInt32]
  private var keys: [UInt8] = []
  /// Where each id ends in `keys`.
  private var ends: [UInt32] = []

  package init(expecting count: Int = 16) {
    var size = 64
    while size < count * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size)
  }

  /// How many ids there are.
  package var count: Int { ends.count }

  /// The index of an id, in the order of insertion; `nil` when it is not there.
  package func find(_ id: UnsafeRawBufferPointer) -> Int? {
    let slot = place(of: id)
    return slots[slot] == 0 ? nil : Int(slots[slot] - 1)
  }

  /// The index of an id that is put in if it is not there.
  @discardableResult
  package mutating func insert(_ id: UnsafeRawBufferPointer) -> (index: Int, isNew: Bool) {
    var slot = place(of: id)
    if slots[slot] != 0 { return (Int(slots[slot] - 1), false) }
    if (ends.count + 1) * 2 > slots.count {
      grow()
      slot = place(of: id)
    }
    for byte in id { keys.append(byte.asciiCapital) }
    ends.append(UInt32(keys.count))
    slots[slot] = UInt32(ends.count)
    return (ends.count - 1, true)
  }

  /// The id at an index, in capitals.
  package func text(_ index: Int) -> String {
    String(decoding: keys[range(index)], as: UTF8.self)
  }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  private func place(of id: UnsafeRawBufferPointer) -> Int {
    var slot = Int(truncatingIfNeeded: hash(id)) & (slots.count - 1)
    while slots[slot] != 0, !isEqual(Int(slots[slot] - 1), id) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private func isEqual(_ index: Int, _ id: UnsafeRawBufferPointer) -> Bool {
    let range = range(index)
    guard range.count == id.count else { return false }
    // Nearly all are written in capitals.
    if keys.withUnsafeBytes({ ValueSets.same(UnsafeRawBufferPointer(rebasing: $0[range]), id) }) {
      return true
    }
    var at = range.lowerBound
    for byte in id {
      if keys[at] != byte.asciiCapital { return false }
      at += 1
    }
    return true
  }

  private func hash(_ id: UnsafeRawBufferPointer) -> UInt64 {
    var hash = FNV()
    for byte in id { hash.add(byte.asciiCapital) }
    return hash.value
  }

  private mutating func grow() {
    var wider = Array(repeating: UInt32(0), count: slots.count * 2)
    for index in ends.indices {
      var slot = Int(truncatingIfNeeded: keys[range(index)].withUnsafeBytes { hash($0) }) & (wider.count - 1)
      while wider[slot] != 0 { slot = (slot + 1) & (wider.count - 1) }
      wider[slot] = UInt32(index + 1)
    }
    slots = wider
  }
}

/// The FNV-1a hash, 64 bits, with a last stir so that its low bits may index a table.
///
/// Not against an adversary: what an attacker can make collide costs time, and the sizes are bounded by the read.
package struct FNV: Sendable {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325
  package init() {}
  package mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  package mutating func add(_ bytes: UnsafeRawBufferPointer) { for byte in bytes { add(byte) } }
  package mutating func add(_ number: UInt32) { withUnsafeBytes(of: number) { add($0) } }
  package var value: UInt64 {
    let mixed = (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
    return mixed ^ (mixed >> 33)
  }
}

extension UInt8 {
  /// The octet with `a`-`z` made `A`-`Z`.
  package var asciiCapital: UInt8 { self &- 97 < 26 ? self & 0xDF : self }
}
