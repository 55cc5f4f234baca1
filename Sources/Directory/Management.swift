/// What is done with an entry that a complete source no longer has.
package enum AbsencePolicy: String, CaseIterable, Hashable, Sendable, Codable {
  case keep, deactivate, delete
}

/// What the agent owns of one kind: a table that the operator writes under `manage:`.
///
/// Attribute names are the server's.
package struct KindManagement: Hashable, Sendable {
  package var absent: AbsencePolicy
  /// Seconds between an entry's end and its deletion.
  package var grace: Int
  /// Authoritative: the values are exactly those desired.
  package var own: [String]
  /// Set when the entry is created, never after.
  package var create: [String]
  /// Our values among others': added when missing, taken away only by `remove:`.
  package var merge: [String]
  /// Where each attribute (small letters) was written, for findings.
  package var places: [String: SourcePosition] = [:]

  package init(
    absent: AbsencePolicy = .keep, grace: Int = 30 * 86_400, own: [String] = [], create: [String] = [],
    merge: [String] = []
  ) {
    self.absent = absent
    self.grace = grace
    self.own = own
    self.create = create
    self.merge = merge
  }
}

/// What the agent owns, by kind. A kind without an entry is not managed: its rows are findings, its entries untouched.
package struct Management: Hashable, Sendable {
  package var kinds: [Kind: KindManagement]
  package init(_ kinds: [Kind: KindManagement] = [:]) { self.kinds = kinds }
  package subscript(kind: Kind) -> KindManagement? { kinds[kind] }
}
