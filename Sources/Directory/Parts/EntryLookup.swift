import LDAP

/// Finds observed entries by what ties them together. Entries go by numbers that hold while the lookup does.
///
/// The index in the store conforms, and the tests' world in memory.
package protocol EntryLookup {
  /// The entries with an HSA-id, in any spelling; several where it is not unique.
  func entries(with identity: HSAIdentity) throws -> [Int64]
  /// The entry of this name.
  func entry(named name: DistinguishedName) throws -> Int64?
  /// What the entry lies directly under; `nil` for the base.
  func parent(of entry: Int64) throws -> Int64?
  /// The entries directly below, at most so many.
  func children(of entry: Int64, limit: Int) throws -> [Int64]
  /// The entries that have a link, at most so many.
  func entries(linking link: EntryLink, limit: Int) throws -> [Int64]
  /// What is kept of an entry, but for its members: a commission may have thousands, which few questions are about.
  func facts(of entry: Int64) throws -> EntryFacts
  /// A commission's members (``EntryLink/Sort/member``).
  func members(of entry: Int64) throws -> [EntryLink]
  /// The entry's name in normal form, as ``EntryLink/Sort/name`` has it.
  func nameKey(of entry: Int64) throws -> String
}

/// What is to be looked at for a change: the smallest world in which a plan comes out as in the whole one.
package enum Part: Hashable, Sendable {
  /// So much depends on it, or so little is certain, that the whole is planned.
  case whole(Reason)
  case some(Extent)

  package enum Reason: String, Hashable, Sendable {
    /// A unit or organisation was touched: what lies under it may be touched too.
    case structure
    /// More entries would have to be looked at than it pays for.
    case size
  }

  package struct Extent: Hashable, Sendable {
    /// The observed entries to read, sorted.
    package var entries: [Int64]
    /// Whose rows are planned; nobody else's entries are written.
    package var focus: Set<HSAIdentity>
    /// All whose rows the comparison has to know: of the focus, and of what is looked at besides.
    package var known: Set<HSAIdentity>
    /// Whose roles may have become others.
    package var persons: Set<HSAIdentity>
    /// The rows of the desired state that the comparison has to know, sorted: those of ``known``, and rows without
    /// HSA-id that may mean one of the entries.
    package var rows: [Int]

    package init(
      entries: [Int64] = [], focus: Set<HSAIdentity> = [], known: Set<HSAIdentity> = [],
      persons: Set<HSAIdentity> = [], rows: [Int] = []
    ) {
      self.entries = entries
      self.focus = focus
      self.known = known
      self.persons = persons
      self.rows = rows
    }
  }
}
