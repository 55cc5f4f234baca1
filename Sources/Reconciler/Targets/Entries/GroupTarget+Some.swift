import Directory
import LDAP

// What some persons have, without reading who else is in their groups.
extension GroupTarget {
  /// - Returns: roles with the name that each person has now as its holder, as the directory spells it.
  package func held(
    of persons: Set<HSAIdentity>, named names: [DistinguishedName]
  ) async throws(RoleTargetFault) -> HeldRoles {
    guard !persons.isEmpty || !names.isEmpty else {
      return HeldRoles(target: form.name, of: [])
    }
    // Members that nobody is known by have no name here to be looked for.
    let isAnybodyUnknown = persons.contains { $0.text.hasPrefix(GroupMember.unknownPrefix) }
    guard !isAnybodyUnknown, persons.count + names.count <= GroupTarget.most else {
      return try await heldAmongAll(persons, names)
    }
    do {
      return try await TargetReader.lend(kept) { reader in
        try check(reader)
        var members = try await members(persons, reader)
        for name in names { try await add(name, to: &members, of: persons, reader) }
        let strangers = members.values.filter { $0.person == nil }.map { GroupMember.unknown($0.key) }
        var held = HeldRoles(target: form.name, of: persons.union(strangers))
        let found = try await groups(holding: members.values.sorted { $0.key < $1.key }, reader)
        for (member, groups, foreign) in found {
          held.foreign += foreign
          held.roles += groups.map { role(member.key, member.dn.description, in: $0, member.person) }
        }
        return inOrder(held)
      }
    } catch {
      throw RoleTargetFault(error)
    }
  }

  /// How many persons are asked about one by one; of more, all that is held is read.
  private static let most = 200
  /// How many of them at a time.
  private static let width = 16

  private struct Member: Sendable {
    var key: String
    var dn: DistinguishedName
    /// `nil` for a name that nobody known has.
    var person: Person?
  }

  private func heldAmongAll(
    _ persons: Set<HSAIdentity>, _ names: [DistinguishedName]
  ) async throws(RoleTargetFault) -> HeldRoles {
    let all = try await held()
    let schema: Schema
    do { schema = try await kept.lease().schema } catch { throw RoleTargetFault(error) }
    return all.only(persons.union(names.map { GroupMember.unknown($0.normalForm(schema)) }))
  }

  /// The entries of persons, by their keys.
  private func members(
    _ persons: Set<HSAIdentity>, _ reader: TargetReader
  ) async throws -> [String: Member] {
    var members: [String: Member] = [:]
    for filter in TargetReader.filters(of: persons, identity: identity) {
      let ofSomebody = Filter.and([.present(identity), filter])
      for batch in try await reader.all(under: base, ofSomebody, [identity, "entryUUID"]) {
        for index in 0..<batch.count {
          let entry = try batch.entry(index)
          let person = try person(entry, reader.schema)
          guard persons.contains(person.identity) else { continue }
          let key = entry.dn.normalForm(reader.schema)
          members[key] = Member(key: key, dn: entry.dn, person: person)
        }
      }
    }
    return members
  }

  /// Adds a name that none of the others has now.
  private func add(
    _ name: DistinguishedName, to members: inout [String: Member], of persons: Set<HSAIdentity>,
    _ reader: TargetReader
  ) async throws {
    let key = name.normalForm(reader.schema)
    guard members[key] == nil, key != standIn?.normalForm(reader.schema) else { return }
    if name.isDescendant(of: base, schema: reader.schema),
      let entry = try await reader.connection.entry(
        name, attributes: [identity, "entryUUID"], filter: .present(identity))
    {
      let person = try person(entry, reader.schema)
      if persons.contains(person.identity) { members[key] = Member(key: key, dn: name, person: person) }
    } else {
      members[key] = Member(key: key, dn: name)
    }
  }

  /// The groups that each is a member of, and how many there are that are not ours; some searches at a time.
  private func groups(
    holding members: [Member], _ reader: TargetReader
  ) async throws -> [(Member, [RoleGroup], foreign: Int)] {
    try await withThrowingTaskGroup(of: (Member, [RoleGroup], Int).self) { group in
      var rest = members[...]
      func start() {
        guard let member = rest.popFirst() else { return }
        group.addTask {
          let filter = Filter.equal(settings.memberAttribute, Value(member.dn.description))
          let (ours, foreign) = try await groups(reader, filter, readsMembers: false)
          return (member, ours, foreign)
        }
      }
      for _ in 0..<GroupTarget.width { start() }
      var found: [(Member, [RoleGroup], foreign: Int)] = []
      for try await one in group {
        found.append(one)
        start()
      }
      return found
    }
  }
}
