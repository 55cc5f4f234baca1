#if canImport(Glibc)
  import Glibc
#endif

/// Writes entries into an ``EntryTable``, one octet string at a time.
///
/// The order of calls is: ``beginEntry(dn:)``, then for each attribute ``beginAttribute(_:)`` and
/// ``appendValue(_:)`` for each value, then ``endEntry()``. An attribute that comes twice in an entry is joined
/// at its end. ``abandonEntry()`` drops what was begun.
public struct EntryTableBuilder: Sendable {
  /// The table so far; sound between entries.
  public private(set) var table = EntryTable()
  /// Attributes (indices from ``intern(_:)``) that every entry gets, without values when it came with none.
  public var completing: [UInt32] = []
  /// Whether a value is stored once that the same attribute had in the entry before: entries of one unit share their
  /// classes, addresses and numbers. For tables that are kept.
  public var sharesValues = false
  /// For each name where its values began in the entry that had it last; a guess, which is held against the octets.
  private var lastValues: [Int] = []
  /// The spelling in which each name came last.
  private var nameBytes: [[UInt8]] = []
  private var nameIndex: [[UInt8]: UInt32] = [:]
  /// The name that followed each name the last time: entries of a kind spell theirs in the same order.
  private var follower: [UInt32] = []
  private var lastName: UInt32 = 0
  /// For each name the serial of the entry that had it last, so that a second occurrence is noticed.
  private var lastEntry: [UInt32] = []
  /// Counts the entries begun, abandoned ones included.
  private var serial: UInt32 = 0
  private var hasDuplicate = false
  /// Where the next value of the attribute that was begun may stand already.
  private var guess = 0
  private var mark = (bytes: 0, attributes: 0, values: 0)

  /// Makes a builder of an empty table.
  public init() {}

  /// Makes a builder that goes on where a table ended, keeping its names.
  public init(continuing names: [String]) {
    for name in names { _ = intern(Array(name.utf8)) }
  }

  /// Sets room aside for about so many octets and entries.
  public mutating func reserve(bytes: Int, entries: Int, values: Int) {
    table.bytes.reserveCapacity(bytes)
    table.entries.reserveCapacity(entries)
    table.attributes.reserveCapacity(values)
    table.values.reserveCapacity(values)
  }

  /// Sets room aside for the content of an LDIF file of so many octets, when that is most of what the table will hold.
  ///
  /// A table that grows by doubling is copied again and again, and for a moment is there twice. Room that is not
  /// used costs addresses and no memory.
  public mutating func reserve(fileSize: Int) {
    let size = min(fileSize, 1 << 29)
    guard size > 1 << 20, size > table.bytes.count else { return }
    // Values are what remains of lines, of which few are shorter than 32 octets.
    reserve(
      bytes: table.bytes.count + size, entries: table.entries.count + size / 512,
      values: table.values.count + size / 32)
  }

  /// Begins an entry with the octets of its name.
  public mutating func beginEntry(dn: UnsafeRawBufferPointer) {
    mark = (table.bytes.count, table.attributes.count, table.values.count)
    let span = append(dn)
    table.entries.append(.init(dn: span, attributes: UInt32(table.attributes.count)))
    hasDuplicate = false
    serial &+= 1
  }

  /// Begins an attribute of the entry that was begun, by the octets of its description.
  public mutating func beginAttribute(_ name: UnsafeRawBufferPointer) {
    beginAttribute(id: identifier(of: name))
  }

  /// Begins an attribute by the index that ``intern(_:)`` gave.
  public mutating func beginAttribute(id: UInt32) {
    table.attributes.append(.init(name: id, values: UInt32(table.values.count)))
    if lastEntry[Int(id)] == serial { hasDuplicate = true }
    lastEntry[Int(id)] = serial
    lastName = id
    guess = lastValues[Int(id)]
    lastValues[Int(id)] = table.values.count
  }

  /// Adds a value to the attribute that was begun.
  public mutating func appendValue(_ value: UnsafeRawBufferPointer) {
    if sharesValues, let known = known(value) {
      table.values.append(known)
    } else {
      table.values.append(append(value))
    }
    guess += 1
  }

  /// The octets of the value in the same place of the entry before, when they are the same.
  private func known(_ value: UnsafeRawBufferPointer) -> EntryTable.Span? {
    guard guess < table.values.count else { return nil }
    let span = table.values[guess]
    guard Int(span.end - span.start) == value.count else { return nil }
    guard let base = value.baseAddress, value.count > 0 else { return span }
    let isSame = table.bytes.withUnsafeBytes { bytes in
      bytes.baseAddress.map { memcmp($0 + Int(span.start), base, value.count) == 0 } ?? false
    }
    return isSame ? span : nil
  }

  /// Ends the entry that was begun.
  public mutating func endEntry() {
    if hasDuplicate { joinDuplicates() }
    let last = lastName
    for id in completing where lastEntry[Int(id)] != serial { beginAttribute(id: id) }
    lastName = last
  }

  /// Drops the entry that was begun, with all that was added to it.
  public mutating func abandonEntry() {
    guard !table.entries.isEmpty else { return }
    table.entries.removeLast()
    table.bytes.removeLast(table.bytes.count - mark.bytes)
    table.attributes.removeLast(table.attributes.count - mark.attributes)
    table.values.removeLast(table.values.count - mark.values)
  }

  /// Adds a whole entry.
  public mutating func append(_ entry: Entry) {
    var dn = entry.dn.description
    dn.withUTF8 { beginEntry(dn: UnsafeRawBufferPointer($0)) }
    for attribute in entry.attributes {
      var name = attribute.name
      name.withUTF8 { beginAttribute(UnsafeRawBufferPointer($0)) }
      for value in attribute.values { value.bytes.withUnsafeBytes { appendValue($0) } }
    }
    endEntry()
  }

  /// Takes the table away and begins an empty one with the same names, so that indices stay.
  public mutating func take() -> EntryTable {
    let full = table
    table = EntryTable()
    table.names = full.names
    return full
  }

  /// The index of a name, given to it now if it has none.
  ///
  /// Names that differ in ASCII case only are one name (RFC 4512 section 1.4); the first spelling stays.
  public mutating func intern(_ name: [UInt8]) -> UInt32 {
    if let known = nameIndex[name] { return known }
    let small = name.map(\.asciiLowercased)
    if let known = nameIndex[small] {
      nameIndex[name] = known
      return known
    }
    let id = UInt32(nameBytes.count)
    nameIndex[name] = id
    nameIndex[small] = id
    nameBytes.append(name)
    table.names.append(String(decoding: name, as: UTF8.self))
    follower.append(0)
    lastEntry.append(0)
    lastValues.append(1 << 62)
    return id
  }

  /// Makes `name` another name of the attribute with an index, as `surname` is of `sn`.
  ///
  /// A name already known stays what it is.
  public mutating func alias(_ name: [UInt8], to id: UInt32) {
    let small = name.map(\.asciiLowercased)
    guard nameIndex[small] == nil else { return }
    nameIndex[small] = id
  }

  private mutating func identifier(of name: UnsafeRawBufferPointer) -> UInt32 {
    if !nameBytes.isEmpty {
      // Some attributes are left out of some entries: what follows the one expected is the next guess.
      var guess = lastName
      for _ in 0..<4 {
        guess = follower[Int(guess)]
        if nameBytes[Int(guess)].elementsEqualFast(name) { return guess }
      }
    }
    let id = intern(Array(name))
    nameBytes[Int(id)] = Array(name)
    follower[Int(lastName)] = id
    return id
  }

  /// Whether so many octets more can be added.
  internal func hasRoom(for octets: Int) -> Bool { table.bytes.count + octets <= Int(UInt32.max) }

  private mutating func append(_ buffer: UnsafeRawBufferPointer) -> EntryTable.Span {
    let start = table.bytes.count
    table.bytes.append(contentsOf: buffer)
    // A table that outgrows its offsets must not be read with wrapped ones.
    precondition(table.bytes.count <= Int(UInt32.max), "an EntryTable holds at most 4 GiB")
    return .init(start: UInt32(start), end: UInt32(table.bytes.count))
  }

  private mutating func joinDuplicates() {
    let start = mark.attributes
    let range = start..<table.attributes.count
    var order: [UInt32] = []
    var spans: [UInt32: [EntryTable.Span]] = [:]
    for attribute in range {
      let record = table.attributes[attribute]
      let end =
        attribute + 1 < range.upperBound ? Int(table.attributes[attribute + 1].values) : table.values.count
      if spans[record.name] == nil { order.append(record.name) }
      spans[record.name, default: []] += table.values[Int(record.values)..<end]
    }
    table.attributes.removeLast(range.count)
    table.values.removeLast(table.values.count - mark.values)
    for name in order {
      table.attributes.append(.init(name: name, values: UInt32(table.values.count)))
      table.values += spans[name] ?? []
    }
  }
}

extension [UInt8] {
  /// Whether the octets are those of `other`; `memcmp` behind it.
  @inlinable internal func elementsEqualFast(_ other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let base = other.baseAddress, count > 0 else { return true }
    return withUnsafeBytes { memcmp($0.baseAddress ?? base, base, count) == 0 }
  }
}
