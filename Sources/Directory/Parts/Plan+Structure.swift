extension Plan {
  /// Whether it changes a unit or organisation, by which all that lies under it may become other.
  ///
  /// A plan of a part that does (a unit on the way is spelled anew, which no index of normal forms tells) says too
  /// little of roles: the whole is planned instead.
  package var changesStructure: Bool { changes.contains { $0.kind.isContainer } }
}

extension Plan {
  /// Those who could not be planned because somebody else is in their way: no link leads from whoever is out of the way
  /// at last back to them, so they are to be looked at again whenever something changes.
  package var obstructed: Set<HSAIdentity> {
    let codes: Set = ["value-taken", "name-taken", "parent-missing", "lists-absentee"]
    return Set(findings.filter { codes.contains($0.code) }.compactMap(\.subject))
  }
}
