import Foundation
import LDAP

/// Turns a finished comparison into a plan: what to write, under which condition, in which order.
///
/// Reads top to bottom: who is who, where everything shall lie, what each row needs, who is missing, in which order.
struct Planner: Sendable {
  let comparison: Comparison
  var tree: Tree
  var drafts: [Draft] = []
  var findings: [Finding] = []
  var unchanged = 0
  /// The node under which each of the desired state's parents puts its rows.
  var nodeOfParent: [Int?] = []
  /// Rows that must not be planned: ambiguous, misplaced, in a cycle.
  var setAside: Set<Int> = []
  /// Observed entries of rows, by row, where they were kept whole.
  var observedEntry: [Int: Int] = [:]
  var seen: [Comparison.Seen]
  /// The last planned change of a node's own place or name.
  var lastStructure: [Int: Int] = [:]
  /// Planned changes that went through a node's name.
  var through: [Int: [Int]] = [:]
  /// Names of rows that a plan creates or moves.
  var plannedName: [Int: DistinguishedName] = [:]
  /// Rows of containers by the normal form of the name they were written with.
  var desiredNames: [String: Int] = [:]
  /// Drafts that move a row.s entry.
  var moved: [Int: Int] = [:]
  /// Rows with a planned modification.
  var updated: Set<Int> = []
  var names: Names
  let isComplete: Bool
  /// Rows that an undo keeps from being planned.
  var held: Set<Int> = []
  /// Who is missing from a complete source.
  var absentees: [HSAIdentity] = []
  /// Deletions that will be due, by index in the comparison's `kept`.
  var comingDeletions: [(kept: Int, at: Date)] = []
  /// Indices in `identities` of absentees that end by this plan.
  var ending: Set<Int> = []

  init(_ comparison: Comparison, isComplete: Bool) {
    self.comparison = comparison
    self.isComplete = isComplete
    tree = Tree(comparison)
    seen = comparison.seen
    names = Names(comparison.siblings)
    for (index, row) in comparison.seen.enumerated() where row.kept > 0 {
      observedEntry[index] = Int(row.kept) - 1
    }
  }

  mutating func plan(proof: ReadProof) -> Plan {
    settleIdentities()
    setAsideHeld()
    placeNewContainers()
    resolveParents()
    planStructure()
    planLeaves()
    planUpdates()
    planAbsences()
    let census = Census(self)
    for index in drafts.indices { census.locate(&drafts[index]) }
    let order = Ordering(drafts: drafts, planner: self)
    var plan = Plan(
      instant: comparison.instant, base: comparison.base, changes: order.changes(scope: scopeNode()),
      findings: foldingHolds(findings.filter(isInFocus)).sorted {
        ($0.position?.description ?? "", $0.code) < ($1.position?.description ?? "", $1.code)
      },
      unchanged: unchanged, observed: observed, proof: proof)
    plan.desired = comparison.summary
    plan.population = census.population(self)
    plan.absentees = absentees.sorted()
    plan.foreseen = foreseen()
    plan.protectedNames = protectedNames
    return plan
  }

  private var protectedNames: [DistinguishedName: HSAIdentity] {
    var result: [DistinguishedName: HSAIdentity] = [:]
    for (name, identity) in comparison.protectedSeen {
      guard let dn = try? DistinguishedName(parsing: String(decoding: name, as: UTF8.self)) else { continue }
      result[dn] = HSAIdentity(identity < 0 ? "" : comparison.identities.text(identity))
    }
    return result
  }

  /// How many managed entries were observed, by kind.
  private var observed: [Kind: Int] {
    let counts = Kind.allCases.map { ($0, comparison.observedCounts[$0.rank]) }.filter { $0.1 > 0 }
    return Dictionary(uniqueKeysWithValues: counts)
  }

  var desired: DesiredState { comparison.desired }
  var profile: Profile { comparison.profile }
  var schema: Schema { comparison.schema }

  func identity(of row: Int) -> HSAIdentity {
    if let text = wantedValues(of: comparison.rules.identity, row: row).first?.text {
      return HSAIdentity(text)
    }
    if let kept = observedEntry[row], comparison.kept[kept].identity >= 0 {
      return HSAIdentity(comparison.identities.text(comparison.kept[kept].identity))
    }
    return HSAIdentity("")
  }

  /// The values that a row wants in a slot.
  func wantedValues(of slot: Int, row: Int) -> [Value] {
    guard let rules = comparison.rulesByKind[desired.rows[row].kind] else { return [] }
    return desired.table.withRows { view in
      view.attributes(of: row).filter {
        rules[view.name(of: $0)].slot == slot && rules[view.name(of: $0)].mode != .remove
      }
      .flatMap { view.values(of: $0).map { Value(copying: view.bytes(of: $0)) } }
    }
  }

  func report(
    _ code: String, _ severity: Finding.Severity = .error, row: Int, _ message: String, advice: String? = nil
  ) -> Finding {
    Finding(
      code, severity, at: desired.position(of: row),
      subject: desired.rows[row].hasIdentity ? identity(of: row) : nil,
      message, advice: advice)
  }

  /// The kept entry at an index, comfortably.
  func entry(_ kept: Int) -> Entry? { try? comparison.keptTable.table.entry(kept) }

  /// The entry's own relative name as observed.
  func observedRDN(of seen: Comparison.Seen) -> RelativeDistinguishedName? {
    let start = Int(seen.brief)
    let text = String(decoding: comparison.briefs[start..<start + Int(seen.rdnLength)], as: UTF8.self)
    return try? RelativeDistinguishedName(parsing: text)
  }

  func entryUUID(of seen: Comparison.Seen) -> String? {
    guard seen.uuidLength > 0 else { return nil }
    let start = Int(seen.brief) + Int(seen.rdnLength)
    return String(decoding: comparison.briefs[start..<start + Int(seen.uuidLength)], as: UTF8.self)
  }

  func scopeNode() -> Ordering.Scope? {
    switch comparison.scope {
    case nil: return nil
    case .name(let name): return Ordering.Scope(node: tree.node(named: name))
    case .identities(let all): return Ordering.Scope(node: nil, identities: all)
    case .identity(let id):
      var text = id.text
      let index = text.withUTF8 { comparison.identities.find(UnsafeRawBufferPointer($0)) }
      let row = index.map { Int(comparison.rowOfIdentity[$0]) } ?? -1
      return Ordering.Scope(
        node: index.flatMap { tree.node(identity: $0) } ?? tree.nodeOfRow[row], identities: [id])
    }
  }
}

// A plan of some HSA-ids.
extension Planner {
  /// Whether anything is said of an HSA-id.
  func isInFocus(_ identity: HSAIdentity) -> Bool {
    guard case .identities(let focus) = comparison.scope else { return true }
    return focus.contains(identity)
  }

  /// Whether a finding is about what is planned: of what is only looked at too little is known to say anything.
  private func isInFocus(_ finding: Finding) -> Bool {
    guard case .identities = comparison.scope else { return true }
    return finding.subject.map { isInFocus($0) } ?? (finding.position == nil)
  }
}

extension Comparison {
  /// The plan. Creates and changes by absence are in it only if the proof shows that everything was seen.
  package consuming func plan(proof: ReadProof) -> Plan {
    var planner = Planner(self, isComplete: proof.isComplete)
    return planner.plan(proof: proof)
  }
}

/// Which names among siblings are free while a plan is being made.
struct Names: Sendable {
  private let observed: Set<UInt64>
  private var vacated: [UInt64: Int] = [:]
  private var taken: Set<UInt64> = []

  init(_ observed: Set<UInt64>) { self.observed = observed }

  static func key(_ place: Int, _ rdn: RelativeDistinguishedName) -> UInt64 {
    var text = rdn.description
    return text.withUTF8 { RawName.siblingKey(parent: place, rdn: UnsafeRawBufferPointer($0)) }
  }

  /// Whether no entry has, or will have been given, the name.
  func isFree(_ key: UInt64) -> Bool {
    !taken.contains(key) && (!observed.contains(key) || vacated[key] != nil)
  }

  /// The draft that freed a name.
  func freed(_ key: UInt64) -> Int? { vacated[key] }
  mutating func take(_ key: UInt64) { taken.insert(key) }
  mutating func vacate(_ key: UInt64, by draft: Int) {
    taken.remove(key)
    vacated[key] = draft
  }
}
