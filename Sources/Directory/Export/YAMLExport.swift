import LDAP

extension Export {
  /// The entries as a YAML file of rows, by kind, then parent, then HSA-id.
  package func yaml() -> [UInt8] {
    var text = YAMLText.Writer()
    text.line(0, "# Exported by hsasync: what the directory has of the attributes that are managed.")
    let parents = ParentNames(self)
    let table = builder.table
    for kind in Kind.allCases {
      let ordered = rows.filter { $0.kind == kind }
        .map { (row: $0, parent: parents.text(of: table.dnText($0.entry))) }
        .sorted { ($0.parent, $0.row.identity) < ($1.parent, $1.row.identity) }
      if ordered.isEmpty { continue }
      text.line(0, "")
      text.line(0, "\(kind.listKey):")
      for (row, parent) in ordered {
        var lines = RowLines(self, row)
        table.withRows { lines.read($0, table) }
        text.row([
          "\(canonical(profile.identity)): \(YAMLText.scalar(row.identity.text))",
          "parent: \(YAMLText.scalar(parent))",
        ])
        for line in lines.lines { text.line(2, line) }
      }
    }
    if rows.isEmpty { text.line(0, "persons: []") }
    return Array(text.text.utf8)
  }

  /// The canonical name of a server's attribute.
  func canonical(_ server: String) -> String {
    profile.serverNames.filter { $0.value.equalsIgnoringASCIICase(server) }.keys.min() ?? server
  }
}

/// How each entry's parent is named: by HSA-id, or by its name where it has none.
private struct ParentNames {
  private let export: Export
  /// The names in the form in which a server holds them equal, made when a spelling is not found.
  private let normal: [String: HSAIdentity]

  init(_ export: Export) {
    self.export = export
    var normal: [String: HSAIdentity] = [:]
    let isSpelledAlike = export.rows.allSatisfy { row in
      let name = ParentNames.parent(of: export.builder.table.dnText(row.entry))
      return export.names.find(name) != nil
    }
    if !isSpelledAlike {
      for (number, identity) in export.identities.enumerated() {
        let name = export.names.withBytes(number) { try? DistinguishedName(parsing: $0) }
        if let name { normal[name.normalForm(export.schema)] = identity }
      }
    }
    self.normal = normal
  }

  func text(of name: String) -> String {
    let above = ParentNames.parent(of: name)
    if let number = export.names.find(above) { return export.identities[number].text }
    guard let parsed = try? DistinguishedName(parsing: above) else { return above }
    return normal[parsed.normalForm(export.schema)]?.text ?? parsed.description
  }

  /// What stands after the first comma that separates.
  static func parent(of name: String) -> String {
    var octets = Array(name.utf8)[...]
    while let octet = octets.popFirst(), octet != 0x2C { if octet == 0x5C { octets = octets.dropFirst() } }
    return String(decoding: octets.drop { $0 == 0x20 }, as: UTF8.self)
  }
}

/// The lines of one row, after HSA-id and parent.
private struct RowLines {
  private(set) var lines: [String] = []
  private let export: Export
  private let row: Export.Row
  private let naming: String
  private let isNamingManaged: Bool
  private let areClassesManaged: Bool

  init(_ export: Export, _ row: Export.Row) {
    self.export = export
    self.row = row
    naming = export.profile[row.kind]?.naming ?? "cn"
    let managed = export.management[row.kind] ?? KindManagement()
    let name = export.schema.canonicalName(naming)
    isNamingManaged = (managed.own + managed.create + managed.merge).contains {
      export.schema.canonicalName($0).equalsIgnoringASCIICase(name)
    }
    areClassesManaged = (managed.own + managed.merge).contains { $0.equalsIgnoringASCIICase("objectClass") }
  }

  mutating func read(_ rows: EntryTable.Rows, _ table: EntryTable) {
    let ordered = rows.attributes(of: row.entry).sorted {
      table.names[rows.name(of: $0)] < table.names[rows.name(of: $1)]
    }
    for attribute in ordered {
      let name = table.names[rows.name(of: attribute)]
      let values = rows.values(of: attribute).map { rows.bytes(of: $0) }
      if rows.name(of: attribute) == Int(export.identityName) || values.isEmpty { continue }
      if rows.name(of: attribute) == Int(export.classesName) {
        if areClassesManaged { add(name, marks(values).map(YAMLText.scalar)) }
      } else if name.equalsIgnoringASCIICase(naming), !isNamingManaged {
        add(name, [nameValue(rows)].compactMap { $0 }.map(YAMLText.scalar))
      } else if name.equalsIgnoringASCIICase(export.profile.memberAttribute ?? ""), row.kind == .commission,
        let members = members(values)
      {
        lines.append("members:")
        lines += members.map { "  - \($0)" }
      } else {
        let isTime = isTime(name)
        add(name, values.map { isTime ? YAMLText.time($0) : YAMLText.value($0) })
      }
    }
  }

  private mutating func add(_ name: String, _ values: [String]) {
    let key = export.canonical(name)
    if values.count == 1 { lines.append("\(key): \(values[0])") }
    guard values.count > 1 else { return }
    lines.append("\(key):")
    lines += values.sorted().map { "  - \($0)" }
  }

  /// The value that the entry's own name has of the naming attribute.
  private func nameValue(_ rows: EntryTable.Rows) -> String? {
    let name = try? DistinguishedName(parsing: rows.dn(of: row.entry))
    let wanted = export.schema.canonicalName(naming)
    return name?.rdns.first?.pairs.first {
      export.schema.canonicalName($0.type).equalsIgnoringASCIICase(wanted)
    }?
    .value.text
  }

  /// The object classes besides those that make an entry of its kind.
  private func marks(_ values: [UnsafeRawBufferPointer]) -> [String] {
    let own = export.schema.withSuperclasses(export.profile[row.kind]?.classes ?? []).map(\.name)
    let known = (export.profile[row.kind]?.classes ?? []) + own
    return values.map { String(decoding: $0, as: UTF8.self) }.filter { name in
      let kind = export.schema.objectClass(name)?.kind ?? .auxiliary
      return kind == .auxiliary && !known.contains { $0.equalsIgnoringASCIICase(name) }
    }
  }

  private func isTime(_ name: String) -> Bool {
    export.schema.syntax(of: name) == Syntax.generalizedTime
      || name.equalsIgnoringASCIICase(export.profile.startDate)
      || name.equalsIgnoringASCIICase(export.profile.endDate)
  }

  /// `{person, from, to}` of each value; `nil` when one of them would not be read back as it is.
  private func members(_ values: [UnsafeRawBufferPointer]) -> [String]? {
    var result: [String] = []
    for value in values.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let parts = value.split(separator: 0x3B, omittingEmptySubsequences: false)
        .map { UnsafeRawBufferPointer(rebasing: $0) }
      guard parts.count == 3, !parts[0].isEmpty else { return nil }
      var text = "{person: \(YAMLText.value(parts[0]))"
      for (key, part) in zip(["from", "to"], parts[1...]) where !part.isEmpty {
        guard let time = CivilTime.written(part) else { return nil }
        text += ", \(key): \(time)"
      }
      result.append(text + "}")
    }
    return result
  }
}
