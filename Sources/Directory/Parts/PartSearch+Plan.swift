import LDAP

// What the plan of a row depends on.
extension PartSearch {
  mutating func settlePending() throws {
    while let identity = pending.popLast() { try settle(identity) }
  }

  /// Lets the plan of an HSA-id come out in full.
  mutating func settle(_ identity: HSAIdentity) throws {
    guard settled.insert(identity).inserted else { return }
    let found = try know(identity)
    guard try !found.contains(where: { try facts($0).isContainer }) else {
      throw PartStop(reason: .structure)
    }
    try settle(found, desired.rows(of: identity), of: identity, inFull: true)
    for entry in found { try lookAtNames(in: facts(entry).links) }
  }

  /// Lets place and name of an HSA-id come out, and all of it where it is to be made.
  mutating func place(_ identity: HSAIdentity) throws {
    guard !settled.contains(identity), placed.insert(identity).inserted else { return }
    let found = try know(identity)
    let rows = desired.rows(of: identity)
    guard !rows.contains(where: { desired.state.rows[$0].kind.isContainer }),
      try !found.contains(where: { try facts($0).isContainer })
    else {
      if found.isEmpty { throw PartStop(reason: .structure) }
      for entry in found { try stand(on: entry) }
      return
    }
    try settle(found, rows, of: identity, inFull: false)
  }

  private mutating func settle(
    _ found: [Int64], _ rows: [Int], of identity: HSAIdentity, inFull: Bool
  ) throws {
    let all = rows + (try correlate(found))
    guard !all.contains(where: { desired.state.rows[$0].kind.isContainer }) else {
      throw PartStop(reason: .structure)
    }
    for entry in found {
      // What lies under a leaf is nobody's plan, and moves with it.
      guard try lookup.children(of: entry, limit: 1).isEmpty else { throw PartStop(reason: .structure) }
      if let above = try parent(entry) { try stand(on: above) }
    }
    if all.isEmpty, !found.isEmpty { try lookAtSources() }
    for row in all { try settle(row, found, of: identity, inFull: inFull) }
  }

  private mutating func settle(_ row: Int, _ found: [Int64], of identity: HSAIdentity, inFull: Bool) throws {
    guard desired.reader.management[desired.state.rows[row].kind] != nil else { return }
    let wish = try wish(of: row, found)
    if let target = wish.target {
      try stand(on: target)
      targets[identity, default: []].insert(target)
    }
    if wish.changesName || wish.isMove || found.isEmpty { willMove.insert(identity) }
    let owns = desired.rules.ownsName(desired.state.rows[row].kind)
    for name in wish.names { try claim(name, under: wish.place, of: identity, isOwned: owns) }
    let links = desired.links(of: row)
    if inFull || found.isEmpty { try lookAtHolders(of: links, of: identity) }
    try lookAtNames(in: links)
    guard inFull else { return }
    for link in links { try lookAt(link, of: row) }
  }

  /// Whoever has a value that only one entry may have is planned too: it may let go.
  private mutating func lookAtHolders(of links: [EntryLink], of identity: HSAIdentity) throws {
    for link in links where link.sort == .value && isUnique(link) {
      for holder in try entries(linking: link) {
        let facts = try look(holder)
        guard let other = facts.identity, other != identity else { continue }
        if facts.isContainer { throw PartStop(reason: .structure) }
        movers.insert(other)
        pending.append(other)
      }
    }
  }

  private func isUnique(_ link: EntryLink) -> Bool {
    let end = link.target.firstIndex { $0 == "=" || $0 == "#" } ?? link.target.endIndex
    return desired.reader.isUnique(String(link.target[..<end]))
  }

  /// Whom names mean: a protected person's name is masked, so it has to be known that it is one.
  private mutating func lookAtNames(in links: [EntryLink]) throws {
    for link in links where link.sort == .name {
      if let entry = try entry(key: link.target) { try look(entry) }
    }
  }

  /// Whom a row refers to by HSA-id.
  private mutating func lookAt(_ link: EntryLink, of row: Int) throws {
    switch link.sort {
    case .name, .value: return
    case .provider, .unitMember: try know(HSAIdentity(link.target))
    case .identity:
      let identity = HSAIdentity(link.target)
      try know(identity)
      // It may stand where the directory has a name, which a plan may change.
      if !desired.rows(of: identity).isEmpty, desired.rows(naming: identity).contains(row) {
        try place(identity)
      }
    case .member:
      let identity = HSAIdentity(link.target)
      let found = try know(identity)
      guard !desired.completeKinds.isEmpty, desired.rows(of: identity).isEmpty, !found.isEmpty else { return }
      // A row that lists somebody who ends is told so.
      _ = try correlate(found)
      try lookAtSources()
    }
  }

  /// Where sources speak for all of a kind.
  mutating func lookAtSources() throws {
    for source in desired.state.sources where !source.completeKinds.isEmpty {
      if let under = source.completeUnder { _ = try resolve(under) }
    }
  }

  /// Rows that name a touched entry by HSA-id have its name written anew, unless they have it.
  mutating func addNamers(of identity: HSAIdentity) throws {
    let rows = desired.rows(naming: identity)
    guard !rows.isEmpty else { return }
    let own = try entries(with: identity)
    var link: EntryLink?
    if own.count == 1, !willMove.contains(identity) { link = EntryLink(.name, try nameKey(own[0])) }
    let inAgreement = try link.map { Set(try entries(linking: $0)) } ?? []
    for row in rows {
      guard let namer = desired.identity(of: row) else { throw PartStop(reason: .structure) }
      let theirs = try entries(with: namer)
      if theirs.count == 1, inAgreement.contains(theirs[0]) { continue }
      if focus.insert(namer).inserted { pending.append(namer) }
    }
  }

  // MARK: Rows without HSA-id

  /// The rows without HSA-id that may mean one of the entries, with all entries that they may mean.
  mutating func correlate(_ found: [Int64]) throws -> [Int] {
    guard desired.hasCorrelation else { return [] }
    var result: Set<Int> = []
    for entry in found {
      for link in try facts(entry).links where link.sort == .value {
        result.formUnion(desired.rows(correlatedBy: link))
      }
    }
    for row in result.sorted() where correlatedRows.insert(row).inserted {
      rows.insert(row)
      guard let link = desired.correlation(of: row) else { continue }
      let candidates = try entries(linking: link)
      for candidate in candidates { try look(candidate) }
      if let parent = desired.parent(of: row) { _ = try resolve(parent) }
      _ = try correlate(candidates)
    }
    return result.sorted()
  }
}
