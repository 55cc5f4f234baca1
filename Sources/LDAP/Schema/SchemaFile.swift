extension Schema {
  /// Reads schema files as slapd does (slapd.conf(5): `attributetype`, `objectclass`, `objectidentifier`).
  ///
  /// A line that begins with a space or tab goes on from the one before; `#` begins a comment line. OID macros
  /// hold for the texts that follow too. `ldapsyntax` and `ditcontentrule` are passed over.
  /// - Throws: all faults of all texts, when there are any.
  public static func parsing(slapdSchema texts: [String]) throws(SyntaxError) -> Schema {
    var reader = SchemaFileReader()
    for (index, text) in texts.enumerated() { reader.read(text, index: index) }
    guard reader.schema.faults.isEmpty else { throw SyntaxError(faults: reader.schema.faults) }
    reader.schema.rebuildIndex()
    return reader.schema
  }
}

/// Reads slapd's schema files, keeping the OID macros from one to the next.
internal struct SchemaFileReader {
  var schema = Schema()
  private var macros: [String: String] = [:]

  mutating func read(_ text: String, index: Int) {
    for directive in Self.directives(text) {
      do throws(SchemaDescription.Fault) {
        try read(directive.text)
      } catch {
        schema.faults.append(.init(element: .file, index: index, line: directive.line, reason: error.reason))
      }
    }
  }

  private mutating func read(_ directive: String) throws(SchemaDescription.Fault) {
    let end =
      directive.utf8.firstIndex { $0 == ASCII.space || $0 == 0x09 || $0 == ASCII.open } ?? directive.endIndex
    let rest = String(directive[end...])
    let count = schema.attributeTypes.count + schema.objectClasses.count + macros.count
    guard count < Schema.maximumCount else {
      throw .init(reason: "more than \(Schema.maximumCount) definitions")
    }
    switch directive[..<end].asciiLowercased {
    case "attributetype", "attributetypes":
      schema.attributeTypes.append(
        AttributeType(try SchemaDescription(parsing: rest) { resolved($0) }))
    case "objectclass", "objectclasses":
      schema.objectClasses.append(
        ObjectClass(try SchemaDescription(parsing: rest) { resolved($0) }))
    case "objectidentifier": try define(rest)
    case "ldapsyntax", "ldapsyntaxes", "ditcontentrule", "ditcontentrules": break
    default: throw .init(reason: "neither attributetype, objectclass nor objectidentifier")
    }
  }

  private mutating func define(_ text: String) throws(SchemaDescription.Fault) {
    let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
    guard words.count == 2 else { throw .init(reason: "objectidentifier wants a name and an OID") }
    macros[words[0].asciiLowercased] = resolved(words[1])
  }

  /// `name` and `name:1.2` with the macro put in; what is no macro stays.
  private func resolved(_ identifier: String) -> String {
    let parts = identifier.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let base = macros[parts[0].asciiLowercased] else { return identifier }
    return parts.count == 2 ? base + "." + parts[1] : base
  }

  /// The logical lines of a text, comments and blank lines left out, each with the line it begins on.
  private static func directives(_ text: String) -> [(line: Int, text: String)] {
    var directives: [(line: Int, text: String)] = []
    var number = 0
    for line in text.utf8.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false) {
      number += 1
      let line = line.last == ASCII.carriageReturn ? line.dropLast() : line
      let content = String(decoding: line, as: UTF8.self)
      if line.first == ASCII.sharp { continue }
      if line.allSatisfy({ $0 == ASCII.space || $0 == 0x09 }) { continue }
      if let first = line.first, first == ASCII.space || first == 0x09, !directives.isEmpty {
        directives[directives.count - 1].text += content
      } else {
        directives.append((number, content))
      }
    }
    return directives
  }
}
