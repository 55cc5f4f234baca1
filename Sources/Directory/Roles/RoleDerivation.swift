import Foundation
import LDAP

/// Who holds which roles: what follows from entries, rules and an instant, and from nothing else.
///
/// Give it the entries (``take(_:)``), then ``derive(at:)``. Afterwards a change of entries or of time derives anew
/// only what depends on it, and the result is the one that deriving everything would give.
package struct RoleDerivation: Sendable {
  package let rules: RoleRules
  /// Who is to be a protected person, whatever the directory says yet: shown by the HSA-id alone.
  package var protectedByDesired: Set<HSAIdentity> = []
  package internal(set) var instant = Date(timeIntervalSince1970: 0)

  let profile: Profile
  let programs: [RoleProgram]
  let mandatory: [RoleSubject: [(name: String, slot: Int, isReference: Bool)]]
  let limits: RoleLimits
  let requests: RoleRequests
  var entries: RoleEntries
  var texts: RoleTexts
  /// What each entry, if it is a person, has by the rules; refused ones among it.
  var held: [[RoleHeld]] = []
  /// Persons who have a role whose holders are counted.
  var counted: Set<Int32> = []
  /// Rules that would have given somebody too many roles at once, by person.
  var excess: [Int32: [Int]] = [:]

  /// - Parameters:
  ///   - base: the configuration's base, for rules that name none of their own.
  ///   - known: the entryUUID by which each HSA-id is known; an entry with another gives nothing until it is adopted.
  package init(
    _ rules: RoleRules, profile: Profile, schema: Schema, base: DistinguishedName,
    known: [HSAIdentity: String] = [:]
  ) {
    self.rules = rules
    self.profile = profile
    let attributes = RoleAttributes(rules, profile)
    var values = RoleValues()
    var conditions = RoleConditions(schema)
    var dates: [(slot: Int, bound: CivilTime.Bound)] = []
    var programs = rules.rules.map {
      RoleProgram($0, attributes, schema, &conditions, &values, &dates)
    }
    mandatory = RoleDerivation.mandatory(rules, profile, schema, &values)
    let requesters = rules.constraints.map { constraint -> Int in
      guard case .requesters(let filter?, _) = constraint.limit else { return -1 }
      return conditions.insert(filter, on: [.person])
    }
    for name in attributes.all where !name.equalsIgnoringASCIICase("entryUUID") || conditions.concern(name) {
      let isMembers = attributes.members.map { name.equalsIgnoringASCIICase($0) } ?? false
      if !isMembers || conditions.concern(name) { _ = values.makeSlot(name, schema) }
    }
    var entries = RoleEntries(
      attributes, rules, profile, schema, values: values, conditions: conditions,
      bases: rules.bases.isEmpty ? [base] : rules.bases)
    let columns = dates.map { entries.dates.insert($0.slot, as: $0.bound) }
    for program in programs.indices {
      programs[program].untilDates = programs[program].untilDates.map { ($0.subject, columns[$0.column]) }
    }
    self.programs = programs
    requests = RoleRequests(rules.requests) { entries.number(ofIdentity: $0) }
    limits = RoleLimits(rules.constraints, conditions: requesters) { entries.number(ofIdentity: $0) }
    for (identity, uuid) in known {
      var text = uuid
      entries.known[entries.number(ofIdentity: identity)] = text.withUTF8 {
        entries.number(ofUUID: UnsafeRawBufferPointer($0))
      }
    }
    self.entries = entries
    texts = RoleTexts(rules.constraints)
  }

  private static func mandatory(
    _ rules: RoleRules, _ profile: Profile, _ schema: Schema, _ values: inout RoleValues
  ) -> [RoleSubject: [(name: String, slot: Int, isReference: Bool)]] {
    var result: [RoleSubject: [(name: String, slot: Int, isReference: Bool)]] = [:]
    for subject in RoleSubject.allCases {
      result[subject] = rules.mandatory[subject]?.map { name in
        (name, values.makeSlot(name, schema), profile.references[name.asciiLowercased] == .identity)
      }
    }
    return result
  }

  /// The attributes that must be read of every entry.
  package static func attributes(_ rules: RoleRules, _ profile: Profile) -> [String] {
    RoleAttributes(rules, profile).all
  }

  /// Leaves out the members of commissions who are not among these persons: of a commission with thousands of members
  /// few are asked about. One stays in any case, for a commission without members may be a faulty one. What is found wrong
  /// with members is told of these alone.
  ///
  /// Before anything is taken. Whoever is a member of a commission that is to change must be among them.
  package mutating func takeMembers(only persons: Set<HSAIdentity>) {
    var members = ByteIndex(foldingCase: true, capacity: persons.count)
    for person in persons.sorted() { _ = members.insert(person.normalForm) }
    entries.wantedMembers = members
  }

  /// Whether somebody here has a role whose holders are counted, or would have it if others had it not. Of a part it
  /// cannot be told then what that person has.
  package var countsHolders: Bool { !counted.isEmpty }

  /// Who they are.
  var countedHolders: Set<HSAIdentity> { Set(counted.map { entries.identity($0) }) }

  /// Takes a batch of observed entries, in any order.
  package mutating func take(_ batch: EntryTable) {
    batch.withRows { rows in
      for row in 0..<rows.count { _ = place(rows, row, batch.names) }
    }
  }

  /// Derives everything.
  package mutating func derive(at instant: Date) {
    self.instant = instant
    finishBatch()
    entries.flipped = []
    held = Array(repeating: [], count: entries.all.count)
    (counted, excess) = ([], [:])
    _ = derive(entries.all.indices.map { Int32($0) })
  }
}
