import LDAP

/// Finds rows that describe one identity; joins those of sources that share the work, reports the others.
///
/// Rows may be joined when both their sources say what they provide and no attribute stands in both. The
/// joined row lies where the first one does and has its position; values have none of their own any more.
struct RowJoiner {
  private(set) var state: DesiredState
  private(set) var findings: [Finding] = []
  private let schema: Schema
  private let identityName: Int
  private let classesName: Int
  private var dropped: Set<Int>
  /// The rows that are put into a row, by its index.
  private var parts: [Int: [Int]] = [:]

  init(_ reader: borrowing DesiredReader) {
    state = DesiredState(
      table: reader.builder.table, rows: reader.rows, parents: reader.parents, sources: reader.sources,
      files: reader.files)
    state.places = reader.places
    schema = reader.schema
    identityName = Int(reader.identityName)
    classesName = Int(reader.classesName)
    dropped = reader.dropped
  }

  mutating func join() {
    findTwins()
    if !dropped.isEmpty { rebuild() }
  }

  private mutating func findTwins() {
    var index = ByteIndex(foldingCase: true, capacity: state.rows.count)
    var firstRow: [UInt32] = []
    var twins: [(first: Int, second: Int)] = []
    state.table.withRows { table in
      for row in state.rows.indices where state.rows[row].hasIdentity && !dropped.contains(row) {
        guard let identity = identity(row, table) else { continue }
        let (number, isNew) = index.insert(identity)
        if isNew { firstRow.append(UInt32(row)) } else { twins.append((Int(firstRow[number]), row)) }
      }
    }
    for (first, second) in twins {
      if let left = leavesToOthers(first, second) {
        dropped.insert(left)
        continue
      }
      judge(first, second)
      dropped.insert(second)
    }
  }

  /// The row of a delegated administrator where another's file, or the region's, speaks for the same entry; `nil` where it is
  /// not so.
  ///
  /// Sources of the region come first, so that the first of several rows is the region's where there is one.
  private mutating func leavesToOthers(_ first: Int, _ second: Int) -> Int? {
    guard let scope = state.scope(of: second), state.scope(of: first) != scope else { return nil }
    findings.append(
      Finding(
        "region-speaks", .warning, at: state.position(of: second), subject: state.identity(of: second),
        "another file speaks for this entry, the region's own or one before yours, so this row is left aside",
        advice: "remove the row, or ask the region's administrators to leave the entry to you"))
    return second
  }

  private func identity(_ row: Int, _ table: EntryTable.Rows) -> UnsafeRawBufferPointer? {
    for attribute in table.attributes(of: row) where table.name(of: attribute) == identityName {
      return table.values(of: attribute).first.map { table.bytes(of: $0) }
    }
    return nil
  }

  /// Puts the second row into the first, or says why that cannot be.
  private mutating func judge(_ first: Int, _ second: Int) {
    let (a, b) = (state.rows[first], state.rows[second])
    let share =
      a.source != b.source && !state.sources[Int(a.source)].provides.isEmpty
      && !state.sources[Int(b.source)].provides.isEmpty
    guard share else {
      return report(
        "duplicate-identity", first, second, "two rows have the same HSA-id",
        "keep one; sources that share an entry's attributes declare `provides`, all of them")
    }
    guard a.kind == b.kind else {
      return report(
        "different-kinds", first, second, "two sources disagree on what kind of entry this is",
        "correct one of them")
    }
    let bothLie = !isSamePlace(a.parent, b.parent)
    if bothLie {
      return report(
        "different-parents", first, second, "two sources disagree on where the entry lies",
        "name the parent in one of them only")
    }
    let own = attributeNames(second)
    for row in [first] + (parts[first] ?? []) {
      guard attributeNames(row).isDisjoint(with: own) else {
        return report(
          "overlapping-sources", row, second, "two sources both speak for an attribute of this entry",
          "provide each attribute by one source only")
      }
    }
    parts[first, default: []].append(second)
    if a.parent == DesiredState.noParent { state.rows[first].parent = b.parent }
  }

  /// Whether two rows may lie in the same place. An HSA-id and a name are two places here: only the directory
  /// knows whether they are one.
  private func isSamePlace(_ a: UInt32, _ b: UInt32) -> Bool {
    if a == DesiredState.noParent || b == DesiredState.noParent || a == b { return true }
    switch (state.parents[Int(a)], state.parents[Int(b)]) {
    case (.identity(let left), .identity(let right)): return left == right
    case (.name(let left), .name(let right)): return left.normalForm(schema) == right.normalForm(schema)
    default: return false
    }
  }

  private func attributeNames(_ row: Int) -> Set<Int> {
    state.table.withRows { table in
      Set(table.attributes(of: row).map { table.name(of: $0) }).subtracting([identityName, classesName])
    }
  }

  private mutating func report(
    _ code: String, _ first: Int, _ second: Int, _ message: String, _ advice: String
  ) {
    let subject = state.identity(of: first)
    findings.append(
      Finding(
        code, at: state.position(of: second), and: state.position(of: first), subject: subject, message,
        advice: advice))
  }

  /// Copies the table without the rows that went into others.
  private mutating func rebuild() {
    var builder = EntryTableBuilder(continuing: state.table.names)
    builder.sharesValues = true
    var rows: [DesiredState.Row] = []
    var places = AttributePlaces()
    state.table.withRows { table in
      for row in state.rows.indices where !dropped.contains(row) {
        builder.beginEntry(dn: table.dn(of: row))
        copy(row, table, &builder)
        for part in parts[row] ?? [] { copy(part, table, &builder, isPart: true) }
        builder.endEntry()
        rows.append(state.rows[row])
        places.append(parts[row] == nil ? state.places.marks(of: row, in: table) : nil)
      }
    }
    state.table = builder.table
    state.rows = rows
    state.places = places
  }

  /// Copies a row's attributes; of a part all but the HSA-id, which the row has.
  private func copy(
    _ row: Int, _ table: EntryTable.Rows, _ builder: inout EntryTableBuilder, isPart: Bool = false
  ) {
    for attribute in table.attributes(of: row) {
      let name = table.name(of: attribute)
      if isPart, name == identityName { continue }
      builder.beginAttribute(id: UInt32(name))
      for value in table.values(of: attribute) { builder.appendValue(table.bytes(of: value)) }
    }
  }
}

extension DesiredState {
  /// What the source of a row may speak for; `nil`: it is the region's own.
  func scope(of row: Int) -> ProviderScope? { sources[Int(rows[row].source)].scope }

  /// The HSA-id of a row, as written; `nil` for a row without one.
  package func identity(of row: Int) -> HSAIdentity? {
    guard rows[row].hasIdentity else { return nil }
    return table.withRows { table in
      for attribute in table.attributes(of: row) where table.name(of: attribute) == DesiredState.identityName
      {
        return table.values(of: attribute).first.map {
          HSAIdentity(String(decoding: table.bytes(of: $0), as: UTF8.self))
        }
      }
      return nil
    }
  }

  /// The index of the HSA-id's attribute in ``EntryTable/names``: readers intern it first.
  package static let identityName = 0
  /// The index of `objectClass` in ``EntryTable/names``: readers intern it second.
  package static let classesName = 1
}
