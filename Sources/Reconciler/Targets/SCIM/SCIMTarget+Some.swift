import Directory

// What some persons have, by filters (RFC 7644 section 3.4.2.2).
extension SCIMTarget {
  /// How many persons or ids one filter names: it stands in a URL, which servers take some thousand octets of.
  private static let chunk = 20

  /// - Returns: `nil` when the provider does not do filters, or answers them with others.
  func held(
    of persons: Set<HSAIdentity>, _ session: SCIMSession
  ) async throws(RoleTargetFault) -> HeldRoles? {
    do throws(RoleTargetFault) {
      switch settings.place {
      case .roles, .entitlements:
        let slot = settings.slot
        return try await users(persons, slot, slot.attributes, session).map { held(by: $0).only(persons) }
      case .groups:
        guard let users = try await users(persons, .users, "externalId", session) else { return nil }
        // A member who is among no users goes by an id as well.
        let strangers = persons.compactMap(SCIMTarget.id)
        guard let groups = try await groups(Set(users.map(\.id) + strangers), session) else { return nil }
        return held(in: groups, by: users).only(persons)
      }
    } catch {
      // What it does not do at all, the whole reading will meet with as well.
      guard error.code == .unsuitable else { throw error }
      return nil
    }
  }

  /// Whether filters find just what was found without: some providers ignore them, or know fewer attributes than they
  /// say.
  func filtersHold(_ all: HeldRoles, _ session: SCIMSession) async -> Bool {
    guard let sample = all.roles.first(where: { SCIMResource.isHSAIdentity($0.person.text) }) else {
      return false
    }
    let persons: Set<HSAIdentity> = [sample.person]
    do throws(RoleTargetFault) {
      return try await held(of: persons, session)?.roles == all.only(persons).roles
    } catch {
      return false
    }
  }

  private func users(
    _ persons: Set<HSAIdentity>, _ slot: SCIMSlot, _ attributes: String, _ session: SCIMSession
  ) async throws(RoleTargetFault) -> [SCIMResource]? {
    var found: [SCIMResource] = []
    for chunk in SCIMTarget.chunks(persons.sorted()) {
      let filters = chunk.map { person in
        SCIMTarget.id(person).map { "id eq " + SCIMJSON.quoted($0) } ?? SCIMLookup.filter(person)
      }
      let users = try await all(slot, attributes, session, filters.joined(separator: " or "))
      // Who is found by an id may have an HSA-id meanwhile.
      let ids = Set(chunk.compactMap(SCIMTarget.id))
      guard users.allSatisfy({ chunk.contains($0.person) || ids.contains($0.id) }) else { return nil }
      found += users
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.id).inserted }
  }

  private func groups(
    _ members: Set<String>, _ session: SCIMSession
  ) async throws(RoleTargetFault) -> [SCIMResource]? {
    var found: [SCIMResource] = []
    for chunk in SCIMTarget.chunks(members.sorted()) {
      let filter = chunk.map { "members.value eq " + SCIMJSON.quoted($0) }.joined(separator: " or ")
      let groups = try await all(settings.slot, settings.slot.attributes, session, filter)
      guard groups.allSatisfy({ !Set($0.values).isDisjoint(with: chunk) }) else { return nil }
      found += groups
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.id).inserted }
  }

  /// The id of somebody who has no HSA-id.
  private static func id(_ person: HSAIdentity) -> String? {
    guard person.text.hasPrefix(SCIMResource.idPrefix) else { return nil }
    return String(person.text.dropFirst(SCIMResource.idPrefix.count))
  }

  private static func chunks<Item>(_ items: [Item]) -> [[Item]] {
    stride(from: 0, to: items.count, by: chunk).map { Array(items[$0..<min($0 + chunk, items.count)]) }
  }
}
