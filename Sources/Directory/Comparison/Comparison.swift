import Foundation
import LDAP

/// Holds what is observed, batch by batch, against what is desired; keeps only what differs.
///
/// The flow is: make one of the desired state, ``take(_:)`` each batch of observed entries in any order, then
/// ``plan(proof:)``. Entries in agreement leave no more than their RDN and entryUUID behind (about 60 octets).
package struct Comparison: Sendable {
  /// Part of the tree to which a plan is limited.
  package enum Scope: Hashable, Sendable {
    case identity(HSAIdentity)
    case name(DistinguishedName)
    /// Only the entries of these, and what their changes cannot do without; nothing is said of others.
    case identities(Set<HSAIdentity>)
  }

  /// What is remembered of each observed entry that a row wants or that may hold others.
  struct Seen: Sendable {
    /// Number of the parent's raw name in `places`.
    var parent: UInt32
    /// Where RDN and entryUUID lie in `briefs`, one after the other.
    var brief: UInt32
    var rdnLength: UInt16
    var uuidLength: UInt8
    var isPresent: Bool
    /// Index plus one in `kept`; 0 when the entry was in agreement.
    var kept: UInt32

    static let absent = Seen(parent: 0, brief: 0, rdnLength: 0, uuidLength: 0, isPresent: false, kept: 0)
  }

  /// An observed entry that may hold others.
  struct Container: Sendable {
    /// Number of its own raw name in `places`.
    var place: Int
    var seen: Seen
    var kind: Kind?
    /// Index of its HSA-id in `identities`, or -1.
    var identity: Int
    /// Whether it carries the care provider's mark.
    var isProvider: Bool
    /// Index in `providers` of the care provider that it names as responsible, or -1.
    var responsible: Int32
  }

  /// An observed entry that was kept whole.
  struct Kept: Sendable {
    var kind: Kind
    var seen: Seen
    /// Index of its HSA-id in `identities`, or -1.
    var identity: Int
  }

  let desired: DesiredState
  let profile: Profile
  let management: Management
  let schema: Schema
  let base: DistinguishedName
  let instant: Date
  let scope: Scope?
  let summary: DesiredSummary
  let history: History?
  /// How many seconds after the instant what will happen by itself is told; `nil`: it is not.
  let horizon: Double?
  let rules: AttributeRules
  let rulesByKind: [Kind: [AttributeRules.Rule]]

  var identities: ByteIndex
  /// The row of each HSA-id, or -1 for one that only the directory has.
  var rowOfIdentity: [Int32] = []
  var seen: [Seen]
  /// How often each HSA-id was seen; more than once is a finding.
  var timesSeen: [UInt8] = []
  var places = NameTable()
  var containers: [Container] = []
  /// The container with the raw name of this number, or -1.
  var containerAtPlace: [Int32] = []
  var childCount: [UInt32] = []
  var briefs: [UInt8] = []
  var keptTable = EntryTableBuilder()
  var kept: [Kept] = []
  var siblings: Set<UInt64> = []
  /// How many entries were observed, by the kind's rank.
  var observedCounts = Array(repeating: 0, count: Kind.count)
  /// How many entries that have not ended lie directly under each place: ``Kind/count`` numbers a place, by rank.
  var livingAtPlace: [UInt32] = []
  /// What will happen by itself to observed entries, within the horizon.
  var dates: [SeenDate] = []
  /// The HSA-ids that units name as their responsible care provider.
  var providers = ByteIndex(foldingCase: true)
  var classifier: KindClassifier
  /// The slots of the last batch's names: batches of one read share their names.
  var slotsOfBatch: (names: [String], slots: [Int32]) = ([], [])
  /// Rows without HSA-id, by the values that correlate them.
  var correlation: Correlation
  /// Kinds of which some source declares to have all.
  let completeKinds: Set<Kind>
  /// Rows whose comparison has to wait until all is read.
  let waiting: Set<Int>
  /// Rows that name an HSA-id which another row names too; neither is planned.
  var duplicates: Set<Int> = []
  /// Which HSA-id (index in `identities`) holds a unique value, by ``uniqueKey(_:_:)``.
  var holders: [UInt64: Int32] = [:]
  /// The slots of attributes whose values are unique, the HSA-id aside.
  let uniqueSlots: [Int]
  /// Rows whose observed entries have no class that the profile recognises.
  var unrecognised: Set<Int> = []
  /// The raw names of all observed protected persons, with the index of their HSA-id in `identities`, or -1.
  var protectedSeen: [(name: [UInt8], identity: Int)] = []
  /// Rows whose observed entries are protected persons.
  var protectedRows: Set<Int> = []
  /// The instant as `yyyyMMddHHmmssZ`.
  let instantText: [UInt8]

  /// - Parameter history: what is remembered of earlier runs; `nil`: nothing, and an absentee's grace counts from its
  ///   end alone.
  /// - Parameter horizon: how many seconds ahead to tell what will happen by itself; the read must then have asked for
  ///   ``attributes(_:_:foreseeing:)``.
  /// - Parameter index: of a desired state of the same catalogue and management, so that what holds for its attributes
  ///   is not worked out again.
  package init(
    desired: DesiredState, profile: Profile, management: Management, schema: Schema, base: DistinguishedName,
    instant: Date, scope: Scope? = nil, history: History? = nil, horizon: Double? = nil,
    summary: DesiredSummary = DesiredSummary(), like index: DesiredIndex? = nil
  ) {
    self.desired = desired
    self.profile = profile
    self.management = management
    self.schema = schema
    self.base = base
    self.instant = instant
    self.scope = scope
    self.summary = summary
    self.history = history
    self.horizon = horizon
    rules = index?.rules ?? AttributeRules(profile: profile, management: management, schema: schema)
    rulesByKind =
      index?.rules(for: desired.table.names) ?? rules.table(for: desired.table.names)
    identities = ByteIndex(foldingCase: true, capacity: desired.rows.count + 64)
    seen = Array(repeating: .absent, count: desired.rows.count)
    classifier = KindClassifier(profile)
    correlation = Correlation(desired: desired, profile: profile, rules: rules)
    completeKinds = desired.sources.reduce(into: []) { $0.formUnion($1.completeKinds) }
    waiting = Comparison.rowsThatWait(desired, rules: rulesByKind)
    instantText = Array(
      GeneralizedTime(secondsSince1970: Int64(instant.timeIntervalSince1970)).description.utf8)
    let rules = rules
    uniqueSlots = profile.unique.compactMap { rules.slot(of: $0) }.filter { $0 != rules.identity }
    indexRows()
  }

  /// A key under which spellings of a unique value meet.
  static func uniqueKey(_ slot: Int, _ value: UnsafeRawBufferPointer) -> UInt64 {
    RawName.siblingKey(parent: slot, rdn: value)
  }

  /// The attributes that a read for this comparison must ask for.
  ///
  /// - Parameter foreseeing: whether the comparison has a horizon.
  package static func attributes(
    _ profile: Profile, _ management: Management, foreseeing: Bool = false
  ) -> [String] {
    AttributeRules.attributesToRead(profile, management, foreseeing: foreseeing)
  }

  /// The filter with which everything under the base is read: units without a class of ours still hold entries of ours.
  package static func filter(_ profile: Profile) -> Filter { .present("objectClass") }

  /// The HSA-ids that were seen: what rows may refer to although no file has it.
  package func observedIdentities() -> ByteIndex {
    var result = ByteIndex(foldingCase: true, capacity: identities.count)
    for index in timesSeen.indices where timesSeen[index] > 0 {
      identities.withBytes(index) { _ = result.insert($0) }
    }
    return result
  }

  private mutating func indexRows() {
    let table = desired.table
    let rows = desired.rows
    guard let name = table.names.firstIndex(where: { rules.slot(of: $0) == rules.identity }) else { return }
    table.withRows { view in
      for row in rows.indices where rows[row].hasIdentity {
        guard let value = view.first(of: name, in: row) else { continue }
        let (index, isNew) = identities.insert(view.bytes(of: value))
        if isNew {
          rowOfIdentity.append(Int32(row))
          timesSeen.append(0)
        } else {
          duplicates.formUnion([row, Int(rowOfIdentity[index])])
        }
      }
    }
  }

  /// A DN-valued attribute written as HSA-id can only be compared once all names are known.
  private static func rowsThatWait(_ desired: DesiredState, rules: [Kind: [AttributeRules.Rule]]) -> Set<Int>
  {
    guard rules.values.contains(where: { $0.contains { $0.reference == .name } }) else { return [] }
    var result: Set<Int> = []
    desired.table.withRows { view in
      for row in 0..<view.count {
        guard let ofKind = rules[desired.rows[row].kind] else { continue }
        for attribute in view.attributes(of: row) where ofKind[view.name(of: attribute)].reference == .name {
          if view.values(of: attribute).contains(where: { !view.bytes(of: $0).contains(UInt8(ascii: "=")) }) {
            result.insert(row)
          }
        }
      }
    }
    return result
  }
}

extension EntryTable.Rows {
  /// The first value of the attribute with this name index in a row.
  package func first(of name: Int, in row: Int) -> Int? {
    for attribute in attributes(of: row) where self.name(of: attribute) == name {
      return values(of: attribute).first
    }
    return nil
  }
}
