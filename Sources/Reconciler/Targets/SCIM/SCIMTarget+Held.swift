import Directory

// What the target has.
extension SCIMTarget {
  func held(_ session: SCIMSession) async throws(RoleTargetFault) -> HeldRoles {
    switch settings.place {
    case .roles, .entitlements: try await heldByUsers(session)
    case .groups: try await heldByGroups(session)
    }
  }

  private func heldByUsers(_ session: SCIMSession) async throws(RoleTargetFault) -> HeldRoles {
    held(by: try await all(settings.slot, settings.slot.attributes, session))
  }

  func held(by users: [SCIMResource]) -> HeldRoles {
    tellOfDoubles(users)
    var held = HeldRoles(target: form.name)
    for user in users {
      held.foreign += user.unnamed
      for value in user.values {
        if form.owns.match(value) {
          held.roles.append(HeldRole(person: user.person, value: value, holder: user.id))
        } else {
          held.foreign += 1
        }
      }
    }
    return inOrder(held)
  }

  /// Groups before users: a member who is not among the users is nobody, and never somebody who came meanwhile.
  private func heldByGroups(_ session: SCIMSession) async throws(RoleTargetFault) -> HeldRoles {
    let groups = try await all(settings.slot, settings.slot.attributes, session)
    return held(in: groups, by: try await all(SCIMSlot.users, "externalId", session))
  }

  func held(in groups: [SCIMResource], by users: [SCIMResource]) -> HeldRoles {
    tellOfDoubles(users)
    let persons = Dictionary(users.map { ($0.id, $0.person) }, uniquingKeysWith: { first, _ in first })
    var held = HeldRoles(target: form.name)
    for group in groups {
      guard let name = group.displayName, form.owns.match(name) else {
        held.foreign += group.values.count + group.unnamed
        continue
      }
      held.foreign += group.unnamed
      for member in Set(group.values) {
        let person = persons[member] ?? SCIMResource.person(id: member)
        held.roles.append(HeldRole(person: person, value: name, holder: member))
      }
    }
    return inOrder(held)
  }

  func all(
    _ slot: SCIMSlot, _ attributes: String, _ session: SCIMSession, _ filter: String? = nil
  ) async throws(RoleTargetFault) -> [SCIMResource] {
    try await SCIMReader(
      session: session, slot: slot, attributes: attributes, page: settings.page, filter: filter
    ).all()
  }

  private func inOrder(_ held: HeldRoles) -> HeldRoles {
    var held = held
    func key(_ role: HeldRole) -> [String] { [role.person.normalForm, role.value, role.holder] }
    held.roles.sort { key($0).lexicographicallyPrecedes(key($1)) }
    return held
  }

  /// Two users with one HSA-id are both shown with what they hold, so that both lose it; nothing is given to either.
  private func tellOfDoubles(_ users: [SCIMResource]) {
    let counts = Dictionary(grouping: users.filter { $0.externalId != nil }, by: \.person).filter {
      $0.value.count > 1
    }
    guard !counts.isEmpty else { return }
    let persons = counts.keys.sorted().prefix(10).map(\.text).joined(separator: " ")
    logger.warning(
      "several users at a SCIM target have one HSA-id; nothing is given to them until one is left",
      metadata: ["target": "\(form.name)", "persons": "\(counts.count)", "first": "\(persons)"])
  }
}

extension SCIMSlot {
  /// Users, of whom nothing but who they are is asked.
  static let users = SCIMSlot(resources: "Users", attribute: "roles")
}
