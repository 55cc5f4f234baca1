extension Plan {
  /// Whether it changes a unit or organisation, by which all that lies under it may become other.
  ///
  /// A plan of a part that does (a unit on the way is spelled anew, which no index of normal forms tells) says too
  /// little of roles: the whole is planned instead.
  package var changesStructure: Bool { changes.contains { $0.kind.isContainer } }
}
