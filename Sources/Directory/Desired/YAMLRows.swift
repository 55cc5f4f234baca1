import LDAP

extension DesiredReader {
  /// Reads a YAML file of rows.
  ///
  /// `declared` is what the configuration says of the source; a file that declares something itself must not be
  /// declared there too.
  package mutating func add(yaml bytes: [UInt8], file: String, declared: SourceDeclaration? = nil) {
    do throws(Findings) {
      var mapping = try YAMLDocument(parsing: bytes, file: file, limits: limits).mapping()
      read(&mapping, declared)
      findings += mapping.finish()
    } catch {
      findings += error.all
    }
  }

  private mutating func read(_ mapping: inout YAMLMapping, _ declared: SourceDeclaration?) {
    let own = SourceDeclaration(reading: &mapping, profile: profile)
    if let declared, !declared.isEmpty, !own.isEmpty {
      mapping.report(
        "declared-twice", at: mapping.keyPosition(mapping.has("complete") ? "complete" : "provides"),
        "the configuration already declares what this file speaks for", advice: "declare it in one of the two"
      )
    }
    var declaration = own.isEmpty ? declared ?? own : own
    declaration.scope = declared?.scope
    guard let (source, file) = begin(file: mapping.file, declaration) else { return }
    let lists = Kind.allCases.filter { mapping.has($0.listKey) }
    if lists.isEmpty {
      mapping.report(
        "no-rows", at: mapping.mark.position(in: mapping.file), "the file has no list of entries",
        advice: "add one of: \(Kind.allCases.map(\.listKey).joined(separator: ", "))")
    }
    for kind in Kind.allCases {
      let position = mapping.keyPosition(kind.listKey)
      if let list = mapping.node(kind.listKey), list.isNull {
        mapping.report(
          "empty-list", at: position,
          "`\(kind.listKey)` stands here without entries, as in a file that was cut",
          advice: "write `\(kind.listKey): []` if there are none")
      }
      let items = mapping.items(kind.listKey)
      if !items.isEmpty, !isManaged(kind, position, &mapping) { continue }
      for item in items {
        guard case .mapping(let pairs) = item.content else {
          mapping.report(
            "yaml-shape", at: item.mark.position(in: mapping.file),
            "each entry must be a mapping of attributes to values",
            advice: "write it as `- {hsaIdentity: ..., parent: ...}`")
          continue
        }
        var row = YAMLRow(kind: kind, mark: item.mark, file: mapping.file)
        row.read(pairs, &self)
        append(row, source: source, file: file, declaration)
      }
    }
  }

  private func isManaged(_ kind: Kind, _ position: SourcePosition, _ mapping: inout YAMLMapping) -> Bool {
    guard profile[kind] != nil else {
      mapping.report(
        "unknown-kind", at: position, "the profile `\(profile.name)` has no entries of this kind",
        advice: "remove the list, or describe the kind in the profile")
      return false
    }
    guard management[kind] != nil else {
      mapping.report(
        "not-managed", at: position,
        "`manage` says nothing of the kind `\(kind.rawValue)`: its entries are not ours",
        advice: "remove the list, or add `\(kind.rawValue)` to `manage`")
      return false
    }
    return true
  }

  private mutating func append(
    _ row: YAMLRow, source: UInt16, file: UInt16, _ declaration: SourceDeclaration
  ) {
    findings += row.findings
    var attributes = row.attributes
    for name in declaration.provides {
      let id = intern(name)
      guard !attributes.contains(where: { $0.name == id }) else { continue }
      attributes.append(.init(name: id, mark: row.mark))
    }
    builder.beginEntry(dn: UnsafeRawBufferPointer(start: nil, count: 0))
    var marks: [YAMLMark] = []
    for attribute in attributes {
      builder.beginAttribute(id: attribute.name)
      marks.append(attribute.mark)
      for (value, mark) in attribute.values {
        value.withUnsafeBytes { builder.appendValue($0) }
        marks.append(mark)
      }
    }
    builder.endEntry()
    places.append(marks)
    let parent = row.parent.map { number($0) } ?? declaration.completeUnder.map { number($0) }
    rows.append(
      DesiredState.Row(
        kind: row.kind, source: source, parent: parent ?? DesiredState.noParent, line: row.mark.line,
        column: UInt16(clamping: row.mark.column), file: file, hasIdentity: row.identity != nil,
        hasName: false))
  }
}
