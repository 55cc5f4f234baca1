import LDAP

/// What the desired files want: rows in one compact table, each with its place in a file.
///
/// The table holds attributes by the server's names. An attribute with no values means "shall have none"
/// (written `null`, or provided by the source and missing in the row). Values to take away from a merged
/// attribute stand under the name `remove:` + attribute.
package struct DesiredState: Sendable {
  /// One row: the entry at the same index of ``table``, and where it was written.
  package struct Row: Sendable {
    package var kind: Kind
    /// Index in ``sources``.
    package var source: UInt16
    /// Index in ``parents``; ``noParent`` when the row names none and its source no `under`.
    package var parent: UInt32
    package var line: UInt32
    package var column: UInt16
    /// Index in ``files``.
    package var file: UInt16
    /// Whether the row has an HSA-id; without one it is correlated.
    package var hasIdentity: Bool
    /// Whether the row's table entry has a name (LDIF), whose RDN is wanted where the naming attribute is owned.
    package var hasName: Bool

    package init(
      kind: Kind, source: UInt16, parent: UInt32, line: UInt32, column: UInt16, file: UInt16,
      hasIdentity: Bool,
      hasName: Bool
    ) {
      self.kind = kind
      self.source = source
      self.parent = parent
      self.line = line
      self.column = column
      self.file = file
      self.hasIdentity = hasIdentity
      self.hasName = hasName
    }
  }

  package static let noParent = UInt32.max

  /// How a row says where it lies.
  package enum Parent: Hashable, Sendable {
    case identity(HSAIdentity)
    case name(DistinguishedName)
  }

  /// What a file or set declares that it speaks for.
  package struct Source: Sendable {
    /// How the configuration names it, for messages.
    package var name: String
    /// The kinds that it has all of; empty: none.
    package var completeKinds: Set<Kind>
    /// The unit or provider under which that holds; `nil`: the whole base.
    package var completeUnder: Parent?
    /// The attributes (server names) for which "missing in the row" means "shall have none".
    package var provides: [String]
    /// What it may speak for, where it is a delegated administrator's; `nil`: it is the region's own.
    package var scope: ProviderScope?

    package init(
      name: String, completeKinds: Set<Kind> = [], completeUnder: Parent? = nil, provides: [String] = [],
      scope: ProviderScope? = nil
    ) {
      self.scope = scope
      self.name = name
      self.completeKinds = completeKinds
      self.completeUnder = completeUnder
      self.provides = provides
    }
  }

  package var table: EntryTable
  package var rows: [Row]
  package var parents: [Parent]
  package var sources: [Source]
  package var files: [String]
  /// Where the attributes of rows were written.
  package var places = AttributePlaces()

  package init(
    table: EntryTable = EntryTable(), rows: [Row] = [], parents: [Parent] = [], sources: [Source] = [],
    files: [String] = []
  ) {
    self.table = table
    self.rows = rows
    self.parents = parents
    self.sources = sources
    self.files = files
  }

  /// Where a row was written.
  package func position(of row: Int) -> SourcePosition {
    let at = rows[row]
    return SourcePosition(file: files[Int(at.file)], line: Int(at.line), column: Int(at.column))
  }
}

extension DesiredState {
  /// Who is to be a protected person: shown by the HSA-id alone, also before the directory says so.
  package func protectedPersons(_ profile: Profile) -> Set<HSAIdentity> {
    let names = table.names.map(\.asciiLowercased)
    guard let classes = names.firstIndex(of: "objectclass"),
      let identity = names.firstIndex(of: profile.identity.asciiLowercased)
    else { return [] }
    return table.withRows { view in
      (0..<view.count).reduce(into: []) { result, row in
        let isProtected = view.attributes(of: row).contains { attribute in
          view.name(of: attribute) == classes
            && view.values(of: attribute).contains {
              String(decoding: view.bytes(of: $0), as: UTF8.self).equalsIgnoringASCIICase(
                profile.protectedClass)
            }
        }
        guard isProtected, let value = view.first(of: identity, in: row) else { return }
        result.insert(HSAIdentity(String(decoding: view.bytes(of: value), as: UTF8.self)))
      }
    }
  }
}
