import LDAP

extension DesiredState {
  /// Some of the rows, in the same order, with all sources and files: what they want is the same.
  ///
  /// - Parameter chosen: indices, sorted, each once.
  package func subset(_ chosen: [Int]) -> DesiredState {
    var builder = EntryTableBuilder(continuing: table.names)
    var subset = DesiredState(sources: sources, files: files)
    var numbers: [UInt32: UInt32] = [:]
    table.withRows { view in
      for row in chosen {
        builder.beginEntry(dn: view.dn(of: row))
        for attribute in view.attributes(of: row) {
          builder.beginAttribute(id: UInt32(view.name(of: attribute)))
          for value in view.values(of: attribute) { builder.appendValue(view.bytes(of: value)) }
        }
        builder.endEntry()
        subset.places.append(places.marks(of: row, in: view))
        subset.rows.append(rows[row])
        subset.rows[subset.rows.count - 1].parent = subset.number(of: rows[row].parent, parents, &numbers)
      }
    }
    subset.table = builder.take()
    return subset
  }

  /// The number here of a parent that has another number among others.
  private mutating func number(
    of parent: UInt32, _ others: [Parent], _ numbers: inout [UInt32: UInt32]
  ) -> UInt32 {
    guard parent != Self.noParent else { return parent }
    if let known = numbers[parent] { return known }
    parents.append(others[Int(parent)])
    numbers[parent] = UInt32(parents.count - 1)
    return UInt32(parents.count - 1)
  }
}
