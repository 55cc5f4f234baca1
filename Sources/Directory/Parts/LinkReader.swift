import Foundation
import LDAP
import Synchronization

/// Reads what ties an entry to others, and when it becomes another by itself.
///
/// Rows of a desired state are read in the same way: what they refer to, and what they want to hold alone.
package struct LinkReader: Sendable {
  let profile: Profile
  let management: Management
  let rules: RoleRules?
  package let schema: Schema
  private let columns: LinkColumns
  private let memory: LinkMemory
  /// Of all that the facts depend on: SHA-256, 64 hexadecimal digits. Facts read under another are worth nothing.
  package let digest: String

  package init(profile: Profile, management: Management, rules: RoleRules?, schema: Schema) {
    self.profile = profile
    self.management = management
    self.rules = rules
    self.schema = schema
    columns = LinkColumns(profile: profile, management: management, rules: rules, schema: schema)
    memory = LinkMemory(KindClassifier(profile))
    digest = LinkReader.digest(columns, profile, schema)
  }

  /// The facts about an entry of a table; batches of one read share their names, which are looked at once.
  package func facts(of row: Int, in rows: EntryTable.Rows, names: [String]) -> EntryFacts {
    memory.state.withLock { state in
      if state.names != names {
        state.names = names
        state.columns = names.map { columns[$0] }
      }
      var reading = Reading(reader: self)
      for attribute in rows.attributes(of: row) {
        let column = state.columns[rows.name(of: attribute)]
        guard !column.uses.isEmpty else { continue }
        reading.read(rows.values(of: attribute), column, rows, &state)
      }
      return reading.facts
    }
  }

  /// The links that an entry with a value of an attribute has, if the attribute's values are unique or correlate.
  func valueLinks(_ attribute: String, _ value: UnsafeRawBufferPointer) -> [EntryLink] {
    let column = columns[attribute]
    return column.isValue ? column.links(of: value, schema) : []
  }

  /// Whether only one entry may have a value of the attribute, the HSA-id aside.
  func isUnique(_ attribute: String) -> Bool { columns[attribute].uses.contains(.unique) }
}

/// What a reader remembers from one entry to the next.
private final class LinkMemory: Sendable {
  struct State {
    var names: [String] = []
    var columns: [LinkColumn] = []
    var classifier: KindClassifier
    /// Names (DN) as written and their normal forms: many entries name the same.
    var written = ByteIndex()
    var normal: [String?] = []
  }
  let state: Mutex<State>

  init(_ classifier: KindClassifier) { state = Mutex(State(classifier: classifier)) }
}

extension LinkMemory.State {
  /// The normal form of a name as written; `nil` for what is none.
  mutating func normalForm(_ name: UnsafeRawBufferPointer, _ schema: Schema) -> String? {
    if let known = written.find(name) { return normal[known] }
    if written.count >= 4_096 { (written, normal) = (ByteIndex(), []) }
    let made = (try? DistinguishedName(parsing: name)).flatMap {
      $0.rdns.isEmpty ? nil : $0.normalForm(schema)
    }
    _ = written.insert(name)
    normal.append(made)
    return made
  }
}

/// The reading of one entry.
private struct Reading {
  let reader: LinkReader
  private var made = EntryFacts(isContainer: true)
  /// Whole seconds since 1970.
  private var moments: Set<Int64> = []
  private var links: [EntryLink] = []

  init(reader: LinkReader) { self.reader = reader }

  var facts: EntryFacts {
    var facts = made
    facts.links = links
    facts.boundaries = moments.sorted().map { Date(timeIntervalSince1970: Double($0)) }
    return facts
  }

  mutating func read(
    _ values: Range<Int>, _ column: LinkColumn, _ rows: EntryTable.Rows, _ state: inout LinkMemory.State
  ) {
    if column.uses.contains(.classes) {
      let found = state.classifier.classify(rows, classes: values)
      (made.kind, made.isProvider) = (found.kind, found.isProvider)
      made.isContainer = made.kind?.isContainer ?? true
    }
    if column.uses.contains(.identity), let first = values.first, made.identity == nil {
      made.identity = HSAIdentity(HSAIdentity.normalForm(rows.bytes(of: first)))
    }
    for value in values {
      let bytes = rows.bytes(of: value)
      if let sort = column.sort { link(bytes, sort, &state) }
      if column.isValue { links += column.links(of: bytes, reader.schema) }
      for bound in column.bounds { add(bytes, as: bound) }
    }
  }

  private mutating func link(
    _ value: UnsafeRawBufferPointer, _ sort: EntryLink.Sort, _ state: inout LinkMemory.State
  ) {
    switch sort {
    case .member: member(value)
    case .name:
      // Rows may write the HSA-id of whom they mean.
      if !value.contains(UInt8(ascii: "=")) {
        links.append(EntryLink(.identity, HSAIdentity.normalForm(value)))
      } else if let name = state.normalForm(value, reader.schema) {
        links.append(EntryLink(.name, name))
      }
    case .provider, .unitMember, .identity, .value:
      links.append(EntryLink(sort, HSAIdentity.normalForm(value)))
    }
  }

  /// `HSA-id;start;end`: the HSA-id counts whatever follows it, the period only where it can be read.
  private mutating func member(_ value: UnsafeRawBufferPointer) {
    let parts = value.split(separator: UInt8(ascii: ";"), maxSplits: 3, omittingEmptySubsequences: false)
    guard let first = parts.first, !first.isEmpty else { return }
    links.append(EntryLink(.member, HSAIdentity.normalForm(UnsafeRawBufferPointer(rebasing: first))))
    guard parts.count == 3 else { return }
    add(UnsafeRawBufferPointer(rebasing: parts[1]), as: .start)
    add(UnsafeRawBufferPointer(rebasing: parts[2]), as: .end)
  }

  /// A date, as roles read it and as plans do: what only one of them can read is a boundary all the same.
  private mutating func add(_ value: UnsafeRawBufferPointer, as bound: CivilTime.Bound) {
    guard !value.isEmpty else { return }
    let time = GeneralizedTime(parsing: value)
    if let time { moments.insert(time.secondsSince1970) }
    guard time == nil || value.count < 14 else { return }
    guard let moment = try? CivilTime.moment(String(decoding: value, as: UTF8.self), as: bound) else {
      return
    }
    moments.insert(Int64(moment.timeIntervalSince1970))
  }
}

extension HSAIdentity {
  /// The form of octets that is compared: ASCII capitals.
  static func normalForm(_ octets: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: octets.count) { buffer in
      for index in octets.indices { buffer[index] = octets[index].asciiCapital }
      return octets.count
    }
  }
}
