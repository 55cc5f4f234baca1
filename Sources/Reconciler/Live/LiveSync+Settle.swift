import Directory
import LDAP
import Logging

// What the server says of entries by leaving them out, and what it leaves out of what it says, is looked up directly.
extension LiveSync {
  /// Deletions of so many entries, and of this share of the index, are no everyday matter.
  private static let most = (count: 50, share: 4)
  /// How often what came of a look makes another one necessary before the rest is left for the next time.
  private static let rounds = 8

  private func isTooMuch(_ gone: Int) throws -> Bool {
    try gone > LiveSync.most.count && gone * LiveSync.most.share > index.count
  }

  /// Takes out what the server says is gone, when a direct look agrees.
  mutating func delete(_ uuids: [EntryUUID]) async throws -> Touched {
    let (index, look) = (index, look)
    let known = try uuids.filter { try index.entry(of: $0) != nil }
    guard !known.isEmpty else { return try index.take(.deleted(uuids)) }
    var touched = Touched()
    let read = try index.beginRead()
    let found = Set(
      try await look.read(known) { touched.formUnion(try index.put($0, read)) }.map(\.uuid))
    let gone = uuids.filter { !found.contains($0) }
    if let why = try await doubt(of: known.count - found.count) {
      // The next content sync begins anew and comes upon them again.
      keepsCookies = false
      try index.store(cookie: nil)
      try await look.report(.doubt(why))
      return touched
    }
    if !found.isEmpty {
      look.logger.warning(
        "the server said that entries are gone that are there", metadata: ["entries": "\(found.count)"])
    }
    touched.formUnion(try index.take(.deleted(gone)))
    return touched
  }

  /// Why so many entries that were not found are not taken for gone; `nil`: they are.
  private func doubt(of gone: Int) async throws -> String? {
    guard gone > 0 else { return nil }
    guard try await look.isSound() else {
      return "\(gone) entries were not found, and no more were the sentinels: rights or entries were lost"
    }
    guard try isTooMuch(gone) else { return nil }
    return "\(gone) of \(try index.count) entries would be gone at once"
  }

  /// Looks up what the index cannot know by what it was told: who neither was sent nor listed, and what lies under units
  /// that have come.
  mutating func settle() async throws -> Touched {
    var touched = Touched()
    for _ in 0..<LiveSync.rounds {
      let unread = try index.unread()
      if !unread.isEmpty {
        touched.formUnion(try await readUnread(unread))
      }
      let candidates = try index.candidates().filter { !postponed.contains($0) }
      if !candidates.isEmpty {
        touched.formUnion(try await confirm(candidates))
      }
      if unread.isEmpty && candidates.isEmpty { return touched }
    }
    look.logger.notice("the directory changes faster than it can be looked up: the rest waits")
    return touched
  }

  /// Reads entries that were listed and not sent, and all under those that hold others.
  private func readUnread(_ uuids: [EntryUUID]) async throws -> Touched {
    let (index, look) = (index, look)
    let read = try index.beginRead()
    var touched = Touched()
    let found = try await look.read(uuids) { touched.formUnion(try index.put($0, read)) }
    var settled = Set(uuids).subtracting(found.map(\.uuid))
    var below = Set<EntryUUID>()
    for entry in found {
      settled.insert(entry.uuid)
      guard !below.contains(entry.uuid), try look.isContainer(entry.uuid) else { continue }
      let name = try DistinguishedName(parsing: entry.name)
      let under = try await look.readSubtree(name) { touched.formUnion(try index.put($0, read)) }
      // It has moved since: what the server tells next says where.
      guard let under else {
        settled.remove(entry.uuid)
        continue
      }
      below.formUnion(under.map(\.uuid))
    }
    try index.markRead(settled.sorted())
    return touched
  }

  /// Takes out those that a direct look does not find.
  private mutating func confirm(_ candidates: [EntryUUID]) async throws -> Touched {
    let (index, look) = (index, look)
    let read = try index.beginRead()
    var touched = Touched()
    let found = Set(
      try await look.read(candidates) { touched.formUnion(try index.put($0, read)) }.map(\.uuid))
    let gone = candidates.filter { !found.contains($0) }
    if let why = try await doubt(of: gone.count) {
      postponed.formUnion(gone)
      try await look.report(.doubt(why))
    } else {
      touched.formUnion(try index.confirmGone(gone))
    }
    return touched
  }
}
