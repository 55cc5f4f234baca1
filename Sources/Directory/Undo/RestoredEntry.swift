import LDAP

/// A deleted entry as it can be added again: without what the server makes and what is not ours to write.
struct RestoredEntry {
  let entry: Entry
  /// The attributes that are lost, in alphabetical order.
  let unrestorable: [String]

  /// What a server makes of the rest of the entry, the same as it was: no loss.
  private static let derived: Set<String> = [
    "structuralobjectclass", "subschemasubentry", "entrydn", "hassubordinates", "numsubordinates",
  ]

  init(_ before: Entry, dn: DistinguishedName, profile: Profile, schema: Schema) {
    var entry = Entry(dn: dn)
    var lost: Set<String> = []
    for attribute in before.attributes where !attribute.values.isEmpty {
      let base = String(attribute.name.prefix { $0 != ";" }).asciiLowercased
      let type = schema.attributeType(base)
      let isServers = type.map { $0.isOperational || $0.isNoUserModification } ?? false
      if Self.derived.contains(base) { continue }
      if isServers || profile.neverOwned.contains(base) {
        lost.insert(attribute.name)
      } else {
        entry.attributes.append(attribute)
      }
    }
    self.entry = entry
    unrestorable = lost.sorted()
  }

  /// What comes back, as a creation shows it.
  func differences(identity: String) -> [Change.Difference] {
    entry.attributes.filter {
      !$0.name.equalsIgnoringASCIICase("objectClass") && !$0.name.equalsIgnoringASCIICase(identity)
    }
    .map { Change.Difference($0.name, .initial, removed: [], added: $0.values, kept: 0) }
  }
}
