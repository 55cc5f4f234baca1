import LDAP

/// Tells which care provider answers for an entry, from the entries as they are.
///
/// The nearest unit or organisation from the entry upwards decides that names a care provider as responsible, or is one:
/// a unit far away that names a provider belongs to it with all that lies under it, and a unit in a provider's own tree
/// that names another one does not.
package struct ScopeReach<Lookup: EntryLookup> {
  let lookup: Lookup
  private let scope: ProviderScope
  /// By entry; `nil`: nobody answers for it.
  private var known: [Int64: HSAIdentity?] = [:]

  package init(_ lookup: Lookup, _ scope: ProviderScope) {
    self.lookup = lookup
    self.scope = scope
  }

  /// The care provider that answers for an entry; `nil` when nobody does, or several are named.
  ///
  /// - Throws: what the lookup throws.
  package mutating func provider(of entry: Int64) throws -> HSAIdentity? {
    var path: [Int64] = []
    var found: HSAIdentity?
    var next: Int64? = entry
    while let here = next {
      if let settled = known[here] {
        found = settled
        break
      }
      path.append(here)
      // A tree that is no tree, while it is being told: what goes in circles is nobody's.
      guard path.count <= 1_000 else { return nil }
      let facts = try lookup.facts(of: here)
      if facts.isContainer {
        let named = facts.links.filter { $0.sort == .provider }
        if !named.isEmpty {
          found = named.count == 1 ? HSAIdentity(named[0].target) : nil
          break
        }
        if facts.isProvider {
          found = facts.identity
          break
        }
      }
      next = try lookup.parent(of: here)
    }
    for entry in path { known[entry] = .some(found) }
    return found
  }

  /// Whether an entry belongs to one of the providers.
  package mutating func isWithin(_ entry: Int64) throws -> Bool {
    try provider(of: entry).map(scope.providers.contains) ?? false
  }

  /// Where an HSA-id stands.
  package enum Standing: Hashable, Sendable {
    /// All entries that have it belong to the providers.
    case within
    /// An entry that has it does not.
    case outside
    /// Nobody has it.
    case unknown
  }

  package mutating func standing(of identity: HSAIdentity) throws -> Standing {
    let entries = try lookup.entries(with: identity)
    guard !entries.isEmpty else { return .unknown }
    return try entries.allSatisfy { try isWithin($0) } ? .within : .outside
  }

  /// Whether there is an entry of this name that belongs to the providers.
  package mutating func isWithin(_ name: DistinguishedName) throws -> Bool {
    try lookup.entry(named: name).map { try isWithin($0) } ?? false
  }
}
