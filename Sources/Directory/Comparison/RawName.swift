import LDAP

/// A distinguished name as the octets a server or a file wrote, looked at without parsing it.
///
/// Parsing 110,000 names costs more than comparing their entries; a parent is found by one look for a comma.
package enum RawName {
  /// How many octets the entry's own RDN takes: up to the first comma (or semicolon) that is not escaped.
  package static func rdnLength(_ name: UnsafeRawBufferPointer) -> Int {
    var at = 0
    while at < name.count {
      switch name[at] {
      case UInt8(ascii: ","), UInt8(ascii: ";"): return at
      case UInt8(ascii: "\\"): at += 2
      default: at += 1
      }
    }
    return name.count
  }

  /// The octets of the name above, leading spaces dropped; empty at the root.
  package static func parent(_ name: UnsafeRawBufferPointer, rdnLength: Int) -> UnsafeRawBufferPointer {
    var start = min(rdnLength + 1, name.count)
    while start < name.count, name[start] == UInt8(ascii: " ") { start += 1 }
    return UnsafeRawBufferPointer(rebasing: name[start...])
  }

  /// A key under which the names of siblings that a server may hold equal meet: letter case and runs of spaces make no difference.
  ///
  /// It errs on the side of "equal": two names with one key are never given to two entries by a plan.
  package static func siblingKey(parent: Int, rdn: UnsafeRawBufferPointer) -> UInt64 {
    var hash = FNV()
    hash.add(UInt32(truncatingIfNeeded: parent))
    if needsText(rdn) {
      addFolded(unescaped(rdn), to: &hash)
    } else {
      addSqueezed(rdn, to: &hash)
    }
    return hash.value
  }

  /// Whether letters can only be made small as text: those outside of ASCII and Latin-1; or there are escapes.
  private static func needsText(_ rdn: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    while position < rdn.count {
      switch rdn[position] {
      case UInt8(ascii: "\\"): return true
      case 0..<0x80: position += 1
      case 0xC3 where position + 1 < rdn.count && rdn[position + 1] & 0xC0 == 0x80: position += 2
      default: return true
      }
    }
    return false
  }

  private static func unescaped(_ rdn: UnsafeRawBufferPointer) -> [UInt8] {
    guard let parsed = try? RelativeDistinguishedName(parsing: String(decoding: rdn, as: UTF8.self)) else {
      return Array(rdn)
    }
    return parsed.pairs.map { Array($0.type.utf8) + [UInt8(ascii: "=")] + $0.value.bytes }.joined(separator: [
      43
    ])
    .map { $0 }
  }

  private static func addFolded(_ bytes: [UInt8], to hash: inout FNV) {
    let folded = Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)
    folded.withUnsafeBytes { addSqueezed($0, to: &hash) }
  }

  private static func addSqueezed(_ bytes: UnsafeRawBufferPointer, to hash: inout FNV) {
    var previous = UInt8(ascii: "=")
    for byte in bytes {
      let isSpace = byte == UInt8(ascii: " ")
      if isSpace, previous == UInt8(ascii: " ") || previous == UInt8(ascii: "=") { continue }
      hash.add(previous == 0xC3 ? latinSmall(byte) : byte.asciiLowercased)
      previous = byte
    }
  }

  /// The second octet of a Latin-1 letter, made that of the small letter (`Å` is C3 85, `å` C3 A5); U+00D7 is no letter.
  private static func latinSmall(_ byte: UInt8) -> UInt8 {
    (0x80...0x9E).contains(byte) && byte != 0x97 ? byte + 0x20 : byte
  }
}

/// Octet strings given numbers: raw names of containers and of parents.
package struct NameTable: Sendable {
  private var index = ByteStringIndex()
  private var last = -1

  package init() {}

  package var count: Int { index.count }

  /// The number of a name, given to it now if it has none. Runs of the same name cost one comparison.
  package mutating func intern(_ name: UnsafeRawBufferPointer) -> Int {
    if last >= 0, index.isEqual(last, name) { return last }
    last = index.insert(name)
    return last
  }

  package func find(_ name: UnsafeRawBufferPointer) -> Int? { index.find(name) }
  package func text(_ number: Int) -> String { index.text(number) }
}

/// Octet strings kept end to end and found by hash.
private struct ByteStringIndex: Sendable {
  private var slots: [UInt32] = Array(repeating: 0, count: 64)
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  var count: Int { ends.count }

  func isEqual(_ index: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    let range = range(index)
    guard range.count == text.count else { return false }
    return bytes.withUnsafeBytes { ValueSets.same(UnsafeRawBufferPointer(rebasing: $0[range]), text) }
  }

  func find(_ text: UnsafeRawBufferPointer) -> Int? {
    let slot = place(of: text)
    return slots[slot] == 0 ? nil : Int(slots[slot] - 1)
  }

  mutating func insert(_ text: UnsafeRawBufferPointer) -> Int {
    if let known = find(text) { return known }
    if (ends.count + 1) * 2 > slots.count { grow() }
    let slot = place(of: text)
    bytes.append(contentsOf: text)
    ends.append(UInt32(bytes.count))
    slots[slot] = UInt32(ends.count)
    return ends.count - 1
  }

  func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  private func hash(_ text: UnsafeRawBufferPointer) -> Int {
    var hash = FNV()
    hash.add(text)
    return Int(truncatingIfNeeded: hash.value)
  }

  private func place(of text: UnsafeRawBufferPointer) -> Int {
    var slot = hash(text) & (slots.count - 1)
    while slots[slot] != 0, !isEqual(Int(slots[slot] - 1), text) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for index in ends.indices {
      let range = range(index)
      let slot = bytes.withUnsafeBytes { place(of: UnsafeRawBufferPointer(rebasing: $0[range])) }
      slots[slot] = UInt32(index + 1)
    }
  }
}
