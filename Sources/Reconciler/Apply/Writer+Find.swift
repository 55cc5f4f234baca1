import Directory
import LDAP

extension Writer {
  /// The entry that a change is about, wherever it lies now; `nil` when there is none.
  func find(_ change: Change, _ lease: WriteSession.Lease) async throws -> Entry? {
    try await lease.connection.find(change, under: base, attributes: Fulfilment.attributes(of: change))
  }

  /// What an entry that does not fulfil a condition is: as wanted already, or stale and why.
  func explain(_ change: Change, _ lease: WriteSession.Lease) async throws -> Outcome.Verdict {
    let found = try await find(change, lease)
    if Fulfilment(schema: schema).isFulfilled(change, by: found) { return .appliedAlready }
    if case .add(let wanted) = change.operation {
      return .stale(try await isSameIdentity(wanted, lease) ? .changed : .replaced)
    }
    guard let found else {
      let other = try await lease.connection.entry(change.dn, attributes: ["entryUUID"])
      return .stale(other == nil ? .gone : .replaced)
    }
    let isInPlace = found.dn.normalForm(schema) == change.dn.normalForm(schema)
    return .stale(isInPlace ? .changed : .moved)
  }

  /// Whether the entry that has the name of one to be added is the same person, unit or function.
  private func isSameIdentity(_ wanted: Entry, _ lease: WriteSession.Lease) async throws -> Bool {
    let there = try await lease.connection.entry(wanted.dn, attributes: [identity])
    guard let has = there?.text(identity), let wants = wanted.text(identity) else { return false }
    return HSAIdentity(has) == HSAIdentity(wants)
  }
}

extension LDAPConnection {
  /// The first entry that a filter finds; a search that does not end with success throws.
  nonisolated func firstEntry(
    under base: DistinguishedName, filter: Filter, attributes: [String]
  ) async throws -> Entry? {
    let stream = search(
      SearchRequest(base: base, scope: .subtree, filter: filter, attributes: attributes, method: .plain))
    var first: Entry?
    for try await batch in stream where first == nil && batch.count > 0 { first = try batch.entry(0) }
    return first
  }
}
