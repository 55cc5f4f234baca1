import Glibc
import LDAP

/// An entry's attributes as octets: for each its number, how many values it has, and the values with their lengths.
///
/// Numbers and lengths are LEB128. Attributes go by their numbers, values as the server sent them, so that what has not
/// changed has the same octets. An entry of 17 values takes about 40 octets more than its values.
enum EntryContent {
  /// Appends a row's attributes.
  ///
  /// - Parameter numbers: of the table's names.
  static func encode(_ row: Int, _ rows: EntryTable.Rows, _ numbers: [UInt32], into bytes: inout [UInt8]) {
    let attributes = rows.attributes(of: row)
    var isSorted = true
    var last: UInt32 = 0
    for attribute in attributes {
      let number = numbers[rows.name(of: attribute)]
      if number < last { isSorted = false }
      last = number
    }
    guard isSorted else {
      for attribute in attributes.sorted(by: { numbers[rows.name(of: $0)] < numbers[rows.name(of: $1)] }) {
        append(attribute, rows, numbers, &bytes)
      }
      return
    }
    for attribute in attributes { append(attribute, rows, numbers, &bytes) }
  }

  private static func append(
    _ attribute: Int, _ rows: EntryTable.Rows, _ numbers: [UInt32], _ bytes: inout [UInt8]
  ) {
    append(Int(numbers[rows.name(of: attribute)]), &bytes)
    let values = rows.values(of: attribute)
    append(values.count, &bytes)
    for value in values {
      let octets = rows.bytes(of: value)
      append(octets.count, &bytes)
      bytes.append(contentsOf: octets)
    }
  }

  private static func append(_ number: Int, _ bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Adds an entry to a table whose names have the numbers of the coding, less one.
  ///
  /// - Returns: whether the octets were sound; if not, the entry is left out.
  static func decode(
    _ content: UnsafeRawBufferPointer, names: Int, dn: UnsafeRawBufferPointer,
    into builder: inout EntryTableBuilder
  ) -> Bool {
    builder.beginEntry(dn: dn)
    var position = 0
    while position < content.count {
      guard let name = number(content, &position), name > 0, name <= names,
        let count = number(content, &position)
      else {
        builder.abandonEntry()
        return false
      }
      builder.beginAttribute(id: UInt32(name - 1))
      for _ in 0..<count {
        guard let value = value(content, &position) else {
          builder.abandonEntry()
          return false
        }
        builder.appendValue(value)
      }
    }
    builder.endEntry()
    return true
  }

  /// Whether two contents say the same of every attribute but those left out; the order of values means nothing.
  static func agree(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, leavingOut: Set<Int>
  ) -> Bool {
    guard let left = attributes(left), let right = attributes(right) else { return false }
    return left.filter { !leavingOut.contains($0.key) } == right.filter { !leavingOut.contains($0.key) }
  }

  /// The first value of an attribute.
  static func first(_ name: Int, of content: UnsafeRawBufferPointer) -> [UInt8]? {
    attributes(content)?[name]?.first
  }

  private static func attributes(_ content: UnsafeRawBufferPointer) -> [Int: [[UInt8]]]? {
    var result: [Int: [[UInt8]]] = [:]
    var position = 0
    while position < content.count {
      guard let name = number(content, &position), let count = number(content, &position) else { return nil }
      var values: [[UInt8]] = []
      for _ in 0..<count {
        guard let value = value(content, &position) else { return nil }
        values.append(Array(value))
      }
      if count > 1 { values.sort { $0.lexicographicallyPrecedes($1) } }
      result[name] = values
    }
    return result
  }

  private static func value(_ content: UnsafeRawBufferPointer, _ position: inout Int)
    -> UnsafeRawBufferPointer?
  {
    guard let length = number(content, &position), length <= content.count - position else { return nil }
    defer { position += length }
    return UnsafeRawBufferPointer(rebasing: content[position..<(position + length)])
  }

  private static func number(_ content: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
    var result = 0
    var shift = 0
    while position < content.count, shift < 35 {
      let octet = content[position]
      position += 1
      result |= Int(octet & 0x7F) << shift
      if octet < 0x80 { return result }
      shift += 7
    }
    return nil
  }
}
