/// Entries in contiguous storage: bytes, offsets and interned attribute names.
///
/// Both sides of a comparison are tables of this type: what a server streams and what a file wants. A table
/// of 100,000 entries with 17 values each takes about the size of its values plus 16 octets a value.
/// Offsets are 32 bits: a table holds at most 4 GiB of values; ``EntryTableBuilder`` traps beyond.
///
/// An attribute may stand in a row with no values: in a desired state that says "shall have none".
public struct EntryTable: Sendable {
  /// The attribute descriptions, in the order first met; ``Row`` refers to them by index.
  public internal(set) var names: [String] = []
  @usableFromInline internal var bytes: [UInt8] = []
  @usableFromInline internal var entries: [EntryRecord] = []
  @usableFromInline internal var attributes: [AttributeRecord] = []
  @usableFromInline internal var values: [Span] = []

  /// A stretch of `bytes`.
  @usableFromInline internal struct Span: Sendable {
    @usableFromInline var start: UInt32
    @usableFromInline var end: UInt32
    @usableFromInline init(start: UInt32, end: UInt32) {
      self.start = start
      self.end = end
    }
  }

  /// Where an entry's name lies and where its attributes begin; they end where the next entry's begin.
  @usableFromInline internal struct EntryRecord: Sendable {
    @usableFromInline var dn: Span
    @usableFromInline var attributes: UInt32
  }

  /// Which attribute it is and where its values begin; they end where the next attribute's begin.
  @usableFromInline internal struct AttributeRecord: Sendable {
    @usableFromInline var name: UInt32
    @usableFromInline var values: UInt32
  }

  /// Makes an empty table.
  public init() {}

  /// How many entries there are.
  @inlinable public var count: Int { entries.count }

  /// The octets held, for reports of memory.
  public var byteCount: Int {
    bytes.capacity + entries.capacity * 12 + attributes.capacity * 8 + values.capacity * 8
  }

  /// The octets of names and values so far, for who cuts batches.
  @inlinable internal var byteLength: Int { bytes.count }

  /// Lends the table as raw pointers, for loops over many entries.
  ///
  /// The pointers hold inside `body` only.
  @inlinable public func withRows<Result>(_ body: (Rows) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBytes { bytes in
      try entries.withUnsafeBufferPointer { entries in
        try attributes.withUnsafeBufferPointer { attributes in
          try values.withUnsafeBufferPointer { values in
            try body(Rows(bytes: bytes, entries: entries, attributes: attributes, values: values))
          }
        }
      }
    }
  }

  /// The entry at `index` in the comfortable form.
  ///
  /// - Throws: ``DistinguishedName/SyntaxError`` when the stored name is not a distinguished name.
  public func entry(_ index: Int) throws -> Entry {
    try withRows { rows in
      let attributes = rows.attributes(of: index).map { attribute in
        Attribute(
          names[rows.name(of: attribute)],
          rows.values(of: attribute).map { Value(copying: rows.bytes(of: $0)) })
      }
      return Entry(dn: try DistinguishedName(parsing: rows.dn(of: index)), attributes: attributes)
    }
  }

  /// The stored name of the entry at `index`, as text.
  public func dnText(_ index: Int) -> String {
    withRows { String(decoding: $0.dn(of: index), as: UTF8.self) }
  }

  /// The table's rows as pointers; holds inside ``EntryTable/withRows(_:)`` only.
  @frozen public struct Rows {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline let entries: UnsafeBufferPointer<EntryRecord>
    @usableFromInline let attributes: UnsafeBufferPointer<AttributeRecord>
    @usableFromInline let values: UnsafeBufferPointer<Span>

    @usableFromInline internal init(
      bytes: UnsafeRawBufferPointer, entries: UnsafeBufferPointer<EntryRecord>,
      attributes: UnsafeBufferPointer<AttributeRecord>, values: UnsafeBufferPointer<Span>
    ) {
      self.bytes = bytes
      self.entries = entries
      self.attributes = attributes
      self.values = values
    }

    /// How many entries there are.
    @inlinable public var count: Int { entries.count }

    /// The octets of the entry's name.
    @inlinable public func dn(of entry: Int) -> UnsafeRawBufferPointer { slice(entries[entry].dn) }

    /// The attributes of an entry, as indices.
    @inlinable public func attributes(of entry: Int) -> Range<Int> {
      let end = entry + 1 < entries.count ? Int(entries[entry + 1].attributes) : attributes.count
      return Int(entries[entry].attributes)..<end
    }

    /// The index of the attribute's name in ``EntryTable/names``.
    @inlinable public func name(of attribute: Int) -> Int { Int(attributes[attribute].name) }

    /// The values of an attribute, as indices.
    @inlinable public func values(of attribute: Int) -> Range<Int> {
      let end = attribute + 1 < attributes.count ? Int(attributes[attribute + 1].values) : values.count
      return Int(attributes[attribute].values)..<end
    }

    /// The octets of a value.
    @inlinable public func bytes(of value: Int) -> UnsafeRawBufferPointer { slice(values[value]) }

    @inlinable internal func slice(_ span: Span) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: bytes[Int(span.start)..<Int(span.end)])
    }
  }
}
