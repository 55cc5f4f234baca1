import Directory
import LDAP

/// Roles as groups under a base, whose members are the persons who have them.
package struct GroupTarget: RoleTarget {
  package let form: RoleTargetForm
  let settings: GroupSettings
  /// Under which all persons lie.
  let base: DistinguishedName
  let identity: String
  let applier: Applier
  let open: @Sendable () async throws -> LDAPConnection

  /// - Parameters:
  ///   - base: under which all persons lie.
  ///   - applier: the one writer.
  ///   - open: makes a connection that is bound as the agent and has proven it.
  package init(
    _ settings: GroupSettings, form: RoleTargetForm, base: DistinguishedName, profile: Profile,
    applier: Applier, open: @escaping @Sendable () async throws -> LDAPConnection
  ) {
    self.form = form
    self.settings = settings
    self.base = base
    self.applier = applier
    self.open = open
    identity = profile.identity
  }

  /// Nothing is kept open between calls.
  package func close() async {}

  var standIn: DistinguishedName? {
    if case .standIn(let name) = settings.empty { name } else { nil }
  }

  package func held() async throws(RoleTargetFault) -> HeldRoles {
    do {
      return try await TargetReader.lend(open) { reader in
        try check(reader)
        let (ours, foreign) = try await groups(reader)
        let people = try await people(Set(ours.flatMap(\.order)), reader)
        var held = HeldRoles(target: form.name, foreign: foreign)
        for group in ours {
          for key in group.order { held.roles.append(role(key, in: group, people)) }
        }
        // Two groups of one name are one role.
        var seen: Set<[String]> = []
        held.roles = held.roles.filter {
          seen.insert([$0.person.normalForm, RoleName.normalForm($0.value), $0.entryUUID ?? $0.holder])
            .inserted
        }
        held.roles.sort(by: HeldRole.precedes)
        return held
      }
    } catch {
      throw RoleTargetFault(error)
    }
  }

  private func role(_ key: String, in group: RoleGroup, _ people: [String: Person]) -> HeldRole {
    let holder = group.members[key].map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    let person = people[key]
    return HeldRole(
      person: person?.identity ?? GroupMember.unknown(key), value: group.name, holder: holder,
      entryUUID: person?.entryUUID)
  }

  private struct Person {
    var identity: HSAIdentity
    var entryUUID: String
  }

  /// Who the members are, by their keys: one search of everybody, where there is anybody to look for.
  private func people(_ keys: Set<String>, _ reader: TargetReader) async throws -> [String: Person] {
    guard !keys.isEmpty else { return [:] }
    var people: [String: Person] = [:]
    for batch in try await reader.all(under: base, .present(identity), [identity, "entryUUID"]) {
      for index in 0..<batch.count {
        let entry = try batch.entry(index)
        let key = entry.dn.normalForm(reader.schema)
        guard keys.contains(key) else { continue }
        guard let uuid = entry.text("entryUUID") else { throw RoleTargetFault.noEntryUUID }
        let ids = entry.values(of: identity, reader.schema).compactMap(\.text)
        people[key] = Person(
          identity: HSAIdentity(ids.count == 1 ? ids[0] : "entryUUID \(uuid)"), entryUUID: uuid)
      }
    }
    return people
  }

  // MARK: What the server must be able to

  private func check(_ reader: TargetReader) throws(RoleTargetFault) {
    let (schema, name, member) = (reader.schema, settings.objectClass, settings.memberAttribute)
    guard schema.objectClass(name) != nil else {
      throw RoleTargetFault(
        .unsuitable, "the schema has no class \(name); correct the target or the server's schema")
    }
    guard schema.allowed(by: [name]).contains(schema.canonicalName(member)), schema.hasEquality(member) else {
      throw RoleTargetFault(
        .unsuitable, "class \(name) has no members by the name of \(member); correct the target")
    }
    let required = schema.required(by: [name])
    let given = Set(["objectClass", "cn", member].map(schema.canonicalName))
    guard required.isSubset(of: given) else {
      throw RoleTargetFault(
        .unsuitable, "class \(name) demands more than cn and \(member); choose another class")
    }
    let canBeEmpty = !required.contains(schema.canonicalName(member))
    if settings.empty == .keep && !canBeEmpty {
      throw RoleTargetFault(
        .unsuitable,
        "class \(name) allows no group without members; delete empty ones or set a stand-in (empty: DN)")
    }
    if settings.empty == .delete && !WriteSupport(reader.rootDSE).assertion {
      throw RoleTargetFault(
        .unsuitable,
        "this server cannot make a deletion conditional, so no empty group is deleted; set a stand-in (empty: DN)"
      )
    }
  }
}
