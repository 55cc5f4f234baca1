import LDAP
import Synchronization

/// The rows of a desired state by what a change asks for: by HSA-id, by parent, by what they name.
///
/// Made anew when the desired state changes; 100,000 rows cost some hundredths of a second and about 50 octets each.
package struct DesiredIndex: Sendable {
  package internal(set) var state: DesiredState
  let reader: LinkReader
  let rules: AttributeRules
  let rulesByKind: [Kind: [AttributeRules.Rule]]
  /// Kinds of which some source declares to have all.
  let completeKinds: Set<Kind>

  private var identities: ByteIndex
  /// By the number of the HSA-id.
  private var firstRow: [Int32] = []
  private var twins: [Int: [Int]] = [:]
  /// The rows of each parent, one list after the other, and where each begins.
  private var byParent: [Int32] = []
  private var starts: [Int32] = []
  /// The numbers of the parents that an HSA-id, or a name's normal form, is.
  private var parentsOfIdentity: [HSAIdentity: [Int]] = [:]
  private var parentsOfName: [String: [Int]] = [:]
  /// Containers by the normal form of the name that they were written with.
  private var containersOfName: [String: [Int]] = [:]
  private var correlated: [EntryLink: [Int]] = [:]
  private var correlation: [Int: EntryLink] = [:]
  /// Rows by whom they name by HSA-id where the directory has a name.
  private var namers: [HSAIdentity: [Int]] = [:]
  /// Rows that name no parent and may rename their entries.
  private var unplaced: [Int] = []
  var unplacedNames = UnplacedNames()

  /// - Parameter reader: reads rows as the index of the directory was read.
  package init(_ state: DesiredState, reader: LinkReader) {
    self.state = state
    self.reader = reader
    rules = AttributeRules(profile: reader.profile, management: reader.management, schema: reader.schema)
    rulesByKind = rules.table(for: state.table.names)
    completeKinds = state.sources.reduce(into: []) { $0.formUnion($1.completeKinds) }
    identities = ByteIndex(foldingCase: true, capacity: state.rows.count + 64)
    indexParents()
    indexRows()
  }

  private mutating func indexParents() {
    for (number, parent) in state.parents.enumerated() {
      switch parent {
      case .identity(let identity): parentsOfIdentity[identity, default: []].append(number)
      case .name(let name): parentsOfName[name.normalForm(reader.schema), default: []].append(number)
      }
    }
    var counts = [Int32](repeating: 0, count: state.parents.count + 1)
    for row in state.rows where row.parent != DesiredState.noParent { counts[Int(row.parent) + 1] += 1 }
    for index in counts.indices.dropFirst() { counts[index] += counts[index - 1] }
    starts = counts
    byParent = [Int32](repeating: 0, count: Int(counts[counts.count - 1]))
    for (index, row) in state.rows.enumerated() where row.parent != DesiredState.noParent {
      byParent[Int(counts[Int(row.parent)])] = Int32(index)
      counts[Int(row.parent)] += 1
    }
  }

  private mutating func indexRows() {
    let naming = state.table.names.indices.map { name in
      Kind.allCases.contains { rulesByKind[$0]?[name].reference == .name }
    }
    let hasNaming = naming.contains(true)
    let owners = Set(Kind.allCases.filter { rules.ownsName($0) })
    state.table.withRows { view in
      for (row, one) in state.rows.enumerated() {
        if one.hasIdentity { index(row, view) } else { correlate(row, view) }
        if one.kind.isContainer, one.hasName, let name = try? DistinguishedName(parsing: view.dn(of: row)) {
          containersOfName[name.normalForm(reader.schema), default: []].append(row)
        }
        if one.parent == DesiredState.noParent, owners.contains(one.kind) { unplaced.append(row) }
        guard hasNaming else { continue }
        for attribute in view.attributes(of: row) where naming[view.name(of: attribute)] {
          index(namesIn: attribute, of: row, view)
        }
      }
    }
  }

  private mutating func index(_ row: Int, _ view: EntryTable.Rows) {
    guard let value = view.first(of: DesiredState.identityName, in: row) else { return }
    let (number, isNew) = identities.insert(view.bytes(of: value))
    if isNew { firstRow.append(Int32(row)) } else { twins[number, default: []].append(row) }
  }

  /// A row without HSA-id goes by the first attribute, in the profile's order, that it has a value of.
  private mutating func correlate(_ row: Int, _ view: EntryTable.Rows) {
    for name in reader.profile.correlation {
      let slot = rules.slot(of: name)
      let attributes = view.attributes(of: row).filter {
        slot != nil && rules.slot(of: state.table.names[view.name(of: $0)]) == slot
      }
      guard let value = attributes.lazy.flatMap({ view.values(of: $0) }).first,
        let link = reader.valueLinks(name, view.bytes(of: value)).first
      else { continue }
      correlated[link, default: []].append(row)
      correlation[row] = link
      return
    }
  }

  private mutating func index(namesIn attribute: Int, of row: Int, _ view: EntryTable.Rows) {
    for value in view.values(of: attribute) {
      let bytes = view.bytes(of: value)
      guard !bytes.contains(UInt8(ascii: "=")) else { continue }
      namers[HSAIdentity(HSAIdentity.normalForm(bytes)), default: []].append(row)
    }
  }
}

// What is asked.
extension DesiredIndex {
  /// The rows of an HSA-id: one where nothing is wrong.
  package func rows(of identity: HSAIdentity) -> [Int] {
    guard let number = identities.find(identity.normalForm) else { return [] }
    return [Int(firstRow[number])] + (twins[number] ?? [])
  }

  /// The rows of HSA-ids, sorted.
  package func rows(of identities: Set<HSAIdentity>) -> [Int] { identities.flatMap { rows(of: $0) }.sorted() }

  /// What holds for attributes, where these are the names that are known here.
  func rules(for names: [String]) -> [Kind: [AttributeRules.Rule]]? {
    names == state.table.names ? rulesByKind : nil
  }

  func identity(of row: Int) -> HSAIdentity? { state.identity(of: row) }

  /// How a row says where it lies; `nil` when it does not.
  func parent(of row: Int) -> DesiredState.Parent? {
    let parent = state.rows[row].parent
    return parent == DesiredState.noParent ? nil : state.parents[Int(parent)]
  }

  /// The rows that want to lie under an entry, by its HSA-id or its name in normal form.
  func rows(below identity: HSAIdentity?, named name: String) -> [Int] {
    let numbers = (identity.flatMap { parentsOfIdentity[$0] } ?? []) + (parentsOfName[name] ?? [])
    return numbers.flatMap { byParent[Int(starts[$0])..<Int(starts[$0 + 1])].map { Int($0) } }
  }

  /// The containers that were written with a name, by its normal form.
  func containers(named name: String) -> [Int] { containersOfName[name] ?? [] }

  /// The rows without HSA-id that an entry with a link may be meant by.
  func rows(correlatedBy link: EntryLink) -> [Int] { correlated[link] ?? [] }
  /// What a row without HSA-id is correlated by.
  func correlation(of row: Int) -> EntryLink? { correlation[row] }
  var hasCorrelation: Bool { !correlated.isEmpty }

  /// The rows that name an entry by its HSA-id where the directory has its name.
  func rows(naming identity: HSAIdentity) -> [Int] { namers[identity] ?? [] }

  /// The rows that name no parent and may want their entries to be called this, as a relative name in normal form.
  func unplaced(named name: String) -> [Int] {
    guard !unplaced.isEmpty else { return [] }
    return unplacedNames.rows(named: name) {
      var rows: [String: [Int]] = [:]
      for row in unplaced {
        guard let naming = reader.profile[state.rows[row].kind]?.naming else { continue }
        for value in namesForKnown(row) {
          rows[RelativeDistinguishedName(naming, value).normalForm(reader.schema), default: []].append(row)
        }
      }
      return rows
    }
  }

  /// What a row refers to, and what it wants alone.
  func links(of row: Int) -> [EntryLink] {
    state.table.withRows { reader.facts(of: row, in: $0, names: state.table.names).links }
  }
}

/// Rows by the names that they want, worked out when first asked for: few changes ask.
final class UnplacedNames: Sendable {
  private let rows = Mutex<[String: [Int]]?>(nil)

  func rows(named name: String, _ make: () -> [String: [Int]]) -> [Int] {
    rows.withLock { rows in
      let made = rows ?? make()
      rows = made
      return made[name] ?? []
    }
  }
}
