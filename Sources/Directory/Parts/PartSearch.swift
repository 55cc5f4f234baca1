import LDAP

/// The search for a part: what has been looked at, and what is still to be looked at.
struct PartSearch<Lookup: EntryLookup> {
  let lookup: Lookup
  let profile: Profile
  let rules: RoleRules?
  let desired: DesiredIndex
  let limit: Int

  var entries: Set<Int64> = []
  var rows: Set<Int> = []
  var known: Set<HSAIdentity> = []
  var focus: Set<HSAIdentity> = []
  var persons: Set<HSAIdentity> = []

  /// Whose plan has to come out in full; and of whom at least place and name have to.
  var settled: Set<HSAIdentity> = []
  var placed: Set<HSAIdentity> = []
  var pending: [HSAIdentity] = []
  /// Who may be moved or renamed besides, so that others get the name.
  var movers: Set<HSAIdentity> = []
  var willMove: Set<HSAIdentity> = []
  /// The names, in normal form, that entries may get.
  var newNames: [HSAIdentity: Set<String>] = [:]
  /// The units where rows want their entries to lie.
  var targets: [HSAIdentity: Set<Int64>] = [:]
  var standing: Set<Int64> = []
  var correlatedRows: Set<Int> = []
  var claimed: Set<String> = []
  var claims: [Int64: [Claim]] = [:]

  var depended: Set<Int64> = []
  var joined: Set<Int64> = []
  var roleUnits: Set<Int64> = []
  var personsPending: [HSAIdentity] = []

  private var factsOfEntry: [Int64: EntryFacts] = [:]
  private var parentOfEntry: [Int64: Int64] = [:]
  private var isTop: Set<Int64> = []
  private var keyOfEntry: [Int64: String] = [:]
  private var holders: [HSAIdentity: [Int64]] = [:]

  init(
    _ lookup: Lookup, _ profile: Profile, _ rules: RoleRules?, _ desired: DesiredIndex, _ limit: Int
  ) {
    self.lookup = lookup
    self.profile = profile
    self.rules = rules
    self.desired = desired
    self.limit = limit
  }

  var extent: Part.Extent {
    Part.Extent(
      entries: entries.sorted(), focus: focus, known: known, persons: persons, rows: rows.sorted())
  }

  mutating func run(_ touched: Touched) throws {
    focus = touched.identities
    pending = focus.sorted()
    try settlePending()
    for identity in touched.identities.sorted() { try addNamers(of: identity) }
    try settlePending()
    guard rules != nil else { return }
    try lookAtConstraints()
    for identity in settled.union(movers).sorted() { try touchRoles(of: identity) }
    while let person = personsPending.popLast() { try lookAtRoles(of: person) }
  }

  // MARK: Looking up, each once

  mutating func facts(_ entry: Int64) throws -> EntryFacts {
    if let found = factsOfEntry[entry] { return found }
    let found = try lookup.facts(of: entry)
    factsOfEntry[entry] = found
    return found
  }

  mutating func parent(_ entry: Int64) throws -> Int64? {
    if let found = parentOfEntry[entry] { return found }
    guard !isTop.contains(entry) else { return nil }
    let found = try lookup.parent(of: entry)
    if let found { parentOfEntry[entry] = found } else { isTop.insert(entry) }
    return found
  }

  mutating func nameKey(_ entry: Int64) throws -> String {
    if let found = keyOfEntry[entry] { return found }
    let found = try lookup.nameKey(of: entry)
    keyOfEntry[entry] = found
    return found
  }

  mutating func entries(with identity: HSAIdentity) throws -> [Int64] {
    if let found = holders[identity] { return found }
    let found = try lookup.entries(with: identity)
    holders[identity] = found
    return found
  }

  /// All entries that have a link; too many of them are the whole.
  func entries(linking link: EntryLink) throws -> [Int64] {
    let found = try lookup.entries(linking: link, limit: limit + 1)
    guard found.count <= limit else { throw PartStop(reason: .size) }
    return found
  }

  /// The entry with a name in normal form.
  func entry(key: String) throws -> Int64? {
    guard let name = try? DistinguishedName(parsing: key) else { return nil }
    return try lookup.entry(named: name)
  }

  // MARK: Looking at

  /// Takes an entry in, with all above it, its twins and its rows.
  @discardableResult mutating func look(_ entry: Int64) throws -> EntryFacts {
    var pending = [entry]
    while let one = pending.popLast() {
      guard entries.insert(one).inserted else { continue }
      guard entries.count <= limit else { throw PartStop(reason: .size) }
      if let identity = try facts(one).identity, known.insert(identity).inserted {
        rows.formUnion(desired.rows(of: identity))
        pending += try entries(with: identity)
      }
      if let above = try parent(one) { pending.append(above) }
    }
    return try facts(entry)
  }

  /// Takes all entries with an HSA-id in, and its rows.
  @discardableResult mutating func know(_ identity: HSAIdentity) throws -> [Int64] {
    let found = try entries(with: identity)
    if known.insert(identity).inserted { rows.formUnion(desired.rows(of: identity)) }
    for entry in found { try look(entry) }
    return found
  }
}
