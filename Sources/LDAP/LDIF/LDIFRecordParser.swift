/// Collects the lines of a record and makes of them an entry or a change.
internal struct LDIFRecordParser {
  /// A line with its value decoded, or a lone `-`.
  struct Item {
    var number: Int
    var name: String
    var value: Value
    var isSeparator = false
  }

  private var items: [Item] = []
  private var records: [LDIFRecord] = []
  private var fault: LDIFFault?
  private var isAtStart = true

  /// Takes the next logical line; `nil` is one that was too long.
  mutating func take(_ line: UnsafeRawBufferPointer?, _ number: Int) {
    guard fault == nil else { return }
    do throws(LDIFFault) {
      guard let line else { throw LDIFFault(.limit, line: number, reason: "a line is too long") }
      if line.isEmpty { return try endRecord() }
      if line[0] == ASCII.sharp { return }
      let item = try Self.item(line, number)
      if isAtStart, item.name == "version" {
        guard item.value == "1" else {
          throw LDIFFault(.version, line: number, reason: "the version is not 1")
        }
      } else {
        items.append(item)
      }
      isAtStart = false
    } catch {
      fault = error
    }
  }

  mutating func finish() throws(LDIFFault) -> [LDIFRecord] {
    if let fault { throw fault }
    try endRecord()
    return records
  }

  private mutating func endRecord() throws(LDIFFault) {
    guard !items.isEmpty else { return }
    var record = LDIFRecordItems(items: items[...])
    records.append(try record.record())
    items.removeAll(keepingCapacity: true)
  }

  private static func item(_ line: UnsafeRawBufferPointer, _ number: Int) throws(LDIFFault) -> Item {
    if line.count == 1, line[0] == ASCII.hyphen {
      return Item(number: number, name: "-", value: Value([]), isSeparator: true)
    }
    guard let parsed = LDIFLine(line) else {
      throw LDIFFault(.syntax, line: number, reason: "a line has a name, a colon and a value")
    }
    guard ASCII.isAttributeDescription(parsed.name) else {
      throw LDIFFault(.syntax, line: number, reason: "the name before the colon is not one (RFC 4512)")
    }
    return Item(
      number: number, name: String(decoding: parsed.name, as: UTF8.self), value: try value(of: parsed, number)
    )
  }

  private static func value(of line: LDIFLine, _ number: Int) throws(LDIFFault) -> Value {
    switch line.form {
    case .url:
      throw LDIFFault(.url, line: number, column: line.column, reason: "values are not fetched from URLs")
    case .base64:
      var octets: [UInt8] = []
      guard Base64.decode(line.value, into: &octets) else {
        throw LDIFFault(.base64, line: number, column: line.column, reason: "the value is not base64")
      }
      return Value(octets)
    case .text:
      if let fault = LDIFText.firstFault(in: line.value, requiresUTF8: true) {
        throw LDIFFault(
          fault.isUTF8 ? .syntax : .encoding, line: number, column: line.column + fault.offset,
          reason: fault.isUTF8
            ? "NUL and carriage return are written in base64" : "not UTF-8; write it in base64")
      }
      return Value(copying: line.value)
    }
  }
}
