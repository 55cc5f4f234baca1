import LDAP

/// An LDIF source while it is read.
struct LDIFSource: Sendable {
  var reader: LDIFReader
  var source: UInt16
  var file: UInt16
  var under: UInt32
  var classifier: KindClassifier
  /// The octets of the last row's parent, and its number: siblings stand together.
  var lastParent: [UInt8] = []
  var lastNumber = DesiredState.noParent
}

extension DesiredReader {
  /// Begins a source of LDIF content records, which ``feed(_:)`` brings in pieces.
  ///
  /// Attribute names are the server's, values are as the server stores them (times as GeneralizedTime), and the
  /// record's name says where the entry shall lie. Attributes that are neither managed nor needed are left out.
  /// - Parameter size: the octets of the file, where that is known.
  package mutating func beginLDIF(
    file: String, size: Int = 0, declared: SourceDeclaration = SourceDeclaration()
  ) {
    guard let (source, number) = begin(file: file, declared) else { return }
    builder.reserve(fileSize: size)
    builder.completing = declared.provides.map { intern($0) }
    ldif = LDIFSource(
      reader: LDIFReader(keeping: keptNames(declared)), source: source, file: number,
      under: declared.completeUnder.map { self.number($0) } ?? DesiredState.noParent,
      classifier: KindClassifier(profile))
  }

  /// Reads the next piece of the source that was begun.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer) {
    guard var source = ldif else { return }
    ldif = nil
    source.reader.read(chunk, into: &builder)
    take(&source)
    ldif = source
  }

  /// Ends the source that was begun.
  package mutating func finishLDIF() {
    guard var source = ldif else { return }
    ldif = nil
    source.reader.finish(into: &builder)
    take(&source)
    builder.completing = []
    report(source)
  }

  private mutating func report(_ source: LDIFSource) {
    let file = files[Int(source.file)]
    for fault in source.reader.faults {
      findings.append(
        Finding(
          "ldif-syntax", at: SourcePosition(file: file, line: fault.line, column: fault.column),
          "the file is not LDIF here: \(fault.reason)",
          advice: "deliver the file again; RFC 2849 describes the form"))
    }
    let more = source.reader.faultCount - source.reader.faults.count
    if more > 0 {
      findings.append(
        Finding(
          "ldif-syntax", at: SourcePosition(file: file, line: 1), "there are \(more) more faults in this file"
        ))
    }
    if !rows.contains(where: { $0.file == source.file }), source.reader.faultCount == 0 {
      findings.append(
        Finding(
          "ldif-empty", at: SourcePosition(file: file, line: 1), "the file has no entries",
          advice: "deliver it again; an empty file never means that nothing is wanted"))
    }
  }

  private func keptNames(_ declared: SourceDeclaration) -> Set<String> {
    var names: Set<String> = []
    for name in profile.rowAttributes(management) + declared.provides {
      names.insert(name.asciiLowercased)
      guard !name.contains(";"), let type = schema.attributeType(name) else { continue }
      names.formUnion((type.names + [type.oid]).map(\.asciiLowercased))
    }
    return names
  }

  /// Makes rows of the entries that came into the table.
  private mutating func take(_ source: inout LDIFSource) {
    let lines = source.reader.takeLines()
    let first = rows.count
    rows.reserveCapacity(first + lines.count)
    builder.table.withRows { table in
      for (offset, line) in lines.enumerated() {
        rows.append(row(first + offset, line, &source, table))
        places.append(nil)
      }
    }
  }

  private mutating func row(
    _ index: Int, _ line: UInt32, _ source: inout LDIFSource, _ table: EntryTable.Rows
  ) -> DesiredState.Row {
    var kind: Kind?
    var hasIdentity = false
    for attribute in table.attributes(of: index) {
      let name = table.name(of: attribute)
      if name == Int(identityName) {
        hasIdentity = !table.values(of: attribute).isEmpty
      } else if name == Int(classesName) {
        kind = source.classifier.classify(table, classes: table.values(of: attribute)).kind
      }
    }
    let parent = number(parentOf: table.dn(of: index), line, &source)
    let row = DesiredState.Row(
      kind: kind ?? .unit, source: source.source, parent: parent ?? source.under, line: line, column: 1,
      file: source.file, hasIdentity: hasIdentity, hasName: true)
    if let kind, management[kind] != nil { return row }
    leaveOut(index, row, isKnown: kind != nil)
    return row
  }

  private mutating func leaveOut(_ index: Int, _ row: DesiredState.Row, isKnown: Bool) {
    dropped.insert(index)
    let place = SourcePosition(file: files[Int(row.file)], line: Int(row.line))
    findings.append(
      isKnown
        ? Finding(
          "not-managed", at: place,
          "`manage` says nothing of the kind `\(row.kind.rawValue)`: the entry is not ours",
          advice: "leave it out of the file, or add `\(row.kind.rawValue)` to `manage`")
        : Finding(
          "unknown-kind", at: place, "none of the entry's object classes tells what kind of entry it is",
          advice: "add the object class, or leave the entry out of the file"))
  }

  /// The number of the name above an entry's name; no DN is parsed unless it is a new one.
  private mutating func number(
    parentOf dn: UnsafeRawBufferPointer, _ line: UInt32, _ source: inout LDIFSource
  ) -> UInt32? {
    var start = 0
    while start < dn.count, dn[start] != 0x2C { start += dn[start] == 0x5C ? 2 : 1 }
    let rest = UnsafeRawBufferPointer(rebasing: dn[min(start + 1, dn.count)...])
    if source.lastNumber != DesiredState.noParent,
      source.lastParent.withUnsafeBytes({ ValueSets.same($0, rest) })
    {
      return source.lastNumber
    }
    source.lastParent = Array(rest)
    if let known = parentIndex.find(rest) {
      source.lastNumber = UInt32(known)
    } else {
      do throws(DistinguishedName.SyntaxError) {
        parents.append(.name(try DistinguishedName(parsing: rest)))
        source.lastNumber = UInt32(parentIndex.insert(rest).number)
      } catch {
        source.lastNumber = DesiredState.noParent
        findings.append(
          Finding(
            "wrong-name", at: SourcePosition(file: files[Int(source.file)], line: Int(line)),
            "the record's name is no distinguished name: \(error.reason)",
            advice: "write it as RFC 4514 has it"))
        return nil
      }
    }
    return source.lastNumber
  }
}
