import LDAP

/// Tells an entry's kind by its object classes.
///
/// Entries of a kind list their classes in the same octets: one comparison with the last few lists settles most.
package struct KindClassifier: Sendable {
  private var ranks: [[UInt8]: Int] = [:]
  private let kinds: [Kind]
  private let protectedClass: [UInt8]
  private let archivedClass: [UInt8]
  private let providerClass: [UInt8]
  private var recent: [(classes: [UInt8], found: Found)] = []

  /// What the classes tell.
  package struct Found: Hashable, Sendable {
    package var kind: Kind?
    package var isProtected: Bool
    package var isArchived: Bool
    package var isProvider: Bool
  }

  package init(_ profile: Profile) {
    kinds = profile.kinds.map(\.kind)
    protectedClass = profile.protectedClass.utf8.map(\.asciiLowercased)
    archivedClass = profile.archivedClass.utf8.map(\.asciiLowercased)
    providerClass = profile.providerClass.utf8.map(\.asciiLowercased)
    for (rank, entry) in profile.kinds.enumerated() {
      for name in entry.profile.recognise where ranks[Array(name.asciiLowercased.utf8)] == nil {
        ranks[Array(name.asciiLowercased.utf8)] = rank
      }
    }
  }

  /// The kind of an entry with these object classes, and what they mark it as.
  package mutating func classify(_ rows: EntryTable.Rows, classes: Range<Int>) -> Found {
    var signature: [UInt8] = []
    if let hit = match(rows, classes) { return recent[hit].found }
    for value in classes {
      signature.append(contentsOf: rows.bytes(of: value))
      signature.append(0)
    }
    let found = classify(classes.map { rows.bytes(of: $0).map(\.asciiLowercased) })
    if recent.count >= 32 { recent.removeFirst(16) }
    recent.append((signature, found))
    return found
  }

  private func match(_ rows: EntryTable.Rows, _ classes: Range<Int>) -> Int? {
    for index in recent.indices.reversed() {
      if recent[index].classes.withUnsafeBytes({ isSame($0, rows, classes) }) { return index }
    }
    return nil
  }

  private func isSame(_ signature: UnsafeRawBufferPointer, _ rows: EntryTable.Rows, _ classes: Range<Int>)
    -> Bool
  {
    var at = 0
    for value in classes {
      let bytes = rows.bytes(of: value)
      guard at + bytes.count < signature.count, signature[at + bytes.count] == 0 else { return false }
      if !ValueSets.same(UnsafeRawBufferPointer(rebasing: signature[at..<at + bytes.count]), bytes) {
        return false
      }
      at += bytes.count + 1
    }
    return at == signature.count
  }

  /// The kind of an entry with these object classes, in small letters.
  func classify(_ classes: [[UInt8]]) -> Found {
    Found(
      kind: classes.compactMap { ranks[$0] }.min().map { kinds[$0] },
      isProtected: classes.contains(protectedClass), isArchived: classes.contains(archivedClass),
      isProvider: classes.contains(providerClass))
  }
}
