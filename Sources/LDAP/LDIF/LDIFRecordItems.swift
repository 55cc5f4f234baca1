/// The lines of one record, read from the first to the last.
internal struct LDIFRecordItems {
  typealias Item = LDIFRecordParser.Item
  var items: ArraySlice<Item>
  private var last = 0

  init(items: ArraySlice<Item>) {
    self.items = items
    last = items.first?.number ?? 1
  }

  mutating func record() throws(LDIFFault) -> LDIFRecord {
    let dn = try name(try expect("dn", "a record begins with dn:"))
    var controls: [LDIFControl] = []
    while let item = items.first, item.name.equalsIgnoringASCIICase("control") {
      last = item.number
      items.removeFirst()
      controls.append(try control(item))
    }
    guard let item = items.first, item.name.equalsIgnoringASCIICase("changetype") else {
      if controls.isEmpty { return .content(Entry(dn: dn, attributes: try attributes())) }
      throw fault("changetype: is wanted after control:")
    }
    last = item.number
    items.removeFirst()
    return .change(try operation(try text(item), dn), controls: controls)
  }

  private mutating func operation(_ kind: String, _ dn: DistinguishedName) throws(LDIFFault) -> WriteOperation
  {
    switch kind.asciiLowercased {
    case "add": return .add(Entry(dn: dn, attributes: try attributes()))
    case "delete":
      guard items.isEmpty else { throw fault("nothing follows changetype: delete") }
      return .delete(dn)
    case "modify":
      var modifications: [Modification] = []
      while !items.isEmpty { modifications.append(try modification()) }
      guard !modifications.isEmpty else { throw fault("a modify record has at least one change") }
      return .modify(dn, modifications)
    case "modrdn", "moddn": return try rename(dn)
    default: throw fault("the changetype is one of add, delete, modify, modrdn, moddn")
    }
  }

  private mutating func attributes() throws(LDIFFault) -> [Attribute] {
    guard !items.isEmpty else { throw fault("a record has at least one attribute") }
    var attributes: [Attribute] = []
    var index: [String: Int] = [:]
    for item in items {
      last = item.number
      let key = item.name.asciiLowercased
      guard !item.isSeparator, !["dn", "control", "changetype"].contains(key) else {
        throw fault("an attribute is wanted here; records are parted by an empty line")
      }
      if let known = index[key] {
        attributes[known].values.append(item.value)
      } else {
        index[key] = attributes.count
        attributes.append(Attribute(item.name, [item.value]))
      }
    }
    return attributes
  }

  private mutating func modification() throws(LDIFFault) -> Modification {
    let head = try next("a change is wanted here")
    guard let kind = Modification.Kind(rawValue: head.name.asciiLowercased) else {
      throw fault("a change begins with add:, delete: or replace:")
    }
    let attribute = try text(head)
    guard ASCII.isAttributeDescription(attribute.utf8) else {
      throw fault("an attribute is wanted after the colon")
    }
    var modification = Modification(kind, attribute)
    while let item = items.first, !item.isSeparator {
      last = item.number
      guard item.name.equalsIgnoringASCIICase(attribute) else {
        throw fault("the values of a change are all of the attribute it names")
      }
      modification.values.append(item.value)
      items.removeFirst()
    }
    guard let end = items.popFirst() else { throw fault("a change ends with a line that is - alone") }
    last = end.number
    guard kind != .add || !modification.values.isEmpty else { throw fault("add: is followed by a value") }
    return modification
  }

  private mutating func rename(_ dn: DistinguishedName) throws(LDIFFault) -> WriteOperation {
    let name = try text(try expect("newrdn", "newrdn: is wanted here"))
    let rdn: RelativeDistinguishedName
    do throws(DistinguishedName.SyntaxError) {
      rdn = try RelativeDistinguishedName(parsing: name)
    } catch {
      throw LDIFFault(.dn, line: last, reason: error.reason)
    }
    let flag = try text(try expect("deleteoldrdn", "deleteoldrdn: is wanted here"))
    guard flag == "0" || flag == "1" else { throw fault("deleteoldrdn is 0 or 1") }
    let superior =
      items.isEmpty ? nil : try self.name(try expect("newsuperior", "newsuperior: is wanted here"))
    guard items.isEmpty else { throw fault("nothing follows in a record that renames") }
    return .rename(dn, newRDN: rdn, deleteOldRDN: flag == "1", newSuperior: superior)
  }
}

extension LDIFRecordItems {
  /// Reads `OID [true|false] [: value | :: base64]`.
  private func control(_ item: Item) throws(LDIFFault) -> LDIFControl {
    let octets = item.value.bytes
    let oid = octets.prefix { $0 != ASCII.space && $0 != ASCII.colon }
    guard oid.first.map(ASCII.isDigit) ?? false, ASCII.isObjectIdentifier(oid) else {
      throw fault("a control has a dotted OID")
    }
    var control = LDIFControl(oid: String(decoding: oid, as: UTF8.self))
    var rest = octets[oid.endIndex...].drop { $0 == ASCII.space }
    let word = rest.prefix { ASCII.isLetter($0) }
    if !word.isEmpty {
      guard word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) else {
        throw fault("a control's criticality is true or false")
      }
      control.criticality = word.elementsEqual("true".utf8)
      rest = rest[word.endIndex...].drop { $0 == ASCII.space }
    }
    if rest.isEmpty { return control }
    guard rest.first == ASCII.colon else { throw fault("a colon is wanted before a control's value") }
    control.value = try controlValue(Array("v".utf8 + rest))
    return control
  }

  private func controlValue(_ line: [UInt8]) throws(LDIFFault) -> [UInt8] {
    var decoded: [UInt8] = []
    let isSound = line.withUnsafeBytes { line in
      guard let parsed = LDIFLine(line), parsed.form != .url else { return false }
      if parsed.form == .base64 { return Base64.decode(parsed.value, into: &decoded) }
      decoded = Array(parsed.value)
      return true
    }
    guard isSound else { throw fault("a control's value is text or base64") }
    return decoded
  }

  private mutating func expect(_ name: String, _ reason: String) throws(LDIFFault) -> Item {
    let item = try next(reason)
    guard item.name.equalsIgnoringASCIICase(name) else { throw fault(reason) }
    return item
  }

  private mutating func next(_ reason: String) throws(LDIFFault) -> Item {
    guard let item = items.popFirst() else { throw fault(reason) }
    last = item.number
    return item
  }

  private func text(_ item: Item) throws(LDIFFault) -> String {
    guard let text = item.value.text else {
      throw LDIFFault(.encoding, line: item.number, reason: "not UTF-8")
    }
    return text
  }

  private func name(_ item: Item) throws(LDIFFault) -> DistinguishedName {
    do throws(DistinguishedName.SyntaxError) {
      return try DistinguishedName(parsing: try name(text: item))
    } catch {
      throw LDIFFault(.dn, line: item.number, reason: error.reason)
    }
  }

  private func name(text item: Item) throws(DistinguishedName.SyntaxError) -> String {
    guard let text = item.value.text else { throw .init(offset: 0, reason: "not UTF-8") }
    return text
  }

  private func fault(_ reason: String) -> LDIFFault { LDIFFault(.record, line: last, reason: reason) }
}
