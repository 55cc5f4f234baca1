import LDAP

extension DesiredState {
  /// Says how the names and parents of another state go into this one.
  package struct Translation: Sendable {
    /// For each of the other's names its index here.
    package var names: [UInt32]
    /// For each of the other's parents its number here.
    package var parents: [UInt32]

    package init(names: [UInt32], parents: [UInt32]) {
      self.names = names
      self.parents = parents
    }
  }

  /// The rows of a file. Rows stand in the order of their files.
  package func rows(ofFile file: Int) -> Range<Int> {
    firstRow(fromFile: file)..<firstRow(fromFile: file + 1)
  }

  private func firstRow(fromFile file: Int) -> Int {
    var low = 0, high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if Int(rows[middle].file) < file { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Puts rows of another state, read anew from a file, where the rows of that file are.
  package mutating func replace(
    file: Int, with rows: Range<Int>, of other: DesiredState, _ translation: Translation
  ) {
    let range = self.rows(ofFile: file)
    table.replace(range, with: rows, of: other.table, names: translation.names)
    other.table.withRows { places.replace(range, with: rows, of: other.places, in: $0) }
    let new = other.rows[rows].map { row in
      var row = row
      row.file = UInt16(file)
      row.source = UInt16(file)
      if row.parent != DesiredState.noParent { row.parent = translation.parents[Int(row.parent)] }
      return row
    }
    self.rows.replaceSubrange(range, with: new)
  }
}
