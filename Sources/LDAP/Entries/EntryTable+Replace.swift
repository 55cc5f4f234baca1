extension EntryTable {
  /// Puts rows of another table where rows of this one are.
  ///
  /// Costs what the rows cost, and where their number of attributes or values changes one pass over the records
  /// behind them. The octets of the rows that go stay in the table, unused, until it is made anew: ``storedOctets``
  /// counts them.
  ///
  /// - Parameter names: for each of the other table's names its index in this table's.
  package mutating func replace(
    _ range: Range<Int>, with rows: Range<Int>, of other: EntryTable, names: [UInt32]
  ) {
    let attributes = attributeRange(range), values = valueRange(attributes)
    var new = (entries: [EntryRecord](), attributes: [AttributeRecord](), values: [Span]())
    other.withRows { table in
      for row in rows {
        let first = attributes.lowerBound + new.attributes.count
        new.entries.append(.init(dn: add(table.dn(of: row)), attributes: UInt32(first)))
        for attribute in table.attributes(of: row) {
          let first = values.lowerBound + new.values.count
          new.attributes.append(.init(name: names[table.name(of: attribute)], values: UInt32(first)))
          for value in table.values(of: attribute) { new.values.append(add(table.bytes(of: value))) }
        }
      }
    }
    entries.replaceSubrange(range, with: new.entries)
    self.attributes.replaceSubrange(attributes, with: new.attributes)
    self.values.replaceSubrange(values, with: new.values)
    move(
      entriesFrom: range.lowerBound + new.entries.count, by: new.attributes.count - attributes.count,
      attributesFrom: attributes.lowerBound + new.attributes.count, by: new.values.count - values.count)
  }

  /// The octets of names and values, those that no row has any more included.
  package var storedOctets: Int { bytes.count }

  private func attributeRange(_ rows: Range<Int>) -> Range<Int> {
    func start(_ row: Int) -> Int { row < entries.count ? Int(entries[row].attributes) : attributes.count }
    return start(rows.lowerBound)..<start(rows.upperBound)
  }

  private func valueRange(_ range: Range<Int>) -> Range<Int> {
    func start(_ at: Int) -> Int { at < attributes.count ? Int(attributes[at].values) : values.count }
    return start(range.lowerBound)..<start(range.upperBound)
  }

  private mutating func add(_ octets: UnsafeRawBufferPointer) -> Span {
    let start = bytes.count
    bytes.append(contentsOf: octets)
    precondition(bytes.count <= Int(UInt32.max), "an EntryTable holds at most 4 GiB")
    return Span(start: UInt32(start), end: UInt32(bytes.count))
  }

  private mutating func move(
    entriesFrom entry: Int, by attributeCount: Int, attributesFrom attribute: Int, by valueCount: Int
  ) {
    if attributeCount != 0 {
      let step = UInt32(truncatingIfNeeded: attributeCount)
      entries.withUnsafeMutableBufferPointer { for at in entry..<$0.count { $0[at].attributes &+= step } }
    }
    if valueCount != 0 {
      let step = UInt32(truncatingIfNeeded: valueCount)
      attributes.withUnsafeMutableBufferPointer { for at in attribute..<$0.count { $0[at].values &+= step } }
    }
  }
}
