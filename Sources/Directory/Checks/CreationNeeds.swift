import LDAP

/// What an entry needs to be created: what its classes require, and its naming attribute, less what templates give.
package struct CreationNeeds {
  private struct Needs {
    /// Canonical names, and by what indices of the table they are present.
    var required: [(name: String, indices: [Int])]
    /// The templates in order: indices that it gives, and the indices of each attribute that it needs.
    var templates: [(gives: [Int], needs: [[Int]])]
  }

  private let schema: Schema
  private let profile: Profile
  /// Table index -> a number that all names of one attribute share.
  private let attributeNumber: [Int]
  private let numberOfName: [String: Int]
  private var needs: [String: Needs] = [:]
  /// The needs of kinds without further classes, which most rows have.
  private var plainNeeds: [Kind: Needs] = [:]
  /// The serial of the row that had an attribute last, by attribute number.
  private var lastRow: [Int]
  private var serial = 0
  /// What rows lack of which nobody knows whether they must be created, by what is missing.
  private var doubts: [String: (row: Int, count: Int)] = [:]

  package init(names: [String], profile: Profile, schema: Schema) {
    self.schema = schema
    self.profile = profile
    var numbers: [String: Int] = [:]
    func number(_ name: String) -> Int {
      let key = schema.canonicalName(name).asciiLowercased
      if let known = numbers[key] { return known }
      numbers[key] = numbers.count
      return numbers.count - 1
    }
    attributeNumber = names.map { number($0) }
    for (_, kind) in profile.kinds {
      _ = number(kind.naming)
      for (attribute, template) in kind.templates {
        for name in [attribute] + template.attributes { _ = number(name) }
      }
      for name in schema.required(by: kind.classes) { _ = number(name) }
    }
    numberOfName = numbers
    lastRow = Array(repeating: 0, count: numbers.count)
  }

  /// What a create of the row would lack, by the server's names, sorted.
  package mutating func missing(_ kind: Kind, _ row: Int, _ table: EntryTable.Rows) -> [String] {
    guard let kindProfile = profile[kind] else { return [] }
    serial += 1
    var extra: [String] = []
    for attribute in table.attributes(of: row) where !table.values(of: attribute).isEmpty {
      let name = table.name(of: attribute)
      lastRow[attributeNumber[name]] = serial
      if name == DesiredState.classesName { extra = classes(attribute, table, besides: kindProfile.classes) }
    }
    let wanted = needs(of: kind, kindProfile, extra)
    for template in wanted.templates where template.needs.allSatisfy(isPresent) {
      for index in template.gives { lastRow[index] = serial }
    }
    return wanted.required.filter { !isPresent($0.indices) }.map(\.name)
  }

  private func isPresent(_ indices: [Int]) -> Bool { indices.contains { lastRow[$0] == serial } }

  private func classes(_ attribute: Int, _ table: EntryTable.Rows, besides known: [String]) -> [String] {
    table.values(of: attribute).compactMap { value in
      let octets = table.bytes(of: value)
      let isKnown = known.contains { $0.utf8.elementsEqual(octets) }
      return isKnown ? nil : String(decoding: octets, as: UTF8.self)
    }
  }

  private mutating func needs(of kind: Kind, _ kindProfile: Profile.KindProfile, _ extra: [String]) -> Needs {
    if extra.isEmpty, let known = plainNeeds[kind] { return known }
    let key = ([kind.rawValue] + extra.sorted()).joined(separator: ",")
    if let known = needs[key] { return known }
    let serverMade = Set(profile.neverOwned.map { schema.canonicalName($0).asciiLowercased })
    let required = schema.required(by: kindProfile.classes + extra).union([kindProfile.naming])
    let names = required.filter {
      let small = schema.canonicalName($0).asciiLowercased
      return small != "objectclass" && !serverMade.contains(small)
    }
    let made = Needs(
      required: names.sorted().map { ($0, indices($0)) },
      templates: kindProfile.templates.map {
        (indices($0.attribute), $0.template.attributes.map { indices($0) })
      })
    if extra.isEmpty { plainNeeds[kind] = made } else { needs[key] = made }
    return made
  }

  private func indices(_ name: String) -> [Int] {
    numberOfName[schema.canonicalName(name).asciiLowercased].map { [$0] } ?? []
  }

  /// Remembers what a row lacks, in case it has to be created.
  mutating func note(_ missing: [String], _ row: DesiredState.Row, _ index: Int) {
    let key = "\(row.source) \(row.kind.rawValue) \(missing.joined(separator: ", "))"
    doubts[key, default: (index, 0)].count += 1
  }

  /// One warning for all rows of a source and kind that lack the same.
  func warnings(_ state: DesiredState) -> [Finding] {
    doubts.map { key, doubt in
      let missing = key.split(separator: " ", maxSplits: 2).last ?? ""
      let others = doubt.count > 1 ? " (\(doubt.count - 1) more rows of this source lack the same)" : ""
      return Finding(
        "missing-required", .warning, at: state.position(of: doubt.row),
        subject: state.identity(of: doubt.row),
        "if the entry has to be created, the row lacks: \(missing)\(others)",
        advice: "add what is missing, unless the entry exists")
    }
  }
}

extension DesiredState {
  /// What a create of the row would lack, by the server's names, sorted.
  package func missingRequired(row: Int, profile: Profile, schema: Schema) -> [String] {
    var needs = CreationNeeds(names: table.names, profile: profile, schema: schema)
    return table.withRows { needs.missing(rows[row].kind, row, $0) }
  }
}

extension Management {
  /// What the schema says against `manage`: attributes that it does not know, or that only the server may write.
  package func check(schema: Schema) -> [Finding] {
    kinds.flatMap { kind, managed in
      (managed.own + managed.create + managed.merge).compactMap { name -> Finding? in
        let place = managed.places[name.asciiLowercased]
        guard let type = schema.attributeType(name) else {
          let suggestion = Spelling.suggestion(for: name, among: schema.attributeTypes.lazy.map(\.name))
          return Finding(
            "unknown-attribute", at: place, "the schema has no attribute \(Spelling.shown(name))",
            advice: suggestion.map { "did you mean `\($0)`?" } ?? "look the name up in the server's schema")
        }
        guard type.isNoUserModification else { return nil }
        return Finding(
          "never-owned", at: place, "only the server may write `\(name)`", advice: "remove it from the list")
      }
    }.inOrder
  }
}
