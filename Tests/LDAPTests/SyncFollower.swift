import LDAP
import Synchronization
import TestKit

/// A consumer of a content sync: it keeps the content as RFC 4533 says, and remembers what it was told.
final class SyncFollower: Sendable {
  struct Knowledge: Sendable {
    /// The names of what is there, by entryUUID.
    var content: [EntryUUID: String] = [:]
    /// What was told, in short: `entries 3`, `present 5`, `deleted 1`, `cookie`, `empty cookie`, `refreshed deletes`.
    var told: [String] = []
    var cookie: [UInt8]?
    /// What the refresh under way has sent or listed.
    var mentioned: Set<EntryUUID> = []
    var isRefreshed = false
    var referrals = 0
    /// How it ended; `nil` while it goes on.
    var end: Result<Bool, LDAPError>?

    var error: LDAPError? { if case .failure(let error)? = end { error } else { nil } }
    var names: [String] { content.values.sorted() }
  }

  private final class Memory: Sendable {
    let knowledge: Mutex<Knowledge>
    init(_ knowledge: Knowledge) { self.knowledge = Mutex(knowledge) }
  }
  private let memory: Memory
  private let task: Task<Void, Never>

  var knowledge: Knowledge { memory.knowledge.withLock { $0 } }

  /// Follows, going on from what an earlier one knew.
  init(_ connection: LDAPConnection, _ request: SyncRequest, after earlier: Knowledge = Knowledge()) {
    var first = Knowledge()
    (first.content, first.cookie) = (earlier.content, earlier.cookie)
    let memory = Memory(first)
    self.memory = memory
    task = Task {
      let stream = connection.sync(request)
      do throws(LDAPError) {
        for try await event in stream { memory.knowledge.withLock { $0.take(event, stream.referrals) } }
        memory.knowledge.withLock { $0.end = .success(true) }
      } catch {
        memory.knowledge.withLock { $0.end = .failure(error) }
      }
    }
  }

  deinit { task.cancel() }

  func stop() async {
    task.cancel()
    await task.value
  }

  /// Waits until the refresh has ended, or all of it.
  func refreshed() async throws -> Knowledge {
    try await eventually("the end of the refresh") { knowledge.isRefreshed || knowledge.end != nil }
    return knowledge
  }

  func ended() async throws -> Knowledge {
    try await eventually("the end of the content sync") { knowledge.end != nil }
    return knowledge
  }
}

extension SyncFollower.Knowledge {
  fileprivate mutating func take(_ event: SyncEvent, _ referrals: Int) {
    self.referrals = referrals
    switch event {
    case .entries(let table, let identifiers):
      told.append("entries \(table.count)")
      precondition(table.count == identifiers.count)
      for (row, identifier) in identifiers.enumerated() { content[identifier] = table.dnText(row) }
      mentioned.formUnion(identifiers)
    case .present(let identifiers):
      told.append("present \(identifiers.count)")
      mentioned.formUnion(identifiers)
    case .deleted(let identifiers):
      told.append("deleted \(identifiers.count)")
      for identifier in identifiers { content[identifier] = nil }
    case .cookie(let new):
      told.append(new.isEmpty ? "empty cookie" : "cookie")
      cookie = new
    case .refreshed(let deletes):
      told.append(deletes ? "refreshed deletes" : "refreshed")
      if !deletes { content = content.filter { mentioned.contains($0.key) } }
      isRefreshed = true
    }
  }
}
