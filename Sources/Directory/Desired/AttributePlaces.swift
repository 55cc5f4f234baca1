import LDAP

/// Where the attributes and values of rows were written, for rows of YAML files.
///
/// For such a row there is one mark for each attribute, followed by one for each of its values, in the order of
/// the table; other rows have the row's place only.
package struct AttributePlaces: Sendable {
  private static let none = UInt32.max
  private var starts: [UInt32] = []
  private var marks: [YAMLMark] = []

  package init() {}

  /// Adds the next row's marks; `nil` for a row whose values have no places of their own.
  package mutating func append(_ row: [YAMLMark]?) {
    starts.append(row == nil ? Self.none : UInt32(marks.count))
    if let row { marks += row }
  }

  /// Puts the marks of other rows where those of some rows are.
  ///
  /// The marks of the rows that go stay, unused.
  mutating func replace(
    _ range: Range<Int>, with rows: Range<Int>, of other: AttributePlaces, in table: EntryTable.Rows
  ) {
    var new: [UInt32] = []
    for row in rows {
      let own = other.marks(of: row, in: table)
      new.append(own == nil ? Self.none : UInt32(marks.count))
      if let own { marks += own }
    }
    starts.replaceSubrange(range, with: new)
  }

  /// The mark of an attribute (index in the table) of a row, or of its value with an ordinal.
  package func mark(row: Int, attribute: Int, value ordinal: Int? = nil, in rows: EntryTable.Rows)
    -> YAMLMark?
  {
    guard row < starts.count, starts[row] != Self.none else { return nil }
    let range = rows.attributes(of: row)
    var index = Int(starts[row])
    for before in range.lowerBound..<attribute { index += 1 + rows.values(of: before).count }
    if let ordinal { index += 1 + ordinal }
    return index < marks.count ? marks[index] : nil
  }

  /// All marks of a row, `nil` when it has none of its own.
  func marks(of row: Int, in rows: EntryTable.Rows) -> [YAMLMark]? {
    guard row < starts.count, starts[row] != Self.none else { return nil }
    let count = rows.attributes(of: row).reduce(0) { $0 + 1 + rows.values(of: $1).count }
    return Array(marks[Int(starts[row])...].prefix(count))
  }
}

extension DesiredState {
  /// Where an attribute (index in the table) of a row was written, or its value with an ordinal.
  package func position(
    of row: Int, attribute: Int, value ordinal: Int? = nil, in table: EntryTable.Rows
  ) -> SourcePosition {
    let mark = places.mark(row: row, attribute: attribute, value: ordinal, in: table)
    return mark?.position(in: files[Int(rows[row].file)]) ?? position(of: row)
  }
}
