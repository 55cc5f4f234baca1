import Foundation
import LDAP

extension DesiredState {
  /// Everything that is wrong with what is desired, at once, in the order of the files.
  ///
  /// - Parameters:
  ///   - schema: the server's; without it, a schema file's or the standard one.
  ///   - instant: the plan's; nobody is born after it.
  ///   - observed: the HSA-ids that the directory has. Without them, references to what the files do not have are
  ///     warnings, and so is what a create would lack.
  package func check(
    profile: Profile, management: Management, schema: Schema, instant: Date, observed: ByteIndex? = nil
  ) -> [Finding] {
    let rules = CheckRules(table.names, profile: profile, management: management, schema: schema)
    var check = DesiredCheck(self, profile, management, schema, instant, observed, rules)
    table.withRows { check.run($0) }
    return check.findings.inOrder
  }

  /// What is wrong with some of the rows, which the rest are there for to be referred to: what rows have in common is not
  /// looked for.
  ///
  /// - Parameter rules: those of the very names that the table has.
  package func check(
    rows: [Int], profile: Profile, management: Management, schema: Schema, instant: Date,
    observed: ByteIndex, rules: CheckRules
  ) -> [Finding] {
    var check = DesiredCheck(self, profile, management, schema, instant, observed, rules)
    table.withRows { check.run($0, only: rows) }
    return check.findings.inOrder
  }

  /// What is wrong with these rows, being some of a state: what a check of the whole finds at their places, where
  /// they and the rest have no HSA-id and no unique value in common, and what a container's row wants has not changed.
  ///
  /// - Parameters:
  ///   - rules: those of the very names that the table has.
  ///   - neighbours: the rest.
  package func check(
    profile: Profile, management: Management, schema: Schema, instant: Date, rules: CheckRules,
    among neighbours: Neighbours
  ) -> [Finding] {
    var check = DesiredCheck(self, profile, management, schema, instant, nil, rules)
    check.neighbours = neighbours
    table.withRows { check.run($0) }
    return check.findings.inOrder
  }
}

extension Finding {
  /// Whether a check that knows the directory's HSA-ids may judge otherwise: of what one that does not know them
  /// finds, only this. It never finds anything of another kind.
  package var dependsOnDirectory: Bool {
    ["unknown-reference", "unknown-parent", "missing-required"].contains(code)
  }
}

/// One pass over the rows; the rules of attributes and the index of HSA-ids are made beforehand.
struct DesiredCheck {
  let state: DesiredState
  let profile: Profile
  let management: Management
  let schema: Schema
  let rules: [AttributeRule]
  let observed: ByteIndex?
  /// The rest of a state of which the rows are a part.
  var neighbours: Neighbours?
  /// The plan's day as a number, yyyymmdd.
  let today: Int
  var findings: [Finding] = []
  /// The HSA-ids of the rows; ``rowOfIdentity`` has their rows.
  var identities = ByteIndex(foldingCase: true)
  var rowOfIdentity: [Int] = []
  /// The values of attributes that must be unique, by rule; and the row and attribute that had each first.
  var uniqueValues: [Int: (index: ByteIndex, first: [(row: Int, attribute: Int, value: Int)])] = [:]
  var creation: CreationNeeds
  /// The last attribute of each name whose several values were found in order: lists of classes repeat themselves.
  var lastSeveral: [Int: Int] = [:]

  init(
    _ state: DesiredState, _ profile: Profile, _ management: Management, _ schema: Schema, _ instant: Date,
    _ observed: ByteIndex?, _ prepared: CheckRules
  ) {
    self.state = state
    self.profile = profile
    self.management = management
    self.schema = schema
    self.observed = observed
    rules = prepared.rules
    let seconds = Int64(instant.timeIntervalSince1970) + 86_400
    today = Int(GeneralizedTime(secondsSince1970: seconds).description.prefix(8)) ?? .max
    creation = prepared.creation
  }

  mutating func run(_ table: EntryTable.Rows, only some: [Int]? = nil) {
    indexIdentities(table)
    if let some {
      for row in some { check(row, table) }
    } else {
      for row in state.rows.indices { check(row, table) }
    }
    checkCycles()
    findings += creation.warnings(state)
  }

  private mutating func indexIdentities(_ table: EntryTable.Rows) {
    identities = ByteIndex(foldingCase: true, capacity: state.rows.count)
    for row in state.rows.indices where state.rows[row].hasIdentity {
      guard let octets = identity(row, table), identities.insert(octets).isNew else { continue }
      rowOfIdentity.append(row)
    }
  }

  private func identity(_ row: Int, _ table: EntryTable.Rows) -> UnsafeRawBufferPointer? {
    for attribute in table.attributes(of: row) where rules[table.name(of: attribute)].isIdentity {
      return table.values(of: attribute).first.map { table.bytes(of: $0) }
    }
    return nil
  }

  private mutating func check(_ row: Int, _ table: EntryTable.Rows) {
    var place = ValuePlace(row: row, attribute: 0, value: nil)
    var times: (start: GeneralizedTime?, end: GeneralizedTime?, endAttribute: Int) = (nil, nil, 0)
    var canBeFound = state.rows[row].hasIdentity
    for attribute in table.attributes(of: row) {
      place.attribute = attribute
      let rule = rules[table.name(of: attribute)]
      if rule.isCorrelation, !table.values(of: attribute).isEmpty { canBeFound = true }
      check(rule, place, table)
      if rule.isStart { times.start = time(attribute, table) }
      if rule.isEnd { (times.end, times.endAttribute) = (time(attribute, table), attribute) }
    }
    if let start = times.start, let end = times.end, end <= start {
      place = ValuePlace(row: row, attribute: times.endAttribute, value: 0)
      report("end-before-start", place, table, "the end is not after the start", "correct one of the dates")
    }
    if !canBeFound { reportUnfindable(row) }
    checkParent(row)
    checkCreation(row, table)
  }

  private func time(_ attribute: Int, _ table: EntryTable.Rows) -> GeneralizedTime? {
    table.values(of: attribute).first.flatMap { GeneralizedTime(parsing: table.bytes(of: $0)) }
  }

  private mutating func reportUnfindable(_ row: Int) {
    let names = profile.correlation.joined(separator: ", ")
    findings.append(
      Finding(
        "no-identity", at: state.position(of: row),
        "the row has no HSA-id and nothing else to find its entry by",
        advice: names.isEmpty ? "add the HSA-id" : "add the HSA-id, or one of: \(names)"))
  }

  private mutating func checkCreation(_ row: Int, _ table: EntryTable.Rows) {
    let missing = creation.missing(state.rows[row].kind, row, table)
    guard !missing.isEmpty else { return }
    guard let observed, let octets = identity(row, table) else {
      if state.rows[row].hasIdentity { creation.note(missing, state.rows[row], row) }
      return
    }
    guard observed.find(octets) == nil else { return }
    findings.append(
      Finding(
        "missing-required", at: state.position(of: row), subject: state.identity(of: row),
        "the entry is not in the directory, and to create it the row lacks: \(missing.joined(separator: ", "))",
        advice: "add what is missing, or correct the HSA-id"))
  }

  /// Notes something about an attribute or value of a row.
  mutating func report(
    _ code: String, _ severity: Finding.Severity, _ place: ValuePlace, and other: SourcePosition? = nil,
    _ table: EntryTable.Rows, _ message: String, _ advice: String?
  ) {
    findings.append(
      Finding(
        code, severity, at: position(place, table), and: other, subject: state.identity(of: place.row),
        message,
        advice: advice))
  }

  /// Notes an error in an attribute or value of a row.
  mutating func report(
    _ code: String, _ place: ValuePlace, and other: SourcePosition? = nil, _ table: EntryTable.Rows,
    _ message: String, _ advice: String?
  ) {
    report(code, .error, place, and: other, table, message, advice)
  }

  /// The server's name of an attribute, without `remove:`.
  func name(_ rule: AttributeRule) -> String {
    let name = state.table.names[rule.index]
    return rule.isRemoval ? String(name.dropFirst(7)) : name
  }

  func position(_ place: ValuePlace, _ table: EntryTable.Rows) -> SourcePosition {
    state.position(of: place.row, attribute: place.attribute, value: place.value, in: table)
  }
}

/// An attribute of a row, or one value of it by ordinal.
struct ValuePlace {
  var row: Int
  var attribute: Int
  var value: Int?
}
