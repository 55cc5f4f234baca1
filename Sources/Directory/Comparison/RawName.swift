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
  private var index = ByteIndex()
  private var last = -1

  package init() {}

  package var count: Int { index.count }

  /// The number of a name, given to it now if it has none. Runs of the same name cost one comparison.
  package mutating func intern(_ name: UnsafeRawBufferPointer) -> Int {
    if last >= 0, index.equals(last, name) { return last }
    last = index.insert(name).number
    return last
  }

  package func find(_ name: UnsafeRawBufferPointer) -> Int? { index.find(name) }
  package func text(_ number: Int) -> String { index.text(number) }
}
