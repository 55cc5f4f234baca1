import LDAP

/// The attributes that derivation looks at, by the server's names.
struct RoleAttributes: Sendable {
  let identity: String
  let start: String
  let end: String
  /// Who is a member of a commission; `nil` when the catalogue has no such attribute.
  let members: String?
  let right: String
  /// The care provider that answers for a unit, by HSA-id.
  let responsible: String
  /// The units that belong to a care unit, by HSA-id.
  let unitMembers: String
  /// Who has a function, by DN.
  let occupants: [String]
  /// What people call a person, the best first.
  let labels: [String]
  /// All that must be read, each once, in a fixed order.
  let all: [String]

  init(_ rules: RoleRules, _ profile: Profile) {
    identity = profile.identity
    start = profile.startDate
    end = profile.endDate
    members = profile.memberAttribute
    right = profile.serverName("hsaCommissionRight")
    responsible = profile.responsibleProvider
    unitMembers = profile.serverName("hsaHealthCareUnitMember")
    occupants = RoleAttributes.occupants(profile)
    labels = [profile.serverName("fullName"), profile[.person]?.naming ?? "cn"]
    let fixed =
      ["objectClass", "entryUUID", identity, start, end, right, responsible, unitMembers] + occupants + labels
    var seen: Set<String> = []
    all = (fixed + [members].compactMap { $0 } + RoleAttributes.named(rules)).filter {
      seen.insert($0.asciiLowercased).inserted
    }
  }

  /// `roleOccupant` where the profile says that it holds names; else whatever does, a manager aside, who has no
  /// function by being one.
  private static func occupants(_ profile: Profile) -> [String] {
    let usual = profile.serverName("roleOccupant")
    let names = profile.references.filter { $0.value == .name }.map(\.key).sorted()
    let manager = profile.serverName("manager")
    if names.contains(where: { $0.equalsIgnoringASCIICase(usual) }) { return [usual] }
    let others = names.filter {
      !$0.equalsIgnoringASCIICase(manager) && !$0.equalsIgnoringASCIICase("manager")
    }
    return others.isEmpty ? [usual] : others
  }

  /// What rules and constraints mention, in their order.
  private static func named(_ rules: RoleRules) -> [String] {
    var names: [String] = []
    for subject in RoleSubject.allCases { names += rules.mandatory[subject] ?? [] }
    for rule in rules.rules {
      for condition in rule.conditions { names += condition.filter.attributes.sorted() }
      for part in rule.role.parts { if case .attribute(_, let name) = part { names.append(name) } }
      for end in rule.until { if case .attribute(_, let name) = end { names.append(name) } }
    }
    for constraint in rules.constraints {
      if case .requesters(let filter?, _) = constraint.limit { names += filter.attributes.sorted() }
    }
    return names
  }
}
