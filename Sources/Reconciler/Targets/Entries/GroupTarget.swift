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
  let kept: KeptConnection

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
    kept = KeptConnection(open: open)
    self.applier = applier.keeping(kept)
    identity = profile.identity
  }

  package func close() async { await kept.close() }

  var standIn: DistinguishedName? {
    if case .standIn(let name) = settings.empty { name } else { nil }
  }

  package func held() async throws(RoleTargetFault) -> HeldRoles {
    do {
      return try await TargetReader.lend(kept, isWhole: true) { reader in
        try check(reader)
        let (ours, foreign) = try await groups(reader)
        let people = try await people(Set(ours.flatMap(\.order)), reader)
        var held = HeldRoles(target: form.name, foreign: foreign)
        for group in ours {
          for key in group.order {
            let holder = group.members[key].map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
            held.roles.append(role(key, holder, in: group, people[key]))
          }
        }
        return inOrder(held)
      }
    } catch {
      throw RoleTargetFault(error)
    }
  }

  func role(_ key: String, _ holder: String, in group: RoleGroup, _ person: Person?) -> HeldRole {
    HeldRole(
      person: person?.identity ?? GroupMember.unknown(key), value: group.name, holder: holder,
      entryUUID: person?.entryUUID)
  }

  func inOrder(_ held: HeldRoles) -> HeldRoles {
    var held = held
    // Two groups of one name are one role.
    var seen: Set<[String]> = []
    held.roles = held.roles.filter {
      seen.insert([$0.person.normalForm, RoleName.normalForm($0.value), $0.entryUUID ?? $0.holder])
        .inserted
    }
    held.roles.sort(by: HeldRole.precedes)
    return held
  }

  /// Who a member is.
  struct Person {
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
        if keys.contains(key) { people[key] = try person(entry, reader.schema) }
      }
    }
    return people
  }

  func person(_ entry: Entry, _ schema: Schema) throws(RoleTargetFault) -> Person {
    guard let uuid = entry.text("entryUUID") else { throw RoleTargetFault.noEntryUUID }
    let ids = entry.values(of: identity, schema).compactMap(\.text)
    return Person(identity: ids.count == 1 ? HSAIdentity(ids[0]) : .entry(uuid), entryUUID: uuid)
  }

  // MARK: What the server must be able to

  func check(_ reader: TargetReader) throws(RoleTargetFault) {
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
