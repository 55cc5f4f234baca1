#if canImport(Glibc)
  import Glibc
#endif

/// Judges the attribute names of an LDIF file, each spelling once.
internal struct LDIFNames: Sendable {
  /// What becomes of the values of an attribute.
  enum Use: Sendable { case kept, dropped, refused }

  /// A spelling that was met.
  struct Spelling: Sendable {
    var octets: [UInt8]
    var use: Use
    /// The spelling that came after it the last time: entries of a kind are written in the same order.
    var follower = 0
  }

  /// The spellings met so far.
  struct Cache: Sendable {
    var entries: [Spelling] = []
    var index: [[UInt8]: Int] = [:]
  }

  /// The names to keep, in small letters; `nil` for all.
  let keeping: Set<String>?

  /// The place in the cache of the name, which came after the one at `previous`.
  @inline(__always)
  func index(of name: UnsafeRawBufferPointer, after previous: Int?, _ cache: inout Cache) -> Int {
    if let previous {
      if Self.isSame(cache.entries[previous].octets, name) { return previous }
      // Some attributes are left out of some entries: what follows the one expected is the next guess.
      var guess = previous
      for _ in 0..<4 {
        guess = cache.entries[guess].follower
        if Self.isSame(cache.entries[guess].octets, name) { return guess }
      }
    } else if let first = cache.entries.first, Self.isSame(first.octets, name) {
      return 0
    }
    return search(name, after: previous, &cache)
  }

  @inline(__always)
  private static func isSame(_ known: [UInt8], _ name: UnsafeRawBufferPointer) -> Bool {
    known.elementsEqualFast(name)
  }

  private func search(_ name: UnsafeRawBufferPointer, after previous: Int?, _ cache: inout Cache) -> Int {
    let octets = Array(name)
    let index = cache.index[octets] ?? cache.entries.count
    if index == cache.entries.count {
      cache.entries.append(Spelling(octets: octets, use: use(of: octets)))
      cache.index[octets] = index
    }
    if let previous { cache.entries[previous].follower = index }
    return index
  }

  private func use(of name: [UInt8]) -> Use {
    let isDescription = ASCII.isAttributeDescription(name)
    let isReserved = name.withUnsafeBytes { Self.isChange($0) || Self.isDN($0) }
    guard isDescription, !isReserved else { return .refused }
    guard let keeping else { return .kept }
    let description = String(decoding: name, as: UTF8.self).asciiLowercased
    let type = description.prefix { $0 != ";" }
    return keeping.contains(description) || keeping.contains(String(type)) ? .kept : .dropped
  }

  /// Whether it is the `dn` that begins a record.
  static func isDN(_ name: UnsafeRawBufferPointer) -> Bool {
    name.count == 2 && name[0].asciiLowercased == UInt8(ascii: "d")
      && name[1].asciiLowercased == UInt8(ascii: "n")
  }

  /// Whether it is a keyword of change records and never an attribute.
  static func isChange(_ name: UnsafeRawBufferPointer) -> Bool {
    let word = name.lazy.map(\.asciiLowercased)
    return word.elementsEqual("changetype".utf8) || word.elementsEqual("control".utf8)
  }
}
