import LDAP

// Whose roles may have become others, and what those depend on.
extension PartSearch {
  /// Whether rules withhold what points at something that is not there.
  private var hasMandatoryReferences: Bool {
    guard let rules else { return false }
    return rules.mandatory.values.joined().contains { profile.references[$0.asciiLowercased] == .identity }
  }

  // MARK: Whose

  /// Adds all whose roles depend on what has an HSA-id, as it is and as its rows want it.
  mutating func touchRoles(of identity: HSAIdentity) throws {
    let found = try entries(with: identity)
    for entry in found { try touchRoles(below: entry) }
    if found.isEmpty { try touchRoles(referringTo: identity) }
    // It may have been a person before.
    touch(person: identity)
    let rows = desired.rows(of: identity) + (try correlate(found))
    for row in rows {
      let kind = desired.state.rows[row].kind
      guard kind == .commission || kind == .function else { continue }
      for link in desired.links(of: row) { try touch(link, of: kind) }
    }
    for entry in found { try join(entry) }
    for target in (targets[identity] ?? []).sorted() { try lookAtUnits(from: target) }
  }

  mutating func touch(person: HSAIdentity) {
    guard persons.insert(person).inserted else { return }
    personsPending.append(person)
    for request in rules?.requests ?? [] where request.requester == person { touch(person: request.person) }
  }

  private mutating func touch(_ link: EntryLink, of kind: Kind) throws {
    switch (kind, link.sort) {
    case (.commission, .member): touch(person: HSAIdentity(link.target))
    // A row may name who has a function by HSA-id.
    case (.function, .identity):
      touch(person: HSAIdentity(link.target))
      // Where that one will lie somebody else may lie until then.
      for key in (newNames[HSAIdentity(link.target)] ?? []).sorted() {
        try touch(EntryLink(.name, key), of: kind)
      }
    case (.function, .name):
      guard let entry = try entry(key: link.target) else { return }
      if let identity = try facts(entry).identity { touch(person: identity) }
    default: return
    }
    guard persons.count <= limit else { throw PartStop(reason: .size) }
  }

  /// Adds all who depend on an entry, on what lies under it and on what refers to it, valid or not.
  private mutating func touchRoles(below entry: Int64) throws {
    var pending = [entry]
    while let one = pending.popLast() {
      guard depended.insert(one).inserted else { continue }
      guard depended.count <= limit else { throw PartStop(reason: .size) }
      let facts = try facts(one)
      if facts.kind == .person, let identity = facts.identity { touch(person: identity) }
      if let kind = facts.kind {
        for link in facts.links { try touch(link, of: kind) }
        for member in try lookup.members(of: one) { try touch(member, of: kind) }
      }
      if let identity = facts.identity { pending += try referrers(of: identity) }
      // Under a person nothing lies, or the whole is planned.
      guard facts.kind != .person else { continue }
      pending += try lookup.children(of: one, limit: limit + 1)
      for link in facts.links where link.sort == .unitMember {
        pending += try entries(with: HSAIdentity(link.target))
      }
    }
  }

  private mutating func touchRoles(referringTo identity: HSAIdentity) throws {
    for entry in try referrers(of: identity) { try touchRoles(below: entry) }
  }

  private func referrers(of identity: HSAIdentity) throws -> [Int64] {
    var found = try entries(linking: EntryLink(.provider, identity.normalForm))
    guard hasMandatoryReferences else { return found }
    found += try entries(linking: EntryLink(.identity, identity.normalForm))
    return found + (try entries(linking: EntryLink(.unitMember, identity.normalForm)))
  }

  // MARK: On what

  mutating func lookAtConstraints() throws {
    for constraint in rules?.constraints ?? [] {
      switch constraint.limit {
      case .units(let units), .requesters(_, let units): for unit in units { try know(unit) }
      case .exclusive, .maximum: continue
      }
    }
  }

  /// Looks at all that a person's roles can depend on.
  mutating func lookAtRoles(of person: HSAIdentity) throws {
    var names = newNames[person] ?? []
    for entry in try know(person) {
      try lookAtUnits(from: entry)
      names.insert(try nameKey(entry))
    }
    for commission in try entries(linking: EntryLink(.member, person.normalForm)) { try join(commission) }
    for name in names.sorted() {
      for function in try entries(linking: EntryLink(.name, name)) { try join(function) }
    }
    for request in rules?.requests ?? [] where request.person == person { try know(request.requester) }
  }

  /// Looks at a commission or function, and at all that it is joined with.
  private mutating func join(_ entry: Int64) throws {
    guard joined.insert(entry).inserted else { return }
    let facts = try look(entry)
    if facts.kind == .commission { try lookAtReferences(of: entry) }
    try lookAtUnits(from: entry)
  }

  /// Looks at an entry's units: their care providers, and the care units that list them.
  private mutating func lookAtUnits(from entry: Int64) throws {
    try look(entry)
    var at: Int64? = entry
    while let here = at {
      if try facts(here).isContainer {
        guard roleUnits.insert(here).inserted else { return }
        try lookAtUnit(here)
      }
      at = try parent(here)
    }
  }

  private mutating func lookAtUnit(_ unit: Int64) throws {
    let facts = try facts(unit)
    for link in facts.links where link.sort == .provider {
      for provider in try know(HSAIdentity(link.target)) { try lookAtReferences(of: provider) }
    }
    try lookAtReferences(of: unit)
    guard let identity = facts.identity else { return }
    for lister in try entries(linking: EntryLink(.unitMember, identity.normalForm)) { try look(lister) }
  }

  /// Looks at what must be there for an entry to give anything.
  private mutating func lookAtReferences(of entry: Int64) throws {
    guard hasMandatoryReferences else { return }
    for link in try facts(entry).links {
      switch link.sort {
      case .identity, .provider, .unitMember: try know(HSAIdentity(link.target))
      case .member, .name, .value: continue
      }
    }
  }
}
