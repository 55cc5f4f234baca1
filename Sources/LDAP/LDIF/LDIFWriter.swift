/// Writes LDIF (RFC 2849): lines folded at 76 octets, base64 where it is needed, records ended by an empty line.
public struct LDIFWriter: Sendable {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []
  /// Whether text that is UTF-8 but not ASCII stands as it is, for people to read, and not in base64.
  ///
  /// RFC 2849 wants base64; ldapmodify, slapadd and ``LDIFReader`` take both.
  public var keepsUTF8 = false

  /// The longest line, without its end.
  private static let width = 76

  /// Makes a writer.
  public init(keepsUTF8: Bool = false) { self.keepsUTF8 = keepsUTF8 }

  /// Takes what has been written and begins anew, so that large outputs need not be held.
  public mutating func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  /// Writes `version: 1`; has to come first.
  public mutating func version() { line("version", "1", end: true) }

  /// Writes a comment; each line of the text becomes one, control characters become `?`.
  public mutating func comment(_ text: String) {
    for line in text.utf8.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false) {
      let start = bytes.count
      bytes += "# ".utf8
      bytes += line.map { ASCII.isControl($0) ? UInt8(ascii: "?") : $0 }
      fold(from: start)
    }
  }

  /// Writes an entry.
  public mutating func append(_ entry: Entry) {
    name("dn", entry.dn)
    attributes(entry.attributes)
    endRecord()
  }

  /// Writes an entry of a table. An attribute without values leaves no line: LDIF has no way to say it.
  public mutating func append(table: EntryTable, index: Int) {
    table.withRows { rows in
      value("dn", rows.dn(of: index))
      for attribute in rows.attributes(of: index) {
        let name = table.names[rows.name(of: attribute)]
        for position in rows.values(of: attribute) { value(name, rows.bytes(of: position)) }
      }
    }
    endRecord()
  }

  /// Writes a change record.
  public mutating func append(_ operation: WriteOperation, controls: [LDIFControl] = []) {
    name("dn", operation.dn)
    for control in controls { self.control(control) }
    switch operation {
    case .add(let entry):
      line("changetype", "add")
      attributes(entry.attributes)
    case .modify(_, let modifications):
      line("changetype", "modify")
      for modification in modifications { self.modification(modification) }
    case .rename(_, let newRDN, let deleteOldRDN, let newSuperior):
      line("changetype", "modrdn")
      line("newrdn", newRDN.description)
      line("deleteoldrdn", deleteOldRDN ? "1" : "0")
      if let newSuperior { name("newsuperior", newSuperior) }
    case .delete:
      line("changetype", "delete")
    }
    endRecord()
  }
}

extension LDIFWriter {
  private mutating func modification(_ modification: Modification) {
    line(modification.kind.rawValue, modification.attribute)
    for value in modification.values {
      value.bytes.withUnsafeBytes { self.value(modification.attribute, $0) }
    }
    bytes += [ASCII.hyphen, ASCII.lineFeed]
  }

  private mutating func control(_ control: LDIFControl) {
    let start = bytes.count
    bytes += "control: \(control.oid) \(control.criticality)".utf8
    if let value = control.value {
      bytes += ":: ".utf8
      value.withUnsafeBytes { Base64.append($0, to: &bytes) }
    }
    fold(from: start)
  }

  private mutating func attributes(_ attributes: [Attribute]) {
    for attribute in attributes {
      for value in attribute.values { value.bytes.withUnsafeBytes { self.value(attribute.name, $0) } }
    }
  }

  private mutating func name(_ keyword: String, _ name: DistinguishedName) { line(keyword, name.description) }

  private mutating func line(_ name: String, _ text: String, end: Bool = false) {
    var text = text
    text.withUTF8 { value(name, UnsafeRawBufferPointer($0)) }
    if end { endRecord() }
  }

  private mutating func endRecord() { bytes.append(ASCII.lineFeed) }

  private mutating func value(_ name: String, _ value: UnsafeRawBufferPointer) {
    let start = bytes.count
    bytes += name.utf8
    bytes.append(ASCII.colon)
    if isSafe(value) {
      bytes.append(ASCII.space)
      bytes += value
    } else {
      bytes += ": ".utf8
      Base64.append(value, to: &bytes)
    }
    fold(from: start)
  }

  /// Whether a value can stand as it is (`SAFE-STRING`), and is not damaged by editors that drop spaces.
  private func isSafe(_ value: UnsafeRawBufferPointer) -> Bool {
    guard let first = value.first, let last = value.last else { return true }
    guard first != ASCII.space, first != ASCII.colon, first != ASCII.less, last != ASCII.space else {
      return false
    }
    guard value.allSatisfy({ !ASCII.isControl($0) && (keepsUTF8 || $0 < 0x80) }) else { return false }
    return !keepsUTF8 || UTF8Sequence.firstFault(in: value) == nil
  }

  /// Ends the line that begins at `start`, in as many folds as it needs.
  private mutating func fold(from start: Int) {
    guard bytes.count - start > Self.width else { return bytes.append(ASCII.lineFeed) }
    let line = Array(bytes[start...])
    bytes.removeLast(line.count)
    var position = 0
    while position < line.count {
      // A continued line gives its first column to the space that says so.
      let room = position == 0 ? Self.width : Self.width - 1
      let end = Self.wholeCharacters(of: line, upTo: min(line.count, position + room), from: position)
      if position > 0 { bytes.append(ASCII.space) }
      bytes += line[position..<end]
      bytes.append(ASCII.lineFeed)
      position = end
    }
  }

  /// The last place up to `end` that is not inside a character.
  private static func wholeCharacters(of line: [UInt8], upTo end: Int, from start: Int) -> Int {
    var place = end
    while place < line.count, place > start + 1, line[place] & 0xC0 == 0x80 { place -= 1 }
    return line.count == end ? end : place
  }
}
