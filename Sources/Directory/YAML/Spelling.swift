import LDAP

/// Help for those who mistype.
package enum Spelling {
  /// The candidate that was probably meant, if one is near enough.
  package static func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(word.asciiLowercased.utf8.prefix(64))
    let limit = max(1, min(3, wanted.count / 3))
    var best: (word: String, distance: Int)?
    for candidate in candidates {
      let letters = Array(candidate.asciiLowercased.utf8.prefix(64))
      guard abs(letters.count - wanted.count) <= limit else { continue }
      let found = distance(wanted, letters)
      if found <= limit, found < best?.distance ?? .max { best = (candidate, found) }
    }
    return best?.word
  }

  /// A key as a message may show it: only what looks like a name of something technical.
  package static func shown(_ key: String) -> String {
    let isTechnical =
      key.utf8.count <= 64 && !key.isEmpty
      && key.utf8.allSatisfy {
        $0.asciiLowercased &- 97 < 26 || $0 &- 48 < 10 || $0 == 0x2D || $0 == 0x3B || $0 == 0x5F || $0 == 0x2E
      }
    return isTechnical ? "`\(key)`" : "written here"
  }

  /// How many letters must be put in, left out, changed or swapped with their neighbour.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in 0..<b.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}
