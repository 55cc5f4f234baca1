import LDAP

// What lies above: it has to stand where its rows want it, or the whole is planned.
extension PartSearch {
  /// Makes sure that a container, and all above it, stay where they are and are called what they are.
  mutating func stand(on container: Int64) throws {
    var at: Int64? = container
    while let here = at, standing.insert(here).inserted {
      try look(here)
      if try facts(here).isContainer { try settle(container: here) }
      at = try parent(here)
    }
  }

  private mutating func settle(container: Int64) throws {
    guard try correlate([container]).isEmpty else { throw PartStop(reason: .structure) }
    guard let identity = try facts(container).identity else { return }
    guard try entries(with: identity).count == 1 else { throw PartStop(reason: .structure) }
    let rows = desired.rows(of: identity)
    // Two rows of one HSA-id are set aside, and so is one of a kind that is not kept.
    guard rows.count == 1, desired.reader.management[desired.state.rows[rows[0]].kind] != nil else { return }
    guard try stays(container, rows[0]), try keepsName(container, rows[0]) else {
      throw PartStop(reason: .structure)
    }
  }

  /// Whether a container lies where its row wants it.
  private mutating func stays(_ container: Int64, _ row: Int) throws -> Bool {
    guard let wanted = desired.parent(of: row) else { return true }
    let above = try parent(container)
    if above == nil, case .name = wanted { return true }
    guard let target = try resolve(wanted) else { return true }
    return target == above
  }

  /// Whether a container is called what its row wants, spelling aside.
  private mutating func keepsName(_ container: Int64, _ row: Int) throws -> Bool {
    guard let naming = profile[desired.state.rows[row].kind]?.naming else { return true }
    let wanted = desired.namesForKnown(row)
    guard !wanted.isEmpty else { return true }
    let key = try nameKey(container)
    let own = wanted.map { RelativeDistinguishedName(naming, $0).normalForm(desired.reader.schema) }
    return own.contains { key == $0 || key.hasPrefix($0 + ",") }
  }

  /// The entry that a parent means; `nil` when there is none and none will be.
  mutating func resolve(_ parent: DesiredState.Parent) throws -> Int64? {
    switch parent {
    case .identity(let identity): return try resolve(identity)
    case .name(let name): return try resolve(name)
    }
  }

  private mutating func resolve(_ identity: HSAIdentity) throws -> Int64? {
    let all = try know(identity)
    let found = try all.filter { try facts($0).isContainer }
    guard found.count < 2 else { throw PartStop(reason: .structure) }
    if let one = found.first { return one }
    let isToBeMade = desired.rows(of: identity).contains { desired.state.rows[$0].kind.isContainer }
    guard !isToBeMade || !all.isEmpty else { throw PartStop(reason: .structure) }
    return nil
  }

  /// Names may be those that entries have, or those that rows want containers to have.
  private mutating func resolve(_ name: DistinguishedName) throws -> Int64? {
    let key = name.normalForm(desired.reader.schema)
    guard let entry = try lookup.entry(named: name), try look(entry).isContainer else {
      throw PartStop(reason: .structure)
    }
    for row in desired.containers(named: key) {
      guard let identity = desired.identity(of: row), try know(identity) == [entry] else {
        throw PartStop(reason: .structure)
      }
    }
    return entry
  }
}
