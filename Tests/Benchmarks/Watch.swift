import Foundation
import LDAP
import Synchronization
import TestKit

/// Follows a server by content sync, and tells when it has seen what somebody waits for.
final class Watch: Sendable {
  enum Attribute: String, Sendable {
    case telephone = "telephoneNumber"
    case role = "hsaSystemRole"
    case note = "hsaAltText"
  }

  /// What is waited for: a value at an entry, and when its cause was sent.
  struct Wanted: Sendable {
    var identity: String
    var value: String
    var since: ContinuousClock.Instant
  }

  private struct State {
    /// When each value was told last.
    var seen: [String: ContinuousClock.Instant] = [:]
  }
  private let state = Mutex(State())
  private let task: Mutex<Task<Void, any Error>?> = Mutex(nil)

  init(_ connection: LDAPConnection, base: DistinguishedName) async throws {
    let refreshed = Mutex(false)
    let stream = connection.sync(
      SyncRequest(
        base: base, filter: .present("hsaIdentity"),
        attributes: ["hsaIdentity", "telephoneNumber", "hsaSystemRole", "hsaAltText"]))
    let work = Task { [weak self] in
      for try await event in stream {
        switch event {
        case .entries(let table, _): if refreshed.withLock({ $0 }) { self?.take(table) }
        case .refreshed: refreshed.withLock { $0 = true }
        default: break
        }
      }
    }
    task.withLock { $0 = work }
    try await eventually(within: .seconds(300), "the refresh") { refreshed.withLock { $0 } }
  }

  deinit { task.withLock { $0?.cancel() } }

  private func take(_ table: EntryTable) {
    let now = ContinuousClock.now
    for row in 0..<table.count {
      guard let entry = try? table.entry(row), let identity = entry.text("hsaIdentity") else { continue }
      state.withLock { state in
        for name in [Attribute.telephone, .role, .note] {
          for value in entry[name.rawValue] {
            state.seen[Watch.key(identity, name, value.text ?? "")] = now
          }
        }
      }
    }
  }

  private static func key(_ identity: String, _ attribute: Attribute, _ value: String) -> String {
    "\(identity) \(attribute.rawValue) \(value)"
  }

  /// Seconds from the cause's being sent to the value's being seen.
  func wait(for wanted: Wanted, by attribute: Attribute) async throws -> Double {
    let key = Watch.key(wanted.identity, attribute, wanted.value)
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      if let seen = state.withLock({ $0.seen[key] }), seen >= wanted.since {
        return (seen - wanted.since) / .seconds(1)
      }
      try await Task.sleep(for: .microseconds(300))
    }
    throw Failure("\(wanted.identity) did not get \(attribute.rawValue) within a minute")
  }
}
