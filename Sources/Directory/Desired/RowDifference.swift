import LDAP

/// Which rows of two desired states differ in what they want; where they were written makes no difference.
///
/// Values are held against each other octet by octet and in their order: what is told to differ may still mean the
/// same, never the other way round.
package struct RowDifference {
  /// Whose rows differ, came or went.
  package private(set) var touched = Touched()
  /// How many HSA-ids came, and how many went.
  package private(set) var came = 0
  package private(set) var gone = 0
  /// How many are of another kind than they were, lie elsewhere, are called otherwise or come of another source.
  package private(set) var moved = 0
  /// In how many attributes differ that tie entries to each other: who is a member, who is named.
  package private(set) var retied = 0
  private let old: DesiredState
  private let new: DesiredState
  /// For each of the new state's names its index in the old one's; -1: it has none.
  private let names: [Int]
  /// For each of the old state's names whether it is one of those that tie entries.
  private let ties: [Bool]

  /// Holds some rows of two states against each other.
  ///
  /// - Parameter ties: attributes (server names, small letters) that tie entries to each other.
  package init(
    from old: DesiredState, _ oldRows: some Collection<Int>, to new: DesiredState,
    _ newRows: some Collection<Int>, ties: Set<String> = []
  ) {
    self.old = old
    self.new = new
    var known: [String: Int] = [:]
    for (index, name) in old.table.names.enumerated() { known[name.asciiLowercased] = index }
    names = new.table.names.map { known[$0.asciiLowercased] ?? -1 }
    self.ties = old.table.names.map { name in
      let small = name.asciiLowercased
      return ties.contains(small.hasPrefix("remove:") ? String(small.dropFirst(7)) : small)
    }
    old.table.withRows { before in
      new.table.withRows { after in compare(oldRows, before, newRows, after) }
    }
  }

  /// Holds two states against each other. When what a source speaks for has changed, everything is touched.
  package static func whole(from old: DesiredState, to new: DesiredState) -> Touched {
    guard Self.declarations(old) == Self.declarations(new) else { return .whole }
    return RowDifference(from: old, old.rows.indices, to: new, new.rows.indices).touched
  }

  private struct Declaration: Hashable {
    var kinds: Set<Kind>
    var under: DesiredState.Parent?
    var provides: [String]
  }

  /// What each source declares, by its name; those that declare nothing are left out.
  private static func declarations(_ state: DesiredState) -> [String: Declaration] {
    let all = state.sources.map { source in
      (
        source.name,
        Declaration(
          kinds: source.completeKinds, under: source.completeUnder,
          provides: source.provides.map(\.asciiLowercased))
      )
    }
    let empty = Declaration(kinds: [], under: nil, provides: [])
    return Dictionary(all.filter { $0.1 != empty }, uniquingKeysWith: { first, _ in first })
  }

  private mutating func compare(
    _ oldRows: some Collection<Int>, _ before: EntryTable.Rows, _ newRows: some Collection<Int>,
    _ after: EntryTable.Rows
  ) {
    var index = ByteIndex(foldingCase: true, capacity: oldRows.count)
    var rowOfIdentity: [Int] = []
    var unnamed: [Int] = []
    for row in oldRows {
      guard let identity = identity(row, old, before) else {
        unnamed.append(row)
        continue
      }
      if index.insert(identity).isNew { rowOfIdentity.append(row) }
    }
    var isSeen = Array(repeating: false, count: rowOfIdentity.count)
    var unnamedBefore = unnamed[...]
    for row in newRows {
      guard let identity = identity(row, new, after) else {
        // Whose entry a row without HSA-id is about, only the directory knows.
        let same = unnamedBefore.popFirst().map { isSame($0, before, row, after) } ?? false
        if !same { touched.isWhole = true }
        continue
      }
      guard let number = index.find(identity) else {
        came += 1
        touch(identity, new.rows[row].kind)
        continue
      }
      isSeen[number] = true
      let other = rowOfIdentity[number]
      guard !isSame(other, before, row, after) else { continue }
      if !isSamePlace(other, before, row, after) { moved += 1 }
      if !isSameTies(other, before, row, after) { retied += 1 }
      touch(identity, new.rows[row].kind)
      touch(identity, old.rows[other].kind)
    }
    if !unnamedBefore.isEmpty { touched.isWhole = true }
    for (number, row) in rowOfIdentity.enumerated() where !isSeen[number] {
      gone += 1
      index.withBytes(number) { touch($0, old.rows[row].kind) }
    }
  }

  private func identity(_ row: Int, _ state: DesiredState, _ table: EntryTable.Rows)
    -> UnsafeRawBufferPointer?
  {
    guard state.rows[row].hasIdentity else { return nil }
    return table.first(of: DesiredState.identityName, in: row).map { table.bytes(of: $0) }
  }

  private mutating func touch(_ identity: UnsafeRawBufferPointer, _ kind: Kind) {
    touched.identities.insert(HSAIdentity(String(decoding: identity, as: UTF8.self)))
    if kind.isContainer { touched.hasStructure = true }
  }

  /// Whether rows are of one kind and source, and lie in one place by one name.
  private func isSamePlace(
    _ left: Int, _ before: EntryTable.Rows, _ right: Int, _ after: EntryTable.Rows
  ) -> Bool {
    let a = old.rows[left], b = new.rows[right]
    return a.kind == b.kind && a.hasName == b.hasName && parent(a, old) == parent(b, new)
      && old.sources[Int(a.source)].name == new.sources[Int(b.source)].name
      && ValueSets.same(before.dn(of: left), after.dn(of: right))
  }

  private func isSame(_ left: Int, _ before: EntryTable.Rows, _ right: Int, _ after: EntryTable.Rows) -> Bool
  {
    isSamePlace(left, before, right, after)
      && isSame(Array(before.attributes(of: left)), before, Array(after.attributes(of: right)), after)
  }

  private func isSameTies(
    _ left: Int, _ before: EntryTable.Rows, _ right: Int, _ after: EntryTable.Rows
  ) -> Bool {
    guard ties.contains(true) else { return true }
    let mine = before.attributes(of: left).filter { ties[before.name(of: $0)] }
    let theirs = after.attributes(of: right).filter { attribute in
      let name = names[after.name(of: attribute)]
      // A name that the old state had not even heard of may be anything.
      return name < 0 || ties[name]
    }
    return isSame(mine, before, theirs, after)
  }

  private func isSame(
    _ mine: [Int], _ before: EntryTable.Rows, _ theirs: [Int], _ after: EntryTable.Rows
  ) -> Bool {
    mine.count == theirs.count
      && zip(mine, theirs).allSatisfy { mine, theirs in
        guard before.name(of: mine) == names[after.name(of: theirs)] else { return false }
        let values = before.values(of: mine), others = after.values(of: theirs)
        return values.count == others.count
          && zip(values, others).allSatisfy { ValueSets.same(before.bytes(of: $0), after.bytes(of: $1)) }
      }
  }

  private func parent(_ row: DesiredState.Row, _ state: DesiredState) -> DesiredState.Parent? {
    row.parent == DesiredState.noParent ? nil : state.parents[Int(row.parent)]
  }
}
