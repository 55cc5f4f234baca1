import LDAP

// Who else may have, leave or take a name.
extension PartSearch {
  /// Where a row wants its entry, and what called.
  struct Wish {
    /// The unit that the row names.
    var target: Int64?
    /// Where the entry will lie.
    var place: Int64?
    /// The names that are to be taken there: none when the entry has its name already.
    var names: [RelativeDistinguishedName] = []
    var isMove = false
    var changesName = false
  }

  /// A name that a row may want.
  struct Claim {
    var row: Int
    var identity: HSAIdentity?
    /// In normal form.
    var names: Set<String>
  }

  /// - Parameter found: the row's entries.
  mutating func wish(of row: Int, _ found: [Int64]) throws -> Wish {
    var wish = Wish(target: try desired.parent(of: row).flatMap { try resolve($0) })
    guard let naming = profile[desired.state.rows[row].kind]?.naming, found.count < 2 else { return wish }
    guard let entry = found.first else {
      wish.place = wish.target
      guard wish.place != nil else { return wish }
      wish.names = desired.namesForNew(row).map { RelativeDistinguishedName(naming, $0) }
      return wish
    }
    guard let from = try parent(entry),
      let current = (try? DistinguishedName(parsing: try nameKey(entry)))?.rdns.first
    else { return wish }
    wish.place = wish.target ?? from
    wish.isMove = wish.place != from
    let wanted = names(of: row, current, naming)
    wish.changesName = !wanted.isEmpty
    wish.names = wanted.isEmpty && wish.isMove ? [current] : wanted
    return wish
  }

  /// The names that the entry of a row may be given; none when it has one of them, spelling aside.
  private func names(
    of row: Int, _ current: RelativeDistinguishedName, _ naming: String
  ) -> [RelativeDistinguishedName] {
    let schema = desired.reader.schema
    let own = current.normalForm(schema)
    let names = desired.namesForKnown(row).map { value in
      var name = current
      if let pair = name.pairs.firstIndex(where: { desired.isSame($0.type, naming) }) {
        name.pairs[pair].value = value
        return name
      }
      return RelativeDistinguishedName(naming, value)
    }
    return names.contains { $0.normalForm(schema) == own } ? [] : names
  }

  /// How many names are tried before the whole is planned.
  private static var mostNames: Int { 64 }

  /// Takes in who has a name, who wants it, and who has or wants the numbered ones that are taken instead.
  mutating func claim(
    _ name: RelativeDistinguishedName, under place: Int64?, of identity: HSAIdentity, isOwned: Bool
  ) throws {
    guard let place else { return }
    var (number, free, waiting) = (1, 0, 1)
    while free < waiting {
      guard number < Self.mostNames else { throw PartStop(reason: .size) }
      let candidate = PartSearch.numbered(name, number)
      let (isHeld, others) = try take(candidate, under: place, of: identity)
      if number == 1 {
        waiting = others + (isHeld ? 1 : 0)
        if isOwned || waiting == 0 { break }
        waiting += 1
      } else if !isHeld, others == 0 {
        free += 1
      }
      number += 1
    }
    if !isOwned, let plain = PartSearch.unnumbered(name) {
      try claim(plain, under: place, of: identity, isOwned: true)
    }
  }

  /// As the planner makes a name distinct.
  private static func numbered(_ name: RelativeDistinguishedName, _ number: Int) -> RelativeDistinguishedName
  {
    guard number > 1 else { return name }
    var other = name
    other.pairs[0].value = Value("\(name.pairs[0].value.text ?? "") (\(number))")
    return other
  }

  /// The name of which this one may be a numbered form.
  private static func unnumbered(_ name: RelativeDistinguishedName) -> RelativeDistinguishedName? {
    guard let text = name.pairs.first?.value.text, text.hasSuffix(")"),
      let open = text.lastIndex(of: "("), Int(text[text.index(after: open)...].dropLast()) != nil,
      open > text.startIndex, text[text.index(before: open)] == " "
    else { return nil }
    var other = name
    other.pairs[0].value = Value(String(text[..<text.index(before: open)]))
    return other
  }

  /// Takes in who has or wants a name.
  ///
  /// - Returns: whether another entry has it, and how many other rows want it.
  private mutating func take(
    _ name: RelativeDistinguishedName, under place: Int64, of identity: HSAIdentity
  ) throws -> (isHeld: Bool, others: Int) {
    let own = name.normalForm(desired.reader.schema)
    let key = own + "," + (try nameKey(place))
    newNames[identity, default: []].insert(key)
    var others: Set<HSAIdentity> = []
    var isHeld = false
    if let holder = try entry(key: key) {
      let facts = try look(holder)
      if facts.isContainer {
        try stand(on: holder)
        isHeld = true
      } else if facts.identity != identity {
        isHeld = true
        _ = try correlate([holder])
        if let other = facts.identity { others.insert(other) }
      }
    }
    let holders = others
    for claim in try claims(under: place) where claim.names.contains(own) {
      if let other = claim.identity, other != identity { others.insert(other) }
    }
    for row in desired.unplaced(named: own) {
      guard let other = desired.identity(of: row), other != identity else { continue }
      if try entries(with: other).contains(where: { try parent($0) == place }) { others.insert(other) }
    }
    for other in others.sorted() {
      movers.insert(other)
      try self.place(other)
    }
    return (isHeld, others.subtracting(holders).count)
  }

  /// The names that rows may take under a container.
  private mutating func claims(under place: Int64) throws -> [Claim] {
    if let known = claims[place] { return known }
    let rows = desired.rows(below: try facts(place).identity, named: try nameKey(place))
    guard rows.count <= limit else { throw PartStop(reason: .size) }
    var made: [Claim] = []
    for row in rows where !desired.state.rows[row].kind.isContainer {
      guard let identity = desired.identity(of: row) else {
        made += try claimsOfUnnamed(row)
        continue
      }
      made.append(try claim(of: row, identity, try entries(with: identity)))
    }
    claims[place] = made
    return made
  }

  private mutating func claim(of row: Int, _ identity: HSAIdentity?, _ found: [Int64]) throws -> Claim {
    let names = try wish(of: row, found).names.map { $0.normalForm(desired.reader.schema) }
    return Claim(row: row, identity: identity, names: Set(names))
  }

  /// What a row without HSA-id may want, for each entry that it may mean.
  private mutating func claimsOfUnnamed(_ row: Int) throws -> [Claim] {
    guard let link = desired.correlation(of: row) else { return [] }
    var made: [Claim] = []
    for entry in try entries(linking: link) {
      made.append(try claim(of: row, try facts(entry).identity, [entry]))
    }
    return made
  }
}
