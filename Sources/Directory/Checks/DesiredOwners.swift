import LDAP

/// Which file of a desired state has each HSA-id, and each value that only one row may have.
///
/// It lets the rows of one file be checked without looking at all others.
package struct DesiredOwners: Sendable {
  private static let nobody = UInt16.max
  private var identities: ByteIndex
  private var owners: [(file: UInt16, kind: Kind)] = []
  /// By the attribute's name in small letters.
  private var values: [String: (index: ByteIndex, files: [UInt16])] = [:]

  package init(_ state: DesiredState, _ rules: CheckRules) {
    identities = ByteIndex(foldingCase: true, capacity: state.rows.count)
    add(state, state.rows.indices, rules)
  }

  /// The file of an HSA-id and the kind of its row; `nil` for one that no row has.
  func owner(of identity: UnsafeRawBufferPointer) -> (file: UInt16, kind: Kind)? {
    guard let number = identities.find(identity), owners[number].file != Self.nobody else { return nil }
    return owners[number]
  }

  /// Whether rows have an HSA-id, or a value that only one may have, which another file than these has already.
  package func collide(_ state: DesiredState, _ rules: CheckRules, with files: Set<UInt16>) -> Bool {
    var doCollide = false
    DesiredOwners.visit(state, state.rows.indices, rules) { _, identity in
      if let owner = owner(of: identity), !files.contains(owner.file) { doCollide = true }
    } value: { _, name, octets in
      guard let known = values[name], let number = known.index.find(octets) else { return }
      let file = known.files[number]
      if file != Self.nobody, !files.contains(file) { doCollide = true }
    }
    return doCollide
  }

  /// Forgets rows of a state.
  package mutating func remove(_ state: DesiredState, _ rows: Range<Int>, _ rules: CheckRules) {
    DesiredOwners.visit(state, rows, rules) { _, identity in
      if let number = identities.find(identity) { owners[number].file = Self.nobody }
    } value: { _, name, octets in
      if let number = values[name]?.index.find(octets) { values[name]?.files[number] = Self.nobody }
    }
  }

  /// Learns rows of a state.
  package mutating func add(_ state: DesiredState, _ rows: Range<Int>, _ rules: CheckRules) {
    DesiredOwners.visit(state, rows, rules) { row, identity in
      let (number, isNew) = identities.insert(identity)
      let owner = (row.file, row.kind)
      if isNew { owners.append(owner) } else { owners[number] = owner }
    } value: { row, name, octets in
      var known = values.removeValue(forKey: name) ?? (ByteIndex(foldingCase: true), [])
      let (number, isNew) = known.index.insert(octets)
      if isNew { known.files.append(row.file) } else { known.files[number] = row.file }
      values[name] = known
    }
  }

  /// Calls `identity` for each row that has an HSA-id and `value` for each value that only one row may have; values
  /// go by the attribute's name.
  private static func visit(
    _ state: DesiredState, _ rows: Range<Int>, _ rules: CheckRules,
    identity: (DesiredState.Row, UnsafeRawBufferPointer) -> Void,
    value: (DesiredState.Row, String, UnsafeRawBufferPointer) -> Void
  ) {
    let unique = rules.unique
    state.table.withRows { table in
      for index in rows {
        let row = state.rows[index]
        for attribute in table.attributes(of: index) {
          let name = table.name(of: attribute)
          if name == DesiredState.identityName {
            if row.hasIdentity, let first = table.values(of: attribute).first {
              identity(row, table.bytes(of: first))
            }
          } else if let unique = unique[name] {
            for one in table.values(of: attribute) { value(row, unique, table.bytes(of: one)) }
          }
        }
      }
    }
  }
}

/// The rest of the state that some rows belong to, as far as a check of them must know it.
package struct Neighbours: Sendable {
  let owners: DesiredOwners
  /// The files that the rows take the place of; what these had before does not count.
  let replaced: Set<UInt16>

  package init(_ owners: DesiredOwners, replacing replaced: Set<UInt16>) {
    self.owners = owners
    self.replaced = replaced
  }

  /// The kind of the row that has an HSA-id in another file.
  func kind(of identity: UnsafeRawBufferPointer) -> Kind? {
    guard let owner = owners.owner(of: identity), !replaced.contains(owner.file) else { return nil }
    return owner.kind
  }
}
