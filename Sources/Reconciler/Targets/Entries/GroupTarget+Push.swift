import Directory
import LDAP

extension GroupTarget {
  /// How many members one write takes away or adds at most.
  static let batch = 100

  package func push(
    _ changes: [RoleChange], from held: HeldRoles, journal: any RoleJournal
  ) async -> [RoleOutcome] {
    var push = RolePush(changes, to: form, under: settings.base, applier, journal)
    await push.push(.loss, isWorthAnotherLook: \.mayHaveChanged) { pending, attempts in
      try await TargetReader.lend(kept) { try await losses(changes, pending, attempts, $0) }
    }
    await push.push(.gain, isWorthAnotherLook: \.mayHaveChanged) { pending, attempts in
      try await TargetReader.lend(kept) { try await gains(changes, pending, attempts, $0) }
    }
    return push.result
  }

  // MARK: Losses

  private func losses(
    _ changes: [RoleChange], _ pending: [Int], _ attempts: [Int], _ reader: TargetReader
  ) async throws -> RolePush.Round {
    let groups = try await groups(of: pending.map { changes[$0].value }, reader)
    let byName = groups.indices.grouped { RoleName.normalForm(groups[$0].name) }
    let people = try await reader.whereabouts(
      of: pending.compactMap { changes[$0].entryUUID }, under: base, identity: identity)
    var round = RolePush.Round()
    var leaving: [Int: [(index: Int, key: String)]] = [:]
    for index in pending {
      let change = changes[index]
      // By the name that the person has now, where the server follows renames; else by the one that was read, which
      // may meanwhile be another's.
      let now = people[change.entryUUID?.asciiLowercased ?? ""]?.dn.normalForm(reader.schema)
      let keys = [now, GroupMember.key(Value(change.holder), reader.schema)].compactMap(\.self)
      var isMember = false
      for group in byName[RoleName.normalForm(change.value), default: []] {
        guard let key = keys.first(where: { groups[group].members[$0] != nil }) else { continue }
        leaving[group, default: []].append((index, key))
        isMember = true
      }
      if !isMember { round.ended[index] = RoleOutcome(.appliedAlready) }
    }
    for (group, leaving) in leaving.sorted(by: { $0.key < $1.key }) {
      round.writes += writes(leaving, from: groups[group], attempts)
    }
    return round
  }

  private func writes(
    _ leaving: [(index: Int, key: String)], from group: RoleGroup, _ attempts: [Int]
  ) -> [RoleWrite] {
    let isEmptied = Set(leaving.map(\.key)).count == group.members.count
    if isEmptied, settings.empty == .delete {
      return [
        RoleWrite(
          operation: .delete(group.dn), action: .delete,
          precondition: .init(entryUUID: group.entryUUID, entryCSN: group.entryCSN),
          covers: leaving.map(\.index))
      ]
    }
    var needsStandIn = isEmptied && !group.hasStandIn
    return batches(leaving, attempts, index: \.index).map { part in
      // Two changes may be about one member: its old and its new name, or two entries of one HSA-id.
      let values = Set(part.map(\.key)).sorted().compactMap { group.members[$0] }
      var modifications = [Modification(.delete, settings.memberAttribute, values)]
      if needsStandIn, let standIn {
        let value = Value(standIn.description)
        modifications.insert(Modification(.add, settings.memberAttribute, [value]), at: 0)
        needsStandIn = false
      }
      return RoleWrite(
        operation: .modify(group.dn, modifications), action: .update,
        precondition: .init(
          assertion: .and(values.map { .equal(settings.memberAttribute, $0) }), entryUUID: group.entryUUID),
        covers: part.map(\.index))
    }
  }

  // MARK: Gains

  private func gains(
    _ changes: [RoleChange], _ pending: [Int], _ attempts: [Int], _ reader: TargetReader
  ) async throws -> RolePush.Round {
    let groups = try await groups(of: pending.map { changes[$0].value }, reader)
    let byName = groups.indices.grouped { RoleName.normalForm(groups[$0].name) }
    // A group knows its members by name only, so who has the name is looked up just before.
    let people = try await reader.whereabouts(
      of: pending.compactMap { changes[$0].entryUUID }, under: base, identity: identity)
    var round = RolePush.Round()
    var joining: [String: [(index: Int, member: Value)]] = [:]
    for index in pending {
      let change = changes[index]
      guard let person = people[change.entryUUID?.asciiLowercased ?? ""], person.identity == change.person
      else {
        let isGone = people[change.entryUUID?.asciiLowercased ?? ""] == nil
        round.ended[index] = RoleOutcome(
          .stale, (isGone ? Outcome.Staleness.gone : .changed).rawValue)
        continue
      }
      let name = RoleName.normalForm(change.value)
      let key = person.dn.normalForm(reader.schema)
      if byName[name, default: []].contains(where: { groups[$0].members[key] != nil }) {
        round.ended[index] = RoleOutcome(.appliedAlready)
      } else {
        joining[name, default: []].append((index, Value(person.dn.description)))
      }
    }
    for (name, joining) in joining.sorted(by: { $0.key < $1.key }) {
      if let group = byName[name]?.first {
        round.writes += writes(joining, to: groups[group], attempts)
      } else {
        round.writes.append(creation(of: changes[joining[0].index].value, joining, attempts))
      }
    }
    return round
  }

  private func writes(
    _ joining: [(index: Int, member: Value)], to group: RoleGroup, _ attempts: [Int]
  ) -> [RoleWrite] {
    var needsStandIn = !group.hasStandIn
    return batches(joining, attempts, index: \.index).map { part in
      var values = Set(part.map(\.member)).sorted()
      let absent = Filter.not(.or(values.map { .equal(settings.memberAttribute, $0) }))
      if needsStandIn, let standIn { values.insert(Value(standIn.description), at: 0) }
      needsStandIn = false
      return RoleWrite(
        operation: .modify(group.dn, [Modification(.add, settings.memberAttribute, values)]),
        action: .update,
        precondition: .init(assertion: absent, entryUUID: group.entryUUID), covers: part.map(\.index))
    }
  }

  /// A group with its first members; the others follow when it is there and has an entryUUID.
  private func creation(
    of name: String, _ joining: [(index: Int, member: Value)], _ attempts: [Int]
  ) -> RoleWrite {
    let first = batches(joining, attempts, index: \.index)[0]
    let standIn = standIn.map { [Value($0.description)] } ?? []
    let entry = Entry(
      dn: settings.base.child(RelativeDistinguishedName("cn", Value(name))),
      attributes: [
        Attribute("objectClass", ["top", Value(settings.objectClass)]), Attribute("cn", [Value(name)]),
        Attribute(settings.memberAttribute, standIn + Set(first.map(\.member)).sorted()),
      ])
    let covered = Set(first.map(\.index))
    return RoleWrite(
      operation: .add(entry), action: .create, precondition: .init(), covers: first.map(\.index),
      enables: joining.map(\.index).filter { !covered.contains($0) })
  }

  /// Many at a time; one by one those of which a batch was not applied, so that none suffers for another.
  private func batches<Item>(_ items: [Item], _ attempts: [Int], index: (Item) -> Int) -> [[Item]] {
    let first = items.filter { attempts[index($0)] == 0 }
    let again = items.filter { attempts[index($0)] > 0 }
    return stride(from: 0, to: first.count, by: Self.batch).map {
      Array(first[$0..<min($0 + Self.batch, first.count)])
    } + again.map { [$0] }
  }
}

extension Outcome.Verdict {
  /// Whether reading the group again may show another way, or that there is nothing left to do.
  fileprivate var mayHaveChanged: Bool {
    switch self {
    // What the server calls done may be done under the person's old name only.
    case .appliedAlready, .stale: true
    case .failed(let code): !code.concernsNoEntry
    default: false
    }
  }
}

extension Sequence {
  fileprivate func grouped<Key: Hashable>(_ key: (Element) -> Key) -> [Key: [Element]] {
    Dictionary(grouping: self, by: key)
  }
}
