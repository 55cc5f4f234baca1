import LDAP

/// The modify DN request that gives an entry its old name and place back.
struct InverseRename {
  let operation: WriteOperation
  /// The attributes that keep a value too many, because a modify DN takes all of a name's values away, or none.
  let unrestorable: [String]

  /// - Parameters:
  ///   - new: the name that the entry has.
  ///   - old: the name that it had.
  ///   - before: the entry before it was renamed.
  init(
    from new: DistinguishedName, to old: DistinguishedName, deletedOldRDN: Bool, isMove: Bool, before: Entry?,
    schema: Schema
  ) {
    let same = { (left: AttributeTypeAndValue, right: AttributeTypeAndValue) in
      schema.canonicalName(left.type).equalsIgnoringASCIICase(schema.canonicalName(right.type))
        && schema.equality(of: left.type).equal(left.value, right.value, schema: schema)
    }
    let oldPairs = old.rdns.first?.pairs ?? []
    let introduced = (new.rdns.first?.pairs ?? []).filter { pair in !oldPairs.contains { same($0, pair) } }
    let there = (before?.attributes ?? []).flatMap { attribute in
      attribute.values.map { AttributeTypeAndValue(attribute.name, $0) }
    }
    let ours = introduced.filter { pair in !there.contains { same($0, pair) } }
    // A name that differs in spelling only introduces nothing, and leaves as the old one left.
    let takesAway = introduced.isEmpty ? deletedOldRDN : ours.count == introduced.count
    operation = .rename(
      new, newRDN: old.rdns.first ?? RelativeDistinguishedName([]), deleteOldRDN: takesAway,
      newSuperior: isMove ? old.parent : nil)
    unrestorable = takesAway ? [] : Set(ours.map(\.type)).sorted()
  }
}
