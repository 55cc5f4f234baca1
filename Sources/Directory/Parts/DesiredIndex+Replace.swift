import LDAP

// Rows that take the place of others.
extension DesiredIndex {
  /// Whether all that is indexed stays as it is when rows of another state come in the place of rows: there are as
  /// many, with the same HSA-ids, under the same parents, and what else they say finds nobody.
  package func isKept(
    replacing range: Range<Int>, with rows: Range<Int>, of other: DesiredState,
    _ translation: DesiredState.Translation
  ) -> Bool {
    guard range.count == rows.count, translation.parents.allSatisfy({ $0 < state.parents.count }) else {
      return false
    }
    let naming = state.table.names.indices.map { name in
      Kind.allCases.contains { rulesByKind[$0]?[name].reference == .name }
    }
    let otherNaming = translation.names.map { naming[Int($0)] }
    return state.table.withRows { before in
      other.table.withRows { after in
        zip(range, rows).allSatisfy { old, new in
          let a = state.rows[old], b = other.rows[new]
          let parent = b.parent == DesiredState.noParent ? b.parent : translation.parents[Int(b.parent)]
          guard a.kind == b.kind, !a.kind.isContainer, a.hasIdentity, b.hasIdentity, a.parent == parent else {
            return false
          }
          return Self.isSameIdentity(old, before, new, after) && !Self.names(old, naming, before)
            && !Self.names(new, otherNaming, after)
        }
      }
    }
  }

  private static func isSameIdentity(
    _ old: Int, _ before: EntryTable.Rows, _ new: Int, _ after: EntryTable.Rows
  ) -> Bool {
    guard let mine = before.first(of: DesiredState.identityName, in: old),
      let other = after.first(of: DesiredState.identityName, in: new)
    else { return false }
    let a = before.bytes(of: mine), b = after.bytes(of: other)
    return a.count == b.count && zip(a, b).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
  }

  /// Whether a row names somebody by HSA-id where the directory has a name.
  private static func names(_ row: Int, _ naming: [Bool], _ table: EntryTable.Rows) -> Bool {
    table.attributes(of: row).contains { attribute in
      naming[table.name(of: attribute)]
        && table.values(of: attribute).contains { !table.bytes(of: $0).contains(UInt8(ascii: "=")) }
    }
  }

  /// Lets the state go, so that who owns it can change it without a copy. Nothing may be asked until ``take(back:)``.
  package mutating func release() { state = DesiredState() }

  /// Takes the state back when rows have taken the place of others, and the index is kept.
  package mutating func take(back state: DesiredState) {
    self.state = state
    unplacedNames = UnplacedNames()
  }
}
