import Directory
import Foundation
import LDAP

/// The last look before anything is written for a delegated administrator: who answers for each entry, asked of the
/// directory itself and of nothing that is remembered.
struct ScopeGate {
  let connection: LDAPConnection
  let profile: Profile
  let schema: Schema
  let base: DistinguishedName
  /// Who answers for what lies at a name; `nil`: nobody, or it is not there.
  private var known: [String: HSAIdentity?] = [:]
  /// What the names that the plan gives are called now: its changes come in order, and each is made to what those before
  /// it have left.
  private var present: [String: DistinguishedName] = [:]

  init(_ connection: LDAPConnection, _ profile: Profile, _ schema: Schema, _ base: DistinguishedName) {
    self.connection = connection
    self.profile = profile
    self.schema = schema
    self.base = base
  }

  /// An error for each change that would be written beyond what its source, or whoever asks, may speak for.
  ///
  /// - Parameter scope: of a change; `nil`: it is the region's.
  mutating func findings(
    in plan: Plan, scope: (Change) -> ProviderScope?
  ) async throws(LDAPError) -> [Finding] {
    var findings: [Finding] = []
    // What the plan makes lies where it is put: who answers for that is who answers for what lies above.
    var made: Set<String> = []
    for change in plan.changes {
      let isMade = change.isAddition ? now(change.dn) : nil
      defer {
        if let isMade { made.insert(isMade.normalForm(schema)) }
        if let new = change.newDN { present[new.normalForm(schema)] = now(change.dn) }
      }
      guard let scope = scope(change) else { continue }
      // Units alone say who answers for what lies at and under them.
      let place = change.kind.isContainer && !change.isAddition ? change.dn : change.dn.parent
      let names = [place, change.newDN?.parent]
      for name in names.compactMap({ $0.map(now) }) {
        let provider = try await provider(of: name, made)
        guard provider.map(scope.providers.contains) != true else { continue }
        findings.append(ScopeRules(profile).outside(change))
        break
      }
    }
    return findings
  }

  /// What is called so once the changes before this one are made, by the name that it has now.
  private func now(_ name: DistinguishedName) -> DistinguishedName {
    let key = name.normalForm(schema)
    if let found = present[key] { return found }
    guard key != base.normalForm(schema), let parent = name.parent, let rdn = name.rdns.first else {
      return name
    }
    return now(parent).child(rdn)
  }

  private mutating func provider(
    of name: DistinguishedName, _ made: Set<String>
  ) async throws(LDAPError) -> HSAIdentity? {
    var path: [String] = []
    var found: HSAIdentity?
    var next: DistinguishedName? = name
    while let here = next {
      let key = here.normalForm(schema)
      if let settled = known[key] {
        found = settled
        break
      }
      path.append(key)
      let entry = try await connection.entry(
        here, attributes: ["objectClass", profile.identity, profile.responsibleProvider])
      if let entry {
        let named = named(by: entry)
        if !named.isEmpty {
          found = named.count == 1 ? named.first : nil
          break
        }
      } else if !made.contains(key) {
        break
      }
      next = key == base.normalForm(schema) ? nil : here.parent
    }
    for key in path { known[key] = .some(found) }
    return found
  }

  /// The care providers that a unit names as responsible, or the one that it is.
  private func named(by entry: Entry) -> Set<HSAIdentity> {
    let named = entry[profile.responsibleProvider].compactMap { $0.text.map { HSAIdentity($0) } }
    if !named.isEmpty { return Set(named) }
    let isProvider = entry["objectClass"].contains {
      ($0.text ?? "").equalsIgnoringASCIICase(profile.providerClass)
    }
    return isProvider ? Set(entry.text(profile.identity).map { [HSAIdentity($0)] } ?? []) : []
  }
}

extension Applier {
  /// What of a plan would be written beyond what a delegated administrator may speak for, by the directory as it is.
  ///
  /// - Throws: `LDAPError` when the directory cannot be read.
  func outside(_ plan: Plan, scope: (Change) -> ProviderScope?) async throws -> [Finding] {
    guard plan.changes.contains(where: { scope($0) != nil }) else { return [] }
    let server = try await lease()
    let session = session(server.connection)
    do {
      var gate = ScopeGate(server.connection, profile, server.schema, plan.base)
      let findings = try await gate.findings(in: plan, scope: scope)
      await session.close()
      return findings
    } catch {
      await session.close()
      throw error
    }
  }
}
