import Directory
import LDAP

/// Roles as values of an attribute of the person, among values that are not ours.
///
/// Each value goes and comes by itself, never the attribute as a whole, so that others' values stay octet by octet.
package struct AttributeTarget: RoleTarget {
  package let form: RoleTargetForm
  private let attribute: String
  private let base: DistinguishedName
  private let identity: String
  private let applier: Applier
  private let kept: KeptConnection

  /// - Parameters:
  ///   - base: under which all persons lie.
  ///   - applier: the one writer.
  ///   - open: makes a connection that is bound as the agent and has proven it.
  package init(
    _ settings: AttributeSettings, form: RoleTargetForm, base: DistinguishedName, profile: Profile,
    applier: Applier, open: @escaping @Sendable () async throws -> LDAPConnection
  ) {
    self.form = form
    self.base = base
    kept = KeptConnection(open: open)
    self.applier = applier.keeping(kept)
    attribute = settings.attribute
    identity = profile.identity
  }

  package func close() async { await kept.close() }

  package func held() async throws(RoleTargetFault) -> HeldRoles {
    do {
      return try await TargetReader.lend(kept, isWhole: true) { reader in
        try check(reader.schema)
        var held = HeldRoles(target: form.name)
        try await read(.present(attribute), reader, into: &held)
        held.roles.sort(by: HeldRole.precedes)
        return held
      }
    } catch {
      throw RoleTargetFault(error)
    }
  }

  package func held(
    of persons: Set<HSAIdentity>, named names: [DistinguishedName]
  ) async throws(RoleTargetFault) -> HeldRoles {
    guard !persons.isEmpty else { return HeldRoles(target: form.name, of: []) }
    var held: HeldRoles
    do {
      held = try await TargetReader.lend(kept) { reader in
        try check(reader.schema)
        var held = HeldRoles(target: form.name)
        held.persons = persons
        for filter in TargetReader.filters(of: persons, identity: identity) {
          try await read(.and([.present(attribute), filter]), reader, into: &held)
        }
        return held
      }
    } catch {
      throw RoleTargetFault(error)
    }
    // An entry that was found by its entryUUID may be somebody's, and one by two HSA-ids nobody's.
    held.roles = Set(held.roles).filter { persons.contains($0.person) }.sorted(by: HeldRole.precedes)
    return held
  }

  private func read(_ filter: Filter, _ reader: TargetReader, into held: inout HeldRoles) async throws {
    for batch in try await reader.all(under: base, filter, [identity, "entryUUID", attribute]) {
      for index in 0..<batch.count { try take(batch.entry(index), reader.schema, into: &held) }
    }
  }

  private func take(_ entry: Entry, _ schema: Schema, into held: inout HeldRoles) throws {
    let values = entry.values(of: attribute, schema)
    let ours = values.compactMap(\.text).filter(form.owns.match)
    held.foreign += values.count - ours.count
    guard !ours.isEmpty else { return }
    guard let uuid = entry.text("entryUUID") else { throw RoleTargetFault.noEntryUUID }
    let ids = entry.values(of: identity, schema).compactMap(\.text)
    let person = ids.count == 1 ? HSAIdentity(ids[0]) : .entry(uuid)
    let holder = entry.dn.description
    held.roles += ours.map { HeldRole(person: person, value: $0, holder: holder, entryUUID: uuid) }
  }

  /// - Throws: ``RoleTargetFault`` where single values cannot be added, taken away and asserted.
  private func check(_ schema: Schema) throws(RoleTargetFault) {
    guard let type = schema.attributeType(attribute) else {
      throw RoleTargetFault(
        .unsuitable, "the schema has no attribute \(attribute); correct the target or the server's schema")
    }
    guard schema.hasEquality(attribute) else {
      throw RoleTargetFault(
        .unsuitable,
        "attribute \(attribute) has no EQUALITY rule, so single values cannot be changed; choose another")
    }
    guard !type.isSingleValue, !type.isNoUserModification, !type.isOperational else {
      throw RoleTargetFault(
        .unsuitable, "attribute \(attribute) cannot hold several values that others write; choose another")
    }
  }

  // MARK: Writing

  package func push(
    _ changes: [RoleChange], from held: HeldRoles, journal: any RoleJournal
  ) async -> [RoleOutcome] {
    var push = RolePush(changes, to: form, under: base, applier, journal)
    for direction in [RoleChange.Direction.loss, .gain] {
      await push.push(direction, isWorthAnotherLook: { $0 == .stale(.moved) }) { pending, attempts in
        try await round(changes, pending, attempts)
      }
    }
    return push.result
  }

  /// The writes for changes: at the name that was read, and at the one that the entry has now when that was wrong.
  private func round(
    _ changes: [RoleChange], _ pending: [Int], _ attempts: [Int]
  ) async throws -> RolePush.Round {
    let again = pending.filter { attempts[$0] > 0 }.compactMap { changes[$0].entryUUID }
    let moved =
      again.isEmpty
      ? [:]
      : try await TargetReader.lend(kept) {
        try await $0.whereabouts(of: again, under: base, identity: identity)
      }
    var round = RolePush.Round()
    for index in pending {
      let change = changes[index]
      let dn =
        attempts[index] > 0
        ? moved[change.entryUUID?.asciiLowercased ?? ""]?.dn : try? DistinguishedName(parsing: change.holder)
      guard let dn, change.entryUUID != nil else {
        round.ended[index] = RoleOutcome(.stale, Outcome.Staleness.gone.rawValue)
        continue
      }
      round.writes.append(write(change, at: dn, covers: index))
    }
    return round
  }

  private func write(_ change: RoleChange, at dn: DistinguishedName, covers index: Int) -> RoleWrite {
    let value = Value(change.value)
    let isLoss = change.direction == .loss
    let assertion: Filter =
      isLoss
      ? .equal(attribute, value)
      : .and([.equal(identity, Value(change.person.text)), .not(.equal(attribute, value))])
    return RoleWrite(
      operation: .modify(dn, [Modification(isLoss ? .delete : .add, attribute, [value])]), action: .update,
      precondition: .init(assertion: assertion, entryUUID: change.entryUUID), covers: [index])
  }
}

extension HeldRole {
  /// An order that depends on nothing but what they are.
  static func precedes(_ left: HeldRole, _ right: HeldRole) -> Bool {
    (left.person.normalForm, left.value, left.holder) < (right.person.normalForm, right.value, right.holder)
  }
}

extension RoleTargetFault {
  static var noEntryUUID: RoleTargetFault {
    RoleTargetFault(
      .notPermitted, "entries are read without entryUUID; give the agent the right to read it")
  }
}
